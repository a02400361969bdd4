// The source: the line that was just executed, which lines ran in the run, which did not, and why.

import { Component } from "preact";
import type { FileCoverage, SourceText, Token } from "../api/answers";

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
  detailed: boolean;
  problem: string | null;
  onFile: (fileNo: number) => void;
  onLine: (line: number) => void;
}

/** `isEntry`: Tab leads there */
interface Look {
  isCurrent: boolean;
  isLit: boolean;
  isEntry: boolean;
}

/** `row`: as it is drawn with that look */
interface Line {
  no: number;
  tokens: Token[];
  kind: string;
  times: string | undefined;
  note: string;
  isRepeated: boolean;
  look: Look | null;
  row: unknown;
}

export class SourcePanel extends Component<Props> {
  declare base?: Element;
  /**
   * A step changes few lines: the rows of all others stay as they are, or long files were slow.
   */
  kept: { coverage: FileCoverage | null; text: SourceText | null; lines: Line[] } = {
    coverage: null as FileCoverage | null,
    text: null as SourceText | null,
    lines: [] as Line[],
  };

  componentDidMount() {
    this.scroll();
  }

  shouldComponentUpdate(next: Props) {
    const own = this.props;
    return (
      ["files", "shown", "text", "run", "current", "lit", "detailed", "problem"] as (keyof Props)[]
    ).some((key) => own[key] !== next[key]);
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

  rows(coverage: FileCoverage, text: SourceText, current: number | null, lit: ReadonlySet<number>) {
    if (this.kept.coverage !== coverage || this.kept.text !== text) {
      this.kept = { coverage, text, lines: linesOf(coverage, text) };
    }
    const { lines } = this.kept;
    // One line takes part in the Tab order; the arrows go on from there.
    const hasRun = current !== null && lines[current - 1]?.times !== undefined;
    const entry = hasRun ? current : coverage.executed[0]?.[0];
    return lines.map((line) => {
      const look = {
        isCurrent: line.no === current,
        isLit: lit.has(line.no),
        isEntry: line.no === entry,
      };
      const { isCurrent, isLit, isEntry } = look;
      const old = line.look;
      if (!old || old.isCurrent !== isCurrent || old.isLit !== isLit || old.isEntry !== isEntry) {
        line.look = look;
        line.row = rowOf(line, look, (no) => this.props.onLine(no));
      }
      return line.row;
    });
  }

  render({ files, shown, text, run, current, lit, detailed, problem, onFile }: Props) {
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
            <tbody onKeyDown={onKey}>{this.rows(shown, text, current, lit)}</tbody>
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
    return { no, tokens, kind, times, note, isRepeated, look: null, row: null };
  });
}

function rowOf(
  { no, tokens, kind, times, note, isRepeated }: Line,
  { isCurrent, isLit, isEntry }: Look,
  onLine: (line: number) => void,
) {
  const kinds = [kind, isCurrent ? "current" : "", isLit ? "lit" : ""];
  const mark = kind === "halting" && <span aria-hidden="true">■ </span>;
  const said = note && (
    <span class={isRepeated ? "visually-hidden" : "note"} title={note}>
      {mark}
      {note}
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
        {times ? (
          <button
            type="button"
            class="line"
            title="Go to where this line ran"
            aria-label={`Line ${no}: go to where it ran`}
            tabindex={isEntry ? 0 : -1}
            onClick={() => onLine(no)}
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
        </div>
      </td>
    </tr>
  );
}

/** Up and down go from one line that ran to the next. */
function onKey(event: KeyboardEvent) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const own = event.target instanceof HTMLElement ? event.target : null;
  if (!by || !own?.matches("button.line")) return;
  const all = [...(own.closest("tbody")?.querySelectorAll("button.line") ?? [])];
  const next = all[all.indexOf(own) + by];
  event.preventDefault();
  if (next instanceof HTMLElement) next.focus();
}
