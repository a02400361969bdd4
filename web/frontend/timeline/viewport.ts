// Which part of the timeline is shown: places between 0 and 1, with a margin at both ends.

import type { View } from "./draw";
import type { Model } from "./lanes";
import { toX } from "./timescale";

const MARGIN = 0.012; // of the width, left free at both ends
const SMALLEST = 1e-9;
const READABLE = 60; // runs; of more than these only a part is shown at first
const AROUND = 15; // runs on either side of the moment in that part
const LABEL = 92; // CSS pixels that the label of an interaction needs

export const WHOLE: View = Object.freeze({ x0: -MARGIN, x1: 1 + MARGIN });

/** @returns the nearest that is allowed */
export function clamp({ x0, x1 }: View): View {
  const size = Math.min(Math.max(x1 - x0, SMALLEST), WHOLE.x1 - WHOLE.x0);
  const start = Math.min(Math.max(x0, WHOLE.x0), WHOLE.x1 - size);
  return { x0: start, x1: start + size };
}

export const isWhole = ({ x0, x1 }: View) => x1 - x0 >= (WHOLE.x1 - WHOLE.x0) * (1 - 1e-9);

/**
 * @param factor  below 1: zoom in
 * @param at  the place that stays where it is
 */
export const zoom = ({ x0, x1 }: View, factor: number, at: number): View =>
  clamp({ x0: at - (at - x0) * factor, x1: at + (x1 - at) * factor });

/** @param share  of the visible width */
export const pan = ({ x0, x1 }: View, share: number): View =>
  clamp({ x0: x0 + share * (x1 - x0), x1: x1 + share * (x1 - x0) });

/**
 * The view that a key leads to, if it is one of the timeline's.
 * @param centre  what stays where it is
 */
export function keyed(view: View, key: string, centre: () => number): View | null {
  switch (key) {
    case "PageUp":
    case "PageDown":
      return pan(view, key === "PageUp" ? -0.5 : 0.5);
    case "+":
    case "=":
      return zoom(view, 0.7, centre());
    case "-":
      return zoom(view, 1 / 0.7, centre());
    case "0":
      return WHOLE;
    default:
      return null;
  }
}

/** The same view, or one of the same size around `place` when that is not in sight. */
export function revealing(view: View, place: View) {
  const { x0, x1 } = view;
  if (place.x1 >= x0 && place.x0 <= x1) return view;
  const half = (x1 - x0) / 2;
  const middle = place.x1 - place.x0 < x1 - x0 ? (place.x0 + place.x1) / 2 : place.x0 + half;
  return clamp({ x0: middle - half, x1: middle + half });
}

/**
 * What is shown at first: everything, or what lies around the moment when there is much: as many
 * interactions as their labels have room for, or some runs.
 * @param run  of the moment
 * @param width  CSS pixels; 0: not known yet
 */
export function readable(model: Model, run: number | null, width: number): View {
  const { index, runs } = model;
  const part = labelled(model, run, width || 1200);
  if (part) return part;
  const { x0, x1, item, count } = runs.app.spans.count ? runs.app.spans : runs.fragment.spans;
  if (index.count <= READABLE || count <= 2 * AROUND) return WHOLE;
  let at = count - 1;
  if (run !== null) while (at > 0 && (item[at] ?? 0) > run) at--;
  const from = Math.min(Math.max(0, at - AROUND), count - 1 - 2 * AROUND);
  const to = Math.min(count - 1, from + 2 * AROUND);
  const [start, end] = [x0[from] ?? 0, x1[to] ?? 1];
  const margin = MARGIN * (end - start);
  return clamp({ x0: start - margin, x1: end + margin });
}

/** Null: not on this scale, or too few interactions to matter. */
function labelled(model: Model, run: number | null, width: number): View | null {
  const { index, scale, interactions, now } = model;
  const { x0, count } = interactions;
  if (scale.mode !== "bursts" || count < 2) return null;
  let least = 1;
  for (let i = 0; i < count; i++) {
    const room = (i + 1 < count ? (x0[i + 1] ?? 1) : 1) - (x0[i] ?? 0);
    if (room > 0) least = Math.min(least, room);
  }
  const size = (least * width) / LABEL;
  if (size >= WHOLE.x1 - WHOLE.x0) return WHOLE;
  const own = run !== null && index.has(run) ? run : index.count;
  const start = toX(scale, index.interactionAt(index.interactionOf(own)));
  const end = toX(scale, index.endedAt(own) ?? now);
  const half = size / 2;
  const fits = end - start <= size * (1 - 2 * MARGIN);
  const middle = fits ? (start + end) / 2 : toX(scale, index.startedAt(own)) + half * 0.9;
  return clamp({ x0: middle - half, x1: middle + half });
}
