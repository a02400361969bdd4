// Texts and small marks of runs, fetched in blocks as they come into sight, and kept for a while.

import type { Timeline } from "./answers";
import type { Api } from "./api";
import type { RunIndex } from "./runindex";

/** `version`: of the index when it was fetched */
interface Block {
  first: number;
  data: Timeline | null;
  fetching: boolean;
  version: number;
  settled: boolean;
}

const SIZE = 100; // runs in a block
const KEPT = 40; // blocks
export const MOST_RUNS = 400; // more runs in sight show no marks

export class Details {
  api: Api;
  /** Grows by one with every block that comes. */
  version = 0;
  /** By number, the one used last at the end. */
  blocks: Map<number, Block> = new Map();
  titles: Map<number, string> = new Map();
  listeners: Set<() => void> = new Set();

  constructor(api: Api) {
    this.api = api;
  }

  /**
   * Calls `listener` whenever a block has come.
   * @returns ends that
   */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Asks for the blocks of the runs `first` to `last`, unless they are here, or are too many.
   */
  want(index: RunIndex, first: number, last: number) {
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

  async #fetch(index: RunIndex, block: Block) {
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

  /** The blocks that are here of the runs `first` to `last`. */
  blocksOf(first: number, last: number): Timeline[] {
    const found: Timeline[] = [];
    for (let number = blockOf(first); number <= blockOf(last); number++) {
      const data = this.blocks.get(number)?.data;
      if (data) found.push(data);
    }
    return found;
  }

  /** @returns such as `click Foo` */
  title(interaction: number): string | undefined {
    return this.titles.get(interaction);
  }

  /** What a run that ended early left out. */
  rest(run: number): string | undefined {
    const rests = this.blocks.get(blockOf(run))?.data?.rests;
    return rests?.text[rests.run.indexOf(run)];
  }

  /**
   * What happened in a run, as far as it is here: names of callbacks, numbers of threads, of
   * writes and of those that the browser never saw, keys of session state that were written.
   */
  summary(run: number) {
    const data = this.blocks.get(blockOf(run))?.data;
    const callbacks: string[] = [];
    const keys: Set<string> = new Set();
    const threads = data?.threads.run.filter((own) => own === run).length ?? 0;
    let writes = 0;
    let lost = 0;
    data?.callbacks.run.forEach(
      (own, i) => own === run && callbacks.push(data.callbacks.function[i] ?? ""),
    );
    data?.state_writes.run.forEach(
      (own, i) => own === run && keys.add(data.state_writes.key[i] ?? ""),
    );
    data?.writes.run.forEach((own, i) => {
      if (own !== run) return;
      writes++;
      if (data.writes.fate[i] === "discarded") lost++;
    });
    return { callbacks, threads, writes, lost, keys: [...keys] };
  }

  /** What started a run, in words. */
  cause(index: RunIndex, run: number) {
    if (index.triggerType(run) === "rerun") return `rerun asked for by run ${index.trigger(run)}`;
    const interaction = index.interactionOf(run);
    return this.title(interaction) ?? `interaction ${interaction}`;
  }
}

const blockOf = (run: number) => Math.max(0, Math.floor((run - 1) / SIZE));

const emptyBlock = (number: number): Block => ({
  first: number * SIZE + 1,
  data: null,
  fetching: false,
  version: -1,
  settled: false,
});
