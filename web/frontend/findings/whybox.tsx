// The answer to a question: a chain of links, each with its moment; and the button that asks.

import { Component } from "preact";
import type { WhyLink } from "../api/answers";
import type { Actions } from "../panels/facts";
import type { Asked } from "../store/why";
import { counted } from "../base/format";
import { placeText } from "./levels";
import { type Places, Sentence } from "./pieceview";

interface Props extends Actions {
  asked: Asked;
  /** the run that is shown */
  run: number;
  onAll: () => void;
  /** asks the opposite; null: there is none, or no answer to it */
  onWhyNot: (() => void) | null;
  onClose: () => void;
}

export class WhyBox extends Component<Props> {
  declare base?: HTMLElement;

  componentDidMount() {
    this.show();
  }

  componentDidUpdate(before: Props) {
    if (before.asked.path !== this.props.asked.path) this.show();
  }

  /** Who asked reads on here. */
  show() {
    this.base?.focus({ preventScroll: true });
    this.base?.scrollIntoView({ block: "nearest" });
  }

  render({ asked, run, onAll, onWhyNot, onClose, ...actions }: Props) {
    const { answer, problem, isWhole } = asked;
    const links = isWhole ? (answer?.links ?? []) : (answer?.first ?? []);
    const more = answer?.more ?? [];
    const between = (answer?.links.length ?? 0) - (answer?.first.length ?? 0);
    return (
      <section
        class="why-box"
        aria-label={answer?.question ?? "Why"}
        aria-busy={!answer && !problem}
        tabindex={-1}
      >
        <header>
          <h3>
            {answer ? <Sentence text={answer.question} places={NOWHERE} /> : "Looking for why …"}
          </h3>
          <button type="button" aria-label="Close the answer" title="Close (Esc)" onClick={onClose}>
            ✕
          </button>
        </header>
        {problem && (
          <p class="error-text" role="alert">
            {problem}
          </p>
        )}
        {links.length > 0 && (
          <ol class="chain">
            {links.map((link, i) => (
              <>
                {!isWhole && between > 0 && i === links.length - 2 && (
                  <li class="gap quiet">… {counted(between, "link")} between</li>
                )}
                <Link key={i} link={link} run={run} actions={actions} />
              </>
            ))}
          </ol>
        )}
        {isWhole && more.length > 0 && (
          <>
            <h4>What else it came from</h4>
            <ul class="chain beside">
              {more.map((link, i) => (
                <Link key={i} link={link} run={run} actions={actions} />
              ))}
            </ul>
          </>
        )}
        {!isWhole && between + more.length > 0 && (
          <button type="button" class="link" onClick={onAll}>
            Show {counted(between + more.length, "more link")}
          </button>
        )}
        {answer && onWhyNot && (
          <p>
            <button type="button" class="link" onClick={onWhyNot}>
              Why does it not show the new value?
            </button>
          </p>
        )}
      </section>
    );
  }
}

const NOWHERE: Places = { line: () => null, run: () => null, place: () => null };

function Link({ link, run, actions }: { link: WhyLink; run: number; actions: Actions }) {
  const { text, file, line } = link;
  const where = [
    placeText(file, line),
    link.run !== null && (link.run !== run || !file) ? `run ${link.run}` : "",
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <li>
      <Sentence text={text} places={NOWHERE} />{" "}
      {where && (
        <button type="button" class="link place" onClick={() => go(link, actions)}>
          {where}
        </button>
      )}
    </li>
  );
}

/** To its moment; what has none, such as a line that did not run, is pointed out in the source. */
function go({ run, step, file, line }: WhyLink, { onMoment, onLine }: Actions) {
  if (run !== null) onMoment({ run, step: step > 0 ? step : file && line ? null : 0 });
  if (step === 0 && file && line) onLine(file, line);
}

interface Ask {
  /** the whole question, for who does not see where the button stands */
  question: string;
  not?: boolean;
  onAsk: () => void;
  tabindex?: number;
}

export function WhyButton({ question, not = false, onAsk, tabindex = 0 }: Ask) {
  const word = not ? "why not?" : "why?";
  return (
    <button
      type="button"
      class="why"
      aria-label={not ? `Why not? ${question}` : question}
      title={question}
      tabindex={tabindex}
      onClick={(event) => {
        event.stopPropagation();
        onAsk();
      }}
    >
      {word}
    </button>
  );
}
