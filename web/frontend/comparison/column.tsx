// A variant at a step: its runs, its page, its source, and a sentence.

import { useState } from "preact/hooks";
import type { RunBlock, Side, Variant } from "../api/answers";
import { symbol } from "../base/format";
import { presenting } from "../base/presenting";
import { site } from "../base/site";
import { PageView } from "../replay/pageview";
import { TimeStrip } from "./drawings";
import type { Lesson } from "./lesson";
import { SourcePane } from "./sourcepane";
import { runState, standing, type Standing, stepOfRun } from "./stepping";

interface Props {
  lesson: Lesson;
  index: number;
  variant: Variant;
  slots: number;
}

export function Column({ lesson, index, variant, slots }: Props) {
  const interaction = lesson.interaction.value;
  const at = lesson.step.value;
  const side = interaction?.sides[index] ?? null;
  const stands = standing(interaction?.steps ?? [], index, at);
  const { name, recording } = variant;
  return (
    <section class="column" aria-label={name}>
      <header>
        <h2>
          {recording === null ? (
            name
          ) : (
            <a href={site.address(`/recordings/${recording}`)}>{name}</a>
          )}
        </h2>
        {!presenting.value && (
          <p class={variant.failed ? "error-text" : "quiet"}>
            {variant.failed && "✕ "}
            {variant.verdict}
            {variant.note && ` ${variant.note}`}
          </p>
        )}
      </header>
      {side && recording !== null ? (
        <Shown {...{ lesson, index, variant, slots, side, stands, recording }} />
      ) : (
        <div class="none">
          {presenting.value && variant.failed && <p class="error-text">✕ {variant.verdict}</p>}
          <p>
            {recording === null
              ? "There is no recording to show."
              : "Nothing was sent here: this variant has no such interaction."}
          </p>
        </div>
      )}
    </section>
  );
}

interface ShownProps extends Props {
  side: Side;
  stands: Standing;
  recording: number;
}

function Shown({ lesson, index, variant, slots, side, stands, recording }: ShownProps) {
  const { beat } = stands;
  const [statement, setStatement] = useState("");
  const file =
    side.files.find((each) => each.file_no === (beat?.file_no ?? side.files[0]?.file_no)) ??
    (beat?.file_no ? { file_no: beat.file_no, file: "", marks: [] as [] } : side.files[0]);
  const moment = beat && beat.run !== null ? { run: beat.run, step: beat.step } : null;
  return (
    <>
      <div class="runs">
        {lesson.strips.value && !presenting.value ? (
          <TimeStrip strip={side.strip} />
        ) : (
          <Blocks {...{ lesson, index, slots, side, stands }} name={variant.name} />
        )}
      </div>
      <div class="page">
        {moment ? (
          <PageView
            key={recording}
            recording={recording}
            moment={moment}
            as="sent"
            onAs={NOTHING}
            lit={stands.isNew && beat ? beat.message : null}
            onWrite={NOTHING}
            bare={variant.name}
          />
        ) : (
          <p class="none">No script run: the page stays as it was.</p>
        )}
      </div>
      {file ? (
        <SourcePane
          {...{ lesson, recording, file }}
          name={variant.name}
          line={beat?.line ?? null}
          halted={beat?.kind === "halted"}
          plain={presenting.value}
          onStatement={setStatement}
        />
      ) : (
        <p class="none">No line ran.</p>
      )}
      <p class={`beat${stands.isNew ? "" : " waits"}`}>
        {!stands.isNew && <strong>{stands.isDone ? "Done. " : "Waits. "}</strong>}
        {beat?.text}
        {presenting.value && beat?.line && statement && <code>{breakable(statement)}</code>}
      </p>
    </>
  );
}

const NOTHING = () => {};

/** Lines may be broken after a dot, a bracket or a comma: never within a word. */
const breakable = (code: string) =>
  code.split(/(?<=[.(,=])/).flatMap((part, i) => (i ? [<wbr />, part] : [part]));

interface BlocksProps extends Pick<ShownProps, "lesson" | "index" | "slots" | "side" | "stands"> {
  name: string;
}

function Blocks({ lesson, index, slots, side, stands, name }: BlocksProps) {
  const steps = lesson.interaction.value?.steps ?? [];
  const at = lesson.step.value;
  const hides = presenting.value && !stands.isDone;
  const block = (run: RunBlock) => {
    const state = runState(steps, index, at, run.n);
    const now = stands.beat;
    const isCalled = now?.kind === "callback" && now.run === run.n;
    const isNow = state !== "waiting" && (now?.starts ?? now?.run) === run.n;
    const text = isCalled
      ? `ƒ ${run.callbacks.join(", ")}`
      : state === "ended"
        ? `${symbol(run.outcome)} run ${run.n}`
        : `run ${run.n}${state === "running" ? " …" : ""}`;
    const isHidden = hides && state === "waiting";
    return (
      <li key={run.n}>
        <button
          type="button"
          class={`block ${state}${state === "ended" ? ` outcome-${run.outcome}` : ""}`}
          aria-current={isNow ? "true" : undefined}
          aria-label={
            isHidden ? "not begun" : `${state === "ended" ? run.text : text}, ${STATES[state]}`
          }
          title={state === "ended" ? run.text : undefined}
          disabled={isHidden}
          onClick={() => lesson.toStep(stepOfRun(steps, index, run.n))}
        >
          {isHidden ? "?" : text}
        </button>
      </li>
    );
  };
  const empty = Math.max(0, slots - side.runs.length);
  return (
    <>
      <ol class="blocks" aria-label={`Script runs of ${name}`}>
        {side.runs.map(block)}
        {hides &&
          Array.from({ length: empty }, (_, i) => (
            <li key={`empty ${i}`}>
              <span class="block waiting" aria-hidden="true">
                ?
              </span>
            </li>
          ))}
      </ol>
      {side.runs.length === 0 && !hides && <p class="quiet">No script run.</p>}
      {side.more && !hides && <p class="quiet more">{side.more}</p>}
    </>
  );
}

const STATES = { waiting: "not begun", running: "under way", ended: "ended" };
