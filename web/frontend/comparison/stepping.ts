// Where a step of the lesson finds each variant: which of its beats is the last, which runs have
// begun and ended, and which variants are in sight. Pure.

import type { Beat, BeatStep } from "../api/answers";

/**
 * A variant at a step. `beat`: its newest one; null: it has none yet. `isNew`: it is this step's;
 * else the variant waits, or has none after it (`isDone`).
 */
export interface Standing {
  beat: Beat | null;
  isNew: boolean;
  isDone: boolean;
}

/** @param at  the step, from 0 */
export function standing(steps: readonly BeatStep[], variant: number, at: number): Standing {
  const beatOf = (step: BeatStep | undefined) => step?.beats[variant] ?? null;
  let last = Math.min(at, steps.length - 1);
  while (last > 0 && !beatOf(steps[last])) last--;
  const isDone = !steps.slice(at + 1).some((step) => beatOf(step));
  const beat = beatOf(steps[last]);
  return { beat, isNew: last === at && beat !== null, isDone };
}

export type RunState = "waiting" | "running" | "ended";

/** How far a run of a variant is at a step. */
export function runState(
  steps: readonly BeatStep[],
  variant: number,
  at: number,
  run: number,
): RunState {
  let state: RunState = "waiting";
  for (const step of steps.slice(0, at + 1)) {
    const beat = step.beats[variant];
    if (!beat || beat.kind === "arrives") continue;
    const isEnd = beat.kind === "run_ends" || beat.kind === "halted";
    if (beat.run !== null && (beat.run > run || (beat.run === run && isEnd))) return "ended";
    if (beat.run === run || beat.starts === run) state = "running";
  }
  return state;
}

/** The first step at which a run of a variant has begun. */
export function stepOfRun(steps: readonly BeatStep[], variant: number, run: number): number {
  const found = steps.findIndex((_, at) => runState(steps, variant, at, run) !== "waiting");
  return Math.max(0, found);
}

/** How many variants fit side by side. */
export function fitting(width: number, least: number, variants: number): number {
  return Math.max(1, Math.min(variants, Math.floor(width / least)));
}

/**
 * Which variants are in sight, ascending: those that were asked for last.
 * @param asked  numbers of variants, the newest at the end
 */
export function inSight(asked: readonly number[], fits: number): number[] {
  return asked.slice(-fits).sort((a, b) => a - b);
}

/** Asks for one more, as the newest. */
export function askedFor(asked: readonly number[], variant: number): number[] {
  return [...asked.filter((each) => each !== variant), variant];
}

/** What the address says: interaction, and step from 0. */
export function readAddress(query: string): { interaction: number | null; step: number | null } {
  const found = new URLSearchParams(query);
  const number = (name: string) => {
    const text = found.get(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  };
  const beat = number("beat");
  return { interaction: number("interaction"), step: beat === null ? null : Math.max(0, beat - 1) };
}

export const addressText = (interaction: number, step: number) =>
  `?interaction=${interaction}&beat=${step + 1}`;
