// All runs and interactions of a recording in numbers: typed arrays that grow while it is live.

import type { Index, InteractionColumns, RunColumns } from "./answers";
import type { Api } from "./api";

const MOST_SUPERSEDED = 50; // newest runs that are looked through; as in pages.py
const MOST_AGAIN = 500; // running runs asked about once more; the server allows no more

/**
 * Numbers of runs start at 1, those of interactions at 0. What was let go has no app session, and
 * an interaction without runs is passed over. Times are ns.
 */
export class RunIndex {
  count = 0;
  interactions = 0;
  /** Grows by one with every change. */
  version = 0;
  marker = "";
  state = "";
  limits: string[] = [];
  /** How often the name and the notes were changed. */
  edits = 0;
  hasCallbacks = false;
  hasThreads = false;
  hasFragments = false;
  /** Numbers of the app sessions that have runs, ascending. */
  sessions: number[] = [];
  words: Record<string, string[]> = {};
  /** Runs that have no end yet. */
  running: Set<number> = new Set();

  // Of run n at index n - 1.
  started = new Float64Array(0);
  ended = new Float64Array(0); // NaN: no end yet
  kinds = new Uint8Array(0);
  outcomes = new Uint8Array(0);
  triggerTypes = new Uint8Array(0);
  sessionOf = new Int32Array(0);
  triggers = new Int32Array(0);
  causes = new Int32Array(0);
  stepCounts = new Int32Array(0);
  haltedLines = new Int32Array(0);
  nextOfCause = new Int32Array(0); // the next run of the same interaction, or 0

  // Of interaction n at index n.
  at = new Float64Array(0);
  atSession = new Int32Array(0);
  cameBy = new Uint8Array(0);
  firstRun = new Int32Array(0);
  lastRun = new Int32Array(0);
  runCounts = new Int32Array(0);

  static async load(api: Api) {
    const index = new RunIndex();
    index.take(await api.index());
    return index;
  }

  /** The limit that says which runs are not kept any more; other limits change at every run. */
  get gone() {
    return this.limits.find((text) => text.includes("let go, as --keep"));
  }

  /** The same without runs that are not kept any more. */
  async anew(api: Api) {
    const index = await RunIndex.load(api);
    index.version = this.version + 1;
    return index;
  }

  /**
   * Fetches what was added and what may have changed.
   * @returns whether anything is different now
   */
  async update(api: Api): Promise<boolean> {
    const again = [...this.running].slice(-MOST_AGAIN);
    return this.take(await api.index(this.count + 1, this.interactions, again));
  }

  /** @returns whether anything is different now */
  take(news: Index): boolean {
    const isNew = news.marker !== this.marker;
    this.marker = news.marker;
    this.state = news.state;
    this.limits = news.limits;
    this.edits = news.edits;
    this.words = news.words;
    this.hasCallbacks = news.has_callbacks;
    this.hasThreads = news.has_threads;
    this.#takeInteractions(news.interactions);
    this.#takeRuns(news.runs);
    if (isNew) this.version++;
    return isNew;
  }

  #takeInteractions({ n, at, session, came_by }: InteractionColumns) {
    const count = this.interactions + n.length;
    this.at = grown(this.at, count);
    this.atSession = grown(this.atSession, count);
    this.cameBy = grown(this.cameBy, count);
    this.firstRun = grown(this.firstRun, count);
    this.lastRun = grown(this.lastRun, count);
    this.runCounts = grown(this.runCounts, count);
    let number = 0;
    let time = 0;
    n.forEach((step, i) => {
      number += step;
      time += at[i] ?? 0;
      this.at[number] = time;
      this.atSession[number] = session[i] ?? 0;
      this.cameBy[number] = digitAt(came_by, i);
      this.interactions = Math.max(this.interactions, number + 1);
    });
  }

  #takeRuns(columns: RunColumns) {
    const { n, started, took, session, interaction, trigger, steps, halted_line } = columns;
    this.#reserve(this.count + n.length);
    const fragment = this.#word("kind", "fragment");
    const rerun = this.#word("trigger_type", "rerun");
    const sessions = new Set(this.sessions);
    let number = 0;
    let start = 0;
    let cause = 0;
    for (let i = 0; i < n.length; i++) {
      number += n[i] ?? 0;
      start += started[i] ?? 0;
      cause += interaction[i] ?? 0;
      const length = took[i] ?? -1;
      const at = number - 1;
      this.started[at] = start;
      this.ended[at] = length < 0 ? NaN : start + length;
      this.kinds[at] = digitAt(columns.kind, i);
      this.outcomes[at] = digitAt(columns.outcome, i);
      this.triggerTypes[at] = digitAt(columns.trigger_type, i);
      this.sessionOf[at] = session[i] ?? 0;
      this.causes[at] = cause;
      this.triggers[at] = (this.triggerTypes[at] === rerun ? number : cause) - (trigger[i] ?? 0);
      this.stepCounts[at] = steps[i] ?? 0;
      this.haltedLines[at] = halted_line[i] ?? 0;
      if (length < 0) this.running.add(number);
      else this.running.delete(number);
      if (this.kinds[at] === fragment) this.hasFragments = true;
      sessions.add(session[i] ?? 0);
      if (number > this.count) this.#append(number, cause);
    }
    if (sessions.size > this.sessions.length) this.sessions = [...sessions].sort((a, b) => a - b);
  }

  /** Notes a new run of the interaction `cause`. */
  #append(run: number, cause: number) {
    this.count = run;
    if (!this.firstRun[cause]) this.firstRun[cause] = run;
    else this.nextOfCause[(this.lastRun[cause] ?? 1) - 1] = run;
    this.lastRun[cause] = run;
    this.runCounts[cause] = (this.runCounts[cause] ?? 0) + 1;
  }

  #reserve(count: number) {
    this.started = grown(this.started, count);
    this.ended = grown(this.ended, count);
    this.kinds = grown(this.kinds, count);
    this.outcomes = grown(this.outcomes, count);
    this.triggerTypes = grown(this.triggerTypes, count);
    this.sessionOf = grown(this.sessionOf, count);
    this.triggers = grown(this.triggers, count);
    this.causes = grown(this.causes, count);
    this.stepCounts = grown(this.stepCounts, count);
    this.haltedLines = grown(this.haltedLines, count);
    this.nextOfCause = grown(this.nextOfCause, count);
  }

  #word(column: string, word: string) {
    return this.words[column]?.indexOf(word) ?? -1;
  }

  has(run: number | null) {
    return run !== null && run >= 1 && run <= this.count;
  }

  /** @returns ns */
  startedAt(run: number): number {
    return this.started[run - 1] ?? 0;
  }

  /** @returns ns; null: it has no end yet */
  endedAt(run: number): number | null {
    const end = this.ended[run - 1] ?? NaN;
    return Number.isNaN(end) ? null : end;
  }

  outcome(run: number): string {
    return this.words.outcome?.[this.outcomes[run - 1] ?? 0] ?? "";
  }

  /** @returns `app` or `fragment` */
  kind(run: number): string {
    return this.words.kind?.[this.kinds[run - 1] ?? 0] ?? "";
  }

  /** @returns number of its app session */
  session(run: number): number {
    return this.sessionOf[run - 1] ?? 0;
  }

  /** @returns how many steps it recorded */
  steps(run: number): number {
    return this.stepCounts[run - 1] ?? 0;
  }

  /** @returns `interaction` or `rerun` */
  triggerType(run: number): string {
    return this.words.trigger_type?.[this.triggerTypes[run - 1] ?? 0] ?? "";
  }

  /** @returns of the interaction or the run that started it */
  trigger(run: number): number {
    return this.triggers[run - 1] ?? 0;
  }

  /** @returns the interaction at the root of its triggers */
  interactionOf(run: number): number {
    return this.causes[run - 1] ?? 0;
  }

  /** @returns the line that ended it early */
  haltedLine(run: number): number | null {
    return this.haltedLines[run - 1] || null;
  }

  /**
   * @param n  of an interaction
   * @returns ns
   */
  interactionAt(n: number): number {
    return this.at[n] ?? 0;
  }

  /**
   * @param n  of an interaction
   * @returns number of its app session
   */
  interactionSession(n: number): number {
    return this.atSession[n] ?? 0;
  }

  /**
   * @param n  of an interaction
   * @returns `load`, `widget`, `page`, `timer`, `edit`, `rerun` or `stop`
   */
  interactionKind(n: number): string {
    return this.words.came_by?.[this.cameBy[n] ?? 0] ?? "";
  }

  /** @returns how many runs an interaction has */
  runCount(interaction: number): number {
    return this.runCounts[interaction] ?? 0;
  }

  /**
   * @param most  an app that reruns without end has no end of them
   * @returns its runs, ascending
   */
  runsOf(interaction: number, most = Infinity): number[] {
    const runs: number[] = [];
    for (
      let run = this.firstRun[interaction] ?? 0;
      run && runs.length < most;
      run = this.nextOfCause[run - 1] ?? 0
    )
      runs.push(run);
    return runs;
  }

  /** @returns an interaction's newest run; null: it has none */
  newestOf(interaction: number): number | null {
    return this.lastRun[interaction] || null;
  }

  /**
   * @param session  null: of any
   * @returns the newest run
   */
  newest(session: number | null = null): number | null {
    return this.previous(this.count + 1, session);
  }

  /**
   * The run that the page opens on: the newest that a person caused, not a timer. One that was
   * superseded says nothing of how things are: what came after it is about to start. Of those,
   * the newest ones only are looked through.
   * @param session  null: of any
   */
  telling(session: number | null = null): number | null {
    const newest = this.newest(session);
    let superseded: number | null = null;
    for (let run = newest; run !== null; run = this.previous(run, session)) {
      if (this.interactionKind(this.interactionOf(run)) === "timer") continue;
      if (this.outcome(run) !== "superseded") return run;
      superseded ??= run;
      if (run <= this.count - MOST_SUPERSEDED) break;
    }
    return superseded ?? newest;
  }

  next(run: number, session: number | null = null): number | null {
    for (let next = run + 1; next <= this.count; next++) {
      if (session === null || this.sessionOf[next - 1] === session) return next;
    }
    return null;
  }

  previous(run: number, session: number | null = null): number | null {
    for (let before = Math.min(run, this.count + 1) - 1; before >= 1; before--) {
      if (session === null || this.sessionOf[before - 1] === session) return before;
    }
    return null;
  }
}

const digitAt = (text: string, i: number) => text.charCodeAt(i) - 48;

/** `list` with room for `count` values: the same one, or a copy of twice the size. */
function grown<T extends Float64Array | Int32Array | Uint8Array>(list: T, count: number): T {
  if (count <= list.length) return list;
  const Kind = list.constructor as new (size: number) => T;
  const larger = new Kind(Math.max(count, 2 * list.length, 64));
  larger.set(list);
  return larger;
}
