// Where a moment lies on the timeline. People think for seconds and runs last milliseconds, so by
// default idle time is cut out and every burst of activity gets a readable width of its own.

import { moment, tick } from "./format.js";

/**
 * @typedef {"bursts" | "busy" | "true"} Mode
 *   bursts: idle time cut, long bursts squeezed; busy: idle time cut, one scale; true: real time
 * @typedef {{t0: number, t1: number, x0: number, x1: number}} Burst
 *   a stretch without long pauses: ns, and its place between 0 and 1
 * @typedef {{mode: Mode, bursts: Burst[]}} TimeScale
 * @typedef {{x: number, label: string, strong: boolean}} Tick
 */

const SQUEEZE = 0.4; // exponent: a burst 100 times as long becomes about 6 times as wide
const LONGEST_PAUSE = 250e6; // ns; a longer pause always ends a burst
const SHORTEST_PAUSE = 5e6;

/**
 * @param {[number, number][]} activity  spans in ns, in any order
 * @param {Mode} mode
 * @returns {TimeScale}
 */
export function buildScale(activity, mode) {
  if (activity.length === 0) return { mode, bursts: [{ t0: 0, t1: 1e6, x0: 0, x1: 1 }] };
  const spans = [...activity].sort((a, b) => a[0] - b[0]);
  const lengths = spans.map(([start, end]) => end - start).filter((length) => length > 0);
  lengths.sort((a, b) => a - b);
  const median = lengths[lengths.length >> 1] ?? 0;
  const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, 2 * median));
  /** @type {Burst[]} */
  const bursts = [];
  for (const [start, end] of spans) {
    const last = bursts.at(-1);
    if (last && (mode === "true" || start - last.t1 < pause)) last.t1 = Math.max(last.t1, end);
    else bursts.push({ t0: start, t1: end, x0: 0, x1: 0 });
  }
  place(bursts, mode);
  return { mode, bursts };
}

/**
 * @param {Burst[]} bursts
 * @param {Mode} mode
 */
function place(bursts, mode) {
  const longest = Math.max(...bursts.map((burst) => burst.t1 - burst.t0), 1);
  const least = longest / 1e4; // a click without a run has no length, and is to be seen
  const widths = bursts.map((burst) => {
    const share = Math.max(burst.t1 - burst.t0, least) / longest;
    return mode === "bursts" ? share ** SQUEEZE : share;
  });
  const sum = widths.reduce((total, width) => total + width, 0);
  const gaps = bursts.length - 1;
  const gap = gaps === 0 ? 0 : Math.min(0.03, 0.25 / gaps) * sum;
  const total = sum + gaps * gap;
  let x = 0;
  bursts.forEach((burst, index) => {
    burst.x0 = x / total;
    x += widths[index] ?? 0;
    burst.x1 = x / total;
    x += gap;
  });
}

/**
 * @param {TimeScale} scale
 * @param {number} time  ns
 * @returns {number} place between 0 and 1; inside a cut pause in proportion to its length
 */
export function toX({ bursts }, time) {
  const index = lastBefore(bursts, (burst) => burst.t0 <= time);
  const burst = bursts[Math.max(0, index)];
  if (!burst) return 0;
  if (time <= burst.t1) return between(time, burst.t0, burst.t1, burst.x0, burst.x1);
  const next = bursts[index + 1];
  return next ? between(time, burst.t1, next.t0, burst.x1, next.x0) : burst.x1;
}

/**
 * Index of the last burst for which `holds`, when it holds for a first part of them; else -1.
 * @param {Burst[]} bursts
 * @param {(burst: Burst) => boolean} holds
 */
function lastBefore(bursts, holds) {
  let low = 0;
  let high = bursts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const burst = bursts[middle];
    if (burst && holds(burst)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @type {(v: number, a: number, b: number, x: number, y: number) => number} */
const between = (v, a, b, x, y) =>
  b > a ? x + ((Math.min(Math.max(v, a), b) - a) / (b - a)) * (y - x) : x;

/**
 * Ticks of the visible part: every burst's first moment since the recording's start, then times
 * since the burst began, as far as there is room.
 * @param {TimeScale} scale
 * @param {number} x0
 * @param {number} x1  visible part, between 0 and 1
 * @param {number} pixels  its width
 * @returns {Tick[]}
 */
export function ticks({ bursts, mode }, x0, x1, pixels) {
  const room = 82 / pixels * (x1 - x0);
  /** @type {Tick[]} */
  const found = [];
  let free = x0 - room;
  const first = Math.max(0, lastBefore(bursts, (burst) => burst.x0 <= x0));
  for (let index = first; index < bursts.length; index++) {
    const burst = bursts[index];
    if (!burst || burst.x0 > x1) break;
    if (burst.x0 >= x0 && burst.x0 >= free) {
      found.push({ x: burst.x0, label: moment(burst.t0, 0), strong: true });
      free = burst.x0 + room;
    }
    const width = burst.x1 - burst.x0;
    const perX = (burst.t1 - burst.t0) / width;
    const step = niceStep(room * perX);
    if (width < room || !(step > 0)) continue;
    const from = Math.max(1, Math.ceil(((x0 - burst.x0) * perX) / step));
    for (let n = from; n * step < burst.t1 - burst.t0; n++) {
      const x = burst.x0 + (n * step) / perX;
      if (x > x1) break;
      if (x < free || x + room * 0.6 > burst.x1) continue;
      const label = mode === "true" ? tick(burst.t0 + n * step, step) : `+${tick(n * step, step)}`;
      found.push({ x, label, strong: false });
      free = x + room;
    }
  }
  return found;
}

/** The next 1, 2 or 5 times a power of ten. @param {number} least */
function niceStep(least) {
  if (!(least > 0) || !Number.isFinite(least)) return 0;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}
