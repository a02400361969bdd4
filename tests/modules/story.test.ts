// What a story is made of: chips, the moment that tells most, the lines that matter.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding, Index, Token } from "../../web/frontend/api/answers";
import { RunIndex } from "../../web/frontend/api/runindex";
import { runsToShow, tellingMoment } from "../../web/frontend/store/telling";
import { chipsOf, placeOf, windowOf } from "../../web/frontend/story/chips";
import { excerpt } from "../../web/frontend/story/excerpt";

const WORDS = {
  kind: ["app", "fragment"],
  outcome: ["running", "completed", "rerun", "superseded"],
  trigger_type: ["interaction", "rerun"],
  came_by: ["load", "widget", "timer"],
};

/** `session`, how it came, and the outcomes of its runs: a digit each, of three steps. */
type Told = [session: number, cameBy: string, outcomes: string];

function indexOf(...told: Told[]): RunIndex {
  const runs = told.flatMap(([session, , outcomes], interaction) =>
    [...outcomes].map((outcome, i) => ({ session, interaction, outcome, isRerun: i > 0 })),
  );
  const differences = (all: number[]) => all.map((each, i) => each - (all[i - 1] ?? 0));
  const answer: Index = {
    marker: "1",
    state: "live",
    limits: [],
    edits: 0,
    total: { runs: runs.length, interactions: told.length },
    has_callbacks: false,
    has_threads: false,
    words: WORDS,
    runs: {
      n: runs.map(() => 1),
      started: runs.map(() => 10),
      took: runs.map(({ outcome }) => (outcome === "0" ? -1 : 5)),
      session: runs.map(({ session }) => session),
      interaction: differences(runs.map(({ interaction }) => interaction)),
      trigger: runs.map(({ isRerun }) => (isRerun ? 1 : 0)),
      steps: runs.map(() => 3),
      halted_line: runs.map(() => 0),
      kind: runs.map(() => "0").join(""),
      outcome: runs.map(({ outcome }) => outcome).join(""),
      trigger_type: runs.map(({ isRerun }) => (isRerun ? "1" : "0")).join(""),
    },
    interactions: {
      n: told.map((_, i) => (i ? 1 : 0)),
      at: told.map(() => 10),
      session: told.map(([session]) => session),
      came_by: told.map(([, cameBy]) => WORDS.came_by.indexOf(cameBy)).join(""),
    },
  };
  const index = new RunIndex();
  index.take(answer);
  return index;
}

const fault = (run: number, step: number): Finding => ({
  id: 1,
  code: "RT103",
  kind: "stale-read",
  level: "fault",
  certainty: "observed",
  interaction: 1,
  run,
  file: "app.py",
  line: 7,
  also: [],
  times: 1,
  title: "",
  text: "",
  evidence: [{ run, step, file: "app.py", line: 7, text: "" }],
  remedy: null,
  docs: null,
  patchable: false,
});

test("the moment that tells most: the halt, else the fault, else the end", () => {
  const index = indexOf([1, "load", "1"], [1, "widget", "21"], [1, "widget", "1"]);
  assert.deepEqual(tellingMoment(index, 1, [fault(3, 1)]), { run: 2, step: 3 }, "the halt");
  assert.deepEqual(tellingMoment(index, 2, [fault(4, 1)]), { run: 4, step: 1 }, "the fault");
  assert.deepEqual(tellingMoment(index, 2, []), { run: 4, step: 3 }, "the end");
  // A fault that is to be seen in an earlier interaction leads nobody away from this one.
  assert.deepEqual(tellingMoment(index, 2, [fault(2, 1)]), { run: 4, step: 3 });
  assert.equal(tellingMoment(index, 9, []), null);
});

test("a run that goes on is passed over for one that has ended", () => {
  const index = indexOf([1, "load", "1"], [1, "widget", "10"]);
  assert.deepEqual(tellingMoment(index, 1, []), { run: 2, step: 3 });
});

test("the first runs, the newest and the chosen one of very many", () => {
  const index = indexOf([1, "load", "1"], [1, "widget", "2".repeat(50)]);
  assert.deepEqual(runsToShow(index, 0, 1, 3), [1]);
  assert.deepEqual(runsToShow(index, 1, 2, 3), [2, 3, null, 51]);
  assert.deepEqual(runsToShow(index, 1, 20, 3), [2, null, 20, null, 51]);
  assert.deepEqual(runsToShow(index, 1, 51, 3), [2, 3, null, 51]);
});

test("timers in a row, and what other tabs did, are folded", () => {
  const index = indexOf(
    [1, "load", "1"],
    [1, "timer", "1"],
    [1, "timer", "1"],
    [2, "load", "1"],
    [2, "widget", "1"],
    [1, "timer", "1"],
    [1, "widget", "1"],
  );
  const chips = chipsOf(index, 1);
  assert.deepEqual(
    chips.map(({ kind, count }) => [kind, count]),
    [
      ["one", 1],
      ["timers", 2],
      ["session", 2],
      ["one", 1],
      ["one", 1],
    ],
  );
  assert.equal(placeOf(chips, 2), 1);
  assert.deepEqual(
    chipsOf(index, 2).map(({ kind, count }) => [kind, count]),
    [
      ["session", 3],
      ["one", 1],
      ["one", 1],
      ["session", 2],
    ],
  );
});

test("of very many chips those around the chosen one are drawn", () => {
  const chips = chipsOf(indexOf(...Array.from({ length: 100 }, (): Told => [1, "widget", "1"])), 1);
  assert.deepEqual(windowOf(chips, 50, 10), { from: 40, to: 61 });
  assert.deepEqual(windowOf(chips, 99, 10), { from: 79, to: 100 });
  assert.deepEqual(windowOf(chips, 0, 10), { from: 0, to: 21 });
});

test("timers are not followed, and a run that was superseded is not", () => {
  const index = indexOf([1, "load", "1"], [1, "widget", "1"], [1, "timer", "1"], [2, "load", "1"]);
  assert.equal(index.telling(1), 2);
  assert.equal(index.telling(null), 4);
  assert.equal(indexOf([1, "load", "1"], [1, "widget", "3"]).telling(1), 1);
  assert.equal(indexOf([1, "timer", "1"]).telling(1), 1, "where there is nothing else");
});

const lines = (...texts: string[]): Token[][] => texts.map((text) => [["", text]]);

test("a short file is shown whole, of a long one the lines that matter and their headers", () => {
  assert.equal(excerpt(lines("a", "b"), new Set([1])), null);
  const long = lines(
    "def page():",
    ...Array.from({ length: 30 }, (_, i) => `    a${i}`),
    "    if st.button():",
    "        x = 1",
    ...Array.from({ length: 30 }, (_, i) => `b${i}`),
  );
  const kept = excerpt(long, new Set([33]));
  assert.ok(kept);
  assert.ok(kept.has(1) && kept.has(32) && kept.has(33), "the function and the branch");
  assert.ok(!kept.has(10) && !kept.has(60));
  assert.ok(kept.size <= 10);
  assert.equal(excerpt(long, new Set()), null);
});

test("two lines far apart, with as much around as there is room for", () => {
  const far = lines(...Array.from({ length: 150 }, (_, i) => `line${i}`));
  const kept = excerpt(far, new Set([10, 110]));
  assert.deepEqual(
    [...(kept ?? [])].sort((a, b) => a - b),
    [9, 10, 11, 109, 110, 111],
  );
});
