// What people wrote at moments: it is read, kept, changed and deleted here; the list of it.

import type { Note } from "../api/answers";
import type { Api } from "../api/api";
import { count, message } from "../base/format";
import type { Moment } from "../studio/moments";
import type { Studio } from "../studio/studio";
import { letRename, showName } from "./naming";

/** `n` null: a new note */
export type Draft = Moment & { n: number | null; text: string };

export interface NotesState {
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

export const NO_NOTES: NotesState = {
  list: [],
  mayChange: false,
  longest: 2000,
  draft: null,
  deleted: null,
  busy: false,
  problem: null,
};

/** The notes of a studio. */
export class Notes {
  studio: Studio;
  /** What `edits` of the index was when they were read last. */
  edits: number | null = null;

  constructor(studio: Studio) {
    this.studio = studio;
    // Another browser may have changed them: of what is not live, nobody tells.
    window.addEventListener("focus", () => this.edits !== null && this.load());
  }

  get now() {
    return this.studio.state.notes;
  }

  set(change: Partial<NotesState>) {
    this.studio.setState(({ notes }) => ({ notes: { ...notes, ...change } }));
  }

  /** Reads them when the index says that they are others. */
  follow(edits: number) {
    if (edits === this.edits) return;
    this.edits = edits;
    this.load();
  }

  async load() {
    try {
      const { name, notes, may_change: mayChange, longest } = await this.studio.api.notes();
      this.set({ list: notes, mayChange, longest: longest.note });
      showName(name);
      if (mayChange) letRename(this.studio.api, longest.name);
    } catch {
      // A page without notes is still a page.
    }
  }

  /** Opens the field at the moment, or at a note that is there. */
  write(note?: Note) {
    const { moment } = this.studio;
    if (!this.now.mayChange || !moment) return;
    const at = note ?? { ...moment, n: null, text: "" };
    if (note) this.studio.choose(note.run, note.step);
    else this.studio.choose(moment.run, moment.step); // the moment stays, whatever a live app does
    this.set({ draft: { n: at.n, run: at.run, step: at.step, text: at.text }, problem: null });
  }

  close() {
    this.set({ draft: null, problem: null });
  }

  /** Keeps what was written; nothing written: leaves it. */
  async save(text: string) {
    const { draft, busy } = this.now;
    if (!draft || busy) return;
    if (!text.trim() && draft.n === null) return this.close();
    await this.change(async (api) => {
      if (draft.n === null) await api.addNote(draft.run, draft.step, text);
      else if (text.trim()) await api.changeNote(draft.n, text);
      else await api.deleteNote(draft.n);
      this.set({ draft: null });
    });
  }

  remove(note: Note) {
    return this.change(async (api) => {
      await api.deleteNote(note.n);
      this.set({ deleted: note });
    });
  }

  restore() {
    const { deleted } = this.now;
    return this.change(async (api) => {
      if (deleted) await api.addNote(deleted.run, deleted.step, deleted.text);
      this.set({ deleted: null });
    });
  }

  async change(doing: (api: Api) => Promise<void>) {
    this.set({ busy: true, problem: null });
    try {
      await doing(this.studio.api);
      await this.load();
    } catch (error) {
      this.set({ problem: message(error) });
    }
    this.set({ busy: false });
  }
}

/** The notes as a list. */
export function NoteList({ notes, moment }: { notes: Notes; moment: Moment }) {
  const { list, mayChange, deleted, problem, draft } = notes.now;
  return (
    <div class="notes">
      <div class="panel-bar">
        {mayChange ? (
          <button
            type="button"
            title="Write a note at this moment (m)"
            onClick={() => notes.write()}
          >
            Note at this moment
          </button>
        ) : (
          <span class="quiet">Only a browser on the machine of the recording may write notes.</span>
        )}
        {deleted && (
          <span role="status">
            Deleted.{" "}
            <button type="button" class="link" onClick={() => notes.restore()}>
              Bring it back
            </button>
          </span>
        )}
      </div>
      {problem && !draft && (
        <p class="said error-text" role="alert">
          {problem}
        </p>
      )}
      <div class="scroll" tabindex={0} role="region" aria-label="Notes">
        {list.length === 0 && (
          <p class="empty quiet">
            No notes yet.
            {mayChange && (
              <>
                {" "}
                Press <kbd>m</kbd> at a moment to write one.
              </>
            )}
          </p>
        )}
        <ol>
          {list.map((note) => (
            <li
              key={note.n}
              class={note.run === moment.run && note.step === moment.step ? "now" : ""}
            >
              <button
                type="button"
                class="link place"
                onClick={() => notes.studio.choose(note.run, note.step)}
              >
                {placeOf(note)}
              </button>
              <p class="note-text">{note.text}</p>
              {mayChange && (
                <span class="buttons">
                  <button
                    type="button"
                    aria-label={`Edit the note at ${placeOf(note)}`}
                    onClick={() => notes.write(note)}
                  >
                    Edit
                  </button>
                  <button
                    type="button"
                    aria-label={`Delete the note at ${placeOf(note)}`}
                    onClick={() => notes.remove(note)}
                  >
                    Delete
                  </button>
                </span>
              )}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

export const placeOf = ({ run, step }: Moment) =>
  `run ${count(run)}, ${step ? `step ${count(step)}` : "before its first step"}`;
