// A small picture of the page as a run left it: by Streamlit's own front end at a fraction of its
// size, or a plain drawing where the page cannot be replayed.

import { Component } from "preact";
import { Api } from "../api/api";
import type { PageNode, PageOfMoment } from "../api/answers";
import { presenting } from "../base/presenting";
import { site } from "../base/site";
import { bodiesOf } from "./bodies";
import { PageFrame } from "./pageframe";

/** `stamp`: differs as soon as the run may have left another page */
interface Props {
  recording: number;
  run: number;
  step: number;
  stamp: string;
}

interface State {
  page: PageOfMoment | null;
  isDrawn: boolean;
  /** it is not replayed */
  isPlain: boolean;
  width: number;
}

// px of the page at the least: with less, an app's columns stand below each other
const USUAL = { scale: 0.55, narrowest: 560 };
const LARGE_TYPE = { scale: 0.8, narrowest: 440 }; // to be read from the back row
const REST = 700; // ms between two pictures of a run that goes on
const AGAIN = 400; // ms until a page is asked for again whose messages are still on their way
const TRIES = 5;
const MOST_LINES = 7; // of a plain drawing
const MOST_SAID = 20; // elements, to who hears the page
const MOST_DRAWN = 400; // elements: more are too small to be seen in a picture, and take seconds
const NOBODY = { write: () => {}, why: () => {}, key: () => {} };
const UNMARKED = { numbers: false, asks: false, lit: null, bare: true };

export class Picture extends Component<Props, State> {
  declare base?: HTMLElement;
  state: State = { page: null, isDrawn: false, isPlain: site.noReplay !== "", width: 0 };
  api = new Api(this.props.recording);
  frame = new PageFrame(
    bodiesOf(this.props.recording, (hashes) => this.api.bodies(hashes)),
    NOBODY,
  );
  asked = 0;
  isWorking = false;
  fed = "";
  timer: number | undefined;
  sight: ResizeObserver | null = null;
  setFrame = (element: HTMLIFrameElement | null) => {
    if (element) {
      this.frame.open(element);
      site.startFrame(element, this.props.recording);
    } else {
      this.fed = "";
      this.frame.close();
    }
  };

  componentDidMount() {
    this.sight = new ResizeObserver(([entry]) => {
      if (entry) this.setState({ width: entry.contentRect.width });
    });
    if (this.base) this.sight.observe(this.base);
    this.draw();
  }

  componentWillUnmount() {
    this.asked = Infinity;
    clearTimeout(this.timer);
    this.sight?.disconnect();
  }

  componentDidUpdate({ run, step, stamp }: Props) {
    const { props } = this;
    if (run !== props.run || step !== props.step || stamp !== props.stamp) this.draw();
  }

  /** One picture at a time; of what is asked for meanwhile, the last one. */
  async draw() {
    this.asked += 1;
    if (this.isWorking) return;
    this.isWorking = true;
    const rest = (ms: number) =>
      new Promise((resolve) => (this.timer = window.setTimeout(resolve, ms)));
    let tries = 0;
    for (let done = -1; done !== this.asked && this.asked !== Infinity;) {
      if (done >= 0) await rest(REST);
      done = this.asked;
      while ((await this.show()) && done === this.asked && tries++ < TRIES) await rest(AGAIN);
    }
    this.isWorking = false;
  }

  /** @returns whether the page may still be another one */
  async show(): Promise<boolean> {
    const { run, step } = this.props;
    try {
      const page = await this.api.page(run, step, "sent");
      if (this.asked === Infinity) return false;
      const [recorded, installed] = page.versions;
      const isReplayed =
        recorded === installed && page.feed.length > 0 && page.feed.length <= MOST_DRAWN;
      const isPlain = site.noReplay !== "" || !isReplayed;
      await new Promise((done) => this.setState({ page, isPlain }, () => done(null)));
      const fed = JSON.stringify(page.feed);
      if (!isPlain && fed !== this.fed) {
        await this.frame.show(page, UNMARKED, () => false);
        this.fed = fed;
        this.setState({ isDrawn: true });
      }
      return page.pending;
    } catch {
      if (this.asked !== Infinity) this.setState({ isPlain: true });
      return false;
    }
  }

  render({ recording, run }: Props, { page, isPlain, isDrawn, width }: State) {
    const { scale: wanted, narrowest } = presenting.value ? LARGE_TYPE : USUAL;
    const inner = Math.max(narrowest, width / wanted);
    const scale = width / inner;
    return (
      <div class="picture" role="img" aria-label={`The page after run ${run}: ${textOf(page)}`}>
        {width > 0 && !isPlain && (
          <iframe
            key={`picture ${recording}`}
            ref={this.setFrame}
            title={`The page after run ${run}`}
            src={site.frame(recording)}
            sandbox="allow-scripts"
            tabindex={-1}
            aria-hidden="true"
            style={{ width: `${inner}px`, height: `${100 / scale}%`, transform: `scale(${scale})` }}
          />
        )}
        {page && (isPlain || !isDrawn) && <Plain nodes={page.nodes} />}
      </div>
    );
  }
}

function textOf(page: PageOfMoment | null) {
  if (!page) return "";
  const seen = page.nodes.filter(isSeen);
  const more = seen.length > MOST_SAID ? ` and ${seen.length - MOST_SAID} more` : "";
  return seen.length ? seen.slice(0, MOST_SAID).map(wordsOf).join(", ") + more : "empty";
}

const isSeen = ({ kind, visible }: PageNode) => kind === "element" && visible;

const wordsOf = ({ element, label }: PageNode) => label || element.replaceAll("_", " ");

const BUTTONS = ["button", "download_button", "link_button", "form_submit_button"];
const LARGE = ["heading", "title", "header", "subheader", "metric"];

/** What is on the page, in its order: headings large, buttons in a box. */
function Plain({ nodes }: { nodes: PageNode[] }) {
  const seen = nodes.filter(isSeen);
  return (
    <ul class="plain-page" aria-hidden="true">
      {seen.slice(0, MOST_LINES).map((node) => (
        <li
          class={
            BUTTONS.includes(node.element) ? "box" : LARGE.includes(node.element) ? "large" : ""
          }
        >
          {wordsOf(node)}
        </li>
      ))}
      {seen.length > MOST_LINES && <li class="quiet">and {seen.length - MOST_LINES} more</li>}
      {seen.length === 0 && <li class="quiet">nothing on the page</li>}
    </ul>
  );
}
