// The notes as a list.

import { count } from "../base/format";
import type { Moment } from "../store/moments";
import type { Notes } from "./state";

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
                onClick={() => notes.moment.choose(note.run, note.step)}
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
