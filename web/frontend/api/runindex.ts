// All runs and interactions of a recording in numbers: typed arrays that grow while it is live.

/**
 * @typedef {import("./api").Api} Api
 * @typedef {import("./api").Index} Index
 */

const MOST_SUPERSEDED = 50; // newest runs that are looked through; as in pages.py
const MOST_AGAIN = 500; // running runs asked about once more; the server allows no more

/** Numbers of runs start at 1, those of interactions at 0; neither has gaps. Times are ns. */
export class RunIndex {
  constructor() {
    this.count = 0;
    this.interactions = 0;
    /** Grows by one with every change. */
    this.version = 0;
    this.marker = "";
    this.state = "";
    /** @type {string[]} */
    this.limits = [];
    /** How often the name and the notes were changed. */
    this.edits = 0;
    this.hasCallbacks = false;
    this.hasThreads = false;
    this.hasFragments = false;
    /** Numbers of the app sessions that have runs, ascending. @type {number[]} */
    this.sessions = [];
    /** @type {Record<string, string[]>} */
    this.words = {};
    /** Runs that have no end yet. @type {Set<number>} */
    this.running = new Set();
    // Of run n at index n - 1.
    this.started = new Float64Array(0);
    this.ended = new Float64Array(0); // NaN: no end yet
    this.kinds = new Uint8Array(0);
    this.outcomes = new Uint8Array(0);
    this.triggerTypes = new Uint8Array(0);
    this.sessionOf = new Int32Array(0);
    this.triggers = new Int32Array(0);
    this.causes = new Int32Array(0);
    this.stepCounts = new Int32Array(0);
    this.haltedLines = new Int32Array(0);
    this.nextOfCause = new Int32Array(0); // the next run of the same interaction, or 0
    // Of interaction n at index n.
    this.at = new Float64Array(0);
    this.atSession = new Int32Array(0);
    this.firstRun = new Int32Array(0);
    this.lastRun = new Int32Array(0);
  }

  /** @param {Api} api */
  static async load(api) {
    const index = new RunIndex();
    index.take(await api.index());
    return index;
  }

  /**
   * Fetches what was added and what may have changed.
   * @param {Api} api
   * @returns {Promise<boolean>} whether anything is different now
   */
  async update(api) {
    const again = [...this.running].slice(-MOST_AGAIN);
    return this.take(await api.index(this.count + 1, this.interactions, again));
  }

  /**
   * @param {Index} news
   * @returns {boolean} whether anything is different now
   */
  take(news) {
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

  /** @param {import("./api").InteractionColumns} columns */
  #takeInteractions({ n, at, session }) {
    const count = this.interactions + n.length;
    this.at = grown(this.at, count);
    this.atSession = grown(this.atSession, count);
    this.firstRun = grown(this.firstRun, count);
    this.lastRun = grown(this.lastRun, count);
    let number = 0;
    let time = 0;
    n.forEach((step, i) => {
      number += step;
      time += at[i] ?? 0;
      this.at[number] = time;
      this.atSession[number] = session[i] ?? 0;
      this.interactions = Math.max(this.interactions, number + 1);
    });
  }

  /** @param {import("./api").RunColumns} columns */
  #takeRuns(columns) {
    const { n, started, took, session, interaction, trigger, steps, halted_line } = columns;
    this.#reserve(this.count + n.length);
    const digit = (/** @type {string} */ text, /** @type {number} */ i) => text.charCodeAt(i) - 48;
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
      this.kinds[at] = digit(columns.kind, i);
      this.outcomes[at] = digit(columns.outcome, i);
      this.triggerTypes[at] = digit(columns.trigger_type, i);
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

  /** Notes a new run of the interaction `cause`. @param {number} run @param {number} cause */
  #append(run, cause) {
    this.count = run;
    if (!this.firstRun[cause]) this.firstRun[cause] = run;
    else this.nextOfCause[(this.lastRun[cause] ?? 1) - 1] = run;
    this.lastRun[cause] = run;
  }

  /** @param {number} count */
  #reserve(count) {
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

  /** @param {string} column @param {string} word */
  #word(column, word) {
    return this.words[column]?.indexOf(word) ?? -1;
  }

  /** @param {number | null} run */
  has(run) {
    return run !== null && run >= 1 && run <= this.count;
  }

  /** @param {number} run @returns {number} ns */
  startedAt(run) {
    return this.started[run - 1] ?? 0;
  }

  /** @param {number} run @returns {number | null} ns; null: it has no end yet */
  endedAt(run) {
    const end = this.ended[run - 1] ?? NaN;
    return Number.isNaN(end) ? null : end;
  }

  /** @param {number} run @returns {string} */
  outcome(run) {
    return this.words.outcome?.[this.outcomes[run - 1] ?? 0] ?? "";
  }

  /** @param {number} run @returns {string} `app` or `fragment` */
  kind(run) {
    return this.words.kind?.[this.kinds[run - 1] ?? 0] ?? "";
  }

  /** @param {number} run @returns {number} number of its app session */
  session(run) {
    return this.sessionOf[run - 1] ?? 0;
  }

  /** @param {number} run @returns {number} how many steps it recorded */
  steps(run) {
    return this.stepCounts[run - 1] ?? 0;
  }

  /** @param {number} run @returns {string} `interaction` or `rerun` */
  triggerType(run) {
    return this.words.trigger_type?.[this.triggerTypes[run - 1] ?? 0] ?? "";
  }

  /** @param {number} run @returns {number} of the interaction or the run that started it */
  trigger(run) {
    return this.triggers[run - 1] ?? 0;
  }

  /** @param {number} run @returns {number} the interaction at the root of its triggers */
  interactionOf(run) {
    return this.causes[run - 1] ?? 0;
  }

  /** @param {number} run @returns {number | null} the line that ended it early */
  haltedLine(run) {
    return this.haltedLines[run - 1] || null;
  }

  /** @param {number} n  of an interaction @returns {number} ns */
  interactionAt(n) {
    return this.at[n] ?? 0;
  }

  /** @param {number} n  of an interaction @returns {number} number of its app session */
  interactionSession(n) {
    return this.atSession[n] ?? 0;
  }

  /** @param {number} interaction @returns {number[]} its runs, ascending */
  runsOf(interaction) {
    /** @type {number[]} */
    const runs = [];
    for (let run = this.firstRun[interaction] ?? 0; run; run = this.nextOfCause[run - 1] ?? 0) runs.push(run);
    return runs;
  }

  /** @param {number | null} [session]  null: of any @returns {number | null} the newest run */
  newest(session = null) {
    return this.previous(this.count + 1, session);
  }

  /**
   * The run that the page opens on: the newest that was not superseded, as one that a newer
   * interaction ended says nothing of how things are. Looks at the newest ones only.
   * @param {number | null} [session]  null: of any
   * @returns {number | null}
   */
  telling(session = null) {
    const newest = this.newest(session);
    for (let run = newest; run !== null && run > this.count - MOST_SUPERSEDED; run = this.previous(run, session)) {
      if (this.outcome(run) !== "superseded") return run;
    }
    return newest;
  }

  /** @param {number} run @param {number | null} [session] @returns {number | null} */
  next(run, session = null) {
    for (let next = run + 1; next <= this.count; next++) {
      if (session === null || this.sessionOf[next - 1] === session) return next;
    }
    return null;
  }

  /** @param {number} run @param {number | null} [session] @returns {number | null} */
  previous(run, session = null) {
    for (let before = Math.min(run, this.count + 1) - 1; before >= 1; before--) {
      if (session === null || this.sessionOf[before - 1] === session) return before;
    }
    return null;
  }
}

/**
 * `list` with room for `count` values: the same one, or a copy of twice the size.
 * @template {Float64Array | Int32Array | Uint8Array} T
 * @param {T} list
 * @param {number} count
 * @returns {T}
 */
function grown(list, count) {
  if (count <= list.length) return list;
  const Kind = /** @type {new (size: number) => T} */ (list.constructor);
  const larger = new Kind(Math.max(count, 2 * list.length, 64));
  larger.set(list);
  return larger;
}
