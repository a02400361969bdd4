// What the page of a comparison offers to share.

import { site } from "../base/site";
import { graphPicture } from "../share/pictures";
import { offerShare, type Picture } from "../share/share";

/** @param bands  one an interaction; the others are hidden */
export function shareComparison(bands: HTMLElement[]) {
  const number = document.getElementById("share")?.dataset.comparison ?? "";
  const load = async () => {
    if (site.isReport) return { stem: `comparison-${number}`, report: null, story: "" };
    const answer = await site.get(`/api/comparisons/${number}/share`);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };
  offerShare(() => ({
    link: "this interaction",
    load,
    pictures: () => pictures(bands.find((band) => !band.hidden)),
  }));
}

/** The graphs of an interaction. */
function pictures(band: HTMLElement | undefined): Picture[] {
  return [...(band?.querySelectorAll("[data-graph]") ?? [])].flatMap((place) => {
    const svg = place.querySelector(".graph-place svg");
    const name = place instanceof HTMLElement ? (place.dataset.variant ?? "") : "";
    const file = `interaction-${band?.dataset.band}-${name.replace(/[^a-z0-9]+/gi, "-")}.svg`;
    return svg instanceof SVGSVGElement
      ? [
          {
            name: `Picture of the graph of ${name}`,
            file,
            make: () => graphPicture(svg, `${name}, what caused what`),
          },
        ]
      : [];
  });
}
