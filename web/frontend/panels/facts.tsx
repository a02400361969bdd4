// Pieces that the panels are made of: links to moments, values, tables of facts.

import { site } from "../base/site";
import { html } from "../base/view";

/**
 * @typedef {import("../api/api").Piece} Piece
 * @typedef {import("../api/api").Place} Place
 * @typedef {import("../studio/moments").Moment} Moment
 * @typedef {{onMoment: (moment: {run: number, step: number | null}) => void,
 *   onLine: (file: string, line: number) => void}} Actions  `step` null: the run's end
 */

const MOST_ROWS = 200; // more are counted, not listed: the page stays quick

/**
 * A piece of a sentence; what it speaks of is a moment to go to, or else a line to show.
 * @param {Piece} piece
 * @param {number} own  the run that the sentence is about
 * @param {Actions} actions
 */
export function link({ text, run, step, file, line }, own, { onMoment, onLine }) {
  if (run !== undefined || step !== undefined) {
    const to = { run: run ?? own, step: step ?? null };
    const query = `?run=${to.run}${to.step === null ? "" : `&step=${to.step}`}`;
    return html`<a href=${site.address(query)} onClick=${(/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onMoment(to);
    }}>${text}</a>`;
  }
  if (!file || !line) return text;
  return html`<button type="button" class="link" title=${`${file}, line ${line}`}
    onClick=${() => onLine(file, line)}>${text}</button>`;
}

/** Where something happened. @param {Place & {step?: number}} at @param {number} run @param {Actions} actions */
export function place({ file, line, step }, run, actions) {
  if (line === null) return html`<span class="quiet">no line</span>`;
  return link({ text: `line ${line}`, file, line, ...(step === undefined ? {} : { step }) }, run, actions);
}

/** @param {string | null} text */
export const value = (text) => (text === null ? html`<span class="quiet">absent</span>` : html`<code>${text}</code>`);

/**
 * @template T
 * @param {string} title
 * @param {T[]} items
 * @param {string[]} heads
 * @param {(item: T) => string} kind  a class for the row
 * @param {(item: T, i: number) => unknown[]} cells
 */
export function list(title, items, heads, kind, cells) {
  if (items.length === 0) return null;
  return html`<section><h3>${title} <span class="quiet">${items.length}</span></h3>
    <table class="facts"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${items.slice(0, MOST_ROWS).map((item, i) => html`<tr class=${kind(item)}>${cells(item, i).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table>
    ${items.length > MOST_ROWS && html`<p class="quiet note">and ${items.length - MOST_ROWS} more</p>`}
  </section>`;
}
