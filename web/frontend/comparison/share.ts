// What the page of a comparison offers to share.

import { site } from "../base/site";
import { graphPicture } from "../share/pictures";
import { offerShare, type Picture } from "../share/share";
import type { Lesson } from "./lesson";

export function shareComparison(lesson: Lesson) {
  const load = async () => {
    const stem = `comparison-${lesson.number}`;
    if (site.isReport) return { stem, report: null, story: "" };
    const answer = await site.get(`/api/comparisons/${lesson.number}/share`);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };
  offerShare(() => ({
    link: "this step",
    load,
    pictures: () => pictures(lesson.interaction.value?.n ?? 0),
  }));
}

/** The graphs that are drawn. */
function pictures(interaction: number): Picture[] {
  return [...document.querySelectorAll("[data-graph]")].flatMap((place) => {
    const svg = place.querySelector(".graph-place svg");
    const name = place instanceof HTMLElement ? (place.dataset.variant ?? "") : "";
    const file = `interaction-${interaction}-${name.replace(/[^a-z0-9]+/gi, "-")}.svg`;
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
