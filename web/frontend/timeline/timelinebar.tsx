// What is around the timeline's canvas: the bar above it, the names of its lanes, what the pointer is told.

import { counted } from "../base/format";
import { html } from "../base/view";

/**
 * @typedef {import("./timescale").Mode} Mode
 * @typedef {{index: import("../api/runindex").RunIndex, session: number | null, mode: Mode, canZoomOut: boolean,
 *   onMode: (mode: Mode) => void, onSession: (session: number) => void,
 *   onZoom: (by: number | null) => void}} Props  zoom by null: show everything
 */

/** @type {[Mode, string][]} */
const MODES = [
  ["bursts", "Readable"],
  ["busy", "Idle time cut"],
  ["true", "True time"],
];

/** @param {Event} event */
const chosen = (event) => /** @type {HTMLSelectElement} */ (event.target).value;

/** @param {Props} props */
export function TimelineBar({ index, session, mode, canZoomOut, onMode, onSession, onZoom }) {
  return html`<div class="timeline-bar">
    <p class="quiet">${counted(index.interactions, "interaction")},
      ${" "}${counted(index.count, "script run")}</p>
    ${index.sessions.length > 1 && html`<label class="quiet"><span>App session</span>
      <select aria-label="App session" value=${session}
        onChange=${(/** @type {Event} */ event) => onSession(Number(chosen(event)))}>
        ${index.sessions.map((each) => html`<option value=${each}>session ${each}</option>`)}
      </select></label>`}
    <label class="quiet" title="Readable: pauses are cut out, and long bursts of activity are squeezed">
      <span>Time scale</span><select aria-label="Time scale" value=${mode}
        onChange=${(/** @type {Event} */ event) => onMode(/** @type {Mode} */ (chosen(event)))}>
        ${MODES.map(([value, name]) => html`<option value=${value}>${name}</option>`)}
      </select></label>
    <span class="buttons" role="group" aria-label="Zoom">
      <button type="button" onClick=${() => onZoom(1 / 0.6)} disabled=${!canZoomOut}
        aria-label="Zoom out" title="Zoom out (-)">−</button>
      <button type="button" onClick=${() => onZoom(0.6)} aria-label="Zoom in"
        title="Zoom in (+, or turn the wheel)">+</button>
      <button type="button" onClick=${() => onZoom(null)} disabled=${!canZoomOut}
        title="Show everything (0)">Fit</button>
    </span>
  </div>`;
}

/** @param {{lanes: readonly import("./lanes").Lane[], onSession: (session: number) => void}} props */
export function LaneNames({ lanes, onSession }) {
  return html`<ul class="lane-names">
    ${lanes.map(({ key, title, height, session }) => html`<li class=${`lane-${key}`}
      style=${{ height: `${height}px` }} aria-hidden=${key === "session" ? null : "true"}>
      ${key === "session" ? html`<button type="button" class="link"
        onClick=${() => onSession(session)}>${title}</button>` : title}</li>`)}
  </ul>`;
}

/** @param {{tip: {x: number, y: number, lines: string[]}, isLeft: boolean}} props */
export function Tip({ tip, isLeft }) {
  return html`<div class=${`tip ${isLeft ? "tip-left" : ""}`} aria-hidden="true"
    style=${{ left: `${tip.x}px`, top: `${tip.y}px` }}>
    ${tip.lines.map((line, i) => html`<div class=${i ? "" : "tip-title"}>${line}</div>`)}</div>`;
}
