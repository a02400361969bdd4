// A line of the source: what is told of it, and how it is drawn.

import type { FileCoverage, SourceText, Token } from "../api/answers";
import { SIGNS } from "../base/words";
import { type LineMark, signOf } from "../findings/levels";
import { WhyButton } from "../findings/whybox";
import type { SoFar } from "./sofar";

/** What of a line is drawn, beside its text. `isEntry`: Tab leads there */
export interface Look {
  kind: string;
  times: string;
  note: string;
  isRepeated: boolean;
  /** it runs in this run, by now or later */
  runs: boolean;
  isCurrent: boolean;
  isLit: boolean;
  isEntry: boolean;
  mark: LineMark | undefined;
  /** what was seen there, of what was found; empty: that is not told here */
  seen: string;
}

/** A line of the text. `row`: as it is drawn with that look */
export interface Line {
  no: number;
  tokens: Token[];
  /** of its statement */
  first: number;
  isBlank: boolean;
  look: Look | null;
  row: unknown;
}

export const linesOf = (text: SourceText): Line[] =>
  text.lines.map((tokens, i) => ({
    no: i + 1,
    tokens,
    first: text.continued[i + 1] ?? i + 1,
    isBlank: tokens.every(([, part]) => part.trim() === ""),
    look: null,
    row: null,
  }));

export type Told = Pick<Look, "kind" | "times" | "note" | "isRepeated" | "runs">;

/** What happened at each line, in the whole run or up to the moment. */
export function tell(lines: Line[], coverage: FileCoverage, sofar: SoFar | null): Told[] {
  const runs = new Map(
    coverage.executed.map(([line, count, capped]) => [line, capped ? `${count}+` : `${count}`]),
  );
  const hits = sofar ? sofar.hits : runs;
  const reasons = new Map(
    sofar ? coverage.not_run.filter(([line]) => sofar.passed.has(line)) : coverage.not_run,
  );
  const halting = sofar ? null : coverage.halting_line;
  let before = "";
  return lines.map(({ no, first, isBlank }) => {
    const reason = reasons.get(first);
    const times = hits.get(no) ?? "";
    const isHalting = no === halting;
    const note = isHalting ? (coverage.halting_text ?? "") : (reason ?? "");
    // A reason that holds for many lines is shown once, and read out for each.
    const isRepeated = first !== no || (note !== "" && note === before && !isHalting);
    if (!isBlank) before = isHalting ? "" : note;
    const kind = isHalting ? "halting" : reason ? "not-run" : times ? "ran" : "";
    return { kind, times, note, isRepeated, runs: runs.has(no) };
  });
}

const LOOKS = [
  ...(["kind", "times", "note", "isRepeated", "seen"] as const),
  ...(["isCurrent", "isLit", "isEntry"] as const),
];

export const isSameLook = (a: Look, b: Look) =>
  LOOKS.every((key) => a[key] === b[key]) && a.mark?.text === b.mark?.text;

export interface On {
  line: (line: number) => void;
  why: (line: number, ran: boolean) => void;
  mark: (finding: number) => void;
}

export function rowOf(
  { no, tokens, first, isBlank }: Line,
  { kind, times, note, isRepeated, runs, isCurrent, isLit, isEntry, mark, seen }: Look,
  canAsk: (line: number, ran: boolean) => unknown,
  on: On,
) {
  const kinds = [kind, isCurrent ? "current" : "", isLit ? "lit" : "", mark ? "marked" : ""];
  const ran = times !== "";
  const isStatement = first === no && !isBlank;
  const words = kind === "halting" ? note : seen || note;
  const isTold = words !== "" && (!isRepeated || seen !== "");
  // What did not run is asked about by its number, too.
  const isOffered = ran ? isCurrent : kind === "not-run" && (isTold || isLit);
  const isAsked = isStatement && isOffered && canAsk(no, ran) !== null;
  const sign = kind === "halting" && <span aria-hidden="true">{SIGNS.halting} </span>;
  const said = words && (
    <span class={isTold ? "note" : "visually-hidden"} title={words}>
      {sign}
      {words}
    </span>
  );
  return (
    <tr
      key={no}
      class={kinds.filter(Boolean).join(" ")}
      data-line={no}
      aria-current={isCurrent ? "step" : undefined}
    >
      <td class="number">
        {isCurrent && (
          <span class="here" aria-hidden="true">
            {SIGNS.current}
          </span>
        )}
        {mark && <Margin mark={mark} onMark={on.mark} />}
        {kind === "not-run" && isStatement && !ran && canAsk(no, false) ? (
          <button
            type="button"
            class="line"
            title="Ask why this line did not run"
            aria-label={`Line ${no}: ask why it did not run`}
            tabindex={-1}
            onClick={() => on.why(no, false)}
          >
            {no}
          </button>
        ) : runs ? (
          <button
            type="button"
            class="line"
            title={ran ? "Go to where this line ran" : "Go to where this line runs"}
            aria-label={`Line ${no}: go to where it ${ran ? "ran" : "runs"}`}
            tabindex={isEntry ? 0 : -1}
            onClick={() => on.line(no)}
          >
            {no}
          </button>
        ) : (
          no
        )}
      </td>
      <td class="hits">{times || (kind === "not-run" ? SIGNS.not_run : "")}</td>
      <td class="text">
        <div>
          <code>
            {tokens.map(([name, part]) => (name ? <span class={name}>{part}</span> : part))}
          </code>
          {isAsked && (
            <WhyButton
              question={`Why did line ${no} ${ran ? "run" : "not run"}?`}
              not={!ran}
              tabindex={ran || isLit ? 0 : -1}
              onAsk={() => on.why(no, ran)}
            />
          )}
          {said}
        </div>
      </td>
    </tr>
  );
}

/** What was found at the line; a faint dot where it is evidence only. */
function Margin({ mark, onMark }: { mark: LineMark; onMark: On["mark"] }) {
  const { level, text, id } = mark;
  if (level === null)
    return (
      <span class="evidence-mark" title={`Evidence: ${text}`}>
        <span aria-hidden="true">{SIGNS.evidence}</span>
        <span class="visually-hidden">Evidence: {text}. </span>
      </span>
    );
  return (
    <button
      type="button"
      class={`finding-mark sign sign-${level}`}
      aria-label={text}
      title={text}
      onClick={() => onMark(id)}
    >
      {signOf(level)}
    </button>
  );
}

/** Up and down go from one statement to the next. */
export function onKey(event: KeyboardEvent) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const own = event.target instanceof HTMLElement ? event.target : null;
  if (!by || !own?.matches("button.line")) return;
  const all = [...(own.closest("tbody")?.querySelectorAll("button.line") ?? [])];
  const next = all[all.indexOf(own) + by];
  event.preventDefault();
  if (next instanceof HTMLElement) next.focus();
}
