// The timeline's lanes: for every lane, arrays of start and end places, searched by bisection.

import { buildScale, toX } from "./timescale.js";

/**
 * @typedef {import("./api.js").Timeline} Timeline
 * @typedef {import("./timescale.js").Mode} Mode
 * @typedef {import("./timescale.js").TimeScale} TimeScale
 * @typedef {"interactions" | "app" | "fragment" | "callbacks" | "writes" | "state"} LaneKey
 *
 * @typedef {object} Lane
 * @property {LaneKey} key
 * @property {Float64Array} x0  places between 0 and 1, ascending
 * @property {Float64Array} x1
 * @property {Float64Array} reach  the largest x1 so far
 * @property {Int32Array} item  index in the timeline's lists
 * @property {Uint8Array} row  overlapping spans lie in rows below each other
 * @property {Uint8Array} rows  how many rows there are where the span lies
 *
 * @typedef {{timeline: Timeline, scale: TimeScale, lanes: Record<LaneKey, Lane>,
 *   runIndex: Map<number, number>}} Model
 */

const MOST_ROWS = 3;

/** @type {{key: LaneKey, title: string, height: number}[]} heights in CSS pixels */
export const LANES = [
  { key: "interactions", title: "interactions", height: 36 },
  { key: "app", title: "app runs", height: 52 },
  { key: "fragment", title: "fragment runs", height: 30 },
  { key: "callbacks", title: "callbacks", height: 24 },
  { key: "writes", title: "writes", height: 24 },
  { key: "state", title: "state writes", height: 24 },
];
export const AXIS = 22;
export const HEIGHT = LANES.reduce((sum, lane) => sum + lane.height, AXIS);

/**
 * @param {Timeline} timeline
 * @param {Mode} mode
 * @returns {Model}
 */
export function buildModel(timeline, mode) {
  const { interactions, runs, callbacks, ticks } = timeline;
  const now = lastMoment(timeline);
  const ends = runs.ended_ns.map((end) => end ?? now);
  /** @type {[number, number][]} */
  const activity = runs.started_ns.map((start, i) => [start, ends[i] ?? start]);
  for (const at of interactions.at_ns) activity.push([at, at]);
  // The readable scale cuts them all the same: an arc leads across.
  if (mode !== "bursts") activity.push(...waits(timeline));
  const scale = buildScale(activity, mode);
  /** @type {(kind: string) => number[]} */
  const runsOf = (kind) => runs.kind.flatMap((each, i) => (each === kind ? [i] : []));
  const at = (/** @type {number[]} */ times) => (/** @type {number} */ i) => times[i] ?? 0;
  /** @type {(key: LaneKey, items: number[], from: (i: number) => number, to: (i: number) => number) => Lane} */
  const lane = (key, items, from, to) => buildLane(scale, key, items, from, to);
  const moments = at(interactions.at_ns);
  const starts = at(runs.started_ns);
  const stops = at(ends);
  const writes = ticks?.writes.at_ns ?? [];
  const states = ticks?.state_writes.at_ns ?? [];
  return {
    timeline,
    scale,
    lanes: {
      interactions: lane("interactions", indices(interactions.n), moments, moments),
      app: lane("app", runsOf("app"), starts, stops),
      fragment: lane("fragment", runsOf("fragment"), starts, stops),
      callbacks: lane("callbacks", indices(callbacks.run), at(callbacks.started_ns), at(callbacks.ended_ns)),
      writes: lane("writes", indices(writes), at(writes), at(writes)),
      state: lane("state", indices(states), at(states), at(states)),
    },
    runIndex: new Map(runs.n.map((n, i) => [n, i])),
  };
}

/**
 * The time from a run's cause to its start: nobody is idle then, though no run is under way.
 * @param {Timeline} timeline
 * @returns {[number, number][]}
 */
function waits({ interactions, runs }) {
  const asked = new Map(interactions.n.map((n, i) => [n, interactions.at_ns[i]]));
  const ended = new Map(runs.n.map((n, i) => [n, runs.ended_ns[i]]));
  return runs.n.flatMap((_, i) => {
    const cause = (runs.trigger_type[i] === "rerun" ? ended : asked).get(runs.trigger[i] ?? -1);
    const start = runs.started_ns[i] ?? 0;
    return typeof cause === "number" && cause < start ? [/** @type {[number, number]} */ ([cause, start])] : [];
  });
}

/** @param {unknown[]} list */
const indices = (list) => list.map((_, i) => i);

/** The newest moment that the timeline knows of: a running run reaches up to it. @param {Timeline} t */
function lastMoment({ runs, interactions, callbacks, ticks }) {
  let last = 0;
  const lists = [runs.started_ns, runs.ended_ns, interactions.at_ns, callbacks.ended_ns];
  if (ticks) lists.push(ticks.writes.at_ns, ticks.state_writes.at_ns);
  for (const list of lists) for (const time of list) if (time !== null && time > last) last = time;
  return last;
}

/**
 * @param {TimeScale} scale
 * @param {LaneKey} key
 * @param {number[]} items
 * @param {(i: number) => number} from
 * @param {(i: number) => number} to
 * @returns {Lane}
 */
function buildLane(scale, key, items, from, to) {
  const order = Int32Array.from(items).sort((a, b) => from(a) - from(b) || a - b);
  const size = order.length;
  /** @type {Lane} */
  const lane = {
    key,
    x0: new Float64Array(size),
    x1: new Float64Array(size),
    reach: new Float64Array(size),
    item: order,
    row: new Uint8Array(size),
    rows: new Uint8Array(size).fill(1),
  };
  const free = new Array(MOST_ROWS).fill(-1);
  let reach = 0;
  let first = 0; // of the spans that overlap, each with the one before
  order.forEach((item, i) => {
    const start = toX(scale, from(item));
    const end = Math.max(start, toX(scale, to(item)));
    lane.x0[i] = start;
    lane.x1[i] = end;
    if (start >= reach) {
      first = i;
      free.fill(-1);
    }
    lane.reach[i] = reach = Math.max(reach, end);
    if (key !== "app" && key !== "fragment") return;
    const row = Math.max(0, free.findIndex((until) => until <= start));
    free[row] = end;
    lane.row[i] = row;
    const rows = Math.max(lane.rows[first] ?? 1, row + 1);
    if (rows > (lane.rows[first] ?? 1)) lane.rows.fill(rows, first, i);
    lane.rows[i] = rows;
  });
  return lane;
}

/**
 * The spans that touch a part of the lane: indices `from` to `to`, the latter excluded.
 * @param {Lane} lane
 * @param {number} x0
 * @param {number} x1
 * @returns {[number, number]}
 */
export function visible(lane, x0, x1) {
  return [bisect(lane.reach, (reach) => reach < x0), bisect(lane.x0, (start) => start <= x1)];
}

/**
 * How many values at the beginning of `list` fulfil `holds`.
 * @param {Float64Array} list
 * @param {(value: number) => boolean} holds
 */
function bisect(list, holds) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(/** @type {number} */ (list[middle]))) low = middle + 1;
    else high = middle;
  }
  return low;
}
