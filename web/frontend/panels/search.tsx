// The search: what is looked for, what was found, and marks for the timeline.

import { count, counted, moment } from "../base/format";
import { Component, html } from "../base/view";

/**
 * @typedef {import("../api/api").Found} Found
 * @typedef {{run: number, step: number | null, at_ns: number, text: string}} Mark
 * @typedef {object} Props
 * @property {import("../api/api").Api} api
 * @property {string} query  text, or `place:text`
 * @property {(query: string) => void} onQuery
 * @property {(run: number, step: number | null) => void} onMoment
 * @property {(marks: Mark[]) => void} onMarks
 * @property {() => void} onClose
 * @typedef {object} State
 * @property {Found[]} results
 * @property {string | null} next  where the search goes on; null: it is done
 * @property {string} searched
 * @property {boolean} busy
 * @property {string | null} problem
 */

/** @type {Record<string, string>} */
const PLACES = {
  all: "everywhere", function: "functions", line: "lines", key: "state keys", element: "elements",
  value: "values", outcome: "outcomes", error: "errors",
};
/** @type {Record<string, string>} what a result is */
const KINDS = { key: "state", element: "page", value: "value" };
const PAUSE = 200; // ms after the last letter
const ENOUGH = 100; // results; until there are so many, the search goes on by itself
/** @type {State} */
const NOTHING = { results: [], next: null, searched: "", busy: false, problem: null };

/** The place and the text of a query. @param {string} query @returns {[string, string]} */
export function parse(query) {
  const [, place = "all", text = ""] = /^(?:([a-z]+):)?(.*)$/s.exec(query) ?? [];
  return place !== "all" && place in PLACES ? [place, text] : ["all", query];
}

/** @extends {Component<Props, State>} */
export class SearchPanel extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    this.state = NOTHING;
    /** Counts searches: what an older one finds is of no use. */
    this.turn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  componentDidMount() {
    this.base?.querySelector("input")?.focus();
    this.start();
  }

  /** @param {Props} before */
  componentDidUpdate(before) {
    if (before.query === this.props.query) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), PAUSE);
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
    this.turn += 1;
  }

  start() {
    this.turn += 1;
    const [, text] = parse(this.props.query);
    this.setState({ ...NOTHING, busy: text.trim() !== "" });
    this.props.onMarks([]);
    if (text.trim()) this.search(this.turn, [], null, ENOUGH);
  }

  more() {
    const { results, next } = this.state;
    this.turn += 1;
    this.setState({ busy: true, problem: null });
    this.search(this.turn, results, next, results.length + ENOUGH);
  }

  /**
   * Searches on from `after`, until there are `enough` results or all is searched.
   * @param {number} turn
   * @param {Found[]} known
   * @param {string | null} after
   * @param {number} enough
   */
  async search(turn, known, after, enough) {
    const { api, query } = this.props;
    const [place, text] = parse(query);
    let results = known;
    let next = after;
    try {
      do {
        const page = await api.search(text.trim(), place, next);
        if (turn !== this.turn) return;
        results = results.concat(page.results);
        next = page.next;
        const busy = next !== null && results.length < enough;
        this.setState({ results, next, searched: page.searched, busy, problem: null });
        if (page.results.length) {
          this.props.onMarks(results.map(({ run, step, at_ns, title }) => ({ run, step, at_ns, text: title })));
        }
      } while (next !== null && results.length < enough);
    } catch (error) {
      if (turn !== this.turn) return;
      this.setState({ busy: false, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  stop() {
    this.turn += 1;
    this.setState({ busy: false });
  }

  /** Up and down lead from the field through the results. @param {KeyboardEvent} event */
  onKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.props.onClose();
    else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      const first = this.state.results[0];
      if (first) this.props.onMoment(first.run, first.step);
    } else if (by && !(event.target instanceof HTMLSelectElement)) {
      const stops = [...(this.base?.querySelectorAll("input, ol button, .more") ?? [])];
      const at = stops.indexOf(/** @type {Element} */ (event.target));
      const stop = stops[Math.max(0, at + by)];
      if (stop instanceof HTMLElement) stop.focus();
    } else return;
    event.preventDefault();
  }

  /** @param {Props} props @param {State} state */
  render({ query, onQuery, onMoment, onClose }, { results, next, busy, problem }) {
    const [place, text] = parse(query);
    /** @param {string} where @param {string} what */
    const ask = (where, what) => onQuery(where === "all" ? what : `${where}:${what}`);
    return html`<div class="search" role="search" onKeyDown=${(/** @type {KeyboardEvent} */ event) => this.onKey(event)}>
      <div class="panel-bar">
        <input type="search" aria-label="Search" placeholder="name, value, app.py:12…" maxlength="200"
          autocomplete="off" spellcheck=${false} value=${text}
          onInput=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => ask(place, event.currentTarget.value)} />
        <select aria-label="Where" value=${place}
          onChange=${(/** @type {Event & {currentTarget: HTMLSelectElement}} */ event) => ask(event.currentTarget.value, text)}>
          ${Object.entries(PLACES).map(([key, name]) => html`<option value=${key}>${name}</option>`)}
        </select>
        <button type="button" class="end" onClick=${onClose}>Close</button>
      </div>
      <p class="said" role="status">${said(text, this.state)}
        ${busy && results.length === 0 && html` <button type="button" class="link" onClick=${() => this.stop()}>Stop</button>`}</p>
      ${problem && html`<p class="said error-text" role="alert">${problem}</p>`}
      <div class="scroll">
        <ol>${results.map((found) => html`<li>
          <button type="button" onClick=${() => onMoment(found.run, found.step)}>
            <span class="kind">${KINDS[found.kind] ?? found.kind}</span>
            <span class="title">${found.title}</span>
            <span class="quiet">${found.detail}</span>
            <span class="quiet figure">run ${count(found.run)}${found.step === null ? "" : `, step ${count(found.step)}`} · ${moment(found.at_ns)}</span>
          </button></li>`)}</ol>
        ${next !== null && !busy && html`<button type="button" class="more" onClick=${() => this.more()}>Search further</button>`}
      </div>
    </div>`;
  }
}

/** What came of a search, in words. @param {string} text @param {State} state */
function said(text, { results, next, searched, busy, problem }) {
  if (problem) return "";
  if (!text.trim()) return "Search for a function, a line (app.py:12), a state key, an element, a value, an outcome or an error.";
  if (!searched) return "Searching…";
  if (results.length === 0) return busy ? `Nothing yet in ${searched}…` : `Nothing found in ${searched}${next === null ? "." : "; search further."}`;
  return `${counted(results.length, "moment")} in ${searched}${busy ? "…" : "."}`;
}
