// The source: the line that was just executed, which lines ran in the run, which did not, and why.

import { Component } from "preact";
import type { FileCoverage, SourceText, Token } from "../api/answers";
import { type LineMark, signOf } from "../findings/levels";
import { WhyButton } from "../findings/whybox";
import { folded } from "./folds";

/**
 * `current`: the moment's line, when it is in the shown file; `lit`: lines that an element or
 * a value was pointed out for
 */
interface Props {
  files: FileCoverage[];
  shown: FileCoverage | null;
  text: SourceText | null;
  run: number;
  current: number | null;
  lit: ReadonlySet<number>;
  /** lines with findings, or with evidence of one */
  marks: ReadonlyMap<number, LineMark>;
  /** lines that are shown, the others folded; null: all */
  kept?: ReadonlySet<number> | null;
  /** what was seen at a line stands beside it */
  isTold?: boolean;
  detailed: boolean;
  problem: string | null;
  /** in a report: the questions that have answers; undefined: all have */
  answers?: unknown;
  /** asks why a line ran, or why it did not; null: there is no answer here */
  why: (line: number, ran: boolean) => (() => void) | null;
  onMark: (finding: number) => void;
  onFile: (fileNo: number) => void;
  onLine: (line: number) => void;
}

/** `isEntry`: Tab leads there */
interface Look {
  isCurrent: boolean;
  isLit: boolean;
  isEntry: boolean;
  mark: LineMark | undefined;
  isTold: boolean;
}

/** `row`: as it is drawn with that look */
interface Line {
  no: number;
  tokens: Token[];
  kind: string;
  times: string | undefined;
  note: string;
  isRepeated: boolean;
  /** a statement begins here */
  isStatement: boolean;
  look: Look | null;
  row: unknown;
}

/** What it is not drawn from: what it calls. */
const CALLED: (keyof Props)[] = ["why", "onMark", "onFile", "onLine"];

export class SourcePanel extends Component<Props, { isWhole: boolean }> {
  declare base?: Element;
  state = { isWhole: false };
  /**
   * A step changes few lines: the rows of all others stay as they are, or long files were slow.
   */
  lines: Line[] = [];
  /** What they are of. */
  of: unknown[] = [];

  componentDidMount() {
    this.scroll();
  }

  shouldComponentUpdate(next: Props, { isWhole }: { isWhole: boolean }) {
    const own = this.props;
    if (isWhole !== this.state.isWhole) return true;
    const keys = Object.keys(next) as (keyof Props)[];
    return keys.some((key) => !CALLED.includes(key) && own[key] !== next[key]);
  }

  componentDidUpdate(before: Props) {
    const { current, text, run, lit } = this.props;
    if (
      before.current !== current ||
      before.text !== text ||
      before.run !== run ||
      before.lit !== lit
    )
      this.scroll();
  }

  /** Brings the moment's line into view, or else the line that ended the run. */
  scroll() {
    const pane = this.base?.querySelector(".scroll");
    const row =
      pane?.querySelector(".lit") ??
      pane?.querySelector(".current") ??
      pane?.querySelector(".halting");
    if (!pane || !row) return;
    // Only this pane moves: scrollIntoView would move the page as well.
    const { top, bottom } = row.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    const margin = Math.min(60, frame.height / 4);
    if (top < frame.top + margin) pane.scrollTop -= frame.top + margin - top;
    else if (bottom > frame.bottom - margin) pane.scrollTop += bottom - frame.bottom + margin;
  }

  rows(coverage: FileCoverage, text: SourceText) {
    const { current, lit, marks, run, isTold = false } = this.props;
    // Another run's lines are asked about in that run.
    const of = [coverage, text, run, this.props.answers];
    if (of.some((each, i) => each !== this.of[i])) {
      this.of = of;
      this.lines = linesOf(coverage, text);
    }
    const { lines } = this;
    // One line takes part in the Tab order; the arrows go on from there.
    const hasRun = current !== null && lines[current - 1]?.times !== undefined;
    const entry = hasRun ? current : coverage.executed[0]?.[0];
    return lines.map((line) => {
      const look = {
        isCurrent: line.no === current,
        isLit: lit.has(line.no),
        isEntry: line.no === entry,
        mark: marks.get(line.no),
        isTold,
      };
      const { isCurrent, isLit, isEntry, mark } = look;
      const old = line.look;
      if (
        !old ||
        old.isCurrent !== isCurrent ||
        old.isLit !== isLit ||
        old.isEntry !== isEntry ||
        old.mark?.text !== mark?.text ||
        old.isTold !== isTold
      ) {
        line.look = look;
        line.row = rowOf(line, look, this.props.why, {
          line: (no) => this.props.onLine(no),
          why: (no, ran) => this.props.why(no, ran)?.(),
          mark: (id) => this.props.onMark(id),
        });
      }
      return line.row;
    });
  }

  render(
    { files, shown, text, run, kept, detailed, problem, onFile }: Props,
    { isWhole }: { isWhole: boolean },
  ) {
    if (problem)
      return (
        <div class="source">
          <p class="empty error-text">{problem}</p>
        </div>
      );
    if (!shown || !text) {
      const reason = detailed
        ? files.length > 0
          ? "Loading…"
          : "No line of the app's own code ran."
        : "The lines of this run were not kept.";
      return (
        <div class="source">
          <p class="empty quiet">{reason}</p>
        </div>
      );
    }
    const rows = this.rows(shown, text);
    const total = shown.executed.length + shown.not_run.length;
    return (
      <div class="source">
        <div class="panel-bar">
          {files.length > 1 ? (
            <>
              <label class="visually-hidden" for="file">
                File
              </label>
              <select
                id="file"
                value={shown.file_no}
                onChange={(event) => onFile(Number((event.target as HTMLSelectElement).value))}
              >
                {files.map(({ file_no, file }) => (
                  <option value={file_no}>{file}</option>
                ))}
              </select>
            </>
          ) : (
            <strong class="name" title={shown.file}>
              {shown.file}
            </strong>
          )}
          <span
            class="quiet"
            title={`${shown.executed.length} of ${total} statements ran in run ${run}`}
          >
            {shown.executed.length} of {total} lines
          </span>
        </div>
        <div class="scroll" tabindex={0} role="region" aria-label={`Source of ${shown.file}`}>
          <table class="code">
            <thead class="visually-hidden">
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Times run</th>
                <th scope="col">Source, and what happened</th>
              </tr>
            </thead>
            <tbody onKeyDown={onKey}>
              {folded(rows, isWhole ? null : kept, () => this.setState({ isWhole: true }))}
            </tbody>
          </table>
        </div>
      </div>
    );
  }
}

function linesOf(coverage: FileCoverage, text: SourceText): Line[] {
  const hits = new Map(
    coverage.executed.map(([line, count, capped]) => [line, capped ? `${count}+` : `${count}`]),
  );
  const reasons = new Map(coverage.not_run);
  let before = "";
  return text.lines.map((tokens, index) => {
    const no = index + 1;
    const first = text.continued[no] ?? no;
    const reason = reasons.get(first);
    const times = hits.get(no);
    const isHalting = no === coverage.halting_line;
    const isBlank = tokens.every(([, part]) => part.trim() === "");
    const note = isHalting ? (coverage.halting_text ?? "") : (reason ?? "");
    // A reason that holds for many lines is shown once, and read out for each.
    const isRepeated = first !== no || (note !== "" && note === before && !isHalting);
    if (!isBlank) before = isHalting ? "" : note;
    const kind = isHalting ? "halting" : reason ? "not-run" : times ? "ran" : "";
    const isStatement = first === no && !isBlank;
    return { no, tokens, kind, times, note, isRepeated, isStatement, look: null, row: null };
  });
}

interface On {
  line: (line: number) => void;
  why: (line: number, ran: boolean) => void;
  mark: (finding: number) => void;
}

function rowOf(
  { no, tokens, kind, times, note, isRepeated, isStatement }: Line,
  { isCurrent, isLit, isEntry, mark, isTold }: Look,
  canAsk: (line: number, ran: boolean) => unknown,
  on: On,
) {
  const kinds = [kind, isCurrent ? "current" : "", isLit ? "lit" : "", mark ? "marked" : ""];
  const ran = times !== undefined;
  const isAsked = isStatement && (ran ? isCurrent : kind === "not-run") && canAsk(no, ran) !== null;
  const sign = kind === "halting" && <span aria-hidden="true">■ </span>;
  const seen = (isTold && mark?.seen) || "";
  const told = kind === "halting" ? note : seen || note;
  const said = told && (
    <span class={isRepeated && !seen ? "visually-hidden" : "note"} title={told}>
      {sign}
      {told}
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
        ) : times ? (
          <button
            type="button"
            class="line"
            title="Go to where this line ran"
            aria-label={`Line ${no}: go to where it ran`}
            tabindex={isEntry ? 0 : -1}
            onClick={() => on.line(no)}
          >
            {no}
          </button>
        ) : (
          no
        )}
      </td>
      <td class="hits">{times ?? (kind === "not-run" ? "·" : "")}</td>
      <td class="text">
        <div>
          <code>
            {tokens.map(([name, part]) => (name ? <span class={name}>{part}</span> : part))}
          </code>
          {said}
          {isAsked && (
            <WhyButton
              question={`Why did line ${no} ${ran ? "run" : "not run"}?`}
              not={!ran}
              tabindex={ran || isLit ? 0 : -1}
              onAsk={() => on.why(no, ran)}
            />
          )}
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
        <span aria-hidden="true">●</span>
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
function onKey(event: KeyboardEvent) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const own = event.target instanceof HTMLElement ? event.target : null;
  if (!by || !own?.matches("button.line")) return;
  const all = [...(own.closest("tbody")?.querySelectorAll("button.line") ?? [])];
  const next = all[all.indexOf(own) + by];
  event.preventDefault();
  if (next instanceof HTMLElement) next.focus();
}
