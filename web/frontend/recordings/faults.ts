// Says how many faults are in each recording: asked for when its row is on screen, one at a time.

import type { Levels } from "../api/documents";
import { count, counted, message } from "../base/format";
import { ask } from "./asking";
import type { Row } from "./rows";

const MANY = 1000; // runs; more take so long to be explained that the others come first

/** Which of those that wait is asked for next: the newest, those with many runs last. */
export const nextOf = <T extends Pick<Row, "id" | "runs">>(waiting: Iterable<T>): T | undefined =>
  [...waiting].sort((a, b) => Number(a.runs > MANY) - Number(b.runs > MANY) || b.id - a.id)[0];

export function countFaults(rows: readonly Row[]) {
  const of = new Map<Element, Row>(rows.map((row) => [row.element, row]));
  const waiting = new Set<Row>();
  let isAsking = false;
  const work = async () => {
    if (isAsking) return;
    isAsking = true;
    for (let row = nextOf(waiting); row; row = nextOf(waiting)) {
      waiting.delete(row);
      seen.unobserve(row.element);
      await tell(row);
    }
    isAsking = false;
  };
  const seen = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        const row = of.get(target)!;
        if (isIntersecting) waiting.add(row);
        else waiting.delete(row);
      }
      work();
    },
    { rootMargin: "200px" },
  );
  for (const row of rows) seen.observe(row.element);
}

async function tell({ id, element }: Row) {
  const cell = element.querySelector<HTMLElement>(".faults");
  if (!cell) return;
  const said = document.createElement("span");
  try {
    const { fault, hint, note } = await ask<Levels>(`/api/recordings/${id}/levels`);
    said.textContent = fault ? `! ${count(fault)}` : "0";
    said.className = fault ? "error-text" : "";
    said.title = [counted(fault, "fault"), counted(hint, "hint"), counted(note, "note")].join(", ");
  } catch (error) {
    said.textContent = "?";
    said.title = message(error);
  }
  cell.replaceChildren(said);
}
