// All findings of the recording, by level; each leads to its moment.

import type { Finding, Findings, Met } from "../api/answers";
import { counted } from "../base/format";
import { type At, LEVELS, momentOf, placeText } from "./levels";
import { Sentence, Sign } from "./pieceview";

interface Props {
  found: Findings | null;
  problem: string | null;
  /** the interaction that is shown */
  interaction: number | null;
  /** what an interaction was: `click Foo` */
  title: (interaction: number) => string | null;
  /** @param interaction  to which the run belongs */
  onMoment: (at: At) => void;
}

const MOST_PLACES = 200;
const NOWHERE = { line: () => null, run: () => null, place: () => null };

export function FindingList({ found, problem, interaction, title, onMoment }: Props) {
  if (problem)
    return (
      <div class="finding-list">
        <p class="empty error-text">{problem}</p>
      </div>
    );
  if (!found)
    return (
      <div class="finding-list">
        <p class="empty quiet">Looking at what was recorded …</p>
      </div>
    );
  const { findings, runs } = found;
  if (findings.length === 0)
    return (
      <div class="finding-list">
        <p class="empty">
          <strong>No findings:</strong> nothing looked wrong in {counted(runs, "run")}.
        </p>
      </div>
    );
  const met = new Map(found.met.map((each) => [each.id, each]));
  return (
    <div class="finding-list">
      <p class="said quiet">
        {LEVELS.map(({ level, name }) => [findings.filter((f) => f.level === level).length, name])
          .filter(([n]) => n)
          .map(([n, name]) => counted(Number(n), String(name).toLowerCase()))
          .join(", ")}{" "}
        in {counted(runs, "run")}
      </p>
      <div class="scroll" tabindex={0} role="region" aria-label="All findings">
        {LEVELS.map(({ level, title: heading }) => {
          const own = findings.filter((each) => each.level === level);
          if (own.length === 0) return null;
          return (
            <section key={level} aria-label={heading}>
              <h3>
                {heading} <span class="quiet">{own.length}</span>
              </h3>
              <ul>
                {own.map((finding) => (
                  <Entry
                    key={finding.id}
                    finding={finding}
                    met={met.get(finding.id)}
                    isHere={met.get(finding.id)?.interaction.includes(interaction ?? -1) ?? false}
                    title={title}
                    onMoment={onMoment}
                  />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </div>
  );
}

interface EntryProps {
  finding: Finding;
  met: Met | undefined;
  isHere: boolean;
  title: Props["title"];
  onMoment: Props["onMoment"];
}

function Entry({ finding, met, isHere, title, onMoment }: EntryProps) {
  const { level, code, times, file, line, interaction, also } = finding;
  const asked = title(interaction) ?? `interaction ${interaction}`;
  const places = [placeText(file, line), ...also.map(([name, no]) => placeText(name, no))];
  const runs = met?.run ?? [];
  return (
    <li class={isHere ? "here" : ""}>
      <button
        type="button"
        class="entry"
        aria-current={isHere ? "true" : undefined}
        onClick={() => onMoment(momentOf(finding))}
      >
        <Sign level={level} />
        <span class="title">
          <Sentence text={finding.title} places={NOWHERE} />
        </span>
        <span class="quiet">
          {places.filter(Boolean).join(", ")}
          {places[0] ? " · " : ""}
          {asked} · {code}
        </span>
      </button>
      {times > 1 && (
        <details>
          <summary>{counted(times, "time")}</summary>
          <ul class="times">
            {runs.slice(0, MOST_PLACES).map((run, i) => (
              <li>
                <button
                  type="button"
                  class="link"
                  onClick={() =>
                    onMoment(run === finding.run ? momentOf(finding) : { run, step: null })
                  }
                >
                  run {run}
                </button>{" "}
                <span class="quiet">{title(met?.interaction[i] ?? 0) ?? ""}</span>
              </li>
            ))}
            {runs.length > MOST_PLACES && (
              <li class="quiet">and {runs.length - MOST_PLACES} more</li>
            )}
          </ul>
        </details>
      )}
    </li>
  );
}
