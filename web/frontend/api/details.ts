// Texts and small marks of runs, fetched in blocks as they come into sight, and kept for a while.

/**
 * @typedef {import("./api").Timeline} Timeline
 * @typedef {import("./runindex").RunIndex} RunIndex
 * @typedef {{first: number, data: Timeline | null, fetching: boolean, version: number,
 *   settled: boolean}} Block  `version`: of the index when it was fetched
 */

const SIZE = 100; // runs in a block
const KEPT = 40; // blocks
export const MOST_RUNS = 400; // more runs in sight show no marks

export class Details {
  /** @param {import("./api").Api} api */
  constructor(api) {
    this.api = api;
    /** Grows by one with every block that comes. */
    this.version = 0;
    /** By number, the one used last at the end. @type {Map<number, Block>} */
    this.blocks = new Map();
    /** @type {Map<number, string>} */
    this.titles = new Map();
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /**
   * Calls `listener` whenever a block has come.
   * @param {() => void} listener
   * @returns {() => void} ends that
   */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Asks for the blocks of the runs `first` to `last`, unless they are here, or are too many.
   * @param {RunIndex} index
   * @param {number} first
   * @param {number} last
   */
  want(index, first, last) {
    if (last - first >= MOST_RUNS) return;
    for (let number = blockOf(first); number <= blockOf(last); number++) {
      const block = this.blocks.get(number) ?? emptyBlock(number);
      this.blocks.delete(number);
      this.blocks.set(number, block);
      const isOld = !block.settled && block.version !== index.version;
      if ((!block.data || isOld) && !block.fetching) this.#fetch(index, block);
    }
    for (const [number, block] of this.blocks) {
      if (this.blocks.size <= KEPT) break;
      if (!block.fetching) this.blocks.delete(number);
    }
  }

  /** @param {RunIndex} index @param {Block} block */
  async #fetch(index, block) {
    const { first } = block;
    const last = first + SIZE - 1;
    block.fetching = true;
    block.version = index.version;
    // What comes later may still tell what became of a run's messages.
    const isRunning = [...index.running].some((run) => run >= first && run <= last);
    block.settled = index.state !== "live" || (index.count > last && !isRunning);
    try {
      const data = await this.api.timeline(first, last);
      block.data = data;
      data.interactions.n.forEach((n, i) => this.titles.set(n, data.interactions.title[i] ?? ""));
      this.version++;
    } catch {
      block.version = -1; // asked for once more when it is wanted again
    } finally {
      block.fetching = false;
    }
    for (const listener of this.listeners) listener();
  }

  /**
   * The blocks that are here of the runs `first` to `last`.
   * @param {number} first
   * @param {number} last
   * @returns {Timeline[]}
   */
  blocksOf(first, last) {
    /** @type {Timeline[]} */
    const found = [];
    for (let number = blockOf(first); number <= blockOf(last); number++) {
      const data = this.blocks.get(number)?.data;
      if (data) found.push(data);
    }
    return found;
  }

  /** @param {number} interaction @returns {string | undefined} such as `click Foo` */
  title(interaction) {
    return this.titles.get(interaction);
  }

  /** What a run that ended early left out. @param {number} run @returns {string | undefined} */
  rest(run) {
    const rests = this.blocks.get(blockOf(run))?.data?.rests;
    return rests?.text[rests.run.indexOf(run)];
  }

  /**
   * What happened in a run, as far as it is here: names of callbacks, numbers of threads, of writes and
   * of those that the browser never saw, keys of session state that were written.
   * @param {number} run
   */
  summary(run) {
    const data = this.blocks.get(blockOf(run))?.data;
    /** @type {string[]} */
    const callbacks = [];
    /** @type {Set<string>} */
    const keys = new Set();
    const threads = data?.threads.run.filter((own) => own === run).length ?? 0;
    let writes = 0;
    let lost = 0;
    data?.callbacks.run.forEach((own, i) => own === run && callbacks.push(data.callbacks.function[i] ?? ""));
    data?.state_writes.run.forEach((own, i) => own === run && keys.add(data.state_writes.key[i] ?? ""));
    data?.writes.run.forEach((own, i) => {
      if (own !== run) return;
      writes++;
      if (data.writes.fate[i] === "discarded") lost++;
    });
    return { callbacks, threads, writes, lost, keys: [...keys] };
  }

  /**
   * What started a run, in words.
   * @param {RunIndex} index
   * @param {number} run
   */
  cause(index, run) {
    if (index.triggerType(run) === "rerun") return `rerun asked for by run ${index.trigger(run)}`;
    const interaction = index.interactionOf(run);
    return this.title(interaction) ?? `interaction ${interaction}`;
  }
}

/** @param {number} run */
const blockOf = (run) => Math.max(0, Math.floor((run - 1) / SIZE));

/** @param {number} number @returns {Block} */
const emptyBlock = (number) => ({
  first: number * SIZE + 1,
  data: null,
  fetching: false,
  version: -1,
  settled: false,
});
