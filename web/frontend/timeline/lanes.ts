// The timeline's lanes: which there are, and the spans in them, with places between 0 and 1.

import { MOST_RUNS } from "../api/details";
import { isAscending, lowest, makeSpans } from "./spans";
import { buildScale, toX } from "./timescale";

/**
 * @typedef {import("../api/runindex").RunIndex} RunIndex
 * @typedef {import("../api/details").Details} Details
 * @typedef {import("./spans").Spans} Spans
 * @typedef {import("./timescale").Mode} Mode
 * @typedef {import("./timescale").TimeScale} TimeScale
 * @typedef {"interactions" | "app" | "fragment" | "callbacks" | "writes" | "state" | "threads"
 *   | "session"} LaneKey
 * @typedef {{key: LaneKey, title: string, top: number, height: number, session: number}} Lane
 *   heights in CSS pixels
 *
 * @typedef {object} RunSpans  items are numbers of runs
 * @property {Spans} spans
 * @property {Uint8Array} row  overlapping spans lie in rows below each other
 * @property {Uint8Array} rows  how many rows there are where the span lies
 * @property {Int32Array} early  index of the first span from here on that did not complete
 *
 * @typedef {object} Model
 * @property {RunIndex} index
 * @property {TimeScale} scale
 * @property {number} now  ns: a run without an end reaches up to here
 * @property {number} session  the one whose lanes are shown in full
 * @property {Lane[]} lanes
 * @property {number} height
 * @property {Spans} interactions  items are numbers of interactions
 * @property {Record<"app" | "fragment", RunSpans>} runs
 * @property {Map<number, RunSpans>} others  runs of the other app sessions
 *
 * @typedef {import("../api/api").Timeline} Block
 * @typedef {{block: Block, i: number}} Mark  one entry in the lists of a block
 * @typedef {{spans: Spans, marks: Mark[]}} Marks  items are indices in `marks`
 * @typedef {{row: Uint8Array, rows: Uint8Array}} Rows  see RunSpans
 * @typedef {{callbacks: Marks, writes: Marks, state: Marks, threads: Marks & Rows}} MarksInSight
 */

const MOST_ROWS = 3;
export const MOST_THREAD_ROWS = 8;
export const AXIS = 22;

/**
 * @param {RunIndex} index
 * @param {Mode} mode
 * @param {number} session
 * @returns {Model}
 */
export function buildModel(index, mode, session) {
  const now = lastMoment(index);
  const scale = buildScale(...activity(index, now, mode), mode);
  /** @type {Map<string, number[]>} */
  const runs = new Map();
  const fragment = index.words.kind?.indexOf("fragment") ?? -1;
  for (let run = 1; run <= index.count; run++) {
    const own = index.session(run);
    const kind = index.kinds[run - 1] === fragment ? "fragment" : "app";
    const key = own === session ? kind : String(own);
    const list = runs.get(key);
    if (list) list.push(run);
    else runs.set(key, [run]);
  }
  /** @type {number[]} */
  const interactions = [];
  for (let n = 0; n < index.interactions; n++) {
    if (index.interactionSession(n) === session) interactions.push(n);
  }
  const moments = (/** @type {number} */ n) => toX(scale, index.interactionAt(n));
  const spansOf = (/** @type {string} */ key) => runSpans(index, scale, now, runs.get(key) ?? []);
  const others = index.sessions.filter((each) => each !== session);
  const lanes = lanesOf(index, others);
  return {
    index,
    scale,
    now,
    session,
    lanes,
    height: lanes.reduce((sum, lane) => sum + lane.height, AXIS),
    interactions: makeSpans(interactions, moments, moments),
    runs: { app: spansOf("app"), fragment: spansOf("fragment") },
    others: new Map(others.map((each) => [each, spansOf(String(each))])),
  };
}

/**
 * The lanes of a recording. What the whole recording does not have gets no lane.
 * @param {RunIndex} index
 * @param {number[]} others  app sessions with one thin lane each
 * @returns {Lane[]}
 */
function lanesOf(index, others) {
  /** @type {[LaneKey, string, number, number?][]} */
  const list = [["interactions", "interactions", 34], ["app", "app runs", 52]];
  if (index.hasFragments) list.push(["fragment", "fragment runs", 30]);
  if (index.hasCallbacks) list.push(["callbacks", "callbacks", 24]);
  if (index.hasThreads) list.push(["threads", "threads", 40]);
  list.push(["writes", "writes", 24], ["state", "state writes", 24]);
  for (const session of others) list.push(["session", `session ${session}`, 20, session]);
  let top = AXIS;
  return list.map(([key, title, height, session = 0]) => {
    top += height;
    return { key, title, height, session, top: top - height };
  });
}

/**
 * When something went on: starts, ascending, and ends, in ns.
 * @param {RunIndex} index
 * @param {number} now
 * @param {Mode} mode
 * @returns {[Float64Array, Float64Array]}
 */
function activity(index, now, mode) {
  const size = index.count + index.interactions;
  const starts = new Float64Array(size);
  const ends = new Float64Array(size);
  let click = 0;
  let i = 0;
  const add = (/** @type {number} */ start, /** @type {number} */ end) => {
    starts[i] = start;
    ends[i] = end;
    i++;
  };
  for (let run = 1; run <= index.count; run++) {
    // Nobody is idle from a run's cause to its start. The readable scale cuts that all the same:
    // an arc leads across.
    const start = mode === "bursts" ? index.startedAt(run) : causedAt(index, run);
    for (; click < index.interactions && index.interactionAt(click) <= start; click++) {
      add(index.interactionAt(click), index.interactionAt(click));
    }
    add(start, index.endedAt(run) ?? now);
  }
  for (; click < index.interactions; click++) add(index.interactionAt(click), index.interactionAt(click));
  if (isAscending(starts)) return [starts, ends];
  const order = Uint32Array.from(starts, (_, each) => each);
  order.sort((a, b) => Number(starts[a]) - Number(starts[b]));
  return [Float64Array.from(order, (each) => Number(starts[each])), Float64Array.from(order, (each) => Number(ends[each]))];
}

/** @param {RunIndex} index @param {number} run */
function causedAt(index, run) {
  const by = index.trigger(run);
  const start = index.startedAt(run);
  const cause = index.triggerType(run) === "rerun" ? index.endedAt(by) : index.interactionAt(by);
  return Math.min(start, cause ?? start);
}

/** The newest moment that is known of. @param {RunIndex} index */
function lastMoment(index) {
  let last = index.interactions ? index.interactionAt(index.interactions - 1) : 0;
  for (let run = 1; run <= index.count; run++) {
    last = Math.max(last, index.endedAt(run) ?? index.startedAt(run));
  }
  return last;
}

/**
 * @param {RunIndex} index
 * @param {TimeScale} scale
 * @param {number} now
 * @param {number[]} runs
 * @returns {RunSpans}
 */
function runSpans(index, scale, now, runs) {
  const spans = makeSpans(
    runs,
    (run) => toX(scale, index.startedAt(run)),
    (run) => toX(scale, index.endedAt(run) ?? now),
  );
  const { count, item } = spans;
  const early = new Int32Array(count + 1).fill(count);
  const completed = index.words.outcome?.indexOf("completed") ?? -1;
  for (let i = count - 1; i >= 0; i--) {
    const isEarly = index.outcomes[(item[i] ?? 1) - 1] !== completed;
    early[i] = isEarly ? i : early[i + 1] ?? count;
  }
  return { spans, early, ...inRows(spans, MOST_ROWS) };
}

/**
 * Spans that overlap lie in up to `most` rows.
 * @param {Spans} spans
 * @param {number} most
 * @returns {Rows}
 */
function inRows({ count, x0, x1 }, most) {
  const row = new Uint8Array(count);
  const rows = new Uint8Array(count).fill(1);
  const free = new Array(most).fill(-1);
  let reach = -1;
  let first = 0; // of the spans that overlap, each with the one before
  for (let i = 0; i < count; i++) {
    const start = x0[i] ?? 0;
    const end = x1[i] ?? 0;
    if (start >= reach) {
      first = i;
      free.fill(-1);
    }
    reach = Math.max(reach, end);
    const own = Math.max(0, free.findIndex((until) => until <= start));
    free[own] = end;
    row[i] = own;
    const needed = Math.max(rows[first] ?? 1, own + 1);
    if (needed > (rows[first] ?? 1)) rows.fill(needed, first, i);
    rows[i] = needed;
  }
  return { row, rows };
}

/**
 * Where a span lies in the lane of threads, in pixels below the lane's top.
 * @param {Rows} threads
 * @param {number} i
 */
export function threadPlace({ row, rows }, i) {
  const height = 32 / (rows[i] ?? 1);
  return { top: 4 + (row[i] ?? 0) * height, height };
}

/**
 * Numbers of the first and the last run in sight, of the session that is shown in full; null:
 * there is none.
 * @param {Model} model
 * @param {number} x0
 * @param {number} x1
 * @returns {[number, number] | null}
 */
export function runsInSight({ runs }, x0, x1) {
  let first = Infinity;
  let last = -Infinity;
  for (const { spans } of [runs.app, runs.fragment]) {
    const start = lowest(spans.x0, x0, 0, spans.count);
    const end = lowest(spans.x0, x1, start, spans.count);
    spans.reaching(0, start, x0, (i) => {
      first = Math.min(first, spans.item[i] ?? first);
      last = Math.max(last, spans.item[i] ?? last);
    });
    if (end > start) {
      first = Math.min(first, spans.item[start] ?? first);
      last = Math.max(last, spans.item[end - 1] ?? last);
    }
  }
  return first <= last ? [first, last] : null;
}

/**
 * The small marks of the runs `first` to `last` as far as they are here; null: too many runs.
 * @param {Model} model
 * @param {Details} details
 * @param {[number, number] | null} runs
 * @returns {MarksInSight | null}
 */
export function buildMarks({ index, scale, session }, details, runs) {
  if (!runs || runs[1] - runs[0] >= MOST_RUNS) return null;
  const blocks = details.blocksOf(...runs);
  /** @type {(list: (block: Block) => {run: number[]}, from: (mark: Mark) => number, to: (mark: Mark) => number) => Marks} */
  const collect = (list, from, to) => {
    /** @type {Mark[]} */
    const marks = [];
    for (const block of blocks) {
      list(block).run.forEach((run, i) => {
        if (index.session(run) === session) marks.push({ block, i });
      });
    }
    const place = (/** @type {(mark: Mark) => number} */ time) => (/** @type {number} */ i) =>
      toX(scale, time(/** @type {Mark} */ (marks[i])));
    return { marks, spans: makeSpans(Array.from(marks.keys()), place(from), place(to)) };
  };
  const write = (/** @type {Mark} */ { block, i }) => block.writes.at_ns[i] ?? 0;
  const state = (/** @type {Mark} */ { block, i }) => block.state_writes.at_ns[i] ?? 0;
  const threads = collect(
    (block) => block.threads,
    ({ block, i }) => block.threads.started_ns[i] ?? 0,
    ({ block, i }) => block.threads.ended_ns[i] ?? 0,
  );
  return {
    callbacks: collect(
      (block) => block.callbacks,
      ({ block, i }) => block.callbacks.started_ns[i] ?? 0,
      ({ block, i }) => block.callbacks.ended_ns[i] ?? 0,
    ),
    writes: collect((block) => block.writes, write, write),
    state: collect((block) => block.state_writes, state, state),
    threads: { ...threads, ...inRows(threads.spans, MOST_THREAD_ROWS) },
  };
}
