// Where a step of a comparison finds each variant, and which variants are in sight.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Beat, BeatStep } from "../../web/frontend/api/answers";
import {
  addressText,
  askedFor,
  fitting,
  inSight,
  readAddress,
  runState,
  standing,
  stepOfRun,
} from "../../web/frontend/comparison/stepping";

const beat = (kind: Beat["kind"], run: number, starts: number | null = null): Beat => ({
  kind,
  run,
  starts,
  text: `${kind} ${run}`,
  step: 0,
  file_no: null,
  line: null,
  lost: false,
  message: null,
});
const step = (...beats: (Beat | null)[]): BeatStep => ({ name: "", beats });
/** The first variant runs twice, the second once, the third not at all. */
const STEPS = [
  step(beat("arrives", 2), beat("arrives", 2), null),
  step(beat("run_starts", 2, 2), null, null),
  step(null, beat("callback", 2), null),
  step(beat("halted", 2, 3), null, null),
  step(null, beat("run_starts", 2, 2), null),
  step(beat("element", 3), beat("element", 2), null),
  step(null, beat("run_ends", 2), null),
  step(beat("run_ends", 3), null, null),
];

test("a variant without a beat stays at its last one", () => {
  assert.equal(standing(STEPS, 0, 2).beat?.text, "run_starts 2");
  assert.deepEqual([standing(STEPS, 0, 2).isNew, standing(STEPS, 0, 2).isDone], [false, false]);
  assert.deepEqual([standing(STEPS, 1, 6).isNew, standing(STEPS, 1, 6).isDone], [true, true]);
  assert.deepEqual([standing(STEPS, 1, 7).isNew, standing(STEPS, 1, 7).isDone], [false, true]);
  assert.deepEqual(standing(STEPS, 2, 5), { beat: null, isNew: false, isDone: true });
  assert.equal(standing([], 0, 0).beat, null);
});

test("a run is waited for, under way, and ended", () => {
  const states = (variant: number, run: number) =>
    STEPS.map((_, at) => runState(STEPS, variant, at, run)[0]).join("");
  assert.equal(states(0, 2), "wrreeeee");
  assert.equal(states(0, 3), "wwwrrrre");
  assert.equal(states(1, 2), "wwrrrree");
  assert.equal(states(2, 2), "wwwwwwww");
});

test("a block leads to the step at which its run begins", () => {
  assert.equal(stepOfRun(STEPS, 0, 2), 1);
  assert.equal(stepOfRun(STEPS, 0, 3), 3);
  assert.equal(stepOfRun(STEPS, 1, 2), 2);
  assert.equal(stepOfRun(STEPS, 2, 2), 0);
});

test("as many variants as fit are in sight, those asked for last", () => {
  assert.equal(fitting(1024, 300, 6), 3);
  assert.equal(fitting(480, 300, 6), 1);
  assert.equal(fitting(0, 300, 6), 1);
  assert.equal(fitting(1920, 300, 2), 2);
  const asked = [3, 2, 1, 0];
  assert.deepEqual(inSight(asked, 2), [0, 1]);
  assert.deepEqual(inSight(askedFor(asked, 3), 2), [0, 3]);
  assert.deepEqual(inSight(askedFor(asked, 0), 2), [0, 1]);
  assert.deepEqual(inSight(asked, 9), [0, 1, 2, 3]);
});

test("the address names interaction and step", () => {
  assert.equal(addressText(1, 0), "?interaction=1&beat=1");
  assert.deepEqual(readAddress("?interaction=1&beat=4"), { interaction: 1, step: 3 });
  assert.deepEqual(readAddress("?interaction=-1&beat=x"), { interaction: null, step: null });
  assert.deepEqual(readAddress("?interaction=2&beat=0"), { interaction: 2, step: 0 });
});
