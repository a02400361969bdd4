// The search: what is looked for, what was found, and marks for the timeline.

import { Component } from "preact";
import type { Found } from "../api/answers";
import type { Api } from "../api/api";
import { count, counted, moment } from "../base/format";

export interface Mark {
  run: number;
  step: number | null;
  at_ns: number;
  text: string;
}

interface Props {
  api: Api;
  /** text, or `place:text` */
  query: string;
  onQuery: (query: string) => void;
  onMoment: (run: number, step: number | null) => void;
  onMarks: (marks: Mark[]) => void;
  onClose: () => void;
}

interface State {
  results: Found[];
  /** where the search goes on; null: it is done */
  next: string | null;
  searched: string;
  busy: boolean;
  problem: string | null;
}

const PLACES: Record<string, string> = {
  all: "everywhere",
  function: "functions",
  line: "lines",
  key: "state keys",
  element: "elements",
  value: "values",
  outcome: "outcomes",
  error: "errors",
};
/** what a result is */
const KINDS: Record<string, string> = { key: "state", element: "page", value: "value" };
const HELP =
  "Search for a function, a line (app.py:12), a state key, an element, a value, an outcome " +
  "or an error.";
const PAUSE = 200; // ms after the last letter
const ENOUGH = 100; // results; until there are so many, the search goes on by itself
const NOTHING: State = { results: [], next: null, searched: "", busy: false, problem: null };

/** The place and the text of a query. */
export function parse(query: string): [string, string] {
  const [, place = "all", text = ""] = /^(?:([a-z]+):)?(.*)$/s.exec(query) ?? [];
  return place !== "all" && place in PLACES ? [place, text] : ["all", query];
}

export class SearchPanel extends Component<Props, State> {
  declare base?: Element;
  state: State = NOTHING;
  /** Counts searches: what an older one finds is of no use. */
  turn = 0;
  timer: ReturnType<typeof setTimeout> | undefined = undefined;

  componentDidMount() {
    this.base?.querySelector("input")?.focus();
    this.start();
  }

  componentDidUpdate(before: Props) {
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

  /** Searches on from `after`, until there are `enough` results or all is searched. */
  async search(turn: number, known: Found[], after: string | null, enough: number) {
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
          this.props.onMarks(
            results.map(({ run, step, at_ns, title }) => ({ run, step, at_ns, text: title })),
          );
        }
      } while (next !== null && results.length < enough);
    } catch (error) {
      if (turn !== this.turn) return;
      this.setState({
        busy: false,
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }

  stop() {
    this.turn += 1;
    this.setState({ busy: false });
  }

  /** Up and down lead from the field through the results. */
  onKey(event: KeyboardEvent) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.props.onClose();
    else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      const first = this.state.results[0];
      if (first) this.props.onMoment(first.run, first.step);
    } else if (by && !(event.target instanceof HTMLSelectElement)) {
      const stops = [...(this.base?.querySelectorAll("input, ol button, .more") ?? [])];
      const at = stops.indexOf(event.target as Element);
      const stop = stops[Math.max(0, at + by)];
      if (stop instanceof HTMLElement) stop.focus();
    } else return;
    event.preventDefault();
  }

  render({ query, onQuery, onMoment, onClose }: Props, { results, next, busy, problem }: State) {
    const [place, text] = parse(query);
    const ask = (where: string, what: string) =>
      onQuery(where === "all" ? what : `${where}:${what}`);
    return (
      <div class="search" role="search" onKeyDown={(event) => this.onKey(event)}>
        <div class="panel-bar">
          <input
            type="search"
            aria-label="Search"
            placeholder="name, value, app.py:12…"
            maxlength={200}
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => ask(place, event.currentTarget.value)}
          />
          <select
            aria-label="Where"
            value={place}
            onChange={(event) => ask(event.currentTarget.value, text)}
          >
            {Object.entries(PLACES).map(([key, name]) => (
              <option value={key}>{name}</option>
            ))}
          </select>
          <button type="button" class="end" onClick={onClose}>
            Close
          </button>
        </div>
        <p class="said" role="status">
          {said(text, this.state)}
          {busy && results.length === 0 && (
            <>
              {" "}
              <button type="button" class="link" onClick={() => this.stop()}>
                Stop
              </button>
            </>
          )}
        </p>
        {problem && (
          <p class="said error-text" role="alert">
            {problem}
          </p>
        )}
        <div class="scroll">
          <ol>
            {results.map((found) => (
              <li>
                <button type="button" onClick={() => onMoment(found.run, found.step)}>
                  <span class="kind">{KINDS[found.kind] ?? found.kind}</span>
                  <span class="title">{found.title}</span>
                  <span class="quiet">{found.detail}</span>
                  <span class="quiet figure">
                    run {count(found.run)}
                    {found.step === null ? "" : `, step ${count(found.step)}`} ·{" "}
                    {moment(found.at_ns)}
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {next !== null && !busy && (
            <button type="button" class="more" onClick={() => this.more()}>
              Search further
            </button>
          )}
        </div>
      </div>
    );
  }
}

/** What came of a search, in words. */
function said(text: string, { results, next, searched, busy, problem }: State) {
  if (problem) return "";
  if (!text.trim()) return HELP;
  if (!searched) return "Searching…";
  if (results.length === 0)
    return busy
      ? `Nothing yet in ${searched}…`
      : `Nothing found in ${searched}${next === null ? "." : "; search further."}`;
  return `${counted(results.length, "moment")} in ${searched}${busy ? "…" : "."}`;
}
