// What is worked out of findings without a page.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding, Findings } from "../../web/frontend/api/documents";
import { foundInRuns, lineMarks, momentOf, sorted } from "../../web/frontend/findings/levels";
import { piecesOf } from "../../web/frontend/findings/pieces";
import { whyPath, withoutStep } from "../../web/frontend/store/why";

const finding = (more: Partial<Finding>): Finding => ({
  id: 1,
  code: "RT103",
  kind: "stale-read",
  level: "fault",
  certainty: "observed",
  interaction: 1,
  run: 2,
  file: "app.py",
  line: 7,
  also: [],
  times: 1,
  title: "`cart` is old",
  text: "",
  evidence: [],
  remedy: null,
  docs: null,
  patchable: false,
  ...more,
});
const at = (run: number, step: number, line: number | null, text = "", file = "app.py") => ({
  run,
  step,
  file,
  line,
  text,
});

test("the worst come first, and each level keeps its order", () => {
  const of = (id: number, level: Finding["level"]) => finding({ id, level });
  const all = [of(1, "note"), of(2, "fault"), of(3, "hint"), of(4, "fault")];
  assert.deepEqual(
    sorted(all).map(({ id }) => id),
    [2, 4, 3, 1],
  );
});

test("a finding is seen at its own line, else at its first evidence, else at its run's end", () => {
  const evidence = [at(1, 3, 5), at(2, 4, 7), at(2, 0, 7)];
  assert.deepEqual(momentOf(finding({ evidence })), { run: 2, step: 4 });
  assert.deepEqual(momentOf(finding({ evidence: [at(1, 3, 5)] })), { run: 1, step: 3 });
  assert.deepEqual(momentOf(finding({ evidence }), [1]), { run: 1, step: 3 }, "within those");
  assert.equal(momentOf(finding({ evidence }), [9]), null);
  assert.deepEqual(momentOf(finding({ evidence: [at(2, 0, 7)] })), { run: 2, step: null });
});

test("a run has the worst of its findings, and all their titles", () => {
  const found: Findings = {
    version: 1,
    runs: 4,
    findings: [finding({ id: 1, level: "hint", title: "slow" }), finding({ id: 2 })],
    met: [
      { id: 1, interaction: [1, 2], run: [2, 3] },
      { id: 2, interaction: [1, 1], run: [2, 2] },
    ],
    own: [],
  };
  assert.deepEqual(
    [...foundInRuns(found)],
    [
      [2, { level: "fault", titles: ["Hint: slow", "Fault: cart is old"] }],
      [3, { level: "hint", titles: ["Hint: slow"] }],
    ],
  );
});

test("lines are marked by their worst finding, and where there is evidence only", () => {
  const evidence = [
    at(2, 4, 7, "drawn"),
    at(2, 6, 9, "set to `1`"),
    at(1, 6, 9, "read"),
    at(2, 1, 3, "", "b.py"),
  ];
  const findings = [finding({ evidence }), finding({ id: 2, level: "note", title: "other" })];
  assert.deepEqual(
    [...lineMarks(findings, "app.py")].sort(([a], [b]) => a - b),
    [
      [7, { level: "fault", text: "Fault: cart is old", id: 1, seen: "① drawn" }],
      [9, { level: null, text: "set to 1; read", id: 1, seen: "② set to 1" }],
    ],
  );
  const inRun1 = lineMarks(findings, "app.py", 1);
  assert.equal(inRun1.get(7)?.seen, "① drawn in run 2", "what was seen in another run says so");
});

test("sentences are cut into code and places", () => {
  const said = piecesOf("Line 7 drew `a` in run 2; lines 8, 9 and 10 of b/c.py:3. Deadline 4");
  assert.deepEqual(
    said.filter(({ kind }) => kind !== "text").map(({ kind, text }) => [kind, text]),
    [
      ["line", "Line 7"],
      ["code", "a"],
      ["run", "run 2"],
      ["line", "8"],
      ["line", "9"],
      ["line", "10"],
      ["place", "b/c.py:3"],
    ],
  );
  assert.equal(
    said.map(({ text }) => text).join(""),
    "Line 7 drew a in run 2; lines 8, 9 and 10 of b/c.py:3. Deadline 4",
  );
  assert.deepEqual(piecesOf("`app.py:12`"), [
    { kind: "place", text: "app.py:12", file: "app.py", line: 12 },
  ]);
});

test("a question is an address", () => {
  assert.equal(
    whyPath({ about: "line", run: 2, name: "pages/a b.py", line: 7, step: 3, not: true }),
    "/why?about=line&run=2&name=pages%2Fa%20b.py&line=7&step=3&not=1",
  );
  assert.equal(whyPath({ about: "element", message: 12 }), "/why?about=element&message=12");
  assert.equal(whyPath({ about: "key", run: 2, name: "k" }), "/why?about=key&run=2&name=k");
  assert.equal(withoutStep("/why?about=line&run=2&step=3&not=1"), "/why?about=line&run=2&not=1");
  assert.equal(withoutStep("/why?about=key&run=2&step=3"), "/why?about=key&run=2&step=3");
});
