// The moment of an interaction that tells most: where a run was halted, else where a fault is to be
// seen, else the end of its last finished run. Pure.

import type { Finding } from "../api/answers";
import type { RunIndex } from "../api/runindex";
import { momentOf } from "../findings/levels";
import { endOf, type Moment } from "./moments";

const HALTED = ["rerun", "switched", "stopped", "error", "compile_error"];
const MOST_RUNS = 50; // that are looked through

export function tellingMoment(
  index: RunIndex,
  interaction: number,
  findings: readonly Finding[],
): Moment | null {
  const runs = index.runsOf(interaction, MOST_RUNS);
  const halted = runs.find((run) => HALTED.includes(index.outcome(run)));
  if (halted !== undefined) return endOf(index, halted);
  const fault = findings.find(({ level }) => level === "fault");
  const seen = fault && momentOf(fault, runs);
  if (seen) return { run: seen.run, step: seen.step ?? index.steps(seen.run) };
  const ended = runs.filter((run) => index.endedAt(run) !== null).at(-1) ?? runs[0];
  return ended === undefined ? null : endOf(index, ended);
}

/** Of an interaction's runs those that a story has room for; `null` stands for those between. */
export function runsToShow(
  index: RunIndex,
  interaction: number,
  chosen: number,
  most: number,
): (number | null)[] {
  const count = index.runCount(interaction);
  if (count <= most) return index.runsOf(interaction, most);
  const newest = index.newestOf(interaction) ?? chosen;
  const first = index.runsOf(interaction, Math.max(1, most - 1));
  const kept = [...new Set([...first.slice(0, most - 1), chosen, newest])].sort((a, b) => a - b);
  // What is chosen is shown in any case, in the place of the last one of the first.
  while (kept.length > most) {
    const spare = [...first].reverse().find((run) => kept.includes(run) && run !== chosen);
    if (spare === undefined || spare === first[0]) break;
    kept.splice(kept.indexOf(spare), 1);
  }
  return kept.flatMap((run, i) => {
    const before = kept[i - 1];
    const isGap = before !== undefined && nextOf(index, before) !== run;
    return isGap ? [null, run] : [run];
  });
}

const nextOf = (index: RunIndex, run: number) => index.nextOfCause[run - 1] ?? 0;
