// Which interactions get a chip of their own in the bar of a story, and which are folded. Pure.

import type { RunIndex } from "../api/runindex";

/** Interactions `first` to `last`, `count` of them. */
export interface Chip {
  /** `timers`: ticks in a row; `session`: what other browser tabs did meanwhile */
  kind: "one" | "timers" | "session";
  first: number;
  last: number;
  count: number;
}

/**
 * All interactions in order. Those of another app session than the shown one are folded, and
 * so are timers that fired in a row.
 */
export function chipsOf(index: RunIndex, session: number): Chip[] {
  const chips: Chip[] = [];
  for (let n = 0; n < index.interactions; n++) {
    if (!index.interactionSession(n)) continue; // it was let go
    const kind =
      index.interactionSession(n) !== session
        ? "session"
        : index.interactionKind(n) === "timer"
          ? "timers"
          : "one";
    const before = chips.at(-1);
    if (before && kind !== "one" && before.kind === kind) {
      before.last = n;
      before.count += 1;
    } else chips.push({ kind, first: n, last: n, count: 1 });
  }
  // A single tick is an interaction like any other.
  for (const chip of chips) if (chip.kind === "timers" && chip.count === 1) chip.kind = "one";
  return chips;
}

/** The place of the chip that an interaction is in. */
export const placeOf = (chips: readonly Chip[], interaction: number) =>
  chips.findIndex(({ first, last }) => first <= interaction && interaction <= last);

/**
 * The chips that are drawn: those around a place.
 * @param around  on each side
 */
export function windowOf(chips: readonly Chip[], place: number, around: number) {
  const most = 2 * around + 1;
  const from = Math.max(0, Math.min(place - around, chips.length - most));
  return { from, to: Math.min(chips.length, from + most) };
}
