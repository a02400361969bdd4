// The search in a report: the same moments as the server finds (web/views/search.py,
// web/models/matches.py), from the runs whose contents are here.

import type { Found, FoundPage, StepWindow, RunView as View } from "../api/answers";
import { count } from "../base/format";
import type { ReportAnswers as Answers } from "./answers";

type RunView = View & { trigger: { type: string; number: number } };

interface Query {
  text: string;
  place: string;
}

/** number, name and lines of each source; titles of interactions; how each run ended */
interface Known {
  files: [number, string, string[]][];
  titles: Map<number, string>;
  ends: string[];
}

const PAGE = 100; // results of one answer
const BUDGET = 100; // ms; after that an answer gives what it has found
const PART = 4096; // steps of a long run that are searched at once
const LONGEST = 60; // characters of a text that a title keeps
const END = Infinity;
const known: WeakMap<object, Known> = new WeakMap();

export async function search(
  answers: Answers,
  recording: string,
  asked: URLSearchParams,
): Promise<FoundPage> {
  const began = performance.now();
  const query = { text: folded((asked.get("q") ?? "").trim()), place: asked.get("in") || "all" };
  if (!query.text) return { results: [], next: null, searched: "nothing" };
  const about = knownOf(await answers.base(recording));
  const runs = answers.runs(recording);
  const [first = 1, start = 0, sent = 0] = (asked.get("after") ?? "")
    .split("-")
    .filter(Boolean)
    .map(Number);
  /** run, step and results that were sent */
  let here: [number, number, number] | null = [first, start, sent];
  const results: Found[] = [];
  while (here) {
    const [from, step, done]: [number, number, number] = here;
    const run: number | undefined = runs.find((each) => each >= from);
    if (run === undefined) {
      here = null;
      break;
    }
    const low = (run === from ? step : 0) as number;
    const [part, next] = await partOf(answers, recording, run, low, query, about);
    const found = run === from ? part.slice(done) : part;
    const room = PAGE - results.length;
    results.push(...found.slice(0, room));
    const following = runs.find((each) => each > run);
    if (found.length > room) here = [run, low, (run === from ? done : 0) + room];
    else here = next ? [run, next, 0] : following === undefined ? null : [following, 0, 0];
    if (results.length >= PAGE || performance.now() > began + BUDGET) break;
  }
  return {
    results,
    next: here && here.join("-"),
    searched: searchedOf(here, runs.length, about.ends.length),
  };
}

/**
 * What is found in a run, or in a part of its steps; and the step that the next part begins
 * with.
 */
async function partOf(
  answers: Answers,
  recording: string,
  run: number,
  low: number,
  query: Query,
  about: Known,
): Promise<[Found[], number | null]> {
  const view = (await answers.ofRun(recording, run))[`/runs/${run}`] as
    RunView | { refused: string };
  if ("refused" in view) throw new Error(view.refused);
  const needsSteps = ["all", "function", "line", "value"].includes(query.place);
  const isSplit = needsSteps && view.steps > PART;
  const isLast = !isSplit || low + PART >= view.steps;
  const high = isLast ? END : low + PART;
  const windows: StepWindow[] = [];
  for (let at = Math.max(low, 1); needsSteps && at <= high;) {
    const window = await answers.steps(recording, run, at).catch(() => null);
    if (!window || window.total === 0) break;
    windows.push(window);
    at = window.last + 1;
    if (window.last >= window.total) break;
  }
  const part = { view, windows, low, high, isLast };
  const found = [
    ...inRun(query, part, about),
    ...inRows(query, part),
    ...inValues(query, part),
    ...inFunctions(query, part),
    ...inLines(query, part, about),
  ];
  found.sort((a, b) => (a.step ?? END) - (b.step ?? END) || a.at_ns - b.at_ns || 0);
  return [found, isLast ? null : high + 1];
}

interface Part {
  view: RunView;
  windows: StepWindow[];
  low: number;
  high: number;
  isLast: boolean;
}

function* inRun(
  query: Query,
  { view, low, isLast }: Part,
  { titles, ends }: Known,
): Generator<Found> {
  const { n: run, outcome, started_ns, ended_ns, trigger } = view;
  const ended = ends[run - 1] ?? outcome;
  if (isLast && looksIn(query, "outcome") && holds(query, outcome, ended)) {
    yield {
      run,
      step: null,
      at_ns: ended_ns ?? started_ns,
      kind: "outcome",
      title: `Run ${run}: ${ended}`,
      detail: "",
    };
  }
  const title = trigger.type === "interaction" ? titles.get(trigger.number) : undefined;
  if (low === 0 && title !== undefined && looksIn(query, "element") && holds(query, title)) {
    yield { run, step: 0, at_ns: started_ns, kind: "element", title, detail: "interaction" };
  }
}

function* inRows(query: Query, { view, low, high }: Part): Generator<Found> {
  const run = view.n;
  const isHere = ({ step }: { step: number }) => low <= step && step <= high;
  const found = (
    { step, at_ns }: { step: number; at_ns: number },
    kind: string,
    title: string,
    detail: string,
  ) => ({ run, step, at_ns, kind, title, detail });
  for (const write of (view.writes as any[]).filter(isHere)) {
    if (looksIn(query, "element") && holds(query, write.element, write.label)) {
      yield found(write, "element", `${write.element} ${shorten(write.label)}`.trim(), at(write));
    }
  }
  for (const change of (view.state_writes as any[]).filter(isHere)) {
    const isKey = looksIn(query, "key") && holds(query, change.key);
    if (!isKey && !(looksIn(query, "value") && holds(query, change.new))) continue;
    const title =
      change.new === null ? `${change.key} deleted` : `${change.key} = ${shorten(change.new)}`;
    yield found(change, isKey ? "key" : "value", title, at(change));
  }
  for (const call of (view.callbacks as any[]).filter(isHere)) {
    if (looksIn(query, "function") && holds(query, call.function)) {
      yield found(
        { ...call, at_ns: call.started_ns },
        "function",
        `${call.function}()`,
        `callback, ${at(call)}`,
      );
    }
    if (looksIn(query, "error") && holds(query, call.error)) {
      yield found({ ...call, at_ns: call.ended_ns }, "error", shorten(call.error), at(call));
    }
  }
  for (const error of (view.errors as any[]).filter(isHere)) {
    if (looksIn(query, "error") && holds(query, error.type, error.message)) {
      yield found(error, "error", shorten(`${error.type}: ${error.message}`), at(error));
    }
  }
}

function* inValues(query: Query, { view, windows, low, high }: Part): Generator<Found> {
  if (!looksIn(query, "value")) return;
  for (const { first, steps, changes } of windows) {
    for (const [i, step] of changes.step.entries()) {
      const text = changes.text[i] ?? null;
      if (step < low || step > high || !holds(query, text)) continue;
      const scope = changes.scope[i] ?? "";
      const what = scope === "return" ? "returned" : `${changes.name[i]} =`;
      const title = `${what} ${shorten(text ?? "")}`;
      const place = Math.min(Math.max(step - first, 0), steps.at_ns.length - 1);
      yield {
        run: view.n,
        step,
        at_ns: steps.at_ns[place] ?? view.started_ns,
        kind: "value",
        title,
        detail: scope,
      };
    }
  }
}

function* inFunctions(query: Query, { view, windows, low, high }: Part): Generator<Found> {
  if (!looksIn(query, "function")) return;
  const met: Set<number> = new Set();
  for (const { first, steps, frames } of windows) {
    const wanted = new Map(
      frames
        .filter((each) => each.function !== "<module>" && holds(query, each.function))
        .map((each) => [each.n, each]),
    );
    for (const [i, owner] of steps.frame.entries()) {
      const frame = wanted.get(owner);
      const step = first + i;
      if (!frame || met.has(owner) || step < low || step > high) continue;
      met.add(owner);
      yield {
        run: view.n,
        step,
        at_ns: steps.at_ns[i] ?? 0,
        kind: "function",
        title: `${frame.function}()`,
        detail: `called, line ${frame.line}`,
      };
    }
  }
}

function* inLines(
  query: Query,
  { view, windows, low, high }: Part,
  { files }: Known,
): Generator<Found> {
  if (!looksIn(query, "line")) return;
  const texts: Map<string, string> = new Map();
  for (const [no, file, lines] of files) {
    for (const line of linesIn(query, file, lines)) texts.set(`${no} ${line}`, `${file}:${line}`);
  }
  if (texts.size === 0) return;
  const seen: Map<string, { step: number; at: number; times: number }> = new Map();
  for (const { first, steps } of windows) {
    for (const [i, line] of steps.line.entries()) {
      const key = `${steps.file[i]} ${line}`;
      const step = first + i;
      if (step < low || step > high || !texts.has(key)) continue;
      const entry = seen.get(key);
      if (entry) entry.times += 1;
      else seen.set(key, { step, at: steps.at_ns[i] ?? 0, times: 1 });
    }
  }
  for (const [key, { step, at: at_ns, times }] of seen) {
    const detail = `${times.toLocaleString("en")} time${times === 1 ? "" : "s"} from here`;
    yield { run: view.n, step, at_ns, kind: "line", title: texts.get(key) ?? "", detail };
  }
}

/** Numbers of the lines that are meant. */
function linesIn({ text, place }: Query, file: string, lines: string[]) {
  const [, its, line] = /^(?:(\S+):|line\s+)(\d{1,9})$/.exec(text) ?? [];
  if (line !== undefined)
    return its === undefined || folded(`/${file}`).endsWith(`/${its}`) ? [Number(line)] : [];
  if (place !== "line") return []; // in everything, the text of the source would find every run
  if (/^\d+$/.test(text)) return [Number(text)];
  return lines.flatMap((each, i) => (folded(each).includes(text) ? [i + 1] : []));
}

/** What does not change from query to query. */
function knownOf(base: Record<string, any>): Known {
  const found = known.get(base);
  if (found) return found;
  const made: Known = { files: [], titles: new Map(), ends: [] };
  for (const [path, answer] of Object.entries(base)) {
    if (path.startsWith("/source/")) {
      const lines = answer.lines.map((tokens: [string, string][]) =>
        tokens.map(([, text]) => text).join(""),
      );
      made.files.push([answer.file_no, answer.file, lines]);
    } else if (path.startsWith("/timeline?")) {
      const { n, title } = answer.interactions;
      n.forEach((number: number, i: number) => made.titles.set(number, title[i]));
    }
  }
  const { texts, of } = base.ends;
  made.ends = of.map((i: number) => texts[i]);
  known.set(base, made);
  return made;
}

/** @param total  runs */
function searchedOf(next: [number, number, number] | null, held: number, total: number) {
  const isPart = held < total;
  const of = isPart ? `${count(held)} that are in this report` : count(total);
  if (next === null) {
    if (isPart) return `the ${count(held)} of ${count(total)} runs that are in this report`;
    return total === 1 ? "the only run" : `all ${of} runs`;
  }
  const [run, step, sent] = next;
  const before = (run - 1).toLocaleString("en");
  if (step || sent)
    return `${run > 1 ? `runs 1 to ${before} of ${of}, and ` : ""}run ${run} in part`;
  return `runs 1 to ${before} of ${of}`;
}

const looksIn = ({ place }: Query, what: string) => place === "all" || place === what;

const holds = ({ text }: Query, ...texts: (string | null)[]) =>
  texts.some((each) => each !== null && folded(each).includes(text));

/** Large and small letters are one, as by Python's `casefold`. */
const folded = (text: string) => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** On one line, not too long. */
function shorten(text: string) {
  const line = [...text.trim().split(/\s+/).join(" ")];
  return line.length <= LONGEST ? line.join("") : `${line.slice(0, LONGEST - 1).join("")}…`;
}

const at = ({ file, line }: { file: string | null; line: number | null }) =>
  file === null ? "by Streamlit" : `${file}:${line}`;
