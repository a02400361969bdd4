// The findings of the recording, as far as it has come.

import { computed, signal } from "@preact/signals";
import type { Api } from "../api/api";
import type { Finding, Findings as Found } from "../api/answers";
import { message } from "../base/format";
import { foundInInteractions, foundInRuns, type Level, type RunFound } from "../findings/levels";
import { withoutStep } from "./why";

// An app that reruns without end: from the third answer in a row on, there is a rest between them.
const AT_ONCE = 2;
const REST = 4; // times as long as the last answer took
const MOST_REST = 2000; // ms
const MOST_WANTED = 5; // interactions, beside the newest

const NONE: Finding[] = [];
const NOWHERE: ReadonlyMap<number, RunFound> = new Map();
const NOTHING: ReadonlyMap<number, Level> = new Map();

export class Findings {
  readonly known = signal<Found | null>(null);
  /** Why nothing is known. */
  readonly problem = signal<string | null>(null);
  /** In full, as it was met there, by interaction. */
  readonly own = signal<ReadonlyMap<number, Finding[]>>(new Map());
  readonly ofRuns = computed(() => (this.known.value ? foundInRuns(this.known.value) : NOWHERE));

  readonly ofInteractions = computed(() =>
    this.known.value ? foundInInteractions(this.known.value) : NOTHING,
  );

  #wanted: Set<number> = new Set();
  #isAsking = false;
  #again = false;

  constructor(readonly api: Api) {}

  /** What was found in an interaction: as it was met there, or, until that is there, in general. */
  of(interaction: number): Finding[] {
    const { findings = NONE, met = [] } = this.known.value ?? {};
    const own = this.own.value.get(interaction);
    // How often it was met in all is more than how often it was here.
    if (own)
      return own.map((each) => ({
        ...each,
        times: findings.find(({ id }) => id === each.id)?.times ?? each.times,
      }));
    const ids = met.filter((each) => each.interaction.includes(interaction)).map(({ id }) => id);
    return ids.length ? findings.filter(({ id }) => ids.includes(id)) : NONE;
  }

  /** An interaction is shown: what was found in it is asked for, unless it is here. */
  want(interaction: number) {
    if (this.own.value.has(interaction) || this.#wanted.has(interaction)) return;
    const isMet = this.known.value?.met.some((each) => each.interaction.includes(interaction));
    if (!isMet) return;
    this.#wanted.add(interaction);
    for (const oldest of this.#wanted) {
      if (this.#wanted.size > MOST_WANTED) this.#wanted.delete(oldest);
    }
    this.update();
  }

  /** Whether there is an answer to a question: in a report not to all. */
  canAsk(path: string) {
    const asked = this.known.value?.asked;
    return asked === undefined || asked.includes(path) || asked.includes(withoutStep(path));
  }

  /** There may be more than before. One request at a time, and one more if asked meanwhile. */
  async update() {
    this.#again = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (let asked = 1; asked === 1 || this.#again; asked++) {
      this.#again = false;
      const began = performance.now();
      await this.#ask();
      const rest = Math.min(REST * (performance.now() - began), MOST_REST);
      if (this.#again && asked > AT_ONCE) await new Promise((done) => setTimeout(done, rest));
    }
    this.#isAsking = false;
  }

  async #ask() {
    try {
      const found = await this.api.findings([...this.#wanted]);
      const isNew = found.version !== this.known.value?.version;
      const own = new Map(isNew ? [] : this.own.value);
      for (const { interaction, findings } of found.own) own.set(interaction, findings);
      this.own.value = own;
      if (isNew) this.known.value = found;
      this.problem.value = null;
    } catch (error) {
      this.problem.value = message(error);
    }
  }
}
