// Many page messages in one answer, as `web/replay/batch.py` writes it: each has four bytes for its
// length, or for what is said in its place, and then its own.

export const MOST = 200; // in a request
const NOT_KEPT = 0xffffffff;
const LATER = 0xfffffffe;

/** `later`: not in this answer, which is long enough; null: it was not kept. */
export type Body = Uint8Array | null | "later";

/** What was answered for each of `count` hashes, in their order. */
export function unpacked(answer: Uint8Array, count: number): Body[] {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  const bodies: Body[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(at);
    at += 4;
    if (length === NOT_KEPT) bodies.push(null);
    else if (length === LATER) bodies.push("later");
    else {
      if (at + length > answer.length) throw new Error("The page messages came incomplete.");
      bodies.push(answer.slice(at, at + length));
      at += length;
    }
  }
  return bodies;
}

/** The answer of a report, which has all of them. */
export function packed(bodies: (Uint8Array | null)[]): Uint8Array<ArrayBuffer> {
  const answer = new Uint8Array(bodies.reduce((sum, each) => sum + 4 + (each?.length ?? 0), 0));
  const view = new DataView(answer.buffer);
  let at = 0;
  for (const body of bodies) {
    view.setUint32(at, body?.length ?? NOT_KEPT);
    at += 4;
    if (!body) continue;
    answer.set(body, at);
    at += body.length;
  }
  return answer;
}
