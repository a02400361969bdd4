// Moving through time: from one moment to the next, by steps, writes, runs or interactions.

/**
 * @typedef {{run: number, step: number}} Moment  after `step` of the run; 0: at the run's start
 * @typedef {"step" | "write" | "run" | "interaction"} Level
 * @typedef {import("../api/runindex").RunIndex} RunIndex
 * @typedef {1 | -1} Direction
 */

/** @type {[Level, string][]} */
export const LEVELS = [
  ["step", "step"],
  ["write", "write to the page"],
  ["run", "script run"],
  ["interaction", "interaction"],
];

const RUNS_SEARCHED = 40; // for the next write; after so many runs without one it is a long way off

/** @param {RunIndex} index @param {number} run @returns {Moment} */
export const endOf = (index, run) => ({ run, step: index.steps(run) });

/**
 * The neighbouring run of the same app session.
 * @param {RunIndex} index @param {number} run @param {Direction} by
 */
const beside = (index, run, by) =>
  by > 0 ? index.next(run, index.session(run)) : index.previous(run, index.session(run));

/**
 * @param {RunIndex} index
 * @param {Moment} from
 * @param {Direction} by
 * @returns {Moment | null} null: there is nothing further
 */
export function stepFrom(index, { run, step }, by) {
  if (by > 0 && step < index.steps(run)) return { run, step: step + 1 };
  if (by < 0 && step > 0) return { run, step: step - 1 };
  const other = beside(index, run, by);
  if (other === null) return null;
  return by > 0 ? { run: other, step: 0 } : endOf(index, other);
}

/** @param {RunIndex} index @param {Moment} from @param {Direction} by @returns {Moment | null} */
export function runFrom(index, { run }, by) {
  const other = beside(index, run, by);
  return other === null ? null : endOf(index, other);
}

/**
 * The end of the next interaction's last run; interactions that caused none are passed over.
 * @param {RunIndex} index @param {Moment} from @param {Direction} by @returns {Moment | null}
 */
export function interactionFrom(index, { run }, by) {
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
 * @param {RunIndex} index
 * @param {Moment} from
 * @param {Direction} by
 * @param {(run: number) => Promise<number[]>} stepsOfWrites  of a run
 * @returns {Promise<Moment | null>}
 */
export async function writeFrom(index, { run, step }, by, stepsOfWrites) {
  /** @type {number | null} */
  let at = run;
  for (let searched = 0; at !== null && searched < RUNS_SEARCHED; searched++) {
    const steps = await stepsOfWrites(at);
    const inReach = at !== run ? steps : steps.filter((each) => (by > 0 ? each > step : each < step));
    if (inReach.length > 0) return { run: at, step: by > 0 ? Math.min(...inReach) : Math.max(...inReach) };
    at = beside(index, at, by);
  }
  return null;
}
