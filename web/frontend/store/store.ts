// The store of the studio: the recording, the moment that is chosen, how it is looked at, and the
// notes. Rooms read what they show, and are drawn again when that is another.

import { batch, computed, effect, untracked } from "@preact/signals";
import { Api } from "../api/api";
import { Details } from "../api/details";
import { RunData } from "../api/rundata";
import type { RunIndex } from "../api/runindex";
import { showState } from "../base/head";
import { Notes } from "../notes/state";
import type { Scene } from "../timeline/draw";
import { readAddress, writeAddress } from "./address";
import { Chosen } from "./chosen";
import { Findings } from "./findings";
import type { Moment } from "./moments";
import { Recording } from "./recording";
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

  /** The timeline, as it is drawn: for a picture of it. */
  timeline: { scene: () => Scene } | null = null;

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
    this.moment = new Chosen(this.recording, data, run === null ? null : { run, step });
    this.view = new View(address);
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
      const { tab, graph, as, find } = this.view;
      writeAddress({
        run,
        step: step === this.now.value.index.steps(run) ? null : step,
        tab: tab.value,
        graph: graph.value,
        as: as.value,
        find: find.value,
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
    showState(index);
    this.notes.follow(index.edits);
    this.moment.keepUp(index);
  }
}
