// What the studio offers to share.

import type { Studio } from "../studio/studio";
import { graphPicture, timelinePicture } from "./pictures";
import { offerShare } from "./share";

export function shareStudio(studio: Studio) {
  offerShare(() => {
    const { moment, timeline, api } = studio;
    const { tab, graph } = studio.state;
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
