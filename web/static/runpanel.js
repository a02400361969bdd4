// The run panel: why the selected run started, what it did, and how it ended.

import { counted, symbol } from "./format.js";
import { html } from "./view.js";

/**
 * @typedef {import("./api.js").RunView} RunView
 * @typedef {import("./api.js").Piece} Piece
 * @typedef {import("./api.js").Place} Place
 * @typedef {{onRun: (run: number) => void, onLine: (file: string, line: number) => void}} Actions
 */

const MOST_ROWS = 200; // more are counted, not listed: the page stays quick

/** @param {{run: RunView | null, chosen: boolean, error: string | null, steps: {previous: number | null, next: number | null}} & Actions} props */
export function RunPanel({ run, chosen, error, steps, ...actions }) {
  if (error) return html`<div class="run-panel"><p class="empty error-text" role="alert">${error}</p></div>`;
  if (!run) return html`<div class="run-panel"><p class="empty quiet">${chosen ? "Loading…" : "No run is selected."}</p></div>`;
  /** @param {number | null} to @param {string} name @param {string} sign */
  const step = (to, name, sign) => html`<button type="button" aria-label=${name} title=${name}
    disabled=${to === null} onClick=${() => to !== null && actions.onRun(to)}>${sign}</button>`;
  return html`<div class="run-panel">
    <div class="panel-bar">
      <h2>${run.kind === "fragment" ? "Fragment run" : "Run"} ${run.n}</h2>
      <span class=${`badge outcome-${run.outcome}`}>${symbol(run.outcome)} ${run.end}</span>
      <span class="quiet">${run.duration}</span>
      <span class="buttons end">${step(steps.previous, "Previous run", "‹")}${step(steps.next, "Next run", "›")}</span>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${`Facts about run ${run.n}`}>
      <p class="story">${run.story.map((sentence) => html`${sentence.map((piece) => link(piece, actions))} `)}</p>
      ${run.errors.map((error) => html`<section class="error-box">
        <h3>✕ ${error.type}: ${error.message}</h3>
        <p>${place(error, actions)}</p><pre tabindex="0">${error.traceback}</pre></section>`)}
      ${list("Callbacks", run.callbacks, ["function", "widget", "defined at"], (item) => [
        html`<code>${item.function}()</code>${item.error && html` <span class="error-text">✕ ${item.error}</span>`}`,
        item.label ?? "–", place(item, actions)])}
      ${list("Rerun requests", run.requests, ["call", "scope", "where"], (item) => [
        html`<code>${item.scope === "page" ? "st.switch_page" : "st.rerun"}</code>${!item.allowed &&
          html` <span class="error-text">✕ refused${item.refusal && `: ${item.refusal}`}</span>`}`,
        item.scope, place(item, actions)])}
      ${list("Session state", run.state_writes, ["key", "before", "after", "where"], (item) => [
        html`<code>${item.key}</code>`, value(item.old),
        item.new === null ? html`<span class="quiet">removed</span>` : html`<strong>${value(item.new)}</strong>`,
        item.op === "cleanup" ? "Streamlit: its widget was not drawn"
          : item.op === "widget" ? "from the browser" : place(item, actions)])}
      ${list("Writes to the page", run.writes, ["element", "place", "line", "browser"], (item) => [
        html`${item.element}${item.label && html` <strong>${item.label}</strong>`}${item.out_of_order &&
          html` <span class="mark" title="It lands above something written before">▲ out of order</span>`}`,
        html`<code>${item.path.join(".")}</code>`, place(item, actions),
        item.fate === "discarded" ? html`<span class="lost">✕ discarded</span>` : item.fate === "delivered" ? "✓ delivered" : item.fate])}
      ${list("Caches", run.cache, ["function", "result", "took", "called at"], (item) => [
        html`<code>${item.function}()</code>`, item.hit ? "✓ hit" : "○ miss", item.duration, place(item, actions)])}
      ${run.dropped_steps > 0 && html`<p class="quiet note">${counted(run.dropped_steps, "step")} of this run were not kept.</p>`}
    </div>
  </div>`;
}

/**
 * @template T
 * @param {string} title
 * @param {T[]} items
 * @param {string[]} heads
 * @param {(item: T) => unknown[]} cells
 */
function list(title, items, heads, cells) {
  if (items.length === 0) return null;
  return html`<section><h3>${title} <span class="quiet">${items.length}</span></h3>
    <table class="facts"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${items.slice(0, MOST_ROWS).map((item) => html`<tr>${cells(item).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table>
    ${items.length > MOST_ROWS && html`<p class="quiet note">and ${items.length - MOST_ROWS} more</p>`}
  </section>`;
}

/** @param {string | null} text */
const value = (text) => (text === null ? html`<span class="quiet">absent</span>` : html`<code>${text}</code>`);

/** @param {Place} at @param {Actions} actions */
function place({ file, line }, actions) {
  if (line === null) return html`<span class="quiet">no line</span>`;
  return link({ text: `line ${line}`, file, line }, actions);
}

/** @param {Piece} piece @param {Actions} actions */
function link({ text, run, file, line }, { onRun, onLine }) {
  if (run !== undefined) {
    return html`<a href=${`?run=${run}`} onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      onRun(run);
    }}>${text}</a>`;
  }
  if (!file || !line) return text;
  return html`<button type="button" class="link" title=${`${file}, line ${line}`}
    onClick=${() => onLine(file, line)}>${text}</button>`;
}
