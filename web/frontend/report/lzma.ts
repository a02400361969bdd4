// Unpacks raw LZMA, which packs WebAssembly a fifth smaller than what browsers unpack by
// themselves.
// After the specification by Igor Pavlov (public domain).

const TOP = 2 ** 24;
const MATCH = 7; // states from here on follow a match

/**
 * @param size  of the output
 * @param shape  as it was packed with
 */
export function unlzma(
  input: Uint8Array,
  size: number,
  { lc, lp, pb }: { lc: number; lp: number; pb: number },
) {
  const output = new Uint8Array(size);
  let at = 5; // the first byte is 0, then comes the code
  let range = 0xffffffff;
  let code = 0;
  for (let i = 1; i < 5; i++) code = (code * 256 + (input[i] ?? 0)) >>> 0;

  const models = (count: number) => new Uint16Array(count).fill(1024);
  const isMatch = models(12 * 16);
  const isRep = models(12);
  const isRep0 = models(12);
  const isRep0Long = models(12 * 16);
  const isRep1 = models(12);
  const isRep2 = models(12);
  const slots = models(4 * 64);
  const special = models(115);
  const align = models(16);
  const literals = models(0x300 << (lc + lp));
  const lengths = {
    choice: models(2),
    low: models(16 * 8),
    mid: models(16 * 8),
    high: models(256),
  };
  const repLengths = {
    choice: models(2),
    low: models(16 * 8),
    mid: models(16 * 8),
    high: models(256),
  };

  const normalize = () => {
    if (range >= TOP) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | (input[at++] ?? 0)) >>> 0;
  };
  const bit = (probs: Uint16Array, i: number) => {
    const p = probs[i] ?? 0;
    const bound = (range >>> 11) * p;
    const isSet = code >= bound;
    if (isSet) {
      range -= bound;
      code -= bound;
      probs[i] = p - (p >> 5);
    } else {
      range = bound;
      probs[i] = p + ((2048 - p) >> 5);
    }
    normalize();
    return isSet ? 1 : 0;
  };
  const tree = (probs: Uint16Array, offset: number, bits: number) => {
    let m = 1;
    for (let i = 0; i < bits; i++) m = (m << 1) | bit(probs, offset + m);
    return m - (1 << bits);
  };
  const reversed = (probs: Uint16Array, offset: number, bits: number) => {
    let m = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const b = bit(probs, offset + m);
      m = (m << 1) | b;
      value |= b << i;
    }
    return value;
  };
  /** @param bits  that are as likely 0 as 1 */
  const direct = (bits: number) => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      range >>>= 1;
      const isSet = code >= range;
      if (isSet) code -= range;
      value = value * 2 + (isSet ? 1 : 0);
      normalize();
    }
    return value;
  };
  const length = ({ choice, low, mid, high }: typeof lengths, posState: number) => {
    if (!bit(choice, 0)) return 2 + tree(low, posState << 3, 3);
    if (!bit(choice, 1)) return 10 + tree(mid, posState << 3, 3);
    return 18 + tree(high, 0, 8);
  };
  /** @param count  of the match */
  const distance = (count: number) => {
    const slot = tree(slots, Math.min(count - 2, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + reversed(special, base - slot, bits);
    return base + direct(bits - 4) * 16 + reversed(align, 0, 4);
  };
  const literal = (done: number, state: number, rep: number) => {
    const before = done ? (output[done - 1] ?? 0) : 0;
    const offset = 0x300 * (((done & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
    let symbol = 1;
    if (state >= MATCH) {
      let matched = output[done - rep - 1] ?? 0;
      do {
        const wanted = (matched >> 7) & 1;
        matched <<= 1;
        const got = bit(literals, offset + ((1 + wanted) << 8) + symbol);
        symbol = (symbol << 1) | got;
        if (wanted !== got) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | bit(literals, offset + symbol);
    return symbol & 0xff;
  };

  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];
  let state = 0;
  for (let done = 0; done < size;) {
    const posState = done & ((1 << pb) - 1);
    if (!bit(isMatch, (state << 4) + posState)) {
      output[done] = literal(done, state, rep0);
      done += 1;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count = 0;
    if (!bit(isRep, state)) {
      [rep3, rep2, rep1] = [rep2, rep1, rep0];
      count = length(lengths, posState);
      rep0 = distance(count);
      state = state < MATCH ? 7 : 10;
    } else {
      if (!bit(isRep0, state)) {
        if (!bit(isRep0Long, (state << 4) + posState)) count = 1;
      } else if (!bit(isRep1, state)) [rep0, rep1] = [rep1, rep0];
      else if (!bit(isRep2, state)) [rep0, rep1, rep2] = [rep2, rep0, rep1];
      else [rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2];
      if (count) state = state < MATCH ? 9 : 11;
      else {
        count = length(repLengths, posState);
        state = state < MATCH ? 8 : 11;
      }
    }
    if (rep0 >= done) throw new Error("The packed data is damaged.");
    for (let i = 0; i < count && done < size; i++, done++)
      output[done] = output[done - rep0 - 1] ?? 0;
  }
  return output;
}
