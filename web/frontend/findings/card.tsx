// A finding in full: what is wrong, where it is to be seen, and what to write instead.

import type { Evidence, Finding } from "../api/answers";
import type { Actions } from "../panels/facts";
import { counted } from "../base/format";
import { nameOf, placeText } from "./levels";
import { type Places, Sentence, Sign } from "./pieceview";

interface Props extends Actions {
  findings: readonly Finding[];
  /** the run that is shown */
  run: number;
  /** what proves it is marked in the source beside */
  isBrief?: boolean;
}

export function FindingCards({ findings, run, isBrief = false, ...actions }: Props) {
  if (findings.length === 0) return null;
  return (
    <div class="findings-of-run" role="group" aria-label="Findings of this interaction">
      {findings.map((finding) => (
        <Card key={keyOf(finding)} finding={finding} run={run} isBrief={isBrief} {...actions} />
      ))}
    </div>
  );
}

const keyOf = ({ code, file, line, run, title }: Finding) =>
  [code, file, line, run, title].join(" ");

export const cardId = (id: number) => `finding-${id}`;

interface CardProps extends Actions {
  finding: Finding;
  run: number;
  isBrief: boolean;
}

function Card({ finding, run, isBrief, ...actions }: CardProps) {
  const { id, level, title, text, remedy, evidence, docs, code, kind, times, certainty } = finding;
  const places = placesOf(finding, actions);
  return (
    <article class={`finding finding-${level}`} id={cardId(id)} tabindex={-1}>
      <h3>
        <Sign level={level} /> <Sentence text={title} places={NOWHERE} />
      </h3>
      <p>
        <Sentence text={text} places={places} />
      </p>
      {remedy && (
        <p class="remedy">
          <strong>Instead: </strong>
          <Sentence text={remedy} places={places} />
        </p>
      )}
      {!isBrief && evidence.length > 0 && (
        <ul class="evidence" aria-label="Where it is to be seen">
          {evidence.map((each) => (
            <li>
              <button type="button" class="link" onClick={() => go(each, actions)}>
                {placeText(each.file, each.line) || `run ${each.run}`}
              </button>{" "}
              <Proof evidence={each} run={run} />
            </li>
          ))}
        </ul>
      )}
      <p class="about quiet">
        {nameOf(level)} <span title={kind}>{code}</span>
        {times > 1 && ` · met ${counted(times, "time")}`}
        {certainty === "inferred" && (
          <span title="The source was needed to conclude it"> · inferred</span>
        )}
        {docs && (
          <>
            {" · "}
            {docs.url ? (
              <a href={docs.url} target="_blank" rel="noreferrer">
                {docs.title}
              </a>
            ) : (
              docs.title
            )}
          </>
        )}
      </p>
    </article>
  );
}

/** What was there; in which run is said once. */
function Proof({
  evidence: { text, run: own, file, line },
  run,
}: {
  evidence: Evidence;
  run: number;
}) {
  const isPlaced = placeText(file, line) !== "";
  const said = isPlaced ? text : text.replace(new RegExp(`^run ${own} `), "");
  const isTold = own === run || !isPlaced || new RegExp(`\\brun ${own}\\b`).test(text);
  return (
    <span>
      <Sentence text={said} places={NOWHERE} />
      {!isTold && <span class="quiet"> in run {own}</span>}
    </span>
  );
}

const NOWHERE: Places = { line: () => null, run: () => null, place: () => null };

function go({ run, step, file, line }: Evidence, { onMoment, onLine }: Actions) {
  if (step) onMoment({ run, step });
  else {
    onMoment({ run, step: 0 });
    if (file && line) onLine(file, line);
  }
}

/** A line that the text names is that of the evidence, and has its moment there. */
function placesOf({ evidence, file, line: own }: Finding, actions: Actions): Places {
  const to = (each: Evidence | undefined) => (each ? () => go(each, actions) : null);
  const place = (name: string | null, line: number) =>
    to(evidence.find((each) => each.line === line && each.file === name));
  return {
    line: (line) =>
      place(file, line) ??
      to(evidence.find((each) => each.line === line)) ??
      (file && (line === own || evidence.every((each) => each.file === file))
        ? () => actions.onLine(file, line)
        : null),
    run: (run) => () => actions.onMoment({ run, step: null }),
    place: (name, line) => place(name, line) ?? (() => actions.onLine(name, line)),
  };
}
