// Spans of one lane in typed arrays. Finding those that matter for a row of pixels takes time
// for the pixels, not for the spans.

const FAN = 16; // spans, or blocks of them, in one block of the level above

/** Spans ordered by their start; places are between 0 and 1. */
export class Spans {
  /**
   * @param {Float64Array} x0  ascending
   * @param {Float64Array} x1
   * @param {Int32Array} item  what each span stands for
   */
  constructor(x0, x1, item) {
    this.x0 = x0;
    this.x1 = x1;
    this.item = item;
    this.count = item.length;
    /** The largest end in every block of FAN, FAN * FAN, ... spans. @type {Float64Array[]} */
    this.levels = [];
    for (let below = x1; below.length > FAN; ) {
      const level = new Float64Array(Math.ceil(below.length / FAN)).fill(-Infinity);
      for (let i = 0; i < below.length; i++) {
        const block = Math.floor(i / FAN);
        level[block] = Math.max(/** @type {number} */ (level[block]), /** @type {number} */ (below[i]));
      }
      this.levels.push(level);
      below = level;
    }
  }

  /**
   * Visits the spans `from` to `to` (excluded) that end after `limit`.
   * @param {number} from
   * @param {number} to
   * @param {number} limit
   * @param {(i: number) => void} visit
   */
  reaching(from, to, limit, visit) {
    for (let i = from; i < to; ) {
      if (/** @type {number} */ (this.x1[i]) > limit) {
        visit(i);
        i++;
        continue;
      }
      let size = 1;
      for (let up = 0; i % (size * FAN) === 0; up++) {
        const most = this.levels[up]?.[i / (size * FAN)];
        if (most === undefined || most > limit) break;
        size *= FAN;
      }
      i += size;
    }
  }

  /**
   * Visits what is to be seen of the part from `x0` to `x1`: each span that is at least `least`
   * long by itself (`one`), and the shorter ones together with the others that start in the same
   * column (`many`: the column's place, and the spans from and to, the latter excluded).
   * @param {number} x0
   * @param {number} x1
   * @param {number} column  width of a column
   * @param {number} least
   * @param {(i: number) => void} one
   * @param {(x: number, from: number, to: number) => void} many
   */
  walk(x0, x1, column, least, one, many) {
    const start = lowest(this.x0, x0, 0, this.count);
    const end = lowest(this.x0, x1, start, this.count);
    this.reaching(0, start, x0, one);
    for (let i = start; i < end; ) {
      const at = /** @type {number} */ (this.x0[i]);
      if (/** @type {number} */ (this.x1[i]) - at >= least) {
        one(i);
        i++;
        continue;
      }
      const place = x0 + Math.floor((at - x0) / column) * column;
      const next = Math.max(i + 1, lowest(this.x0, place + column, i, end));
      many(place, i, next);
      this.reaching(i, next, place + column + least, one);
      i = next;
    }
  }

  /**
   * The span that is nearest to `x`, at most `away` from it; -1: there is none.
   * @param {number} x
   * @param {number} before  how far its end may lie before `x`
   * @param {number} after  how far its start may lie behind `x`
   * @param {(i: number) => boolean} [counts]  whether a span is one of those asked about
   */
  nearest(x, before, after, counts = () => true) {
    let best = -1;
    let distance = Infinity;
    this.reaching(0, lowest(this.x0, x + after, 0, this.count), x - before, (i) => {
      const start = /** @type {number} */ (this.x0[i]);
      const away = Math.max(0, start - x, x - /** @type {number} */ (this.x1[i]));
      if (away > distance || !counts(i)) return;
      best = i;
      distance = away;
    });
    return best;
  }
}

/**
 * Spans from `from(i)` to `to(i)` of each `i` in `items`, put in order.
 * @param {ArrayLike<number>} items
 * @param {(item: number) => number} from
 * @param {(item: number) => number} to
 */
export function makeSpans(items, from, to) {
  const item = Int32Array.from(items);
  const x0 = new Float64Array(item.length);
  const x1 = new Float64Array(item.length);
  // Loops: `from` with a function walks through an iterator, ten times as slowly.
  const place = () => {
    for (let i = 0; i < item.length; i++) x0[i] = from(/** @type {number} */ (item[i]));
  };
  place();
  if (!isAscending(x0)) {
    item.sort((a, b) => from(a) - from(b) || a - b);
    place();
  }
  for (let i = 0; i < item.length; i++) {
    x1[i] = Math.max(/** @type {number} */ (x0[i]), to(/** @type {number} */ (item[i])));
  }
  return new Spans(x0, x1, item);
}

/** @param {ArrayLike<number>} list */
export function isAscending(list) {
  for (let i = 1; i < list.length; i++) if (Number(list[i]) < Number(list[i - 1])) return false;
  return true;
}

/**
 * The first index in `from` to `to` whose value is not below `value`, or `to`.
 * @param {ArrayLike<number>} list  ascending
 * @param {number} value
 * @param {number} from
 * @param {number} to
 */
export function lowest(list, value, from, to) {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (list[middle]) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
