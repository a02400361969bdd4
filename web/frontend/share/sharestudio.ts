// What the studio offers to share.

import type { Store } from "../store/store";
import { graphPicture, timelinePicture } from "./pictures";
import { offerShare } from "./share";

export function shareStudio(store: Store) {
  offerShare(() => {
    const { timeline, api, view } = store;
    const [tab, graph] = [view.tab.value, view.graph.value];
    const moment = store.moment.at.value;
    if (!moment) return null;
    const title = document.getElementById("name")?.textContent ?? "";
    const { run } = moment;
    const svg = tab === "graph" ? document.querySelector(".graph-place svg") : null;
    return {
      link: "this moment",
      load: () => api.share(run, graph),
      pictures: () => [
        ...(timeline
          ? [
              {
                name: "Picture of the timeline",
                file: "timeline.png",
                make: () => timelinePicture(timeline, title),
              },
            ]
          : []),
        ...(svg instanceof SVGSVGElement
          ? [
              {
                name: "Picture of the graph",
                file: graph === "flow" ? `flow-run-${run}.svg` : "causes.svg",
                make: () =>
                  graphPicture(
                    svg,
                    graph === "flow"
                      ? `${title}, control flow of run ${run}`
                      : `${title}, what caused what`,
                  ),
              },
            ]
          : []),
      ],
    };
  });
}
