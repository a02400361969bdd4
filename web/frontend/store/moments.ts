// Moving through time: from one moment to the next, by steps, writes, runs or interactions.

import type { RunIndex } from "../api/runindex";

/** after `step` of the run; 0: at the run's start */
export interface Moment {
  run: number;
  step: number;
}

export type Level = "step" | "write" | "run" | "interaction";

export type Direction = 1 | -1;

export const LEVELS: [Level, string][] = [
  ["step", "step"],
  ["write", "write to the page"],
  ["run", "script run"],
  ["interaction", "interaction"],
];

const RUNS_SEARCHED = 40; // for the next write; after so many runs without one it is a long way off

export const endOf = (index: RunIndex, run: number): Moment => ({ run, step: index.steps(run) });

/** The neighbouring run of the same app session. */
const beside = (index: RunIndex, run: number, by: Direction) =>
  by > 0 ? index.next(run, index.session(run)) : index.previous(run, index.session(run));

/** @returns null: there is nothing further */
export function stepFrom(index: RunIndex, { run, step }: Moment, by: Direction): Moment | null {
  if (by > 0 && step < index.steps(run)) return { run, step: step + 1 };
  if (by < 0 && step > 0) return { run, step: step - 1 };
  const other = beside(index, run, by);
  if (other === null) return null;
  return by > 0 ? { run: other, step: 0 } : endOf(index, other);
}

export function runFrom(index: RunIndex, { run }: Moment, by: Direction): Moment | null {
  const other = beside(index, run, by);
  return other === null ? null : endOf(index, other);
}

/**
 * The end of the next interaction's last run; interactions that caused none are passed over.
 */
export function interactionFrom(index: RunIndex, { run }: Moment, by: Direction): Moment | null {
  const own = index.interactionOf(run);
  for (let other = beside(index, run, by); other !== null; other = beside(index, other, by)) {
    if (index.interactionOf(other) === own) continue;
    const last = index.runsOf(index.interactionOf(other)).at(-1);
    return endOf(index, last ?? other);
  }
  return null;
}

/**
 * The next write to the page, in this run or in one near it.
 * @param stepsOfWrites  of a run
 */
export async function writeFrom(
  index: RunIndex,
  { run, step }: Moment,
  by: Direction,
  stepsOfWrites: (run: number) => Promise<number[]>,
): Promise<Moment | null> {
  let at: number | null = run;
  for (let searched = 0; at !== null && searched < RUNS_SEARCHED; searched++) {
    const steps = await stepsOfWrites(at);
    const inReach =
      at !== run ? steps : steps.filter((each) => (by > 0 ? each > step : each < step));
    if (inReach.length > 0)
      return { run: at, step: by > 0 ? Math.min(...inReach) : Math.max(...inReach) };
    at = beside(index, at, by);
  }
  return null;
}
