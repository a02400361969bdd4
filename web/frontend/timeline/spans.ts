// Spans of one lane in typed arrays. Finding those that matter for a row of pixels takes time
// for the pixels, not for the spans.

const FAN = 16; // spans, or blocks of them, in one block of the level above

/** Spans ordered by their start; places are between 0 and 1. */
export class Spans {
  x0: Float64Array<ArrayBufferLike>;
  x1: Float64Array<ArrayBufferLike>;
  item: Int32Array<ArrayBufferLike>;
  count: number;
  /** The largest end in every block of FAN, FAN * FAN, ... spans. */
  levels: Float64Array[] = [];

  /**
   * @param x0  ascending
   * @param item  what each span stands for
   */
  constructor(x0: Float64Array, x1: Float64Array, item: Int32Array) {
    this.x0 = x0;
    this.x1 = x1;
    this.item = item;
    this.count = item.length;
    for (let below = x1; below.length > FAN;) {
      const level = new Float64Array(Math.ceil(below.length / FAN)).fill(-Infinity);
      for (let i = 0; i < below.length; i++) {
        const block = Math.floor(i / FAN);
        level[block] = Math.max(level[block] as number, below[i] as number);
      }
      this.levels.push(level);
      below = level;
    }
  }

  /** Visits the spans `from` to `to` (excluded) that end after `limit`. */
  reaching(from: number, to: number, limit: number, visit: (i: number) => void) {
    for (let i = from; i < to;) {
      if ((this.x1[i] as number) > limit) {
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
   * @param column  width of a column
   */
  walk(
    x0: number,
    x1: number,
    column: number,
    least: number,
    one: (i: number) => void,
    many: (x: number, from: number, to: number) => void,
  ) {
    const start = lowest(this.x0, x0, 0, this.count);
    const end = lowest(this.x0, x1, start, this.count);
    this.reaching(0, start, x0, one);
    for (let i = start; i < end;) {
      const at = this.x0[i] as number;
      if ((this.x1[i] as number) - at >= least) {
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
   * @param before  how far its end may lie before `x`
   * @param after  how far its start may lie behind `x`
   * @param counts  whether a span is one of those asked about
   */
  nearest(x: number, before: number, after: number, counts: (i: number) => boolean = () => true) {
    let best = -1;
    let distance = Infinity;
    this.reaching(0, lowest(this.x0, x + after, 0, this.count), x - before, (i) => {
      const start = this.x0[i] as number;
      const away = Math.max(0, start - x, x - (this.x1[i] as number));
      if (away > distance || !counts(i)) return;
      best = i;
      distance = away;
    });
    return best;
  }
}

/** Spans from `from(i)` to `to(i)` of each `i` in `items`, put in order. */
export function makeSpans(
  items: ArrayLike<number>,
  from: (item: number) => number,
  to: (item: number) => number,
) {
  const item = Int32Array.from(items);
  const x0 = new Float64Array(item.length);
  const x1 = new Float64Array(item.length);
  // Loops: `from` with a function walks through an iterator, ten times as slowly.
  const place = () => {
    for (let i = 0; i < item.length; i++) x0[i] = from(item[i] as number);
  };
  place();
  if (!isAscending(x0)) {
    item.sort((a, b) => from(a) - from(b) || a - b);
    place();
  }
  for (let i = 0; i < item.length; i++) {
    x1[i] = Math.max(x0[i] as number, to(item[i] as number));
  }
  return new Spans(x0, x1, item);
}

export function isAscending(list: ArrayLike<number>) {
  for (let i = 1; i < list.length; i++) if (Number(list[i]) < Number(list[i - 1])) return false;
  return true;
}

/**
 * The first index in `from` to `to` whose value is not below `value`, or `to`.
 * @param list  ascending
 */
export function lowest(list: ArrayLike<number>, value: number, from: number, to: number) {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
