// What people wrote at moments: it is read, kept, changed and deleted here.

import { signal } from "@preact/signals";
import type { Note } from "../api/answers";
import type { Api } from "../api/api";
import { message } from "../base/format";
import type { Chosen } from "../store/chosen";
import type { Moment } from "../store/moments";
import { letRename, showName } from "./naming";

/** `n` null: a new note */
export type Draft = Moment & { n: number | null; text: string };

interface State {
  list: Note[];
  mayChange: boolean;
  /** characters */
  longest: number;
  /** what is being written */
  draft: Draft | null;
  /** the one that can be brought back */
  deleted: Note | null;
  busy: boolean;
  problem: string | null;
}

const NO_NOTES: State = {
  list: [],
  mayChange: false,
  longest: 2000,
  draft: null,
  deleted: null,
  busy: false,
  problem: null,
};

/** The notes of a recording. */
export class Notes {
  readonly state = signal(NO_NOTES);

  /** What `edits` of the index was when they were read last. */
  #edits: number | null = null;

  constructor(
    readonly api: Api,
    readonly moment: Chosen,
  ) {
    // Another browser may have changed them: of what is not live, nobody tells.
    window.addEventListener("focus", () => this.#edits !== null && this.load());
  }

  get now() {
    return this.state.value;
  }

  #set(change: Partial<State>) {
    this.state.value = { ...this.state.peek(), ...change };
  }

  /** Reads them when the index says that they are others. */
  follow(edits: number) {
    if (edits === this.#edits) return;
    this.#edits = edits;
    this.load();
  }

  async load() {
    try {
      const { name, notes, may_change: mayChange, longest } = await this.api.notes();
      this.#set({ list: notes, mayChange, longest: longest.note });
      showName(name);
      if (mayChange) letRename(this.api, longest.name);
    } catch {
      // A page without notes is still a page.
    }
  }

  /** Opens the field at the moment, or at a note that is there. */
  write(note?: Note) {
    const moment = this.moment.at.value;
    if (!this.now.mayChange || !moment) return;
    const at = note ?? { ...moment, n: null, text: "" };
    this.moment.choose(at.run, at.step); // the moment stays, whatever a live app does
    this.#set({ draft: { n: at.n, run: at.run, step: at.step, text: at.text }, problem: null });
  }

  close() {
    this.#set({ draft: null, problem: null });
  }

  /** Keeps what was written; nothing written: leaves it. */
  async save(text: string) {
    const { draft, busy } = this.now;
    if (!draft || busy) return;
    if (!text.trim() && draft.n === null) return this.close();
    await this.#change(async () => {
      if (draft.n === null) await this.api.addNote(draft.run, draft.step, text);
      else if (text.trim()) await this.api.changeNote(draft.n, text);
      else await this.api.deleteNote(draft.n);
      this.#set({ draft: null });
    });
  }

  remove(note: Note) {
    return this.#change(async () => {
      await this.api.deleteNote(note.n);
      this.#set({ deleted: note });
    });
  }

  restore() {
    const { deleted } = this.now;
    return this.#change(async () => {
      if (deleted) await this.api.addNote(deleted.run, deleted.step, deleted.text);
      this.#set({ deleted: null });
    });
  }

  async #change(doing: () => Promise<void>) {
    this.#set({ busy: true, problem: null });
    try {
      await doing();
      await this.load();
    } catch (error) {
      this.#set({ problem: message(error) });
    }
    this.#set({ busy: false });
  }
}
