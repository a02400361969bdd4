// Bodies of page messages are fetched together, and once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Body, MOST, packed, unpacked } from "../../web/frontend/replay/batch";
import { Bodies, NotKept } from "../../web/frontend/replay/bodies";

const bytes = (...values: number[]) => Uint8Array.from(values);

test("what is packed is unpacked, and what was not kept is told from what is empty", () => {
  const bodies = [bytes(1, 2, 3), bytes(), null, bytes(255)];
  assert.deepEqual(unpacked(packed(bodies), 4), bodies);
  const later = bytes(0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 1, 7);
  assert.deepEqual(unpacked(later, 2), ["later", bytes(7)]);
  assert.throws(() => unpacked(bytes(0, 0, 0, 9, 1), 1), /incomplete/);
});

/** A server that notes what it was asked for. */
function serving(answer: (hash: string, request: number) => Body) {
  const asked: string[][] = [];
  const bodies = new Bodies(async (hashes) => {
    asked.push(hashes);
    const request = asked.length;
    await Promise.resolve();
    return hashes.map((hash) => answer(hash, request));
  });
  return { asked, bodies };
}

test("what is asked for at one time is fetched by few requests, each hash once", async () => {
  const { asked, bodies } = serving((hash) => bytes(Number(hash) % 256));
  const names = Array.from({ length: 2 * MOST + 1 }, (_, i) => String(i));
  const found = await Promise.all([...names, ...names].map((hash) => bodies.get(hash)));
  assert.deepEqual(
    asked.map((hashes) => hashes.length),
    [MOST, MOST, 1],
  );
  assert.deepEqual(found[300], bytes(300 % 256));
  // When one steps back, nothing is fetched again.
  assert.deepEqual(bodies.get("300"), bytes(300 % 256));
  assert.equal(asked.length, 3);
});

test("what did not fit into an answer is asked for again", async () => {
  const { asked, bodies } = serving((hash, n) => (hash === "b" && n === 1 ? "later" : bytes(n)));
  assert.deepEqual(await Promise.all(["a", "b"].map((hash) => bodies.get(hash))), [
    bytes(1),
    bytes(2),
  ]);
  assert.deepEqual(asked, [["a", "b"], ["b"]]);
});

test("what was not kept fails alone; what could not be fetched may be asked for again", async () => {
  const { bodies } = serving((hash) => (hash === "gone" ? null : bytes(1)));
  const [there, gone] = await Promise.allSettled([bodies.get("there"), bodies.get("gone")]);
  assert.equal(there.status, "fulfilled");
  assert.ok(gone.status === "rejected" && gone.reason instanceof NotKept);

  let fails = true;
  const shaky = new Bodies(async (hashes) => {
    if (fails) throw new Error("no network");
    return hashes.map(() => bytes(2));
  });
  const failed = async () => shaky.get("a");
  await assert.rejects(failed, (error) => !(error instanceof NotKept));
  fails = false;
  assert.deepEqual(await shaky.get("a"), bytes(2));
});
