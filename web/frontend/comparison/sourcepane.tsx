// The source of a variant: the line of the moment, and what became of each statement.

import { Component } from "preact";
import type { MarkedFile, SourceText, Token } from "../api/answers";
import type { Lesson } from "./lesson";

/** `line`: of the moment, when it is in that file; `plain`: without what the lesson has not told */
interface Props {
  lesson: Lesson;
  recording: number;
  name: string;
  file: MarkedFile | { file_no: number; file: string; marks: [] };
  line: number | null;
  halted: boolean;
  plain: boolean;
  /** is told the statement of the moment as text; empty: there is none */
  onStatement: (text: string) => void;
}
interface State {
  text: SourceText | null;
  problem: string;
}

export class SourcePane extends Component<Props, State> {
  declare base?: Element;
  state: State = { text: null, problem: "" };
  isGone = false;

  componentDidMount() {
    this.load();
  }

  componentWillUnmount() {
    this.isGone = true;
  }

  componentDidUpdate(before: Props, was: State) {
    this.props.onStatement(this.statement());
    if (before.file.file_no !== this.props.file.file_no) this.load();
    else if (before.line !== this.props.line || before.plain !== this.props.plain) this.reveal();
    else if (was.text !== this.state.text) this.reveal();
  }

  async load() {
    const { lesson, recording, file } = this.props;
    try {
      const text = await lesson.source(recording, file.file_no);
      if (!this.isGone && file.file_no === this.props.file.file_no)
        this.setState({ text, problem: "" });
    } catch (error) {
      if (!this.isGone) this.setState({ problem: error instanceof Error ? error.message : "" });
    }
  }

  statement() {
    const { line } = this.props;
    const { text } = this.state;
    if (line === null || !text) return "";
    const first = text.continued[line] ?? line;
    const own = text.lines.filter((_, i) => (text.continued[i + 1] ?? i + 1) === first);
    return own
      .map((tokens) =>
        tokens
          .map(([, part]) => part)
          .join("")
          .trim(),
      )
      .join(" ");
  }

  /** Scrolls no further than it takes to see the line and the next, and nothing but this pane. */
  reveal() {
    const pane = this.base?.querySelector(".lines");
    const row = pane?.querySelector(".current");
    if (!pane || !row) return;
    const [seen, at] = [pane.getBoundingClientRect(), row.getBoundingClientRect()];
    const room = at.height * 1.5;
    if (at.top - room < seen.top || at.bottom + room > seen.bottom)
      pane.scrollTop += at.top + at.height / 2 - seen.top - seen.height / 2;
  }

  render({ file, line, halted, plain, name }: Props, { text, problem }: State) {
    const marks = new Map(file.marks.map((mark) => [mark.line, mark]));
    const first = (no: number) => text?.continued[no] ?? no;
    const current = line === null ? null : first(line);
    const matters = (no: number, tokens: readonly Token[]) =>
      !plain || ((marks.has(first(no)) || first(no) === current) && !isTalk(tokens));
    return (
      <div class="source">
        <p class="file quiet" title={file.file}>
          {file.file}
        </p>
        {problem && <p class="error-text">{problem}</p>}
        <div class="lines" role="region" tabIndex={0} aria-label={`Source of ${name}`}>
          <table class="code">
            {text?.lines.map((tokens, i) => {
              const no = i + 1;
              if (!matters(no, tokens)) return null;
              const mark = plain || isTalk(tokens) ? undefined : marks.get(no);
              const isCurrent = first(no) === current;
              const kind = isCurrent
                ? `current${halted ? " halting" : ""}`
                : isTalk(tokens)
                  ? ""
                  : (marks.get(first(no))?.kind ?? "");
              return (
                <tr key={no} class={plain && !isCurrent ? "" : kind} aria-current={isCurrent}>
                  <td class="number">{no}</td>
                  <td class="hits" title={mark?.note}>
                    {mark?.count}
                    {mark?.note && <span class="visually-hidden"> {mark.note}</span>}
                  </td>
                  <td class="text">
                    <code>
                      {tokens.map(([token, part]) => (
                        <span class={token}>{part}</span>
                      ))}
                    </code>
                  </td>
                </tr>
              );
            })}
          </table>
        </div>
      </div>
    );
  }
}

/** Whether a line is nothing but a docstring or a comment. */
const isTalk = (tokens: readonly Token[]) =>
  tokens.every(([kind, text]) => kind === "sd" || kind.startsWith("c") || !text.trim());
