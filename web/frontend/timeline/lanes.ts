// The timeline's lanes: which there are, and the spans in them, with places between 0 and 1.

import type { Timeline as Block } from "../api/answers";
import { type Details, MOST_RUNS } from "../api/details";
import type { RunIndex } from "../api/runindex";
import { LANES } from "../base/words";
import { isAscending, lowest, makeSpans, type Spans } from "./spans";
import { buildScale, type Mode, type TimeScale, toX } from "./timescale";

type LaneKey =
  "interactions" | "app" | "fragment" | "callbacks" | "writes" | "state" | "threads" | "session";

/** heights in CSS pixels */
export interface Lane {
  key: LaneKey;
  title: string;
  top: number;
  height: number;
  session: number;
}

/** items are numbers of runs */
export interface RunSpans {
  spans: Spans;
  /** overlapping spans lie in rows below each other */
  row: Uint8Array;
  /** how many rows there are where the span lies */
  rows: Uint8Array;
  /** index of the first span from here on that did not complete */
  early: Int32Array;
}

export interface Model {
  index: RunIndex;
  scale: TimeScale;
  /** ns: a run without an end reaches up to here */
  now: number;
  /** the one whose lanes are shown in full */
  session: number;
  lanes: Lane[];
  height: number;
  /** items are numbers of interactions */
  interactions: Spans;
  runs: Record<"app" | "fragment", RunSpans>;
  /** runs of the other app sessions */
  others: Map<number, RunSpans>;
}

/** one entry in the lists of a block */
export interface Mark {
  block: Block;
  i: number;
}

/** items are indices in `marks` */
interface Marks {
  spans: Spans;
  marks: Mark[];
}

/** see RunSpans */
interface Rows {
  row: Uint8Array;
  rows: Uint8Array;
}

export interface MarksInSight {
  callbacks: Marks;
  writes: Marks;
  state: Marks;
  threads: Marks & Rows;
}

const MOST_ROWS = 3;
export const MOST_THREAD_ROWS = 8;
export const AXIS = 22;

export function buildModel(index: RunIndex, mode: Mode, session: number): Model {
  const now = lastMoment(index);
  const scale = buildScale(...activity(index, now, mode), mode);
  const runs: Map<string, number[]> = new Map();
  const fragment = index.words.kind?.indexOf("fragment") ?? -1;
  for (let run = 1; run <= index.count; run++) {
    const own = index.session(run);
    const kind = index.kinds[run - 1] === fragment ? "fragment" : "app";
    const key = own === session ? kind : String(own);
    const list = runs.get(key);
    if (list) list.push(run);
    else runs.set(key, [run]);
  }
  const interactions: number[] = [];
  for (let n = 0; n < index.interactions; n++) {
    if (index.interactionSession(n) === session) interactions.push(n);
  }
  const moments = (n: number) => toX(scale, index.interactionAt(n));
  const spansOf = (key: string) => runSpans(index, scale, now, runs.get(key) ?? []);
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
 * @param others  app sessions with one thin lane each
 */
function lanesOf(index: RunIndex, others: number[]): Lane[] {
  const list: [LaneKey, number, number?][] = [
    ["interactions", 34],
    ["app", 52],
  ];
  if (index.hasFragments) list.push(["fragment", 30]);
  if (index.hasCallbacks) list.push(["callbacks", 24]);
  if (index.hasThreads) list.push(["threads", 40]);
  list.push(["writes", 24], ["state", 24]);
  for (const session of others) list.push(["session", 20, session]);
  let top = AXIS;
  return list.map(([key, height, session = 0]) => {
    top += height;
    const title = `${LANES[key]}${session ? ` ${session}` : ""}`;
    return { key, title, height, session, top: top - height };
  });
}

/** When something went on: starts, ascending, and ends, in ns. */
function activity(index: RunIndex, now: number, mode: Mode): [Float64Array, Float64Array] {
  const size = index.count + index.interactions;
  const starts = new Float64Array(size);
  const ends = new Float64Array(size);
  let click = 0;
  let i = 0;
  const add = (start: number, end: number) => {
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
  for (; click < index.interactions; click++)
    add(index.interactionAt(click), index.interactionAt(click));
  if (isAscending(starts)) return [starts, ends];
  const order = Uint32Array.from(starts, (_, each) => each);
  order.sort((a, b) => Number(starts[a]) - Number(starts[b]));
  return [
    Float64Array.from(order, (each) => Number(starts[each])),
    Float64Array.from(order, (each) => Number(ends[each])),
  ];
}

function causedAt(index: RunIndex, run: number) {
  const by = index.trigger(run);
  const start = index.startedAt(run);
  const cause = index.triggerType(run) === "rerun" ? index.endedAt(by) : index.interactionAt(by);
  return Math.min(start, cause ?? start);
}

/** The newest moment that is known of. */
function lastMoment(index: RunIndex) {
  let last = index.interactions ? index.interactionAt(index.interactions - 1) : 0;
  for (let run = 1; run <= index.count; run++) {
    last = Math.max(last, index.endedAt(run) ?? index.startedAt(run));
  }
  return last;
}

function runSpans(index: RunIndex, scale: TimeScale, now: number, runs: number[]): RunSpans {
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
    early[i] = isEarly ? i : (early[i + 1] ?? count);
  }
  return { spans, early, ...inRows(spans, MOST_ROWS) };
}

/** Spans that overlap lie in up to `most` rows. */
function inRows({ count, x0, x1 }: Spans, most: number): Rows {
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
    const own = Math.max(
      0,
      free.findIndex((until) => until <= start),
    );
    free[own] = end;
    row[i] = own;
    const needed = Math.max(rows[first] ?? 1, own + 1);
    if (needed > (rows[first] ?? 1)) rows.fill(needed, first, i);
    rows[i] = needed;
  }
  return { row, rows };
}

/** Where a span lies in the lane of threads, in pixels below the lane's top. */
export function threadPlace({ row, rows }: Rows, i: number) {
  const height = 32 / (rows[i] ?? 1);
  return { top: 4 + (row[i] ?? 0) * height, height };
}

/**
 * Numbers of the first and the last run in sight, of the session that is shown in full; null:
 * there is none.
 */
export function runsInSight({ runs }: Model, x0: number, x1: number): [number, number] | null {
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
 */
export function buildMarks(
  { index, scale, session }: Model,
  details: Details,
  runs: [number, number] | null,
): MarksInSight | null {
  if (!runs || runs[1] - runs[0] >= MOST_RUNS) return null;
  const blocks = details.blocksOf(...runs);
  const collect: (
    list: (block: Block) => { run: number[] },
    from: (mark: Mark) => number,
    to: (mark: Mark) => number,
  ) => Marks = (list, from, to) => {
    const marks: Mark[] = [];
    for (const block of blocks) {
      list(block).run.forEach((run, i) => {
        if (index.session(run) === session) marks.push({ block, i });
      });
    }
    const place = (time: (mark: Mark) => number) => (i: number) =>
      toX(scale, time(marks[i] as Mark));
    return { marks, spans: makeSpans(Array.from(marks.keys()), place(from), place(to)) };
  };
  const write = ({ block, i }: Mark) => block.writes.at_ns[i] ?? 0;
  const state = ({ block, i }: Mark) => block.state_writes.at_ns[i] ?? 0;
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
