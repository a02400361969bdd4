// Which part of the timeline is shown: places between 0 and 1, with a margin at both ends.

/** @typedef {import("./draw").View} View */

const MARGIN = 0.012; // of the width, left free at both ends
const SMALLEST = 1e-9;
const READABLE = 60; // runs; of more than these only a part is shown at first
const AROUND = 15; // runs on either side of the moment in that part

/** @type {View} */
export const WHOLE = Object.freeze({ x0: -MARGIN, x1: 1 + MARGIN });

/** @param {View} view @returns {View} the nearest that is allowed */
export function clamp({ x0, x1 }) {
  const size = Math.min(Math.max(x1 - x0, SMALLEST), WHOLE.x1 - WHOLE.x0);
  const start = Math.min(Math.max(x0, WHOLE.x0), WHOLE.x1 - size);
  return { x0: start, x1: start + size };
}

/** @param {View} view */
export const isWhole = ({ x0, x1 }) => x1 - x0 >= (WHOLE.x1 - WHOLE.x0) * (1 - 1e-9);

/**
 * @param {View} view
 * @param {number} factor  below 1: zoom in
 * @param {number} at  the place that stays where it is
 * @returns {View}
 */
export const zoom = ({ x0, x1 }, factor, at) =>
  clamp({ x0: at - (at - x0) * factor, x1: at + (x1 - at) * factor });

/** @param {View} view @param {number} share  of the visible width @returns {View} */
export const pan = ({ x0, x1 }, share) => clamp({ x0: x0 + share * (x1 - x0), x1: x1 + share * (x1 - x0) });

/**
 * The view that a key leads to, if it is one of the timeline's.
 * @param {View} view
 * @param {string} key
 * @param {() => number} centre  what stays where it is
 * @returns {View | null}
 */
export function keyed(view, key, centre) {
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

/**
 * The same view, or one of the same size around `place` when that is not in sight.
 * @param {View} view
 * @param {View} place
 */
export function revealing(view, place) {
  const { x0, x1 } = view;
  if (place.x1 >= x0 && place.x0 <= x1) return view;
  const half = (x1 - x0) / 2;
  const middle = place.x1 - place.x0 < x1 - x0 ? (place.x0 + place.x1) / 2 : place.x0 + half;
  return clamp({ x0: middle - half, x1: middle + half });
}

/**
 * What is shown at first: everything, or the runs around the moment when there are many.
 * @param {import("./lanes").Model} model
 * @param {number | null} run  of the moment
 * @returns {View}
 */
export function readable({ index, runs }, run) {
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
