// The field for a note: it stands on the timeline, at the moment that the note is about.

import { Component } from "preact";
import { placeOf } from "./notes";
import type { Draft, Notes } from "./state";

interface Props {
  notes: Notes;
  draft: Draft;
}

class NoteEditor extends Component<Props> {
  declare base?: Element;
  before: Element | null | undefined;

  componentDidMount() {
    this.before = document.activeElement;
    const { field } = this;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  componentWillUnmount() {
    // Back to where the keys went before.
    if (this.before instanceof HTMLElement && this.before.isConnected)
      this.before.focus({ preventScroll: true });
  }

  get field() {
    return this.base?.querySelector("textarea") as HTMLTextAreaElement;
  }

  onKey(event: KeyboardEvent) {
    const { notes } = this.props;
    event.stopPropagation();
    if (event.key === "Escape") notes.close();
    else if (
      event.key === "Enter" &&
      !event.shiftKey &&
      !event.isComposing &&
      event.target === this.field
    )
      notes.save(this.field.value);
    else return;
    event.preventDefault();
  }

  render({ notes, draft }: Props) {
    const { busy, problem, longest } = notes.now;
    return (
      <form
        class="note-editor"
        aria-label={`Note at ${placeOf(draft)}`}
        onKeyDown={(event) => this.onKey(event)}
        onSubmit={(event) => {
          event.preventDefault();
          notes.save(this.field.value);
        }}
      >
        <label for="note-field">Note at {placeOf(draft)}</label>
        <textarea id="note-field" rows={3} maxlength={longest} aria-describedby="note-keys">
          {draft.text}
        </textarea>
        {problem && (
          <p class="error-text" role="alert">
            {problem}
          </p>
        )}
        <div class="note-buttons">
          <span class="quiet" id="note-keys">
            Enter saves, Shift+Enter: new line, Esc cancels
          </span>
          <span class="buttons">
            <button type="button" onClick={() => notes.close()}>
              Cancel
            </button>
            <button type="submit" disabled={busy}>
              Save
            </button>
          </span>
        </div>
      </form>
    );
  }
}

/** The field, while something is being written. */
export function Writing({ notes }: { notes: Notes }) {
  const { draft } = notes.now;
  return draft && <NoteEditor key={`${draft.n}`} notes={notes} draft={draft} />;
}
