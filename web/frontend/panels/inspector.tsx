// The right pane: why the run started and how it ended, and what holds at the chosen moment.

import type { KeyHistory, Note } from "../api/answers";
import type { Finding } from "../api/answers";
import type { Shown } from "../api/rundata";
import { counted, outcomeText, symbol } from "../base/format";
import { SIGNS } from "../base/words";
import { FindingCards } from "../findings/card";
import { WhyBox, WhyButton } from "../findings/whybox";
import { isWithin } from "../store/shown";
import type { Asked } from "../store/why";
import { type Actions, type Ask, link, place, placeText } from "./facts";
import { lists } from "./runlists";
import { StateTable } from "./statetable";
import { callsAt } from "./variables";

type Props = {
  shown: Shown | null;
  notes: Note[];
  problem: string | null;
  fileNames: Map<number, string>;
  findings: readonly Finding[];
  asked: Asked | null;
  ask: Ask;
  /** whether the whole run is told at a moment within it, too */
  isWhole: boolean;
  onAll: () => void;
  onWhyNot: (() => void) | null;
  onCloseWhy: () => void;
  onFind: () => void;
  history: (key: string) => Promise<KeyHistory>;
} & Actions;

export function Inspector({
  shown,
  notes,
  problem,
  fileNames,
  findings,
  asked,
  ask,
  isWhole,
  history,
  onAll,
  onWhyNot,
  onCloseWhy,
  onFind,
  ...others
}: Props) {
  if (problem)
    return (
      <div class="run-panel">
        <p class="empty error-text" role="alert">
          {problem}
        </p>
      </div>
    );
  if (!shown)
    return (
      <div class="run-panel">
        <p class="empty quiet">Loading…</p>
      </div>
    );
  const { view: run, moment, window, state } = shown;
  const actions = { ...others, script: run.script };
  // What is still to come is not told as if it had happened.
  const isOpen = isWithin(shown) && !isWhole;
  // Of a run that has not ended, the last moment is everything so far.
  const step = isGoingOn(shown) ? Infinity : moment.step;
  // Values are asked about at the moment; at the run's end, there is no need to say so.
  const at = moment.step < run.steps ? moment.step : undefined;
  const whyRun = ask({ about: "run", run: run.n });
  const faults = findings.filter(({ level }) => level === "fault");
  const lighter = findings.filter(({ level }) => level !== "fault");
  return (
    <div class="run-panel">
      <div class="panel-bar">
        <h2>
          {run.kind === "fragment" ? "Fragment run" : "Run"} {run.n}
        </h2>
        {isOpen ? (
          <span class="badge outcome-running" title="At this moment the run has not ended yet">
            {symbol("running")} {outcomeText("running", null)}
          </span>
        ) : (
          <span class={`badge outcome-${run.outcome}`} title={run.end}>
            {symbol(run.outcome)} {run.end}
          </span>
        )}
        {whyRun && <WhyButton question={`Why did run ${run.n} start?`} onAsk={whyRun} />}
        <span class="quiet end">{isOpen ? "" : run.duration}</span>
        <button type="button" title="Search in the recording (/)" onClick={onFind}>
          Find
        </button>
      </div>
      <div class="scroll" tabindex={0} role="region" aria-label={`Facts about run ${run.n}`}>
        {notes.map((note) => (
          <p class="note-box">
            <span class="visually-hidden">Note: </span>
            {note.text}
          </p>
        ))}
        {asked && (
          <WhyBox
            asked={asked}
            run={run.n}
            onAll={onAll}
            onWhyNot={onWhyNot}
            onClose={onCloseWhy}
            {...actions}
          />
        )}
        <FindingCards findings={faults} run={run.n} {...actions} />
        <p class="story">
          {isOpen && <span class="quiet">The whole run: </span>}
          {run.story.map((sentence) => (
            <>{sentence.map((piece) => link(piece, run.n, actions))} </>
          ))}
        </p>
        <FindingCards findings={lighter} run={run.n} {...actions} />
        {run.errors
          .filter((error) => !isOpen || error.step < step)
          .map((error) => (
            <section class="error-box">
              <h3>
                ✕ {error.type}: {error.message}
              </h3>
              <p>{place(error, run.n, actions)}</p>
              <pre tabindex={0}>{error.traceback}</pre>
            </section>
          ))}
        <StateTable
          key={`${run.app_session}`}
          state={state}
          step={step}
          run={run.n}
          history={history}
          why={(key) => ask({ about: "key", run: run.n, name: key, step: at })}
          {...actions}
        />
        {variables(shown, fileNames, actions, (name) =>
          ask({ about: "name", run: run.n, name, step: at }),
        )}
        {lists(run, step, isOpen, actions)}
        {run.dropped_steps > 0 && (
          <p class="quiet note">{counted(run.dropped_steps, "step")} of this run were not kept.</p>
        )}
        {!window && run.detailed && <p class="quiet note">This run has no steps.</p>}
      </div>
    </div>
  );
}

const isGoingOn = ({ view, moment }: Shown) => view.ended_ns === null && moment.step >= view.steps;

type Why = (name: string) => (() => void) | null;

function variables(shown: Shown, fileNames: Map<number, string>, actions: Actions, why: Why) {
  const { window, moment, view } = shown;
  if (!window) return null;
  if (isGoingOn(shown)) {
    return (
      <section>
        <h3>Variables</h3>
        <p class="quiet note">They are shown step by step when the run has ended.</p>
      </section>
    );
  }
  const calls = callsAt(window, moment.step);
  if (calls.length === 0) {
    return (
      <section>
        <h3>Variables</h3>
        <p class="quiet note">The run begins: no line of it ran yet.</p>
      </section>
    );
  }
  return (
    <section class="calls">
      <h3>
        Variables <span class="quiet">in the {counted(calls.length, "call")} under way</span>
      </h3>
      {calls.map((call, i) => {
        const [inner, outer] = [calls[i - 1], call].map((each) => each && nameOf(each, fileNames));
        const file = fileNames.get(call.file) ?? "";
        const at = {
          text: call.line === null ? "" : placeText(file, call.line, view.script),
          file,
          line: call.line,
        };
        return (
          <details key={call.n} open={i === 0 || calls.length <= 2}>
            <summary>
              <code>{outer}</code>{" "}
              {call.line !== null && (
                <span class="quiet">
                  at{" "}
                  {call.function === "<module>"
                    ? `line ${call.line}`
                    : placeText(file, call.line, view.script)}
                </span>
              )}
              {call.thread > 0 && (
                <>
                  {" "}
                  <span class="badge">thread {call.thread}</span>
                </>
              )}
            </summary>
            {i > 0 && call.line !== null && (
              <p class="quiet note">
                waits at {link(at, view.n, actions)} for {inner}
              </p>
            )}
            {call.variables.length === 0 ? (
              <p class="quiet note">no variables yet</p>
            ) : (
              <table class="facts variables">
                <thead class="visually-hidden">
                  <tr>
                    <th scope="col">name</th>
                    <th scope="col">value</th>
                  </tr>
                </thead>
                <tbody>
                  {call.variables.map((variable) => {
                    const isNew = variable.step === moment.step;
                    const ask = variable.scope === "return" ? null : why(variable.name);
                    return (
                      <tr key={variable.name} class={isNew ? "changed" : ""}>
                        <th scope="row">
                          {variable.scope === "return" ? (
                            <span class="quiet">result</span>
                          ) : (
                            <code>{variable.name}</code>
                          )}
                          {isNew && (
                            <span class="mark" title="Changed by this step">
                              {" "}
                              {SIGNS.changed}
                              <span class="visually-hidden"> changed by this step</span>
                            </span>
                          )}
                        </th>
                        <td>
                          {isNew && variable.before && (
                            <>
                              <code class="quiet before">{variable.before}</code> →{" "}
                            </>
                          )}
                          {variable.text === null ? (
                            <span class="quiet">deleted</span>
                          ) : (
                            <button
                              type="button"
                              class="link value"
                              title={`Go to the step that set it (step ${variable.by})`}
                              onClick={() => actions.onMoment({ run: view.n, step: variable.by })}
                            >
                              <code>{variable.text}</code>
                            </button>
                          )}
                          {ask && (
                            <WhyButton question={`Why is ${variable.name} this?`} onAsk={ask} />
                          )}
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            )}
          </details>
        );
      })}
    </section>
  );
}

/** What a call is of: a function, or a file from the top. */
const nameOf = (call: { function: string; file: number }, fileNames: Map<number, string>) =>
  call.function === "<module>" ? (fileNames.get(call.file) ?? "") : `${call.function}()`;
