// What lies under the pointer, what is known about it, and which moment a click on it means.

import { counted, duration, moment, outcomeText } from "../base/format";
import type { Scene } from "./draw";
import { AXIS, type Mark, threadPlace } from "./lanes";
import type { Spans } from "./spans";
import { toTime, toX } from "./timescale";

/**
 * what to say; the moment, if it has one; the app session, if it is not the one shown in full
 */
export interface Found {
  lines: string[];
  run: number | null;
  /** null: the run's end */
  step: number | null;
  session: number | null;
}

const NEAR = 5; // pixels

/** The item at a point of the canvas. */
export function hit(scene: Scene, x: number, y: number): Found | null {
  const { model, marks, view, width } = scene;
  const pixel = (view.x1 - view.x0) / width;
  const at = view.x0 + x * pixel;
  if (y < AXIS) return flagAt(scene, at, pixel);
  const lane = model.lanes.find(({ top, height }) => y >= top && y < top + height);
  if (!lane) return null;
  const near = (spans: Spans, before: number = NEAR, counts?: (i: number) => boolean) => {
    const i = spans.nearest(at, before * pixel, NEAR * pixel, counts);
    return i < 0 ? null : (spans.item[i] ?? 0);
  };
  if (lane.key === "interactions") return aboutInteraction(scene, near(model.interactions, 120));
  if (lane.key === "session") {
    const other = model.others.get(lane.session);
    const run = other ? near(other.spans) : null;
    const found = aboutRun(scene, run) ?? { lines: [], run: null, step: 0, session: null };
    return { ...found, lines: [lane.title, ...found.lines], session: lane.session };
  }
  if (lane.key === "app" || lane.key === "fragment")
    return aboutRun(scene, near(model.runs[lane.key].spans));
  const list = marks?.[lane.key];
  const isHere = (i: number) => {
    if (lane.key !== "threads" || !marks) return true;
    const { top, height } = threadPlace(marks.threads, i);
    return y >= lane.top + top && y < lane.top + top + height;
  };
  const i = list ? near(list.spans, NEAR, isHere) : null;
  const mark = i === null ? undefined : list?.marks[i];
  return mark ? aboutMark(lane.key, mark) : between(scene, at);
}

/** The moment's run in words, for who does not see the canvas. */
export function spoken({ model: { index }, moment: at, found }: Scene) {
  if (!at || !index.has(at.run)) return "no run selected";
  const said = `run ${at.run}, step ${at.step} of ${index.steps(at.run)}: ${index.outcome(at.run)}`;
  return [said, ...(found.get(at.run)?.titles ?? [])].join("; ");
}

function flagAt({ model, flags, notes }: Scene, at: number, pixel: number): Found | null {
  const time = toTime(model.scale, at);
  const reach = 8 * pixel;
  const note = notes
    .filter(({ at_ns }) => Math.abs(toX(model.scale, at_ns) - at) <= reach)
    .sort((a, b) => Math.abs(a.at_ns - time) - Math.abs(b.at_ns - time))[0];
  if (note)
    return {
      lines: [note.text.slice(0, 300), `note in run ${note.run}`],
      run: note.run,
      step: note.step,
      session: null,
    };
  const [low, high] = [toTime(model.scale, at - 9 * pixel), toTime(model.scale, at + 3 * pixel)];
  const near = flags.filter(({ at_ns }) => at_ns >= low && at_ns <= high);
  near.sort((a, b) => Math.abs(a.at_ns - time) - Math.abs(b.at_ns - time));
  const [flag] = near;
  if (!flag) return null;
  return {
    lines: [flag.text, `found in run ${flag.run}`],
    run: flag.run,
    step: flag.step,
    session: null,
  };
}

function aboutInteraction({ model: { index }, details }: Scene, n: number | null): Found | null {
  if (n === null) return null;
  const [run = null] = index.runsOf(n);
  const runs = index.runsOf(n).length;
  const title = details.title(n);
  return {
    lines: [
      `interaction ${n}${title ? `: ${title}` : ""}`,
      `at ${moment(index.interactionAt(n))}`,
      runs ? `caused ${counted(runs, "run")}` : "caused no run of its own",
    ],
    run,
    step: run === null ? 0 : index.steps(run),
    session: null,
  };
}

function aboutRun({ model: { index }, details, found }: Scene, run: number | null): Found | null {
  if (run === null) return null;
  const start = index.startedAt(run);
  const end = index.endedAt(run);
  const rest = details.rest(run);
  const kind = index.kind(run) === "fragment" ? "fragment run" : "run";
  return {
    lines: [
      `${kind} ${run}: ${outcomeText(index.outcome(run), index.haltedLine(run))}`,
      `started by: ${details.cause(index, run)}`,
      `at ${moment(start)}${end === null ? "" : `, for ${duration(end - start)}`}`,
      counted(index.steps(run), "step"),
      ...(rest ? [rest] : []),
      ...(found.get(run)?.titles ?? []),
    ],
    run,
    step: index.steps(run),
    session: null,
  };
}

function aboutMark(lane: "callbacks" | "threads" | "writes" | "state", { block, i }: Mark): Found {
  const at = (number: number | null | undefined) => (number ? `line ${number}` : "no line");
  if (lane === "callbacks") {
    const { function: name, run, step, started_ns, ended_ns } = block.callbacks;
    return {
      lines: [
        `callback ${name[i]}()`,
        `before the script of run ${run[i]}`,
        duration((ended_ns[i] ?? 0) - (started_ns[i] ?? 0)),
      ],
      run: run[i] ?? null,
      step: step[i] ?? 0,
      session: null,
    };
  }
  if (lane === "threads") {
    const { thread, function: name, run, step, steps, started_ns, ended_ns } = block.threads;
    return {
      lines: [
        `thread ${thread[i]}: ${name[i]}()`,
        `of run ${run[i]}, ${counted(steps[i] ?? 0, "step")} from step ${step[i]} on`,
        duration((ended_ns[i] ?? 0) - (started_ns[i] ?? 0)),
      ],
      run: run[i] ?? null,
      step: step[i] ?? 0,
      session: null,
    };
  }
  if (lane === "writes") {
    const { element, label, line, run, step, fate, out_of_order } = block.writes;
    return {
      lines: [
        `write: ${element[i]} ${label[i]}`,
        `${at(line[i])}, run ${run[i]}, ${fate[i]}`,
        ...(out_of_order[i] ? ["above something written before"] : []),
      ],
      run: run[i] ?? null,
      step: step[i] ?? 0,
      session: null,
    };
  }
  const { key, op, line, run, step } = block.state_writes;
  return {
    lines: [
      `session state: ${key[i]}`,
      `${op[i] === "in_place" ? "changed in place" : op[i]}, ${at(line[i])}, run ${run[i]}`,
    ],
    run: run[i] ?? null,
    step: step[i] ?? 0,
    session: null,
  };
}

/**
 * Empty space while a run went on means the last write, state write or callback before.
 */
function between({ model, marks }: Scene, at: number): Found | null {
  if (!marks) return null;
  const app = model.runs.app.spans;
  const fragment = model.runs.fragment.spans;
  const spans = app.nearest(at, 0, 0) < 0 ? fragment : app;
  const i = spans.nearest(at, 0, 0);
  if (i < 0) return null;
  const run = spans.item[i] ?? 0;
  const time = toTime(model.scale, at);
  let step = 0;
  for (const list of [marks.writes, marks.state, marks.callbacks]) {
    for (const { block, i: each } of list.marks) {
      const lists =
        list === marks.writes ? block.writes : list === marks.state ? block.state_writes : null;
      const when = lists ? lists.at_ns[each] : block.callbacks.ended_ns[each];
      const own = (lists ?? block.callbacks).run[each];
      if (own !== run || when === undefined || when > time) continue;
      step = Math.max(step, (lists ?? block.callbacks).step[each] ?? 0);
    }
  }
  return { lines: [], run, step, session: null };
}
