// The right pane: why the run started and how it ended, and what holds at the chosen moment.

import { counted, symbol } from "../base/format";
import { link, list, place } from "./facts";
import { StateTable } from "./statetable";
import { callsAt } from "./variables";
import { html } from "../base/view";

/**
 * @typedef {import("../api/api").RunView} RunView
 * @typedef {import("../api/rundata").Shown} Shown
 * @typedef {import("./facts").Actions} Actions
 * @typedef {{shown: Shown | null, notes: import("../api/api").Note[], problem: string | null, fileNames: Map<number, string>,
 *   onFind: () => void, history: (key: string) => Promise<import("../api/api").KeyHistory>} & Actions} Props
 */

/** @param {Props} props */
export function Inspector({ shown, notes, problem, fileNames, history, onFind, ...actions }) {
  if (problem) return html`<div class="run-panel"><p class="empty error-text" role="alert">${problem}</p></div>`;
  if (!shown) return html`<div class="run-panel"><p class="empty quiet">Loading…</p></div>`;
  const { view: run, moment, window, state } = shown;
  // Of a run that has not ended, the last moment is everything so far.
  const step = isGoingOn(shown) ? Infinity : moment.step;
  return html`<div class="run-panel">
    <div class="panel-bar">
      <h2>${run.kind === "fragment" ? "Fragment run" : "Run"} ${run.n}</h2>
      <span class=${`badge outcome-${run.outcome}`} title=${run.end}>${symbol(run.outcome)} ${run.end}</span>
      <span class="quiet end">${run.duration}</span>
      <button type="button" title="Search in the recording (/)" onClick=${onFind}>Find</button>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${`Facts about run ${run.n}`}>
      ${notes.map((note) => html`<p class="note-box"><span class="visually-hidden">Note: </span>${note.text}</p>`)}
      <p class="story">${run.story.map((sentence) => html`${sentence.map((piece) => link(piece, run.n, actions))} `)}</p>
      ${run.errors.map((error) => html`<section class="error-box">
        <h3>✕ ${error.type}: ${error.message}</h3>
        <p>${place(error, run.n, actions)}</p><pre tabindex="0">${error.traceback}</pre></section>`)}
      <${StateTable} key=${`${run.app_session}`} state=${state} step=${step} run=${run.n} history=${history} ...${actions} />
      ${variables(shown, fileNames, actions)}
      ${lists(run, step, actions)}
      ${run.dropped_steps > 0 && html`<p class="quiet note">${counted(run.dropped_steps, "step")} of this run were not kept.</p>`}
      ${!window && run.detailed && html`<p class="quiet note">This run has no steps.</p>`}
    </div>
  </div>`;
}

/** @param {Shown} shown */
const isGoingOn = ({ view, moment }) => view.ended_ns === null && moment.step >= view.steps;

/** @param {Shown} shown @param {Map<number, string>} fileNames @param {Actions} actions */
function variables(shown, fileNames, actions) {
  const { window, moment, view } = shown;
  if (!window) return null;
  if (isGoingOn(shown)) {
    return html`<section><h3>Variables</h3><p class="quiet note">They are shown step by step when the run has ended.</p></section>`;
  }
  const calls = callsAt(window, moment.step);
  if (calls.length === 0) {
    return html`<section><h3>Variables</h3><p class="quiet note">The run begins: no line of it ran yet.</p></section>`;
  }
  return html`<section class="calls"><h3>Variables <span class="quiet">in the ${counted(calls.length, "call")} under way</span></h3>
    ${calls.map((call, i) => {
      const [inner, outer] = [calls[i - 1], call].map((each) => each && nameOf(each, fileNames));
      const file = fileNames.get(call.file) ?? "";
      return html`<details key=${call.n} open=${i === 0 || calls.length <= 2}>
        <summary><code>${outer}</code> ${call.line !== null && html`<span class="quiet">at line ${call.line}</span>`}
          ${call.thread > 0 && html` <span class="badge">thread ${call.thread}</span>`}</summary>
        ${i > 0 && call.line !== null && html`<p class="quiet note">waits at ${link(
          { text: `line ${call.line}`, file, line: call.line }, view.n, actions)} for ${inner}</p>`}
        ${call.variables.length === 0 ? html`<p class="quiet note">no variables yet</p>`
          : html`<table class="facts variables"><thead class="visually-hidden"><tr><th scope="col">name</th><th scope="col">value</th></tr></thead>
            <tbody>${call.variables.map((variable) => {
              const isNew = variable.step === moment.step;
              return html`<tr key=${variable.name} class=${isNew ? "changed" : ""}>
                <th scope="row">${variable.scope === "return" ? html`<span class="quiet">result</span>` : html`<code>${variable.name}</code>`}
                  ${isNew && html`<span class="mark" title="Changed by this step"> ●<span class="visually-hidden"> changed by this step</span></span>`}</th>
                <td>${isNew && variable.before && html`<code class="quiet before">${variable.before}</code> → `}${variable.text === null
                  ? html`<span class="quiet">deleted</span>` : html`<button type="button" class="link value"
                  title=${`Go to the step that set it (step ${variable.by})`}
                  onClick=${() => actions.onMoment({ run: view.n, step: variable.by })}><code>${variable.text}</code></button>`}</td></tr>`;
            })}</tbody></table>`}
      </details>`;
    })}</section>`;
}

/** What a call is of: a function, or a file from the top. @param {{function: string, file: number}} call @param {Map<number, string>} fileNames */
const nameOf = (call, fileNames) => (call.function === "<module>" ? fileNames.get(call.file) ?? "" : `${call.function}()`);

/** @param {RunView} run @param {number} step  of the moment @param {Actions} actions */
function lists(run, step, actions) {
  /** What the moment's step did is marked; what is still to come is paler. @param {{step: number}} item */
  const when = (item) => (item.step === step && step > 0 ? "now" : item.step > step ? "later" : "");
  return html`
    ${list("Writes to the page", run.writes, ["#", "element", "place", "line", "browser"], when, (item, i) => [
      html`<button type="button" class="link" title="Go to the step that wrote it" aria-label=${`Go to write ${i + 1}`}
        onClick=${() => actions.onMoment({ run: run.n, step: item.step })}>${i + 1}</button>`,
      html`${item.element}${item.label && html` <strong>${item.label}</strong>`}${item.out_of_order &&
        html` <span class="mark" title="It lands above something written before">▲ out of order</span>`}`,
      html`<code class="place">${item.path.join(".")}</code>`, place(item, run.n, actions),
      item.fate === "discarded" ? html`<span class="lost">✕ discarded</span>` : item.fate === "delivered" ? html`<span class="place">✓ delivered</span>` : item.fate])}
    ${list("Callbacks", run.callbacks, ["function", "widget", "defined at"], when, (item) => [
      html`<code>${item.function}()</code>${item.error && html` <span class="error-text">✕ ${item.error}</span>`}`,
      item.label ?? "–", place({ ...item, step: item.step + 1 }, run.n, actions)])}
    ${list("Rerun requests", run.requests, ["call", "scope", "where"], when, (item) => [
      html`<code>${item.scope === "page" ? "st.switch_page" : "st.rerun"}</code>${!item.allowed &&
        html` <span class="error-text">✕ refused${item.refusal && `: ${item.refusal}`}</span>`}`,
      item.scope, place(item, run.n, actions)])}
    ${list("Caches", run.cache, ["function", "result", "took", "called at"], when, (item) => [
      html`<code>${item.function}()</code>`, item.hit ? "✓ hit" : "○ miss", item.duration, place(item, run.n, actions)])}`;
}
