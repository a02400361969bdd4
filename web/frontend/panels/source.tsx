// The source: the line that was just executed, which lines ran in the run, which did not, and why.

import { Component } from "preact";
import type { FileCoverage, SourceText } from "../api/answers";
import type { LineMark } from "../findings/levels";
import { folded } from "./folds";
import type { SoFar } from "./sofar";
import {
  isSameLook,
  type Line,
  linesOf,
  type Look,
  onKey,
  rowOf,
  tell,
  type Told,
} from "./sourceline";

/**
 * `current`: the moment's line, when it is in the shown file; `lit`: lines that an element or
 * a value was pointed out for
 */
interface Props {
  files: FileCoverage[];
  shown: FileCoverage | null;
  /** what of it has happened by the moment; null: the whole run is shown */
  sofar: SoFar | null;
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
  /** how many lines ran by the moment, by file_no; null: the whole run is shown */
  ran: ReadonlyMap<number, number> | null;
  /** whether the whole run is to be shown also at a moment within it; undefined: no choice */
  isWhole?: boolean;
  onWhole?: (isWhole: boolean) => void;
  onMark: (finding: number) => void;
  onFile: (fileNo: number) => void;
  onLine: (line: number) => void;
}

interface State {
  /** what is folded is shown all the same */
  isUnfolded: boolean;
}

/** What it is not drawn from: what it calls. */
const CALLED: (keyof Props)[] = ["why", "onWhole", "onMark", "onFile", "onLine"];

export class SourcePanel extends Component<Props, State> {
  declare base?: Element;
  state = { isUnfolded: false };
  /**
   * A step changes few lines: the rows of all others stay as they are, or long files were slow.
   */
  lines: Line[] = [];
  /** What they are of. */
  of: unknown[] = [];
  /** Whether a person looks elsewhere in the source since it was scrolled. */
  isLeft = false;
  /** The pane may become smaller, and lines taller, when more is found. */
  sizes = new ResizeObserver(() => !this.isLeft && this.scroll());
  pane: Element | null = null;

  componentDidMount() {
    this.watch();
    this.scroll();
  }

  componentWillUnmount() {
    this.sizes.disconnect();
  }

  watch() {
    const pane = this.base?.querySelector(".scroll") ?? null;
    if (pane === this.pane) return;
    this.pane = pane;
    this.sizes.disconnect();
    if (pane) for (const each of [pane, ...pane.children]) this.sizes.observe(each);
  }

  shouldComponentUpdate(next: Props, { isUnfolded }: State) {
    const own = this.props;
    if (isUnfolded !== this.state.isUnfolded) return true;
    const keys = Object.keys(next) as (keyof Props)[];
    return keys.some((key) => !CALLED.includes(key) && own[key] !== next[key]);
  }

  componentDidUpdate(before: Props) {
    const { current, text, run, lit } = this.props;
    this.watch();
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
    const { pane } = this;
    this.isLeft = false;
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
    const { current, lit, marks, run, sofar, isTold = false } = this.props;
    // Another run's lines are asked about in that run.
    const of = [coverage, text, run, this.props.answers];
    if (of.some((each, i) => each !== this.of[i])) {
      this.of = of;
      this.lines = linesOf(text);
    }
    const told = tell(this.lines, coverage, sofar);
    // One line takes part in the Tab order; the arrows go on from there.
    const hasRun = current !== null && told[current - 1]?.times;
    const entry = hasRun ? current : coverage.executed[0]?.[0];
    return this.lines.map((line, i) => {
      const look: Look = {
        ...(told[i] as Told),
        isCurrent: line.no === current,
        isLit: lit.has(line.no),
        isEntry: line.no === entry,
        mark: marks.get(line.no),
        seen: (isTold && marks.get(line.no)?.seen) || "",
      };
      if (!line.look || !isSameLook(line.look, look)) {
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

  /** Such as `4 of 9 lines`, by now. */
  countOf({ file_no, executed, not_run }: FileCoverage) {
    const { ran } = this.props;
    const count = ran ? (ran.get(file_no) ?? 0) : executed.length;
    return `${count} of ${executed.length + not_run.length} lines`;
  }

  render(props: Props, { isUnfolded }: State) {
    const { kept, files, shown, text, run, sofar, isWhole, detailed, problem, onFile, onWhole } =
      props;
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
    const told = this.countOf(shown);
    const left = () => void (this.isLeft = true);
    const rows = this.rows(shown, text);
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
                title={shown.file}
                onChange={(event) => onFile(Number((event.target as HTMLSelectElement).value))}
              >
                {files.map((file) => (
                  <option value={file.file_no}>
                    {file.file} – {this.countOf(file)}
                  </option>
                ))}
              </select>
            </>
          ) : (
            <strong class="name" title={shown.file}>
              {shown.file}
            </strong>
          )}
          {files.length === 1 && (
            <span
              class="quiet"
              title={`${told} ran in run ${run}${sofar ? " up to this moment" : ""}`}
            >
              {told}
            </span>
          )}
          {onWhole && (
            <button
              type="button"
              class="end toggle"
              aria-pressed={isWhole}
              title="At a moment within a run: show what its whole run did, too (r)"
              onClick={() => onWhole(!isWhole)}
            >
              whole run
            </button>
          )}
        </div>
        <div
          class="scroll"
          tabindex={0}
          role="region"
          aria-label={`Source of ${shown.file}`}
          onWheel={left}
          onPointerDown={left}
          onKeyDown={left}
        >
          <table class="code">
            <thead class="visually-hidden">
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Times run</th>
                <th scope="col">Source, and what happened</th>
              </tr>
            </thead>
            <tbody onKeyDown={onKey}>
              {folded(rows, isUnfolded ? null : kept, () => this.setState({ isUnfolded: true }))}
            </tbody>
          </table>
        </div>
      </div>
    );
  }
}
