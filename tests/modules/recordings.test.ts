// The list of recordings: when each was, which are shown, and whose faults are counted next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextOf } from "../../web/frontend/recordings/faults";
import { passes } from "../../web/frontend/recordings/rows";
import { exact, told } from "../../web/frontend/recordings/times";

const at = (hour: number, minute: number, second = 0) => new Date(2026, 4, 4, hour, minute, second);

test("a moment of today is told by how long ago it was, another one by its day", () => {
  assert.equal(told(at(12, 30, 1), at(12, 30, 59)), "just now");
  assert.equal(told(at(12, 30), at(12, 31)), "1 min ago");
  assert.equal(told(at(12, 30), at(13, 29)), "59 min ago");
  assert.equal(told(at(0, 0), at(23, 59)), "23 h ago");
  assert.equal(told(at(23, 59), new Date(2026, 4, 5, 0, 1)), "2026-05-04 23:59");
  // Clocks of two machines differ a little, or a lot.
  assert.equal(told(at(12, 31), at(12, 30, 30)), "just now");
  assert.equal(told(at(15, 0), at(12, 30)), "2026-05-04 15:00");
  assert.match(exact(at(9, 5, 7)), /^2026-05-04 09:05:07 UTC[+-]\d\d:\d\d$/);
});

test("a filter is an app and words that all occur", () => {
  const row = { app: "/a/shop.py", text: "the double click /a/shop.py complete" };
  assert.ok(passes(row, "", ""));
  assert.ok(passes(row, "/a/shop.py", " CLICK  double "));
  assert.ok(!passes(row, "/b/shop.py", ""));
  assert.ok(!passes(row, "", "double dip"));
});

test("the newest recording's faults are counted first, those of many runs last", () => {
  const waiting = [3, 9, 7].map((id) => ({ id, runs: id === 9 ? 5000 : 3 }));
  assert.equal(nextOf(waiting)?.id, 7);
  assert.equal(nextOf(waiting.slice(0, 2))?.id, 3);
  assert.equal(nextOf(waiting.slice(1, 2))?.id, 9);
  assert.equal(nextOf([]), undefined);
});
