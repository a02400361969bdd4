// What the panels show of a run, fetched in parts and kept: its facts, windows of its
// steps, its state.

import type { Moment } from "../store/moments";
import type { RunState, RunView, StepWindow } from "./answers";
import type { Api } from "./api";

/** `window` is null when the run has no steps */
export interface Shown {
  moment: Moment;
  view: RunView;
  window: StepWindow | null;
  state: RunState;
}

/** An answer: `value` as soon as it is there */
interface Kept<T> {
  run: number;
  value: T | undefined;
  asked: Promise<T>;
}

export const WINDOW = 1000; // steps; the server's windows begin at 1, 1001, …
const KEPT = 60; // answers

export class RunData {
  api: Api;
  /** oldest first */
  kept: Map<string, Kept<unknown>> = new Map();

  constructor(api: Api) {
    this.api = api;
  }

  /** Everything at a moment; at once when all of it is there. */
  at(moment: Moment): Shown | Promise<Shown> {
    const { run, step } = moment;
    const put = (view: RunView, window: StepWindow, state: RunState): Shown => ({
      moment,
      view,
      window: window.total > 0 ? window : null,
      state,
    });
    const [view, window, state] = [this.view(run), this.window(run, step), this.state(run)];
    if (view.value && window.value && state.value) {
      return put(view.value, window.value, state.value);
    }
    return Promise.all([view.asked, window.asked, state.asked]).then((all) => put(...all));
  }

  /**
   * Fetches what the next step may need, in this run or in those beside it.
   * @param steps  of the run
   * @param before  the last moment before the run
   * @param after  the first one after it
   */
  prefetch({ run, step }: Moment, steps: number, before: Moment | null, after: Moment | null) {
    const ignore = () => {}; // whoever needs it asks again
    for (const near of [step + WINDOW / 2, step - WINDOW / 2]) {
      const beside = near > steps ? after : near <= 0 ? before : null;
      if (beside) Promise.resolve(this.at(beside)).catch(ignore);
      else if (near > 0 && near <= steps) this.window(run, near).asked.catch(ignore);
    }
  }

  view(run: number) {
    return this.#get(`view ${run}`, run, () => this.api.run(run));
  }

  window(run: number, step: number) {
    const first = Math.floor((Math.max(step, 1) - 1) / WINDOW) * WINDOW + 1;
    return this.#get(`steps ${run} ${first}`, run, () => this.api.steps(run, first));
  }

  state(run: number) {
    return this.#get(`state ${run}`, run, () => this.api.state(run));
  }

  /**
   * Forgets runs that may have changed.
   * @param from  the first of them
   */
  forget(from: number) {
    for (const [key, { run }] of this.kept) if (run >= from) this.kept.delete(key);
  }

  #get<T>(key: string, run: number, ask: () => Promise<T>): Kept<T> {
    const found = this.kept.get(key) as Kept<T> | undefined;
    if (found) {
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    const asked = ask().then(
      (value) => (entry.value = value),
      (error) => {
        if (this.kept.get(key) === entry) this.kept.delete(key);
        throw error;
      },
    );
    const entry: Kept<T> = { run, value: undefined, asked };
    this.kept.set(key, entry);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return entry;
  }
}
