// The field for a note: it stands on the timeline, at the moment that the note is about.

import { placeOf } from "./notes";
import { Component, html } from "../base/view";

/**
 * @typedef {{notes: import("./notes").Notes, draft: import("./notes").Draft}} Props
 */

/** @extends {Component<Props>} */
class NoteEditor extends Component {
  componentDidMount() {
    this.before = document.activeElement;
    const { field } = this;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  componentWillUnmount() {
    // Back to where the keys went before.
    if (this.before instanceof HTMLElement && this.before.isConnected) this.before.focus({ preventScroll: true });
  }

  get field() {
    return /** @type {HTMLTextAreaElement} */ (this.base?.querySelector("textarea"));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { notes } = this.props;
    event.stopPropagation();
    if (event.key === "Escape") notes.close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === this.field) notes.save(this.field.value);
    else return;
    event.preventDefault();
  }

  /** @param {Props} props */
  render({ notes, draft }) {
    const { busy, problem, longest } = notes.now;
    return html`<form class="note-editor" aria-label=${`Note at ${placeOf(draft)}`}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => this.onKey(event)}
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        notes.save(this.field.value);
      }}>
      <label for="note-field">Note at ${placeOf(draft)}</label>
      <textarea id="note-field" rows="3" maxlength=${longest} aria-describedby="note-keys">${draft.text}</textarea>
      ${problem && html`<p class="error-text" role="alert">${problem}</p>`}
      <div class="note-buttons"><span class="quiet" id="note-keys">Enter saves, Shift+Enter: new line, Esc cancels</span>
        <span class="buttons"><button type="button" onClick=${() => notes.close()}>Cancel</button>
        <button type="submit" disabled=${busy}>Save</button></span></div>
    </form>`;
  }
}

/** The field, while something is being written. @param {import("./notes").Notes} notes */
export const noteEditor = (notes) =>
  notes.now.draft && html`<${NoteEditor} key=${`${notes.now.draft.n}`} notes=${notes} draft=${notes.now.draft} />`;
