// The timeline as a table: the same interactions and runs, to read and to choose from, in pages.

import { Component } from "preact";
import type { Api } from "../api/api";
import { Details } from "../api/details";
import type { RunIndex } from "../api/runindex";
import { type RunFound, signOf } from "../findings/levels";
import { count, duration, moment, outcomeText, symbol } from "../base/format";

interface Props {
  api: Api;
  index: RunIndex;
  /** shared with the timeline */
  details?: Details;
  moment: { run: number; step: number } | null;
  /** what was found in runs */
  found?: ReadonlyMap<number, RunFound>;
  onMoment: (run: number, step: number) => void;
  /** of the index: it grows in place */
  version?: number;
}

const PAGE = 100; // rows

export class RunTable extends Component<Props, { page: number; focus: number | null }> {
  details: Details;
  seen: number;
  rows: Int32Array<ArrayBuffer>;
  /** The run whose button is in the order of Tab: the others are reached with arrows. */
  state: { page: number; focus: number | null };
  unlisten: () => void = () => {};

  constructor(props: Props) {
    super(props);
    this.details = props.details ?? new Details(props.api);
    this.seen = props.index.version;
    this.rows = rowsOf(props.index);
    this.state = { page: this.pageOf(props.moment?.run ?? null), focus: null };
  }

  componentDidMount() {
    this.unlisten = this.details.listen(() => this.forceUpdate());
    this.want();
  }

  componentWillUnmount() {
    this.unlisten();
  }

  componentDidUpdate(before: Props) {
    const { moment: now } = this.props;
    if (before.moment?.run !== now?.run)
      this.setState({ page: this.pageOf(now?.run ?? null), focus: null });
    this.want();
  }

  /** Asks for the texts of the runs on this page. */
  want() {
    const runs = [...this.shown()].filter((row) => row > 0);
    for (const run of runs) this.details.want(this.props.index, run, run);
  }

  /** The page that holds a run. */
  pageOf(run: number | null) {
    return Math.max(0, Math.floor(this.rows.indexOf(run ?? 0) / PAGE));
  }

  get last() {
    return Math.max(0, Math.ceil(this.rows.length / PAGE) - 1);
  }

  /** The rows of this page. */
  shown() {
    const page = Math.min(this.state.page, this.last);
    return this.rows.subarray(page * PAGE, (page + 1) * PAGE);
  }

  onKey(event: KeyboardEvent, run: number) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const runs = [...this.rows].filter((row) => row > 0);
    const at = runs.indexOf(run);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, PageUp: at - 10, PageDown: at + 10 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const focus = runs[Math.min(Math.max(to, 0), runs.length - 1)] ?? run;
    this.setState({ page: this.pageOf(focus), focus }, () => {
      const found = (this.base as HTMLElement).querySelector(`[data-run="${focus}"] button`);
      if (found instanceof HTMLElement) found.focus();
    });
  }

  render({ index, moment: now }: Props, { page, focus }: { page: number; focus: number | null }) {
    if (this.seen !== index.version) {
      this.seen = index.version;
      this.rows = rowsOf(index);
    }
    const { last } = this;
    const at = Math.min(page, last);
    const rows = [...this.shown()];
    const selected = now?.run ?? null;
    const reached = [focus, selected, rows.find((row) => row > 0)].find((run) =>
      rows.includes(run ?? 0),
    );
    const turn = (to: number) => () => this.setState({ page: Math.min(Math.max(to, 0), last) });
    return (
      <div class="run-table">
        {last > 0 && (
          <div class="panel-bar">
            <span class="buttons">
              <button type="button" disabled={at === 0} onClick={turn(0)}>
                First
              </button>
              <button type="button" disabled={at === 0} onClick={turn(at - 1)}>
                Earlier
              </button>
              <button type="button" disabled={at === last} onClick={turn(at + 1)}>
                Later
              </button>
              <button type="button" disabled={at === last} onClick={turn(last)}>
                Last
              </button>
            </span>
            <span class="quiet">
              part {count(at + 1)} of {count(last + 1)}
            </span>
          </div>
        )}
        <div class="scroll">
          <table class="facts runs">
            <caption class="visually-hidden">
              Interactions and script runs, in order. Arrow up and down move between runs.
            </caption>
            <thead>
              <tr>
                <th scope="col">run</th>
                <th scope="col">started by</th>
                <th scope="col">how it ended</th>
                <th scope="col">callbacks</th>
                {index.hasThreads && <th scope="col">threads</th>}
                <th scope="col">writes</th>
                <th scope="col">state writes</th>
                <th scope="col" class="figure">
                  steps
                </th>
                <th scope="col" class="figure">
                  started
                </th>
                <th scope="col" class="figure">
                  took
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) =>
                row > 0
                  ? this.runRow(row, selected, row === reached)
                  : this.interactionRow(-1 - row),
              )}
            </tbody>
          </table>
        </div>
      </div>
    );
  }

  interactionRow(n: number) {
    const { index } = this.props;
    const of = index.sessions.length > 1 ? `, session ${index.interactionSession(n)}` : "";
    return (
      <tr key={`i${n}`} class="group">
        <th scope="rowgroup" colspan={index.hasThreads ? 8 : 7}>
          <span class="quiet">
            interaction {n}
            {of}
          </span>{" "}
          {this.details.title(n) ?? ""}
        </th>
        <td class="figure">{moment(index.interactionAt(n))}</td>
        <td></td>
      </tr>
    );
  }

  runRow(run: number, selected: number | null, isReached: boolean) {
    const { index, onMoment } = this.props;
    const { details } = this;
    const start = index.startedAt(run);
    const end = index.endedAt(run);
    const outcome = index.outcome(run);
    const { callbacks, threads, writes, lost, keys } = details.summary(run);
    const rest = details.rest(run);
    const found = this.props.found?.get(run);
    return (
      <tr key={`r${run}`} class={run === selected ? "selected" : ""} data-run={run}>
        <th scope="row">
          <button
            type="button"
            class="link"
            aria-current={run === selected ? "true" : undefined}
            tabindex={isReached ? 0 : -1}
            onClick={() => onMoment(run, index.steps(run))}
            onKeyDown={(event) => this.onKey(event, run)}
          >
            {index.kind(run) === "fragment" ? "fragment run" : "run"} {run}
          </button>
        </th>
        <td>{details.cause(index, run)}</td>
        <td>
          {found && (
            <span class={`sign sign-${found.level}`} title={found.titles.join("\n")}>
              <span aria-hidden="true">{signOf(found.level)}</span>
              <span class="visually-hidden">{found.titles.join("; ")}; </span>
            </span>
          )}
          {found && " "}
          <span class={`outcome outcome-${outcome}`}>{symbol(outcome)}</span>{" "}
          {outcomeText(outcome, index.haltedLine(run))}
          {rest ? `; ${rest}` : ""}
        </td>
        <td>{callbacks.map((name) => `${name}()`).join(", ")}</td>
        {index.hasThreads && <td>{threads ? count(threads) : ""}</td>}
        <td>{writes ? `${count(writes)}${lost ? `, ${count(lost)} discarded` : ""}` : ""}</td>
        <td>{keys.join(", ")}</td>
        <td class="figure">{count(index.steps(run))}</td>
        <td class="figure">{moment(start)}</td>
        <td class="figure">{end === null ? "–" : duration(end - start)}</td>
      </tr>
    );
  }
}

/** Interactions, as -1 - number, each followed by its runs. */
function rowsOf(index: RunIndex) {
  const rows = new Int32Array(index.interactions + index.count);
  let at = 0;
  for (let n = 0; n < index.interactions; n++) {
    rows[at++] = -1 - n;
    for (const run of index.runsOf(n)) rows[at++] = run;
  }
  return rows.subarray(0, at);
}
