// The search in a report: the same moments as the server finds (web/views/search.py, web/models/matches.py), from
// the runs whose contents are here.

/**
 * @typedef {import("./answers").ReportAnswers} Answers
 * @typedef {import("../api/api").Found} Found
 * @typedef {import("../api/api").RunView & {trigger: {type: string, number: number}}} RunView
 * @typedef {import("../api/api").StepWindow} StepWindow
 * @typedef {{text: string, place: string}} Query
 * @typedef {{files: [number, string, string[]][], titles: Map<number, string>, ends: string[]}} Known
 *   number, name and lines of each source; titles of interactions; how each run ended
 */

const PAGE = 100; // results of one answer
const BUDGET = 100; // ms; after that an answer gives what it has found
const PART = 4096; // steps of a long run that are searched at once
const LONGEST = 60; // characters of a text that a title keeps
const END = Infinity;
/** @type {WeakMap<object, Known>} */
const known = new WeakMap();

/**
 * @param {Answers} answers
 * @param {string} recording
 * @param {URLSearchParams} asked
 * @returns {Promise<import("../api/api").FoundPage>}
 */
export async function search(answers, recording, asked) {
  const began = performance.now();
  const query = { text: folded((asked.get("q") ?? "").trim()), place: asked.get("in") || "all" };
  if (!query.text) return { results: [], next: null, searched: "nothing" };
  const about = knownOf(await answers.base(recording));
  const runs = answers.runs(recording);
  const [first = 1, start = 0, sent = 0] = (asked.get("after") ?? "").split("-").filter(Boolean).map(Number);
  /** @type {[number, number, number] | null} run, step and results that were sent */
  let here = [first, start, sent];
  /** @type {Found[]} */
  const results = [];
  while (here) {
    /** @type {[number, number, number]} */
    const [from, step, done] = here;
    /** @type {number | undefined} */
    const run = runs.find((each) => each >= from);
    if (run === undefined) {
      here = null;
      break;
    }
    const low = /** @type {number} */ (run === from ? step : 0);
    const [part, next] = await partOf(answers, recording, run, low, query, about);
    const found = run === from ? part.slice(done) : part;
    const room = PAGE - results.length;
    results.push(...found.slice(0, room));
    const following = runs.find((each) => each > run);
    if (found.length > room) here = [run, low, (run === from ? done : 0) + room];
    else here = next ? [run, next, 0] : following === undefined ? null : [following, 0, 0];
    if (results.length >= PAGE || performance.now() > began + BUDGET) break;
  }
  return { results, next: here && here.join("-"), searched: searchedOf(here, runs.length, about.ends.length) };
}

/**
 * What is found in a run, or in a part of its steps; and the step that the next part begins with.
 * @param {Answers} answers
 * @param {string} recording
 * @param {number} run
 * @param {number} low
 * @param {Query} query
 * @param {Known} about
 * @returns {Promise<[Found[], number | null]>}
 */
async function partOf(answers, recording, run, low, query, about) {
  const view = /** @type {RunView | {refused: string}} */ ((await answers.ofRun(recording, run))[`/runs/${run}`]);
  if ("refused" in view) throw new Error(view.refused);
  const needsSteps = ["all", "function", "line", "value"].includes(query.place);
  const isSplit = needsSteps && view.steps > PART;
  const isLast = !isSplit || low + PART >= view.steps;
  const high = isLast ? END : low + PART;
  /** @type {StepWindow[]} */
  const windows = [];
  for (let at = Math.max(low, 1); needsSteps && at <= high; ) {
    const window = await answers.steps(recording, run, at).catch(() => null);
    if (!window || window.total === 0) break;
    windows.push(window);
    at = window.last + 1;
    if (window.last >= window.total) break;
  }
  const part = { view, windows, low, high, isLast };
  const found = [
    ...inRun(query, part, about), ...inRows(query, part), ...inValues(query, part),
    ...inFunctions(query, part), ...inLines(query, part, about),
  ];
  found.sort((a, b) => (a.step ?? END) - (b.step ?? END) || a.at_ns - b.at_ns || 0);
  return [found, isLast ? null : high + 1];
}

/**
 * @typedef {{view: RunView, windows: StepWindow[], low: number, high: number, isLast: boolean}} Part
 */

/** @param {Query} query @param {Part} part @param {Known} about @returns {Generator<Found>} */
function* inRun(query, { view, low, isLast }, { titles, ends }) {
  const { n: run, outcome, started_ns, ended_ns, trigger } = view;
  const ended = ends[run - 1] ?? outcome;
  if (isLast && looksIn(query, "outcome") && holds(query, outcome, ended)) {
    yield { run, step: null, at_ns: ended_ns ?? started_ns, kind: "outcome", title: `Run ${run}: ${ended}`, detail: "" };
  }
  const title = trigger.type === "interaction" ? titles.get(trigger.number) : undefined;
  if (low === 0 && title !== undefined && looksIn(query, "element") && holds(query, title)) {
    yield { run, step: 0, at_ns: started_ns, kind: "element", title, detail: "interaction" };
  }
}

/** @param {Query} query @param {Part} part @returns {Generator<Found>} */
function* inRows(query, { view, low, high }) {
  const run = view.n;
  const isHere = (/** @type {{step: number}} */ { step }) => low <= step && step <= high;
  /** @param {{step: number, at_ns: number}} item @param {string} kind @param {string} title @param {string} detail */
  const found = ({ step, at_ns }, kind, title, detail) => ({ run, step, at_ns, kind, title, detail });
  for (const write of /** @type {any[]} */ (view.writes).filter(isHere)) {
    if (looksIn(query, "element") && holds(query, write.element, write.label)) {
      yield found(write, "element", `${write.element} ${shorten(write.label)}`.trim(), at(write));
    }
  }
  for (const change of /** @type {any[]} */ (view.state_writes).filter(isHere)) {
    const isKey = looksIn(query, "key") && holds(query, change.key);
    if (!isKey && !(looksIn(query, "value") && holds(query, change.new))) continue;
    const title = change.new === null ? `${change.key} deleted` : `${change.key} = ${shorten(change.new)}`;
    yield found(change, isKey ? "key" : "value", title, at(change));
  }
  for (const call of /** @type {any[]} */ (view.callbacks).filter(isHere)) {
    if (looksIn(query, "function") && holds(query, call.function)) {
      yield found({ ...call, at_ns: call.started_ns }, "function", `${call.function}()`, `callback, ${at(call)}`);
    }
    if (looksIn(query, "error") && holds(query, call.error)) {
      yield found({ ...call, at_ns: call.ended_ns }, "error", shorten(call.error), at(call));
    }
  }
  for (const error of /** @type {any[]} */ (view.errors).filter(isHere)) {
    if (looksIn(query, "error") && holds(query, error.type, error.message)) {
      yield found(error, "error", shorten(`${error.type}: ${error.message}`), at(error));
    }
  }
}

/** @param {Query} query @param {Part} part @returns {Generator<Found>} */
function* inValues(query, { view, windows, low, high }) {
  if (!looksIn(query, "value")) return;
  for (const { first, steps, changes } of windows) {
    for (const [i, step] of changes.step.entries()) {
      const text = changes.text[i] ?? null;
      if (step < low || step > high || !holds(query, text)) continue;
      const scope = changes.scope[i] ?? "";
      const title = `${scope === "return" ? "returned" : `${changes.name[i]} =`} ${shorten(text ?? "")}`;
      const place = Math.min(Math.max(step - first, 0), steps.at_ns.length - 1);
      yield { run: view.n, step, at_ns: steps.at_ns[place] ?? view.started_ns, kind: "value", title, detail: scope };
    }
  }
}

/** @param {Query} query @param {Part} part @returns {Generator<Found>} */
function* inFunctions(query, { view, windows, low, high }) {
  if (!looksIn(query, "function")) return;
  /** @type {Set<number>} */
  const met = new Set();
  for (const { first, steps, frames } of windows) {
    const wanted = new Map(frames.filter((each) => each.function !== "<module>" && holds(query, each.function)).map((each) => [each.n, each]));
    for (const [i, owner] of steps.frame.entries()) {
      const frame = wanted.get(owner);
      const step = first + i;
      if (!frame || met.has(owner) || step < low || step > high) continue;
      met.add(owner);
      yield { run: view.n, step, at_ns: steps.at_ns[i] ?? 0, kind: "function", title: `${frame.function}()`, detail: `called, line ${frame.line}` };
    }
  }
}

/** @param {Query} query @param {Part} part @param {Known} about @returns {Generator<Found>} */
function* inLines(query, { view, windows, low, high }, { files }) {
  if (!looksIn(query, "line")) return;
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const [no, file, lines] of files) {
    for (const line of linesIn(query, file, lines)) texts.set(`${no} ${line}`, `${file}:${line}`);
  }
  if (texts.size === 0) return;
  /** @type {Map<string, {step: number, at: number, times: number}>} */
  const seen = new Map();
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

/** Numbers of the lines that are meant. @param {Query} query @param {string} file @param {string[]} lines */
function linesIn({ text, place }, file, lines) {
  const [, its, line] = /^(?:(\S+):|line\s+)(\d{1,9})$/.exec(text) ?? [];
  if (line !== undefined) return its === undefined || folded(`/${file}`).endsWith(`/${its}`) ? [Number(line)] : [];
  if (place !== "line") return []; // in everything, the text of the source would find every run
  if (/^\d+$/.test(text)) return [Number(text)];
  return lines.flatMap((each, i) => (folded(each).includes(text) ? [i + 1] : []));
}

/** What does not change from query to query. @param {Record<string, any>} base @returns {Known} */
function knownOf(base) {
  const found = known.get(base);
  if (found) return found;
  /** @type {Known} */
  const made = { files: [], titles: new Map(), ends: [] };
  for (const [path, answer] of Object.entries(base)) {
    if (path.startsWith("/source/")) {
      const lines = answer.lines.map((/** @type {[string, string][]} */ tokens) => tokens.map(([, text]) => text).join(""));
      made.files.push([answer.file_no, answer.file, lines]);
    } else if (path.startsWith("/timeline?")) {
      const { n, title } = answer.interactions;
      n.forEach((/** @type {number} */ number, /** @type {number} */ i) => made.titles.set(number, title[i]));
    }
  }
  const { texts, of } = base.ends;
  made.ends = of.map((/** @type {number} */ i) => texts[i]);
  known.set(base, made);
  return made;
}

/** @param {[number, number, number] | null} next @param {number} held @param {number} total  runs */
function searchedOf(next, held, total) {
  const of = held < total ? `${held.toLocaleString("en")} that are in this report` : total.toLocaleString("en");
  if (next === null) {
    if (held < total) return `the ${held.toLocaleString("en")} of ${total.toLocaleString("en")} runs that are in this report`;
    return total === 1 ? "the only run" : `all ${of} runs`;
  }
  const [run, step, sent] = next;
  const before = (run - 1).toLocaleString("en");
  if (step || sent) return `${run > 1 ? `runs 1 to ${before} of ${of}, and ` : ""}run ${run} in part`;
  return `runs 1 to ${before} of ${of}`;
}

/** @param {Query} query @param {string} what */
const looksIn = ({ place }, what) => place === "all" || place === what;

/** @param {Query} query @param {...(string | null)} texts */
const holds = ({ text }, ...texts) => texts.some((each) => each !== null && folded(each).includes(text));

/** Large and small letters are one, as by Python's `casefold`. @param {string} text */
const folded = (text) => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** On one line, not too long. @param {string} text */
function shorten(text) {
  const line = [...text.trim().split(/\s+/).join(" ")];
  return line.length <= LONGEST ? line.join("") : `${line.slice(0, LONGEST - 1).join("")}…`;
}

/** @param {{file: string | null, line: number | null}} place */
const at = ({ file, line }) => (file === null ? "by Streamlit" : `${file}:${line}`);
