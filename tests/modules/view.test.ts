// What part of the timeline is shown, and what variables hold at a step.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { StepWindow } from "../../web/frontend/api/answers";
import { callsAt } from "../../web/frontend/panels/variables";
import {
  clamp,
  isWhole,
  keyed,
  pan,
  revealing,
  WHOLE,
  zoom,
} from "../../web/frontend/timeline/viewport";

test("zooming keeps the place under the pointer, and never leaves the recording", () => {
  const view = zoom({ x0: 0.2, x1: 0.6 }, 0.5, 0.3);
  assert.ok(Math.abs(view.x0 - 0.25) < 1e-12 && Math.abs(view.x1 - 0.45) < 1e-12);
  assert.ok(isWhole(zoom(WHOLE, 10, 0.5)));
  assert.ok(isWhole(pan(WHOLE, 5)));
  const { x0, x1 } = clamp({ x0: 0.5, x1: 0.5 });
  assert.ok(x1 > x0, "there is always something to see");
});

test("keys of the timeline, and no others", () => {
  const view = { x0: 0.4, x1: 0.5 };
  assert.deepEqual(
    keyed(view, "0", () => 0.45),
    WHOLE,
  );
  assert.equal(
    keyed(view, "ArrowLeft", () => 0.45),
    null,
  );
  const near = keyed(view, "+", () => 0.45);
  assert.ok(near && near.x1 - near.x0 < 0.1);
});

test("what is in sight is not moved", () => {
  const view = { x0: 0.4, x1: 0.5 };
  assert.equal(revealing(view, { x0: 0.45, x1: 0.46 }), view);
  const moved = revealing(view, { x0: 0.8, x1: 0.82 });
  assert.ok(moved.x0 < 0.8 && moved.x1 > 0.82);
  assert.ok(Math.abs(moved.x1 - moved.x0 - 0.1) < 1e-9);
});

test("variables of the calls under way are folded from what changed", () => {
  const window: StepWindow = {
    first: 1,
    last: 4,
    total: 4,
    steps: { at_ns: [1, 2, 3, 4], file: [1, 1, 1, 1], line: [1, 2, 11, 3], frame: [1, 1, 2, 1] },
    frames: [
      { n: 1, parent: 0, function: "<module>", file: 1, line: 1, thread: 0 },
      { n: 2, parent: 1, function: "f", file: 1, line: 10, thread: 0 },
    ],
    base: [],
    changes: {
      step: [1, 3, 4],
      frame: [1, 2, 1],
      name: ["x", "y", "x"],
      scope: ["local", "local", "local"],
      text: ["1", "2", null],
    },
    before: { file: [], line: [], hits: [] },
  };
  const [inner, outer] = callsAt(window, 3);
  assert.deepEqual(
    [inner?.function, inner?.line, outer?.function, outer?.line],
    ["f", 11, "<module>", 2],
  );
  assert.deepEqual(
    inner?.variables.map(({ name, text }) => [name, text]),
    [["y", "2"]],
  );
  const [module, ...others] = callsAt(window, 4);
  assert.equal(others.length, 0);
  assert.deepEqual(
    module?.variables.map(({ name, text, before }) => [name, text, before]),
    [["x", null, "1"]],
  );
  assert.deepEqual(callsAt(window, 9), []);
});
