// The store of the studio: the recording, the moment that is chosen, how it is looked at, and the
// notes. Rooms read what they show, and are drawn again when that is another.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import type { Keyboard } from "../api/answers";
import { Api } from "../api/api";
import { Details } from "../api/details";
import { RunData } from "../api/rundata";
import type { RunIndex } from "../api/runindex";
import { countFrom } from "../base/format";
import { showState } from "../base/head";
import { sorted } from "../findings/levels";
import { Notes } from "../notes/state";
import type { Scene } from "../timeline/draw";
import { readAddress, writeAddress } from "./address";
import { Chosen } from "./chosen";
import { Findings } from "./findings";
import { endOf, type Moment } from "./moments";
import { Recording } from "./recording";
import { tellingMoment } from "./telling";
import { View } from "./view";
import { Why } from "./why";

export class Store {
  readonly api: Api;
  readonly details: Details;
  readonly recording: Recording;
  readonly moment: Chosen;
  readonly view: View;
  readonly notes: Notes;
  readonly findings: Findings;
  readonly why: Why;

  /** The moment and the index that it is of; null: there is none yet. */
  readonly now = computed<{ index: RunIndex; moment: Moment } | null>(() => {
    const { index } = this.recording;
    const moment = this.moment.at.value;
    return index && moment ? { index, moment } : null;
  });

  /** What a person did last in the frame beside, and what the widget takes keys for. */
  readonly used = signal<{ interaction: number; keyboard: Keyboard } | null>(null);

  /** The timeline, as it is drawn: for a picture of it. */
  timeline: { scene: () => Scene } | null = null;

  #usedLast = -1;

  constructor(readonly number: number) {
    const address = readAddress();
    const { run, step } = address;
    this.api = new Api(number);
    this.details = new Details(this.api);
    const data = new RunData(this.api);
    this.findings = new Findings(this.api);
    this.why = new Why(this.api);
    this.recording = new Recording(
      this.api,
      data,
      (index) => this.#keepUp(index),
      () => this.findings.update(),
    );
    this.view = new View(address);
    const wanted = run === null ? null : { run, step };
    this.moment = new Chosen(
      this.recording,
      data,
      wanted,
      (index, session) => this.#newest(index, session),
      (index, interaction) => this.#telling(index, interaction),
    );
    this.notes = new Notes(this.api, this.moment);
  }

  /** Loads the recording, and keeps the page's address true. */
  start() {
    window.addEventListener("popstate", () => {
      const address = readAddress();
      batch(() => {
        this.view.take(address);
        if (address.run !== null) this.moment.choose(address.run, address.step);
      });
    });
    effect(() => {
      if (!this.now.value) return;
      const { run, step } = this.now.value.moment;
      const { room, tab, graph, as, find } = this.view;
      const isInDetails = room.value === "details";
      writeAddress({
        run,
        step: step === this.now.value.index.steps(run) ? null : step,
        tab: isInDetails ? tab.value : "page",
        graph: graph.value,
        as: as.value,
        find: isInDetails ? find.value : null,
      });
    });
    // What was found may move the moment that tells most, and so does another room.
    effect(() => {
      const isKnown = this.findings.known.value !== null;
      const isInStory = this.view.room.value === "story";
      untracked(() => {
        const { index } = this.recording;
        if (index && isKnown && isInStory && this.moment.follows.value) this.moment.keepUp(index);
      });
    });
    // What was found in the chosen interaction, with the values of its time.
    effect(() => {
      if (this.now.value && this.findings.known.value) {
        const { index, moment } = this.now.value;
        const interaction = index.interactionOf(moment.run);
        untracked(() => this.findings.want(interaction));
      }
    });
    this.recording.load();
  }

  #keepUp(index: RunIndex) {
    if (index.interactions > 0) countFrom(index.interactionAt(0));
    showState(index);
    this.notes.follow(index.edits);
    this.moment.keepUp(index);
    this.#noteUse(index);
  }

  /** The moment that is followed: of details the newest run's end, of a story the telling one. */
  #newest(index: RunIndex, session: number | null): Moment | null {
    const run = index.telling(session);
    if (run === null) return null;
    if (this.view.room.value !== "story") return endOf(index, run);
    let interaction = index.interactionOf(run);
    const faults = this.findings.known.value?.findings.filter(({ level }) => level === "fault");
    const [first] = faults ?? [];
    // Who opens what was recorded before wants to know what was wrong.
    if (index.state !== "live" && first && this.moment.follows.value)
      interaction = first.interaction;
    return this.#telling(index, interaction);
  }

  /** Where an interaction is entered. */
  #telling(index: RunIndex, interaction: number): Moment | null {
    if (this.view.room.value === "story")
      return tellingMoment(index, interaction, sorted(this.findings.of(interaction)));
    const last = index.newestOf(interaction);
    return last === null ? null : endOf(index, last);
  }

  #noteUse(index: RunIndex) {
    const run = index.telling(this.moment.own.value);
    if (run === null || this.moment.own.value === null) return;
    const interaction = index.interactionOf(run);
    if (this.#usedLast === interaction || index.interactionKind(interaction) === "load") return;
    this.#usedLast = interaction;
    this.recording.data.view(run).asked.then(
      ({ keyboard }) => (this.used.value = { interaction, keyboard }),
      () => {},
    );
  }
}
