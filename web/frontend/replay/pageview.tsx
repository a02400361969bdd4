// The page at a moment: replayed by Streamlit's front end, or as a list.

import { Component } from "preact";
import { Api } from "../api/api";
import { counted } from "../base/format";
import { site } from "../base/site";
import { bodiesOf } from "./bodies";
import { PageFrame } from "./pageframe";
import type { PageOfMoment } from "../api/answers";
import { type AskElement, PageList } from "./pagelist";

type As = "sent" | "written";
/**
 * `lit` is the number of the page message whose element is outlined. `writes` are those of the
 * moment's run so far: when there are more, the page is asked for again.
 */
interface Props {
  recording: number;
  moment: { run: number; step: number } | null;
  as: As;
  onAs: (as: As) => void;
  writes?: readonly unknown[];
  lit: number | null;
  onWrite: (run: number, step: number) => void;
  /** asks why an element is as it is; null: there is no answer here */
  why?: AskElement;
  /** whose page it is: nothing but the page is shown, without choices */
  bare?: string;
}
interface State {
  /** the newest that was read */
  page: PageOfMoment | null;
  /** why nothing can be read */
  problem: string | null;
  /** why the frame shows nothing */
  dead: string | null;
  /** whether the frame shows a page */
  shown: boolean;
  list: boolean;
  /** on paper, a frame would be cut */
  prints: boolean;
  numbers: boolean;
  /** a click on an element asks why it is so */
  asks: boolean;
  /** replay although the version is another one */
  anyway: boolean;
  /** how many elements the frame is drawing; 0: few, which is done at once */
  drawing: number;
}

// ms until a page is asked for again whose messages are still on their way; then doubled
const AGAIN = 300;
const TRIES = 5;
// ms; of moments that go by faster than they can be drawn, one is shown as often as this
const LATE = 250;
const MANY = 300; // elements: who waits for so many is told
const PRINTING = ["beforeprint", "afterprint"];
const NO_ANSWER: AskElement = () => null;
const CHOICES: [As, string, string][] = [
  ["sent", "as sent", "The page as the browser had it"],
  ["written", "as written", "Also what the browser never saw, because a rerun discarded it"],
];

export class PageView extends Component<Props, State> {
  api: Api;
  frame: PageFrame;
  element: HTMLElement | null = null;
  asked = 0;
  working = false;
  due = 0; // when what is drawn is shown although it has gone by
  tries = 0;
  /** The moment that the frame shows, for whoever waits for it. */
  shown: string | undefined;
  fed = ""; // what the frame shows: most steps change nothing of it
  state: State = {
    page: null,
    problem: null,
    dead: null,
    shown: false,
    list: false,
    prints: false,
    numbers: true,
    asks: false,
    anyway: false,
    drawing: 0,
  };
  setFrame: (element: HTMLIFrameElement | null) => void;
  timer: number | undefined;

  constructor(props: Props) {
    super(props);
    this.api = new Api(props.recording);
    const bodies = bodiesOf(props.recording, (hashes) => this.api.bodies(hashes));
    this.frame = new PageFrame(bodies, {
      write: (run, step) => this.props.onWrite(run, step),
      why: (message) => this.props.why?.(message)?.(),
      key: (init) => this.press(init),
    });
    this.setFrame = (element: HTMLIFrameElement | null) => {
      if (element) {
        this.frame.open(element);
        site.startFrame(element, this.props.recording);
      } else {
        this.fed = "";
        this.frame.close();
      }
    };
  }

  onPrint = ({ type }: Event) => this.setState({ prints: type === "beforeprint" });

  componentDidMount() {
    for (const type of PRINTING) addEventListener(type, this.onPrint);
    this.ask();
  }

  componentWillUnmount() {
    for (const type of PRINTING) removeEventListener(type, this.onPrint);
    this.asked = Infinity;
    clearTimeout(this.timer);
  }

  componentDidUpdate(before: Props, was: State) {
    const { moment, as, writes, lit } = this.props;
    const moved = moment?.run !== before.moment?.run || moment?.step !== before.moment?.step;
    if (moved || as !== before.as || writes?.length !== before.writes?.length) this.ask();
    else if (this.state.anyway !== was.anyway) this.ask();
    else if (
      this.state.page &&
      (lit !== before.lit || this.state.numbers !== was.numbers || this.state.asks !== was.asks)
    ) {
      this.frame.mark(this.state.page, this.marks());
    }
  }

  /** Shows the moment that is wanted now; most of those passed meanwhile are left out. */
  async ask(tries = 0) {
    this.asked += 1;
    this.tries = tries;
    clearTimeout(this.timer);
    if (this.working) return;
    this.working = true;
    this.due = performance.now() + LATE;
    for (let done = -1; done !== this.asked && this.asked !== Infinity;) {
      done = this.asked;
      await this.load(() => done !== this.asked && performance.now() < this.due);
    }
    this.working = false;
  }

  async load(outdated: () => boolean) {
    const { moment, as } = this.props;
    if (!moment) return;
    let page;
    try {
      page = await this.api.page(moment.run, moment.step, as);
    } catch (error) {
      if (!outdated()) this.setState({ problem: messageOf(error) });
      return;
    }
    if (this.asked === Infinity) return;
    await new Promise((resolve) => this.setState({ page, problem: null }, () => resolve(null)));
    // Of a recording that broke off it is never known.
    if (page.pending && this.tries < TRIES) {
      this.timer = setTimeout(() => this.ask(this.tries + 1), AGAIN * 2 ** this.tries);
    }
    if (!this.replays(page) || page.feed.length === 0) return;
    const fed = JSON.stringify(page.feed);
    const count = page.nodes.filter(({ kind }) => kind === "element").length;
    if (fed !== this.fed && count >= MANY) this.setState({ drawing: count });
    try {
      if (fed !== this.fed && !(await this.frame.show(page, this.marks(), outdated))) return;
      this.frame.mark(page, this.marks()); // they may have changed meanwhile
      this.fed = fed;
      this.due = performance.now() + LATE;
      this.shown = `${page.run} ${page.step} ${page.as}`;
      this.setState({ shown: true, dead: null });
    } catch (error) {
      this.fed = "";
      if (this.asked !== Infinity) this.setState({ dead: messageOf(error) });
    } finally {
      if (this.asked !== Infinity && this.state.drawing) this.setState({ drawing: 0 });
    }
  }

  marks() {
    const { numbers, asks } = this.state;
    const bare = this.props.bare !== undefined;
    return { lit: this.props.lit, numbers: numbers && !bare, asks, bare };
  }

  replays({ versions: [recorded, installed] }: PageOfMoment) {
    return !site.noReplay && installed !== "" && (recorded === installed || this.state.anyway);
  }

  press(init: KeyboardEventInit) {
    this.element?.dispatchEvent(
      new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true }),
    );
  }

  render() {
    const { as, onAs, onWrite, why, lit, recording, bare } = this.props;
    const { page, problem, dead, shown, prints, numbers, asks, drawing } = this.state;
    const list = this.state.list || prints;
    const replays = page !== null && this.replays(page) && page.feed.length > 0;
    const listed = list || (page !== null && (!replays || dead !== null));
    return (
      <section
        class="pageview"
        aria-label={bare ? `Page of ${bare}` : "Page"}
        data-shown={this.shown}
        ref={(element) => {
          this.element = element;
        }}
      >
        {!bare && (
          <header>
            <h2 class="visually-hidden">Page</h2>
            <span class="choice" role="group" aria-label="What of the page is shown">
              {CHOICES.map(([value, name, title]) => (
                <button
                  key={value}
                  title={title}
                  aria-pressed={as === value}
                  onClick={() => onAs(value)}
                >
                  {name}
                </button>
              ))}
            </span>
            <span class="end buttons">
              {why && (
                <button
                  aria-pressed={asks && !listed}
                  disabled={listed}
                  onClick={() => this.setState({ asks: !asks })}
                  title="Click an element of the page to be told why it is as it is"
                >
                  why?
                </button>
              )}
              <button
                aria-pressed={numbers}
                disabled={listed}
                onClick={() => this.setState({ numbers: !numbers })}
                title="Number the writes of the run in their order"
              >
                numbers
              </button>
              <button
                aria-pressed={listed}
                disabled={listed && !list}
                onClick={() => this.setState({ list: !list })}
                title="The same page as text"
              >
                as a list
              </button>
            </span>
            <p class="quiet what">{explained(as, page)}</p>
          </header>
        )}
        {this.notes()}
        <div class="pageview-body">
          {(replays || shown) && (
            <iframe
              key={`frame ${recording}`}
              ref={this.setFrame}
              title={bare ? `The page of ${bare} at this step` : "The page at this moment"}
              src={site.frame(recording)}
              sandbox="allow-scripts"
              class={listed ? "away" : ""}
              tabindex={listed ? -1 : 0}
            />
          )}
          {replays && !listed && (drawing > 0 || !shown) && (
            <p class={`quiet empty ${shown ? "drawing" : "over"}`} role="status">
              {drawing ? `Drawing ${counted(drawing, "element")} …` : "Loading the page …"}
            </p>
          )}
          {page && listed && (
            <PageList
              page={page}
              lit={lit}
              onWrite={onWrite}
              why={why ?? NO_ANSWER}
              isWhole={prints}
            />
          )}
          {!page && !problem && <p class="quiet empty">Loading the page …</p>}
        </div>
      </section>
    );
  }

  /** What a person should know about the page that is shown. */
  notes() {
    const { page, problem, dead } = this.state;
    const notes = [];
    if (problem) notes.push(<p class="error-text">{problem}</p>);
    if (page?.partial) {
      notes.push(
        <p>Not all runs up to here were recorded in full: the page may lack something.</p>,
      );
    }
    if (page && !this.replays(page)) {
      const [recorded, installed] = page.versions;
      notes.push(
        site.noReplay ? (
          <p>{site.noReplay}</p>
        ) : installed ? (
          <p>
            Recorded with Streamlit {recorded}, and {installed} is installed: it may draw the page
            in another way, so the page is a list.{" "}
            <button class="link" onClick={() => this.setState({ anyway: true })}>
              Replay it all the same
            </button>
          </p>
        ) : (
          <p>Streamlit is not installed here, so the page is a list.</p>
        ),
      );
    } else if (page && page.feed.length === 0) {
      notes.push(<p>Nothing had been sent to the browser yet.</p>);
    } else if (dead) {
      notes.push(
        <p>
          The page cannot be replayed, so it is a list: {dead}{" "}
          <button
            class="link"
            onClick={() => this.setState({ dead: null, shown: false }, () => this.ask())}
          >
            Try again
          </button>
        </p>,
      );
    }
    return (
      notes.length > 0 && (
        <div class="pageview-notes" role="status">
          {notes}
        </div>
      )
    );
  }
}

/** What is shown, and what of it the browser had. */
function explained(as: As, page: PageOfMoment | null) {
  const [, , title] = CHOICES.find(([value]) => value === as) ?? ["", "", ""];
  if (page?.as !== as) return title;
  if (as === "written") return `${title}: ${page.text.replace(/^as written: /, "")}`;
  return page.text.replace(/^as the browser/, "The page as the browser");
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
