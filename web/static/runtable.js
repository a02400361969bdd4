// The timeline as a table: the same interactions and runs, to read and to choose from.

import { count, duration, moment, symbol } from "./format.js";
import { Component, html } from "./view.js";

/**
 * @typedef {import("./api.js").Timeline} Timeline
 * @typedef {{interaction: number} | {run: number}} Row  an index in the timeline's lists
 * @typedef {{timeline: Timeline, selected: number | null, onSelect: (run: number) => void}} Props
 */

const PAGE = 100; // rows

/** @extends {Component<Props, {page: number}>} */
export class RunTable extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    this.rows = rowsOf(props.timeline);
    this.state = { page: this.pageOf(props) };
  }

  /** @param {Props} before */
  componentDidUpdate(before) {
    const { timeline, selected } = this.props;
    if (before.timeline !== timeline) {
      this.rows = rowsOf(timeline);
      this.forceUpdate();
    }
    if (before.selected !== selected) this.setState({ page: this.pageOf(this.props) });
  }

  /** The page that holds the selected run. @param {Props} props */
  pageOf({ timeline, selected }) {
    const index = this.rows.findIndex((row) => "run" in row && timeline.runs.n[row.run] === selected);
    return Math.max(0, Math.floor(index / PAGE));
  }

  /**
   * @param {Props} props
   * @param {{page: number}} state
   */
  render(props, { page }) {
    const last = Math.max(0, Math.ceil(this.rows.length / PAGE) - 1);
    const shown = Math.min(page, last);
    /** @param {number} to */
    const turn = (to) => () => this.setState({ page: Math.min(Math.max(to, 0), last) });
    return html`<div class="run-table">
      ${last > 0 && html`<div class="panel-bar">
        <span class="buttons">
          <button type="button" disabled=${shown === 0} onClick=${turn(0)}>First</button>
          <button type="button" disabled=${shown === 0} onClick=${turn(shown - 1)}>Earlier</button>
          <button type="button" disabled=${shown === last} onClick=${turn(shown + 1)}>Later</button>
          <button type="button" disabled=${shown === last} onClick=${turn(last)}>Last</button>
        </span>
        <span class="quiet">part ${count(shown + 1)} of ${count(last + 1)}</span></div>`}
      <div class="scroll"><table class="facts runs">
        <caption class="visually-hidden">Interactions and script runs, in order</caption>
        <thead><tr><th scope="col">run</th><th scope="col">started by</th><th scope="col">how it ended</th>
          <th scope="col" class="figure">started</th><th scope="col" class="figure">took</th></tr></thead>
        <tbody>${this.rows.slice(shown * PAGE, (shown + 1) * PAGE).map((row) =>
          "run" in row ? runRow(props, row.run) : interactionRow(props, row.interaction))}</tbody>
      </table></div></div>`;
  }
}

/** Interactions, each followed by its runs. @param {Timeline} timeline @returns {Row[]} */
function rowsOf({ interactions, runs }) {
  /** @type {Map<number, Row[]>} */
  const own = new Map();
  runs.interaction.forEach((n, run) => {
    const rows = own.get(n);
    if (rows) rows.push({ run });
    else own.set(n, [{ run }]);
  });
  const rows = interactions.n.flatMap((n, interaction) => [{ interaction }, ...(own.get(n) ?? [])]);
  const known = new Set(interactions.n);
  const orphans = runs.n.flatMap((_, run) => (known.has(runs.interaction[run] ?? -1) ? [] : [{ run }]));
  return [...rows, ...orphans];
}

/** @param {Props} props @param {number} i */
function interactionRow({ timeline: { interactions } }, i) {
  return html`<tr key=${`i${i}`} class="group"><th scope="rowgroup" colspan="3">
      <span class="quiet">interaction ${interactions.n[i]}</span> ${interactions.title[i]}</th>
    <td class="figure">${moment(interactions.at_ns[i] ?? 0)}</td><td></td></tr>`;
}

/** @param {Props} props @param {number} i */
function runRow({ timeline: { runs }, selected, onSelect }, i) {
  const n = runs.n[i] ?? 0;
  const start = runs.started_ns[i] ?? 0;
  const end = runs.ended_ns[i] ?? null;
  const outcome = runs.outcome[i] ?? "";
  return html`<tr key=${`r${n}`} class=${n === selected ? "selected" : ""} data-run=${n}>
    <th scope="row"><button type="button" class="link" aria-current=${n === selected ? "true" : null}
      onClick=${() => onSelect(n)}>${runs.kind[i] === "fragment" ? "fragment run" : "run"} ${n}</button></th>
    <td>${runs.cause[i]}</td>
    <td><span class=${`outcome outcome-${outcome}`}>${symbol(outcome)}</span> ${runs.end[i]}</td>
    <td class="figure">${moment(start)}</td>
    <td class="figure">${end === null ? "–" : duration(end - start)}</td></tr>`;
}
