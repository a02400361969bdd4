// What the server answers, and how it is asked. Times are nanoseconds on the recording's clock.

import { follow } from "./follow";
import { site } from "../base/site";

/**
 * @typedef {{n: number[], started: number[], took: number[], session: number[],
 *   interaction: number[], trigger: number[], steps: number[], halted_line: number[],
 *   kind: string, outcome: string, trigger_type: string}} RunColumns
 * @typedef {{n: number[], at: number[], session: number[]}} InteractionColumns
 * @typedef {Changes & {has_callbacks: boolean, has_threads: boolean, words: Record<string, string[]>, runs: RunColumns,
 *   interactions: InteractionColumns}} Index
 * @typedef {{n: number[], title: string[]}} Titles
 * @typedef {{run: number[], function: string[], started_ns: number[], ended_ns: number[],
 *   step: number[], error: (string | null)[]}} Callbacks
 * @typedef {{run: number[], thread: number[], function: string[], started_ns: number[],
 *   ended_ns: number[], steps: number[], step: number[]}} Threads  `step`: the first of its `steps`
 * @typedef {{run: number[], at_ns: number[], step: number[], line: (number | null)[],
 *   scope: string[], allowed: boolean[]}} Requests
 * @typedef {{run: number[], at_ns: number[], step: number[], type: string[],
 *   line: (number | null)[]}} Errors
 * @typedef {{run: number[], at_ns: number[], step: number[], element: string[], label: string[],
 *   out_of_order: boolean[], line: (number | null)[], fate: string[]}} Writes
 * @typedef {{run: number[], at_ns: number[], step: number[], key: string[], op: string[],
 *   line: (number | null)[]}} StateWrites
 * @typedef {{marker: string, state: string, limits: string[], edits: number,
 *   total: {runs: number, interactions: number}}} Changes
 * @typedef {{interactions: Titles, callbacks: Callbacks, threads: Threads, requests: Requests, errors: Errors,
 *   writes: Writes, state_writes: StateWrites, rests: {run: number[], text: string[]}}} Timeline
 * @typedef {{text: string, run?: number, step?: number, file?: string | null, line?: number | null}} Piece
 * @typedef {{file_no: number, file: string, executed: [number, number, boolean][],
 *   not_run: [number, string][], halting_line: number | null,
 *   halting_text: string | null}} FileCoverage
 * @typedef {{file: string | null, line: number | null}} Place
 * @typedef {Place & {step: number}} StepPlace
 * @typedef {StepPlace & {function: string, label: string | null, error: string | null}} Callback
 * @typedef {StepPlace & {scope: string, allowed: boolean, refusal: string | null}} Request
 * @typedef {Place & {key: string, op: string, old: string | null, new: string | null}} StateWrite
 * @typedef {StepPlace & {path: number[], kind: string, element: string, label: string,
 *   out_of_order: boolean, fate: string, message: number}} Write
 * @typedef {StepPlace & {type: string, message: string, traceback: string}} RunError
 * @typedef {StepPlace & {function: string, cache: string, hit: boolean, duration: string}} CacheAccess
 * @typedef {{n: number, app_session: number, kind: string, script: string, fragments: string[],
 *   outcome: string, end: string, cause: string, interaction: number, started_ns: number,
 *   ended_ns: number | null, duration: string, detailed: boolean, steps: number,
 *   dropped_steps: number, story: Piece[][], callbacks: Callback[], requests: Request[],
 *   state_writes: StateWrite[], writes: Write[], errors: RunError[], cache: CacheAccess[],
 *   files: FileCoverage[]}} RunView
 * @typedef {{n: number, parent: number, function: string, file: number, line: number,
 *   thread: number}} Frame  `parent` 0: nobody of the user's code called it
 * @typedef {{at_ns: number[], file: number[], line: number[], frame: number[]}} StepColumns
 * @typedef {{step: number[], frame: number[], name: string[], scope: string[],
 *   text: (string | null)[]}} ValueChanges  `text` null: the variable was deleted
 * @typedef {[number, string, string, string, number]} BaseValue  frame, name, scope, text, step
 * @typedef {{first: number, last: number, total: number, steps: StepColumns, frames: Frame[],
 *   base: BaseValue[], changes: ValueChanges}} StepWindow
 * @typedef {Place & {key: string, value: string, run: number, step: number, op: string}} StateValue
 * @typedef {StateWrite & {run: number, step: number, at_ns: number}} PlacedStateWrite
 * @typedef {{before: StateValue[], writes: PlacedStateWrite[]}} RunState
 * @typedef {{key: string, total: number, writes: PlacedStateWrite[]}} KeyHistory
 * @typedef {{kind: string, run: number, step: number | null, at_ns: number, title: string,
 *   detail: string}} Found  `step` null: the run's end
 * @typedef {{results: Found[], next: string | null, searched: string}} FoundPage
 * @typedef {{n: number, run: number, step: number, at_ns: number, text: string, written_at: string}} Note
 * @typedef {{name: string | null, notes: Note[], may_change: boolean, longest: {note: number, name: number}}} Notes
 * @typedef {[string, string]} Token  Pygments' short class name, and text
 * @typedef {{file_no: number, file: string, lines: Token[][], continued: Record<string, number>}} SourceText
 *   `continued`: lines that go on with the statement of an earlier line
 */

export class Api {
  /** @param {number} recording */
  constructor(recording) {
    this.base = `/api/recordings/${recording}`;
  }

  /** @returns {Promise<Changes>} */
  changes() {
    return this.#json("/changes");
  }

  /**
   * All runs and interactions in numbers, for RunIndex.
   * @param {number} [from]  first run that is not known yet
   * @param {number} [interactions]  how many interactions are known
   * @param {number[]} [again]  known runs that were still running
   * @returns {Promise<Index>}
   */
  index(from = 1, interactions = 0, again = []) {
    return this.#json(`/index?from=${from}&interactions=${interactions}&again=${again.join(",")}`);
  }

  /**
   * Texts and small marks of the runs `first` to `last`, at most 400.
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Timeline>}
   */
  timeline(first, last) {
    return this.#json(`/timeline?first=${first}&last=${last}`);
  }

  /**
   * @param {number} number
   * @returns {Promise<RunView>}
   */
  run(number) {
    return this.#json(`/runs/${number}`);
  }

  /**
   * The up to 1,000 steps around step `at`, and the values that variables had before them.
   * @param {number} run
   * @param {number} at
   * @returns {Promise<StepWindow>}
   */
  steps(run, at) {
    return this.#json(`/runs/${run}/steps?at=${at}`);
  }

  /**
   * Session state when a run began, and the run's writes.
   * @param {number} run
   * @returns {Promise<RunState>}
   */
  state(run) {
    return this.#json(`/runs/${run}/state`);
  }

  /**
   * The writes of a key of session state, newest first.
   * @param {string} key
   * @param {number | null} session  an app session's number; null: all
   * @returns {Promise<KeyHistory>}
   */
  stateHistory(key, session) {
    const of = session === null ? "" : `&session=${session}`;
    return this.#json(`/state/history?key=${encodeURIComponent(key)}${of}`);
  }

  /**
   * The next step of a run at one of some lines of a file: after step `after`, else from the run's start.
   * @param {number} run
   * @param {number} fileNo
   * @param {number[]} lines
   * @param {number} after
   * @returns {Promise<number | null>}
   */
  async stepAt(run, fileNo, lines, after) {
    return (await this.#json(`/runs/${run}/at?file_no=${fileNo}&line=${lines}&after=${after}`)).step;
  }

  /**
   * @param {number} fileNo
   * @returns {Promise<SourceText>}
   */
  source(fileNo) {
    return this.#json(`/source/${fileNo}`);
  }

  /**
   * DOT text of the graph of causes; the part around run `keep` is always in it.
   * @param {number | null} keep
   * @param {string} [more]  further parameters, such as `&first=2&last=3`
   * @returns {Promise<string>}
   */
  async causes(keep, more = "") {
    const answer = await this.#get(`/graph.dot?kind=cause${keep === null ? "" : `&keep=${keep}`}${more}`);
    return answer.text();
  }

  /**
   * DOT text of the control flow: of one run, or of all together.
   * @param {number | null} run
   * @returns {Promise<string>}
   */
  async flow(run) {
    const answer = await this.#get(`/graph.dot?kind=flow${run === null ? "" : `&run=${run}`}`);
    return answer.text();
  }

  /**
   * The page when step `step` of a run has just been executed.
   * @param {number} run
   * @param {number} step
   * @param {"sent" | "written"} as
   * @returns {Promise<import("../replay/pagelist").PageOfMoment>}
   */
  page(run, step, as) {
    return this.#json(`/runs/${run}/page?step=${step}&as=${as}`);
  }

  /**
   * The bytes of one page message.
   * @param {string} hash
   */
  async body(hash) {
    return new Uint8Array(await (await this.#get(`/bodies/${hash}`)).arrayBuffer());
  }

  /**
   * Moments that hold `text`. `after`: the `next` of an answer, to go on from there.
   * @param {string} text
   * @param {string} place  `all`, `function`, `line`, `key`, `element`, `value`, `outcome`, `error`
   * @param {string | null} after
   * @returns {Promise<FoundPage>}
   */
  search(text, place, after) {
    const query = new URLSearchParams({ q: text, in: place });
    if (after !== null) query.set("after", after);
    return this.#json(`/search?${query}`);
  }

  /** The recording's name, and what people wrote at its moments. @returns {Promise<Notes>} */
  notes() {
    return this.#json("/notes");
  }

  /**
   * The texts to share, and where the report file is.
   * @param {number} run  that an issue would be about
   * @param {string} graph  `cause` or `flow`
   * @returns {Promise<import("../share/share").Shared>}
   */
  share(run, graph) {
    return this.#json(site.isReport ? "/share" : `/share?run=${run}&graph=${graph}`);
  }

  /**
   * Keeps a note.
   * @param {number} run
   * @param {number} step
   * @param {string} text
   * @returns {Promise<Note>}
   */
  async addNote(run, step, text) {
    return (await this.#get("/notes", sending("POST", { run, step, text }))).json();
  }

  /** @param {number} n @param {string} text */
  async changeNote(n, text) {
    await this.#get(`/notes/${n}`, sending("PUT", { text }));
  }

  /** @param {number} n */
  async deleteNote(n) {
    await this.#get(`/notes/${n}`, { method: "DELETE" });
  }

  /** Names the recording; an empty text takes its name away. @param {string} name @returns {Promise<string | null>} */
  async rename(name) {
    return (await (await this.#get("/name", sending("PUT", { name }))).json()).name;
  }

  /**
   * Calls `onChange` whenever something was added, as long as the recording is live; see follow.ts.
   * @param {(changes: Changes) => void} onChange
   * @param {(problem: string | null) => void} [onProblem]
   * @returns {() => void}  stops it
   */
  follow(onChange, onProblem = () => {}) {
    return follow(this, onChange, onProblem);
  }

  /** @param {string} path */
  async #json(path) {
    return (await this.#get(path)).json();
  }

  /** @param {string} path @param {RequestInit} [how] */
  async #get(path, how) {
    let answer;
    try {
      answer = await site.get(this.base + path, how);
    } catch {
      throw new Error("rerun-trace does not answer any more. Is it still running?");
    }
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({ error: answer.statusText }));
    throw new Error(error);
  }
}

/** A request with a JSON object. @param {string} method @param {object} body @returns {RequestInit} */
const sending = (method, body) => ({
  method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});
