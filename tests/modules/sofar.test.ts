// What has happened by a moment, the state at it, and the sizes of the panes.

import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  FileCoverage,
  RunState,
  SourceText,
  StateWrite,
  StepWindow,
} from "../../web/frontend/api/answers";
import { hitsUpTo, soFar } from "../../web/frontend/panels/sofar";
import { stateAt } from "../../web/frontend/panels/statetable";
import { sizesFrom, USUAL } from "../../web/frontend/studio/sizes";

const windowOf = (first: number, line: number[], file = line.map(() => 1)): StepWindow => ({
  first,
  last: first + line.length - 1,
  total: first + line.length - 1,
  steps: { at_ns: line, file, line, frame: line.map(() => 1) },
  frames: [],
  base: [],
  changes: { step: [], frame: [], name: [], scope: [], text: [] },
  before: { file: [1, 2], line: [1, 7], hits: [3, 9] },
});

const textOf = (text: string): SourceText => ({
  file_no: 1,
  file: "app.py",
  lines: text.split("\n").map((line) => [["", line]]),
  continued: {},
});

const coverage = (executed: [number, number, boolean][], not_run: number[]): FileCoverage => ({
  file_no: 1,
  file: "app.py",
  executed,
  not_run: not_run.map((line) => [line, "branch not taken"]),
  halting_line: null,
  halting_text: null,
});

test("lines count what ran before the window, and in it up to the step", () => {
  const hits = hitsUpTo(windowOf(1001, [1, 2, 1, 8], [1, 1, 1, 2]), 1003);
  assert.deepEqual(
    [...(hits.get(1) ?? [])],
    [
      [1, 5],
      [2, 1],
    ],
  );
  assert.deepEqual([...(hits.get(2) ?? [])], [[7, 9]]);
  assert.equal(hitsUpTo(windowOf(1, [1]), 0).size, 0);
});

test("a count is said to be more only when all that was kept of it is counted", () => {
  const text = textOf("for n in x:\n    y()");
  const ran = (times: number) => new Map([[1, new Map([[1, times]])]]);
  const of = coverage([[1, 100, true]], []);
  assert.equal(soFar(of, text, ran(99)).hits.get(1), "99");
  assert.equal(soFar(of, text, ran(100)).hits.get(1), "100+");
});

const BRANCHES = `@cache
def f():
    return 1
if a:
    b = 1
elif c:
    b = 2
for n in x:
    if n:
        y()
    z()
last()
never()`;

test("what did not run is decided when a later statement of the file's own ran", () => {
  const text = textOf(BRANCHES);
  const of = coverage(
    [1, 4, 5, 8, 9, 11, 12].map((line) => [line, 1, false]),
    [3, 6, 7, 10, 13],
  );
  const passed = (...lines: number[]) => [
    ...soFar(of, text, new Map([[1, new Map(lines.map((line) => [line, 1]))]])).passed,
  ];
  assert.deepEqual(passed(), []);
  assert.deepEqual(passed(1, 4), [], "the branches are not decided yet");
  assert.deepEqual(passed(1, 4, 5, 8, 9), [6, 7], "in the loop, a later turn may take the branch");
  assert.deepEqual(passed(1, 4, 5, 8, 9, 11, 12), [6, 7, 10], "the function may still be called");
});

const write = (key: string, step: number, value: string): StateWrite => ({
  key,
  op: "set",
  old: null,
  new: value,
  run: 2,
  step,
  at_ns: 0,
  file: "app.py",
  line: 1,
});

test("what this step changed comes first, then what the run did, then the rest by name", () => {
  const before = ["a", "d", "b", "z"].map((key) => ({
    key,
    value: "0",
    run: 1,
    step: 1,
    op: "set" as const,
    file: "app.py",
    line: 1,
  }));
  const writes = [write("b", 2, "0"), write("d", 2, "1"), write("z", 4, "1"), write("a", 9, "1")];
  const state: RunState = { before, writes };
  const order = (step: number) => stateAt(state, 2, step).map(({ key }) => key);
  assert.deepEqual(order(4), ["z", "d", "a", "b"]);
  assert.deepEqual(order(5), ["d", "z", "a", "b"]);
  assert.deepEqual(order(0), ["a", "b", "d", "z"]);
});

test("sizes that make no sense are not taken", () => {
  assert.deepEqual(sizesFrom(null), USUAL);
  assert.deepEqual(sizesFrom("not JSON"), USUAL);
  assert.deepEqual(sizesFrom("null"), USUAL);
  assert.equal(sizesFrom('{"source": 50}').source, 50);
  assert.equal(sizesFrom('{"top": 1000}').top, 85);
  assert.deepEqual(sizesFrom('{"source": 60, "facts": 50}'), USUAL);
  assert.equal(sizesFrom('{"lanes": 3}').lanes, null);
  assert.equal(sizesFrom('{"lanes": 120}').lanes, 120);
});
