// The comparison that is shown: what was asked of the server, the interaction, and the step.

import { batch, computed, signal } from "@preact/signals";
import type { Compared, ComparedInteraction, SourceText } from "../api/answers";
import { Api } from "../api/api";
import { message } from "../base/format";
import { site } from "../base/site";
import { addressText, askedFor, inSight, readAddress } from "./stepping";

const KEPT = 30; // interactions
const PAUSE = 150; // ms; browsers refuse more than some hundred changes of the address in a row

/** `figures` and the others instead of the columns: only while presenting. */
export type Look = "columns" | "figures" | "order" | "graphs" | "findings";

export class Lesson {
  readonly compared = signal<Compared | null>(null);
  readonly interaction = signal<ComparedInteraction | null>(null);
  /** of the interaction, from 0 */
  readonly step = signal(0);
  readonly problem = signal("");
  readonly look = signal<Look>("columns");
  /** the runs on a time scale, in place of blocks */
  readonly strips = signal(false);
  /** how many variants fit side by side */
  readonly fits = signal(1);
  readonly asked = signal<number[]>([]);
  /** The variants in sight, ascending. */
  readonly shown = computed(() => inSight(this.asked.value, this.fits.value));

  /** the ones used last, the newest at the end */
  #kept: Map<number, Promise<ComparedInteraction>> = new Map();
  #sources: Map<string, Promise<SourceText>> = new Map();
  /** counts what was asked for, so that only the newest is shown */
  #wanted = 0;
  #timer = 0;
  #written = 0;

  constructor(readonly number: number) {}

  /** Loads the comparison, and goes where the address says. */
  async start() {
    try {
      const compared: Compared = await this.#get("/overview");
      const count = compared.variants.length;
      batch(() => {
        this.compared.value = compared;
        this.asked.value = Array.from({ length: count }, (_, i) => count - 1 - i);
      });
      if (compared.interactions.length) await this.toAddress();
    } catch (error) {
      this.problem.value = message(error);
    }
  }

  async toAddress() {
    const { interaction, step } = readAddress(site.query());
    const last = this.interactions - 1;
    const isKnown = interaction !== null && interaction <= last;
    const n = isKnown ? interaction : (this.compared.value?.key ?? 0);
    await this.go(n, isKnown ? (step ?? 0) : 0);
  }

  get interactions() {
    return this.compared.value?.interactions.length ?? 0;
  }

  /**
   * Shows a step of an interaction.
   * @param step  from 0; one that is too high is the last
   */
  async go(n: number, step: number) {
    if (n < 0 || n >= this.interactions) return;
    const wanted = ++this.#wanted;
    try {
      const found = await this.#interaction(n);
      if (wanted !== this.#wanted) return;
      batch(() => {
        this.interaction.value = found;
        this.step.value = Math.max(0, Math.min(step, found.steps.length - 1));
        this.problem.value = "";
      });
      this.#writeAddress();
      if (n + 1 < this.interactions) this.#interaction(n + 1).catch(() => {});
    } catch (error) {
      if (wanted === this.#wanted) this.problem.value = message(error);
    }
  }

  /** One step on or back; from an interaction's end to the next one's beginning. */
  move(by: 1 | -1) {
    const now = this.interaction.value;
    if (!now) return;
    const to = this.step.value + by;
    if (to >= 0 && to < now.steps.length) this.go(now.n, to);
    else if (by > 0) this.go(now.n + 1, 0);
    else this.go(now.n - 1, Infinity);
  }

  moveInteraction(by: 1 | -1) {
    const now = this.interaction.value;
    if (now) this.go(now.n + by, 0);
  }

  /** Of the interaction that is shown. */
  toStep(step: number) {
    const now = this.interaction.value;
    if (now) this.go(now.n, step);
  }

  show(variant: number) {
    this.asked.value = askedFor(this.asked.value, variant);
  }

  source(recording: number, fileNo: number): Promise<SourceText> {
    const key = `${recording} ${fileNo}`;
    const known = this.#sources.get(key) ?? new Api(recording).source(fileNo);
    this.#sources.set(key, known);
    known.catch(() => this.#sources.delete(key)); // asked for again
    return known;
  }

  #interaction(n: number): Promise<ComparedInteraction> {
    const found = this.#kept.get(n) ?? this.#get(`/interactions/${n}`);
    this.#kept.delete(n);
    this.#kept.set(n, found);
    found.catch(() => this.#kept.delete(n));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return found;
  }

  async #get(path: string) {
    let answer;
    try {
      answer = await site.get(`/api/comparisons/${this.number}${path}`);
    } catch {
      throw new Error("rerun-trace does not answer any more. Is it still running?");
    }
    if (answer.ok) return answer.json();
    const { error } = await answer.json().catch(() => ({ error: answer.statusText }));
    throw new Error(error);
  }

  /** At once, unless it changed a moment ago. */
  #writeAddress() {
    const write = () => {
      const now = this.interaction.value;
      if (!now) return;
      this.#written = performance.now();
      const text = addressText(now.n, this.step.value);
      if (text !== site.query()) site.setQuery(text);
    };
    clearTimeout(this.#timer);
    const rest = this.#written + PAUSE - performance.now();
    if (rest > 0) this.#timer = window.setTimeout(write, rest);
    else write();
  }
}
