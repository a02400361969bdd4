// What the panels show of a run, fetched in parts and kept: its facts, windows of its steps, its state.

/**
 * @typedef {import("./api").Api} Api
 * @typedef {import("./api").RunView} RunView
 * @typedef {import("./api").StepWindow} StepWindow
 * @typedef {import("./api").RunState} RunState
 * @typedef {import("../studio/moments").Moment} Moment
 * @typedef {{moment: Moment, view: RunView, window: StepWindow | null, state: RunState}} Shown
 *   `window` is null when the run has no steps
 */

export const WINDOW = 1000; // steps; the server's windows begin at 1, 1001, …
const KEPT = 60; // answers

export class RunData {
  /** @param {Api} api */
  constructor(api) {
    this.api = api;
    /** @type {Map<string, {run: number, value: unknown, asked: Promise<unknown>}>} oldest first */
    this.kept = new Map();
  }

  /**
   * Everything at a moment; at once when all of it is there.
   * @param {Moment} moment
   * @returns {Shown | Promise<Shown>}
   */
  at(moment) {
    const { run, step } = moment;
    const parts = [this.view(run), this.window(run, step), this.state(run)];
    const ready = parts.map((part) => part.value);
    /** @param {unknown[]} values @returns {Shown} */
    const put = ([view, window, state]) => {
      const steps = /** @type {StepWindow} */ (window);
      return {
        moment,
        view: /** @type {RunView} */ (view),
        window: steps.total > 0 ? steps : null,
        state: /** @type {RunState} */ (state),
      };
    };
    if (ready.every((value) => value !== undefined)) return put(ready);
    return Promise.all(parts.map((part) => part.asked)).then(put);
  }

  /**
   * Fetches what the next step may need, in this run or in those beside it.
   * @param {Moment} moment
   * @param {number} steps  of the run
   * @param {Moment | null} before  the last moment before the run
   * @param {Moment | null} after  the first one after it
   */
  prefetch({ run, step }, steps, before, after) {
    const ignore = () => {}; // whoever needs it asks again
    for (const near of [step + WINDOW / 2, step - WINDOW / 2]) {
      const beside = near > steps ? after : near <= 0 ? before : null;
      if (beside) Promise.resolve(this.at(beside)).catch(ignore);
      else if (near > 0 && near <= steps) this.window(run, near).asked.catch(ignore);
    }
  }

  /** @param {number} run */
  view(run) {
    return this.#get(`view ${run}`, run, () => this.api.run(run));
  }

  /** @param {number} run @param {number} step */
  window(run, step) {
    const first = Math.floor((Math.max(step, 1) - 1) / WINDOW) * WINDOW + 1;
    return this.#get(`steps ${run} ${first}`, run, () => this.api.steps(run, first));
  }

  /** @param {number} run */
  state(run) {
    return this.#get(`state ${run}`, run, () => this.api.state(run));
  }

  /** Forgets runs that may have changed. @param {number} from  the first of them */
  forget(from) {
    for (const [key, { run }] of this.kept) if (run >= from) this.kept.delete(key);
  }

  /**
   * @param {string} key
   * @param {number} run
   * @param {() => Promise<unknown>} ask
   */
  #get(key, run, ask) {
    const found = this.kept.get(key);
    if (found) {
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    /** @type {{run: number, value: unknown, asked: Promise<unknown>}} */
    const entry = { run, value: undefined, asked: Promise.resolve() };
    entry.asked = ask().then(
      (value) => (entry.value = value),
      (error) => {
        if (this.kept.get(key) === entry) this.kept.delete(key);
        throw error;
      },
    );
    this.kept.set(key, entry);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return entry;
  }
}
