// How the server is asked; what it answers is in answers.ts.

import { site } from "../base/site";
import { unpacked, type Body } from "../replay/batch";
import type {
  Changes,
  FoundPage,
  Index,
  KeyHistory,
  Note,
  Notes,
  PageOfMoment,
  RunState,
  RunView,
  Shared,
  SourceText,
  StepWindow,
  Timeline,
} from "./answers";
import type { Findings, WhyAnswer } from "./documents";
import { follow } from "./follow";

export class Api {
  base: string;

  constructor(recording: number) {
    this.base = `/api/recordings/${recording}`;
  }

  changes(): Promise<Changes> {
    return this.#json("/changes");
  }

  /**
   * All runs and interactions in numbers, for RunIndex.
   * @param from  first run that is not known yet
   * @param interactions  how many interactions are known
   * @param again  known runs that were still running
   */
  index(from = 1, interactions = 0, again: number[] = []): Promise<Index> {
    return this.#json(`/index?from=${from}&interactions=${interactions}&again=${again.join(",")}`);
  }

  /** Texts and small marks of the runs `first` to `last`, at most 400. */
  timeline(first: number, last: number): Promise<Timeline> {
    return this.#json(`/timeline?first=${first}&last=${last}`);
  }

  run(number: number): Promise<RunView> {
    return this.#json(`/runs/${number}`);
  }

  /**
   * The up to 1,000 steps around step `at`, and the values that variables had before them.
   */
  steps(run: number, at: number): Promise<StepWindow> {
    return this.#json(`/runs/${run}/steps?at=${at}`);
  }

  /** Session state when a run began, and the run's writes. */
  state(run: number): Promise<RunState> {
    return this.#json(`/runs/${run}/state`);
  }

  /**
   * The writes of a key of session state, newest first.
   * @param session  an app session's number; null: all
   */
  stateHistory(key: string, session: number | null): Promise<KeyHistory> {
    const of = session === null ? "" : `&session=${session}`;
    return this.#json(`/state/history?key=${encodeURIComponent(key)}${of}`);
  }

  /**
   * The next step of a run at one of some lines of a file: after step `after`, else from the
   * run's start.
   */
  async stepAt(
    run: number,
    fileNo: number,
    lines: number[],
    after: number,
  ): Promise<number | null> {
    return (await this.#json(`/runs/${run}/at?file_no=${fileNo}&line=${lines}&after=${after}`))
      .step;
  }

  source(fileNo: number): Promise<SourceText> {
    return this.#json(`/source/${fileNo}`);
  }

  /**
   * DOT text of the graph of causes; the part around run `keep` is always in it.
   * @param more  further parameters, such as `&first=2&last=3`
   */
  async causes(keep: number | null, more = ""): Promise<string> {
    const answer = await this.#get(
      `/graph.dot?kind=cause${keep === null ? "" : `&keep=${keep}`}${more}`,
    );
    return answer.text();
  }

  /** DOT text of the control flow: of one run, or of all together. */
  async flow(run: number | null): Promise<string> {
    const answer = await this.#get(`/graph.dot?kind=flow${run === null ? "" : `&run=${run}`}`);
    return answer.text();
  }

  /** The page when step `step` of a run has just been executed. */
  page(run: number, step: number, as: "sent" | "written"): Promise<PageOfMoment> {
    return this.#json(`/runs/${run}/page?step=${step}&as=${as}`);
  }

  /** The bytes of page messages, at most as many as `replay/batch.ts` says. */
  async bodies(hashes: string[]): Promise<Body[]> {
    const answer = await this.#get(`/bodies?of=${hashes.join(",")}`);
    return unpacked(new Uint8Array(await answer.arrayBuffer()), hashes.length);
  }

  /**
   * Moments that hold `text`. `after`: the `next` of an answer, to go on from there.
   * @param place  `all`, `function`, `line`, `key`, `element`, `value`, `outcome`, `error`
   */
  search(text: string, place: string, after: string | null): Promise<FoundPage> {
    const query = new URLSearchParams({ q: text, in: place });
    if (after !== null) query.set("after", after);
    return this.#json(`/search?${query}`);
  }

  /**
   * What is wrong in the recording, as far as it has come.
   * @param interactions  that are told in full, beside the newest
   */
  findings(interactions: number[]): Promise<Findings> {
    return this.#json(`/findings${interactions.length ? `?interactions=${interactions}` : ""}`);
  }

  /** The answer to a question; see store/why.ts. */
  why(path: string): Promise<WhyAnswer> {
    return this.#json(path);
  }

  /** The recording's name, and what people wrote at its moments. */
  notes(): Promise<Notes> {
    return this.#json("/notes");
  }

  /**
   * The texts to share, and where the report file is.
   * @param run  that an issue would be about
   * @param graph  `cause` or `flow`
   */
  share(run: number, graph: string): Promise<Shared> {
    return this.#json(site.isReport ? "/share" : `/share?run=${run}&graph=${graph}`);
  }

  /** Keeps a note. */
  async addNote(run: number, step: number, text: string): Promise<Note> {
    return (await this.#get("/notes", sending("POST", { run, step, text }))).json();
  }

  async changeNote(n: number, text: string) {
    await this.#get(`/notes/${n}`, sending("PUT", { text }));
  }

  async deleteNote(n: number) {
    await this.#get(`/notes/${n}`, { method: "DELETE" });
  }

  /** Names the recording; an empty text takes its name away. */
  async rename(name: string): Promise<string | null> {
    return (await (await this.#get("/name", sending("PUT", { name }))).json()).name;
  }

  /**
   * Calls `onChange` whenever something was added, as long as the recording is live; see
   * follow.ts.
   * @returns stops it
   */
  follow(
    onChange: (changes: Changes) => void,
    onProblem: (problem: string | null) => void = () => {},
  ): () => void {
    return follow(this, onChange, onProblem);
  }

  async #json(path: string) {
    return (await this.#get(path)).json();
  }

  async #get(path: string, how?: RequestInit) {
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

/** A request with a JSON object. */
const sending = (method: string, body: object): RequestInit => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});
