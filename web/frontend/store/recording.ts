// What is known of the recording: its runs in numbers and the texts of its files. Keeps up while it
// is live.

import { batch, signal } from "@preact/signals";
import type { SourceText } from "../api/answers";
import type { Api } from "../api/api";
import type { RunData } from "../api/rundata";
import { RunIndex } from "../api/runindex";
import { message } from "../base/format";

const RETRY = 1000; // ms
// After an update, for each run that there is: placing all runs anew takes a fifth of this.
const REST = 0.01; // ms
const MAY_CHANGE = 20; // newest runs, whose messages may still be on their way

export class Recording {
  /** The runs; another object whenever anything is different, for the index grows in place. */
  readonly known = signal<{ index: RunIndex } | null>(null);
  /** Of the files that were read, by file_no. */
  readonly texts = signal<ReadonlyMap<number, SourceText>>(new Map());
  /** Why nothing, or nothing new, can be shown. */
  readonly problem = signal<string | null>(null);

  /** Files whose text was asked for. */
  #asked: Set<number> = new Set();
  #isUpdating = false;
  #again = false;

  /**
   * @param onNews  called with each change, together with which it is shown
   * @param onSign  called as soon as there is a change, before it is known
   */
  constructor(
    readonly api: Api,
    readonly data: RunData,
    readonly onNews: (index: RunIndex) => void,
    readonly onSign: () => void = () => {},
  ) {}

  get index() {
    return this.known.value?.index ?? null;
  }

  async load() {
    try {
      const index = await RunIndex.load(this.api);
      this.#take(index);
      this.onSign();
      if (index.state === "live")
        this.api.follow(() => {
          this.onSign();
          this.update();
        });
    } catch (error) {
      this.problem.value = message(error);
      setTimeout(() => this.load(), RETRY);
    }
  }

  /** There is more than before. One request at a time, and one more if more came meanwhile. */
  async update() {
    if (!this.index) return;
    this.#again = this.#isUpdating;
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    try {
      do {
        this.#again = false;
        const index: RunIndex = this.index;
        const from = Math.min(index.count - MAY_CHANGE, ...index.running);
        const gone = index.gone;
        if (!(await index.update(this.api))) continue;
        this.data.forget(from);
        this.#take(index.gone === gone ? index : await index.anew(this.api));
        await new Promise((resolve) => setTimeout(resolve, REST * index.count));
      } while (this.#again);
    } catch (error) {
      this.problem.value = message(error);
    }
    this.#isUpdating = false;
  }

  #take(index: RunIndex) {
    batch(() => {
      this.known.value = { index };
      this.problem.value = null;
      this.onNews(index);
    });
  }

  /** Reads the text of a file, once. */
  async loadSource(fileNo: number) {
    if (this.#asked.has(fileNo)) return;
    this.#asked.add(fileNo);
    try {
      const text = await this.api.source(fileNo);
      this.texts.value = new Map(this.texts.value).set(fileNo, text);
    } catch (error) {
      this.#asked.delete(fileNo);
      throw error;
    }
  }
}
