// Where a moment lies on the timeline. People think for seconds and runs last milliseconds, so by
// default idle time is cut out and every burst of activity gets a readable width of its own.

import { digitsOf, moment } from "../base/format";
import { lowest } from "./spans";

/**
 * bursts: idle time cut, long bursts squeezed; busy: idle time cut, one scale; true: real time
 */
export type Mode = "bursts" | "busy" | "true";

/**
 * `count` bursts, which are stretches without long pauses: ns, and their places between 0 and
 * 1. On the readable scale an interaction begins one, too: then there may be no pause before it;
 * `near`: the one asked about last, as the next question is mostly about it or the one
 * after it
 */
export interface TimeScale {
  mode: Mode;
  count: number;
  t0: Float64Array;
  t1: Float64Array;
  x0: Float64Array;
  x1: Float64Array;
  near: number;
  /** ns: a pause as long as this is cut out */
  pause: number;
}

interface Tick {
  x: number;
  label: string;
  strong: boolean;
}

const SQUEEZE = 0.4; // exponent: a burst 100 times as long becomes about 6 times as wide
const LEAST = 0.4; // of the widest: what an interaction begins has room for its label
const LONGEST_PAUSE = 250e6; // ns; a longer pause always ends a burst
const SHORTEST_PAUSE = 5e6;

/**
 * @param starts  ns, ascending
 * @param ends  ns; of an interaction, its start
 */
export function buildScale(starts: Float64Array, ends: Float64Array, mode: Mode): TimeScale {
  const pause = mode === "true" ? Infinity : longestPause(starts, ends);
  const t0 = new Float64Array(Math.max(1, starts.length));
  const t1 = new Float64Array(Math.max(1, starts.length)).fill(1e6);
  let count = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = at(starts, i);
    const end = at(ends, i);
    const isAsked = mode === "bursts" && start === end;
    if (count && isAsked && start === at(t0, count - 1)) continue; // both at one moment
    if (count && isAsked && start < at(t1, count - 1)) {
      t0[count] = start; // what goes on already is cut in two
      t1[count] = at(t1, count - 1);
      t1[count - 1] = start;
      count++;
    } else if (count && !isAsked && start - at(t1, count - 1) < pause) {
      if (end > at(t1, count - 1)) t1[count - 1] = end;
    } else {
      t0[count] = start;
      t1[count] = end;
      count++;
    }
  }
  return place({
    mode,
    count: Math.max(1, count),
    t0,
    t1,
    x0: new Float64Array(0),
    x1: new Float64Array(0),
    near: 0,
    pause,
  });
}

/** A longer pause ends a burst. */
function longestPause(starts: Float64Array, ends: Float64Array) {
  const lengths = starts
    .map((start, i) => at(ends, i) - start)
    .filter((length) => length > 0)
    .sort();
  const median = lengths[lengths.length >> 1] ?? 0;
  return Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, 2 * median));
}

function place({ mode, count, t0, t1, pause }: TimeScale): TimeScale {
  let longest = 1;
  for (let i = 0; i < count; i++) longest = Math.max(longest, at(t1, i) - at(t0, i));
  const least = longest / 1e4; // a click without a run has no length, and is to be seen
  const widths = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const share = Math.max(at(t1, i) - at(t0, i), least) / longest;
    sum += widths[i] = mode === "bursts" ? Math.max(share ** SQUEEZE, LEAST) : share;
  }
  const isGap = (i: number) => i + 1 < count && at(t0, i + 1) > at(t1, i);
  let gaps = 0;
  for (let i = 0; i < count; i++) if (isGap(i)) gaps++;
  const gap = gaps === 0 ? 0 : Math.min(0.03, 0.25 / gaps) * sum;
  const total = sum + gaps * gap;
  const x0 = new Float64Array(count);
  const x1 = new Float64Array(count);
  let x = 0;
  for (let i = 0; i < count; i++) {
    x0[i] = x / total;
    x += at(widths, i);
    x1[i] = x / total;
    if (isGap(i)) x += gap;
  }
  return { mode, count, t0, t1, x0, x1, near: 0, pause };
}

/**
 * @param time  ns
 * @returns place between 0 and 1; inside a cut pause in proportion to its length
 */
export const toX = (scale: TimeScale, time: number): number =>
  across(scale, scale.t0, scale.t1, scale.x0, scale.x1, time);

/**
 * @param x  place between 0 and 1
 * @returns ns
 */
export const toTime = (scale: TimeScale, x: number): number =>
  across(scale, scale.x0, scale.x1, scale.t0, scale.t1, x);

function across(
  scale: TimeScale,
  from0: Float64Array,
  from1: Float64Array,
  to0: Float64Array,
  to1: Float64Array,
  value: number,
): number {
  const { count, near } = scale;
  let i = near;
  if (i + 1 < count && at(from0, i + 1) <= value) i++;
  const isHere = at(from0, i) <= value && (i + 1 >= count || value < at(from0, i + 1));
  if (!isHere) i = last(from0, count, value);
  scale.near = i;
  if (value <= at(from1, i))
    return between(value, at(from0, i), at(from1, i), at(to0, i), at(to1, i));
  if (i + 1 >= count) return at(to1, i);
  return between(value, at(from1, i), at(from0, i + 1), at(to1, i), at(to0, i + 1));
}

/** Index of the last burst that begins at `value` or before, else 0. */
function last(starts: Float64Array, count: number, value: number): number {
  const i = lowest(starts, value, 0, count);
  return i < count && at(starts, i) === value ? i : Math.max(0, i - 1);
}

const at: (list: Float64Array, i: number) => number = (list, i) => list[i] as number;

const between: (v: number, a: number, b: number, x: number, y: number) => number = (
  v,
  a,
  b,
  x,
  y,
) => (b > a ? x + ((Math.min(Math.max(v, a), b) - a) / (b - a)) * (y - x) : x);

/**
 * Places where idle time was cut out, if there are at most `most` of them in the visible part.
 * @param x1  visible part, between 0 and 1
 */
export function breaks(
  scale: TimeScale,
  x0: number,
  x1: number,
  most: number,
  visit: (x: number) => void,
) {
  const from = last(scale.x0, scale.count, x0);
  const to = last(scale.x0, scale.count, x1);
  if (to - from > most) return;
  for (let i = from; i <= to && i + 1 < scale.count; i++) {
    if (at(scale.t0, i + 1) - at(scale.t1, i) < scale.pause) continue;
    const middle = (at(scale.x1, i) + at(scale.x0, i + 1)) / 2;
    if (middle >= x0 && middle <= x1) visit(middle);
  }
}

/**
 * Ticks of the visible part: every burst's first moment since the recording's start, in
 * seconds, then times since the burst began, as far as there is room: one unit for each burst.
 * @param x1  visible part, between 0 and 1
 * @param pixels  its width
 */
export function ticks(scale: TimeScale, x0: number, x1: number, pixels: number): Tick[] {
  const { mode, count, t0, t1 } = scale;
  const room = (82 / pixels) * (x1 - x0);
  const found: Tick[] = [];
  let free = x0 - room;
  for (let i = last(scale.x0, count, x0); i < count;) {
    const begin = at(scale.x0, i);
    const end = at(scale.x1, i);
    const start = at(t0, i);
    const length = at(t1, i) - start;
    if (begin > x1) break;
    if (begin >= x0 && begin >= free) {
      found.push({ x: begin, label: moment(start), strong: true });
      free = begin + room;
    }
    const step = niceStep((room * length) / (end - begin));
    if (end - begin < room || !(step > 0)) {
      i = Math.max(i + 1, last(scale.x0, count, free)); // nothing has room before
      continue;
    }
    const perX = length / (end - begin);
    const next = i + 1 < count ? at(scale.x0, i + 1) : Infinity;
    for (let n = Math.max(1, Math.ceil(((x0 - begin) * perX) / step)); n * step < length; n++) {
      const x = begin + (n * step) / perX;
      if (x > x1) break;
      if (x < free || x + room * 0.6 > end) continue;
      const label =
        mode === "true"
          ? moment(start + n * step, digitsOf(step, 1e9))
          : length < 1e9
            ? `+${((n * step) / 1e6).toFixed(digitsOf(step, 1e6))} ms`
            : `+${((n * step) / 1e9).toFixed(digitsOf(step, 1e9))} s`;
      found.push({ x, label, strong: false });
      free = Math.min(x + room, next);
    }
    i++;
  }
  return found;
}

/** The next 1, 2 or 5 times a power of ten. */
function niceStep(least: number) {
  if (!(least > 0) || !Number.isFinite(least)) return 0;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}
