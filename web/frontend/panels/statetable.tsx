// The session state at a moment: each key's value when the run began and now, and what wrote it.

import { Component } from "preact";
import type { KeyHistory, RunState } from "../api/answers";
import { WhyButton } from "../findings/whybox";
import { SIGNS } from "../base/words";
import { type Actions, placeText, value } from "./facts";

interface Entry {
  key: string;
  before: string | null;
  now: string | null;
  run: number;
  step: number;
  op: string;
  file: string | null;
  line: number | null;
  isNew: boolean;
}

/** What wrote a value. */
type Writer = Pick<Entry, "run" | "step" | "op" | "file" | "line">;

type Props = {
  state: RunState;
  run: number;
  step: number;
  history: (key: string) => Promise<KeyHistory>;
  why: (key: string) => (() => void) | null;
} & Actions;

interface State {
  open: string | null;
  past: KeyHistory | null;
  problem: string;
}

/** What wrote a value when no line set its key. */
const BY: Record<string, string> = {
  cleanup: "Streamlit: its widget was not drawn",
  widget: "from the browser",
  in_place: "changed in place",
};
/** The same when a line is known. */
const AT: Record<string, string> = { widget: ": its widget", in_place: ": in place" };

/** What it means, said at the mouse. */
const TITLES: Record<string, string> = {
  widget: "The value of a widget with a key is in st.session_state: no line of the script sets it",
  in_place: "No line set the key: the value itself changed, as a list does by append()",
};

export class StateTable extends Component<Props, State> {
  state: State = { open: null, past: null, problem: "" };

  componentDidUpdate(before: Props) {
    if (before.state !== this.props.state && this.state.open !== null) this.load(this.state.open);
  }

  async load(key: string) {
    try {
      const past = await this.props.history(key);
      if (this.state.open === key) this.setState({ past, problem: "" });
    } catch (error) {
      this.setState({ problem: error instanceof Error ? error.message : String(error) });
    }
  }

  toggle(key: string) {
    const open = this.state.open === key ? null : key;
    this.setState({ open, past: null, problem: "" });
    if (open !== null) this.load(open);
  }

  render({ state, run, step, why, script, onMoment }: Props, { open, past, problem }: State) {
    const entries = stateAt(state, run, step);
    if (entries.length === 0)
      return (
        <section>
          <h3>Session state</h3>
          <p class="quiet note">empty</p>
        </section>
      );
    const where = (item: Writer) => (
      <button
        type="button"
        class="link"
        title={TITLES[item.op] ?? "Go to the step that wrote it"}
        onClick={() => onMoment({ run: item.run, step: item.step })}
      >
        {item.run === run ? "" : `run ${item.run}, `}
        {item.line === null
          ? (BY[item.op] ?? "no line")
          : `${placeText(item.file, item.line, script)}${AT[item.op] ?? ""}`}
      </button>
    );
    return (
      <section>
        <h3>
          Session state <span class="quiet">{entries.length}</span>
        </h3>
        <table class="facts state">
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col" title="When this run began">
                before
              </th>
              <th scope="col">now</th>
              <th scope="col">written</th>
            </tr>
          </thead>
          <tbody>
            {entries
              .map((entry) => ({ entry, ask: why(entry.key) }))
              .map(({ entry, ask }) => (
                <>
                  <tr key={entry.key} class={classOf(entry, step)}>
                    <th scope="row">
                      <button
                        type="button"
                        class="link plain"
                        aria-expanded={open === entry.key}
                        title="All values it had"
                        onClick={() => this.toggle(entry.key)}
                      >
                        <code>{entry.key}</code>
                      </button>
                      {isChanged(entry) && (
                        <span class="mark" title={`Changed ${since(entry, step)}`}>
                          {" "}
                          {SIGNS.changed}
                          <span class="visually-hidden"> changed {since(entry, step)}</span>
                        </span>
                      )}
                    </th>
                    <td class={entry.isNew ? "was" : "was same"}>
                      {entry.isNew ? value(entry.before) : <span class="quiet">same</span>}
                    </td>
                    <td class="is">
                      {entry.now === null ? (
                        <span class="quiet">removed</span>
                      ) : isChanged(entry) ? (
                        <strong>{value(entry.now)}</strong>
                      ) : (
                        value(entry.now)
                      )}
                    </td>
                    <td>
                      {where(entry)}
                      {ask && (
                        <>
                          {" "}
                          <WhyButton question={`Why is ${entry.key} this?`} onAsk={ask} />
                        </>
                      )}
                    </td>
                  </tr>
                  {open === entry.key && (
                    <tr key={`${entry.key} past`} class="past">
                      <td colspan={4}>
                        {problem && <span class="error-text">{problem}</span>}
                        {!past && !problem && <span class="quiet">Loading…</span>}
                        {past && (
                          <>
                            <ol
                              reversed
                              start={past.total}
                              aria-label={`Values of ${entry.key}, newest first`}
                            >
                              {past.writes.map((item) => (
                                <li
                                  class={
                                    item.run === entry.run && item.step === entry.step ? "now" : ""
                                  }
                                >
                                  {item.new === null ? (
                                    <span class="quiet">removed</span>
                                  ) : (
                                    value(item.new)
                                  )}{" "}
                                  <span class="quiet">
                                    {where(item)}
                                    {item.run === run ? ` of run ${run}` : ""}
                                  </span>
                                </li>
                              ))}
                            </ol>
                            {past.total > past.writes.length && (
                              <p class="quiet">and {past.total - past.writes.length} older ones</p>
                            )}
                          </>
                        )}
                      </td>
                    </tr>
                  )}
                </>
              ))}
          </tbody>
        </table>
      </section>
    );
  }
}

/** Whether the run has written another value by now. */
const isChanged = ({ isNew, before, now }: Entry) => isNew && before !== now;

const isBy = (entry: Entry, step: number) => isChanged(entry) && entry.step === step && step > 0;

const since = (entry: Entry, step: number) => (isBy(entry, step) ? "by this step" : "in this run");

const classOf = (entry: Entry, step: number) =>
  isBy(entry, step) ? "changed now" : isChanged(entry) ? "changed" : "";

/** @returns what this step changed, then what this run did, then the rest; each by key */
export function stateAt({ before, writes }: RunState, run: number, step: number): Entry[] {
  const entries: Map<string, Entry> = new Map();
  for (const { key, value: text, ...at } of before)
    entries.set(key, { key, before: text, now: text, ...at, isNew: false });
  for (const { key, new: text, op, step: at, file, line } of writes) {
    if (at > step) continue;
    const old = entries.get(key)?.before ?? null;
    entries.set(key, { key, before: old, now: text, run, step: at, op, file, line, isNew: true });
  }
  const rank = (entry: Entry) => (isBy(entry, step) ? 0 : isChanged(entry) ? 1 : 2);
  return [...entries.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : Number(a.key > b.key)),
  );
}
