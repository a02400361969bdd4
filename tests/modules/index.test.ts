// The index of runs, and moving through it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Index } from "../../web/frontend/api/answers";
import { RunIndex } from "../../web/frontend/api/runindex";
import {
  interactionFrom,
  type Moment,
  runFrom,
  stepFrom,
  writeFrom,
} from "../../web/frontend/store/moments";

const WORDS = {
  kind: ["app", "fragment"],
  outcome: ["running", "completed", "rerun", "superseded"],
  trigger_type: ["interaction", "rerun"],
  came_by: ["load", "widget", "timer"],
};
const NO_RUNS = {
  n: [],
  started: [],
  took: [],
  session: [],
  interaction: [],
  trigger: [],
  steps: [],
  halted_line: [],
  kind: "",
  outcome: "",
  trigger_type: "",
};

function answer(more: Partial<Index>): Index {
  return {
    marker: "1",
    state: "live",
    limits: [],
    edits: 0,
    total: { runs: 0, interactions: 0 },
    has_callbacks: false,
    has_threads: false,
    words: WORDS,
    runs: NO_RUNS,
    interactions: { n: [], at: [], session: [], came_by: "" },
    ...more,
  };
}

/** Two app sessions: 1 loads (run 1) and clicks (2, which asks for 3); 2 loads (4) meanwhile. */
const FIRST = answer({
  interactions: { n: [0, 1, 1], at: [100, 900, 500], session: [1, 1, 2], came_by: "010" },
  runs: {
    n: [1, 1, 1, 1],
    started: [110, 900, 100, 400],
    took: [50, 20, 70, -1],
    session: [1, 1, 1, 2],
    interaction: [0, 1, 0, 1],
    trigger: [0, 0, 1, 0],
    steps: [3, 1, 2, 0],
    halted_line: [0, 7, 0, 0],
    kind: "0010",
    outcome: "1210",
    trigger_type: "0010",
  },
});

function made(): RunIndex {
  const index = new RunIndex();
  assert.equal(index.take(FIRST), true);
  return index;
}

test("columns of differences become runs", () => {
  const index = made();
  assert.equal(index.count, 4);
  assert.equal(index.interactions, 3);
  assert.deepEqual(
    [1, 2, 3, 4].map((run) => index.startedAt(run)),
    [110, 1010, 1110, 1510],
  );
  assert.deepEqual(
    [1, 2, 3, 4].map((run) => index.endedAt(run)),
    [160, 1030, 1180, null],
  );
  assert.deepEqual(
    [1, 2, 3, 4].map((run) => index.interactionOf(run)),
    [0, 1, 1, 2],
  );
  assert.deepEqual([index.triggerType(3), index.trigger(3)], ["rerun", 2]);
  assert.deepEqual([index.triggerType(2), index.trigger(2)], ["interaction", 1]);
  assert.deepEqual([index.kind(2), index.kind(3)], ["app", "fragment"]);
  assert.deepEqual([index.outcome(2), index.haltedLine(2)], ["rerun", 7]);
  assert.deepEqual(
    [0, 1, 2].map((n) => index.interactionAt(n)),
    [100, 1000, 1500],
  );
  assert.deepEqual([...index.runsOf(1)], [2, 3]);
  assert.deepEqual(index.sessions, [1, 2]);
  assert.deepEqual([...index.running], [4]);
});

test("a run that goes on is taken once more when it has ended", () => {
  const index = made();
  const { version } = index;
  assert.equal(index.take(answer({})), false); // the same marker: nothing is new
  assert.equal(index.version, version);
  const news = answer({
    marker: "2",
    runs: {
      n: [4, 1],
      started: [1510, 200],
      took: [90, -1],
      session: [2, 2],
      interaction: [2, 0],
      trigger: [0, 1],
      steps: [5, 0],
      halted_line: [0, 0],
      kind: "00",
      outcome: "20",
      trigger_type: "01",
    },
  });
  assert.equal(index.take(news), true);
  assert.equal(index.version, version + 1);
  assert.deepEqual([index.count, index.endedAt(4), index.steps(4)], [5, 1600, 5]);
  assert.deepEqual([...index.running], [5]);
  assert.deepEqual([...index.runsOf(2)], [4, 5]);
  assert.equal(index.trigger(5), 4);
});

test("steps lead through the runs of one app session", () => {
  const index = made();
  const walk: Moment[] = [];
  let at: Moment | null = { run: 1, step: 2 };
  while (at) {
    walk.push(at);
    at = stepFrom(index, at, 1);
  }
  const places = walk.map(({ run, step }) => `${run}.${step}`);
  assert.deepEqual(places, ["1.2", "1.3", "2.0", "2.1", "3.0", "3.1", "3.2"]);
  // ... and back the same way.
  const back: string[] = [];
  for (at = { run: 3, step: 2 }; at; at = stepFrom(index, at, -1)) {
    back.push(`${at.run}.${at.step}`);
  }
  assert.deepEqual(back, [...[...places].reverse(), "1.1", "1.0"]);
  assert.equal(stepFrom(index, { run: 4, step: 0 }, -1), null);
});

test("runs and interactions lead to ends", () => {
  const index = made();
  assert.deepEqual(runFrom(index, { run: 1, step: 0 }, 1), { run: 2, step: 1 });
  assert.equal(runFrom(index, { run: 3, step: 0 }, 1), null);
  assert.deepEqual(interactionFrom(index, { run: 1, step: 0 }, 1), { run: 3, step: 2 });
  assert.deepEqual(interactionFrom(index, { run: 3, step: 2 }, -1), { run: 1, step: 3 });
});

test("the next write may lie in another run", async () => {
  const index = made();
  const writes = async (run: number) => ({ 1: [1, 2], 2: [], 3: [2] })[run] ?? [];
  const from = (run: number, step: number, by: 1 | -1) =>
    writeFrom(index, { run, step }, by, writes);
  assert.deepEqual(await from(1, 1, 1), { run: 1, step: 2 });
  assert.deepEqual(await from(1, 2, 1), { run: 3, step: 2 });
  assert.deepEqual(await from(3, 2, -1), { run: 1, step: 2 });
  assert.equal(await from(3, 2, 1), null);
});
