// What the server answers, and how it is asked. Times are nanoseconds on the recording's clock.

/**
 * @typedef {{n: number[], app_session: number[], at_ns: number[], kind: string[],
 *   title: string[]}} Interactions
 * @typedef {{n: number[], app_session: number[], kind: string[], outcome: string[],
 *   started_ns: number[], ended_ns: (number | null)[], trigger_type: string[], trigger: number[],
 *   interaction: number[], halted_line: (number | null)[], cause: string[], end: string[]}} Runs
 * @typedef {{run: number[], function: string[], started_ns: number[], ended_ns: number[],
 *   error: (string | null)[]}} Callbacks
 * @typedef {{run: number[], at_ns: number[], line: (number | null)[], scope: string[],
 *   allowed: boolean[]}} Requests
 * @typedef {{run: number[], at_ns: number[], type: string[], line: (number | null)[]}} Errors
 * @typedef {{run: number[], at_ns: number[], element: string[], label: string[],
 *   out_of_order: boolean[], line: (number | null)[], fate: string[]}} Writes
 * @typedef {{run: number[], at_ns: number[], key: string[], op: string[],
 *   line: (number | null)[]}} StateWrites
 * @typedef {{writes: Writes, state_writes: StateWrites}} Ticks
 * @typedef {{marker: string, state: string, limits: string[],
 *   total: {runs: number, interactions: number}}} Changes
 * @typedef {Changes & {interactions: Interactions, runs: Runs, callbacks: Callbacks,
 *   requests: Requests, errors: Errors, ticks: Ticks | null,
 *   window: {first: number, last: number}}} Timeline
 * @typedef {{text: string, run?: number, file?: string | null, line?: number | null}} Piece
 * @typedef {{file_no: number, file: string, executed: [number, number, boolean][],
 *   not_run: [number, string][], halting_line: number | null,
 *   halting_text: string | null}} FileCoverage
 * @typedef {{file: string | null, line: number | null}} Place
 * @typedef {Place & {function: string, label: string | null, error: string | null}} Callback
 * @typedef {Place & {scope: string, allowed: boolean, refusal: string | null}} Request
 * @typedef {Place & {key: string, op: string, old: string | null, new: string | null}} StateWrite
 * @typedef {Place & {path: number[], kind: string, element: string, label: string,
 *   out_of_order: boolean, fate: string}} Write
 * @typedef {Place & {type: string, message: string, traceback: string}} RunError
 * @typedef {Place & {function: string, cache: string, hit: boolean, duration: string}} CacheAccess
 * @typedef {{n: number, app_session: number, kind: string, script: string, fragments: string[],
 *   outcome: string, end: string, cause: string, interaction: number, started_ns: number,
 *   ended_ns: number | null, duration: string, detailed: boolean, steps: number,
 *   dropped_steps: number, story: Piece[][], callbacks: Callback[], requests: Request[],
 *   state_writes: StateWrite[], writes: Write[], errors: RunError[], cache: CacheAccess[],
 *   files: FileCoverage[]}} RunView
 * @typedef {[string, string]} Token  Pygments' short class name, and text
 * @typedef {{file_no: number, file: string, lines: Token[][]}} SourceText
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
   * @param {number} [first]
   * @param {number} [last]
   * @returns {Promise<Timeline>}
   */
  timeline(first, last) {
    const query = new URLSearchParams();
    if (first !== undefined) query.set("first", String(first));
    if (last !== undefined) query.set("last", String(last));
    return this.#json(`/timeline?${query}`);
  }

  /**
   * @param {number} number
   * @returns {Promise<RunView>}
   */
  run(number) {
    return this.#json(`/runs/${number}`);
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

  /** @param {string} path */
  async #json(path) {
    return (await this.#get(path)).json();
  }

  /** @param {string} path */
  async #get(path) {
    let answer;
    try {
      answer = await fetch(this.base + path);
    } catch {
      throw new Error("rerun-trace does not answer any more. Is it still running?");
    }
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({ error: answer.statusText }));
    throw new Error(error);
  }
}
