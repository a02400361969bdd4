// Streamlit's own front end in a frame. It has no origin of its own, so that the recorded app's
// HTML reaches neither this page nor its data: all it gets is handed in as messages.

import type { PageOfMoment } from "../api/answers";
import { NotKept, type Bodies } from "./bodies";
import { nodeText } from "./pagelist";

/**
 * What the frame tells: `write` a number was clicked, `why` it is asked why an element is so,
 * `key` a key was pressed in it.
 */
interface Told {
  write: (run: number, step: number) => void;
  why: (message: number) => void;
  key: (init: KeyboardEventInit) => void;
}
interface Waiting {
  done: () => void;
  failed: (error: Error) => void;
  /** there was a word: there may be a time until the next */
  goesOn: () => void;
}
interface Marks {
  numbers: boolean;
  /** whether a click on an element asks why it is so */
  asks: boolean;
  lit: number | null;
  /** the page is one of several side by side */
  bare: boolean;
}

const TIMEOUT = 15_000; // ms without a word; the front end is several MB of script
const NOT_KEPT = "What was here was not kept.";

export class PageFrame {
  element: HTMLIFrameElement | null = null;
  n = 0;
  waiting: Map<string, Waiting> = new Map();
  ready: Promise<void> | undefined;
  /** the way into the frame and out of it, which its recorded app does not have */
  port: MessagePort | null = null;

  constructor(
    readonly bodies: Bodies,
    readonly told: Told,
  ) {
    this.meet = this.meet.bind(this);
  }

  open(element: HTMLIFrameElement) {
    window.addEventListener("message", this.meet);
    this.element = element;
    this.ready = this.#wait("ready", "Streamlit's front end did not start");
    this.ready.catch(() => {}); // whoever shows something next is told
  }

  close() {
    window.removeEventListener("message", this.meet);
    this.waiting.clear();
    this.port?.close();
    this.port = null;
    this.element = null;
  }

  /**
   * Shows the page of a moment; true when it is there, false when it was wanted no longer.
   * Throws an Error that says why it cannot.
   * @param outdated  asked before each wait: whether it is wanted no longer
   */
  async show(page: PageOfMoment, marks: Marks, outdated: () => boolean) {
    const fed = await this.#fed(page);
    if (outdated()) return false;
    await this.ready;
    if (outdated()) return false;
    this.n += 1;
    const shown = this.#wait(`shown ${this.n}`, "Streamlit's front end does not answer");
    this.#post({ kind: "show", n: this.n, items: fed, marks: marksOf(page, marks) });
    await shown;
    return true;
  }

  /** What the frame is fed; a place whose content was not kept says so. */
  async #fed({ feed, nodes }: PageOfMoment) {
    const places = new Map(nodes.map(({ message, path }) => [message, path]));
    return Promise.all(
      feed.map(async (item) => {
        if (!("hash" in item)) return item;
        try {
          return { bytes: await this.bodies.get(item.hash), typed: item.typed };
        } catch (error) {
          const path = places.get(item.n);
          if (!path || !(error instanceof NotKept)) throw error;
          return { path, note: NOT_KEPT };
        }
      }),
    );
  }

  mark(page: PageOfMoment, marks: Marks) {
    this.#post({ kind: "marks", marks: marksOf(page, marks) });
  }

  #post(message: object) {
    this.port?.postMessage(message);
  }

  #wait(what: string, otherwise: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => end(() => reject(new Error(`${otherwise}.`)));
      // Drawing thousands of elements keeps a frame busy. Then it answers late, but it does.
      const ask = () => {
        this.#post({ kind: "ping" });
        timer = setTimeout(late, TIMEOUT);
      };
      let timer = setTimeout(ask, TIMEOUT);
      const end = (how: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(what);
        how();
      };
      this.waiting.set(what, {
        done: () => end(resolve),
        failed: (error) => end(() => reject(error)),
        goesOn: () => {
          clearTimeout(timer);
          timer = setTimeout(ask, TIMEOUT);
        },
      });
    });
  }

  /**
   * The frame is there: once, and before it was given anything of the recorded app's, which runs in
   * the same window. It gets one end of a channel; what comes without one is not listened to.
   */
  meet(event: MessageEvent) {
    const frame = this.element?.contentWindow;
    if (!frame || event.source !== frame || event.data?.rerunTrace?.kind !== "ready") return;
    if (this.port) return;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }) => this.#listen(data);
    // To whatever origin: it has none. The page's policy lets nothing else into the frame.
    frame.postMessage({ rerunTrace: { kind: "port" } }, "*", [port2]);
    this.waiting.get("ready")?.done();
  }

  #listen(told: any) {
    if (told.kind === "busy") for (const each of this.waiting.values()) each.goesOn();
    else if (told.kind === "shown") this.waiting.get(`shown ${told.n}`)?.done();
    else if (told.kind === "failed")
      this.waiting.get(`shown ${told.n}`)?.failed(new Error(String(told.text)));
    else if (told.kind === "write" && Number.isInteger(told.run) && Number.isInteger(told.step)) {
      this.told.write(told.run, told.step);
    } else if (told.kind === "why" && Number.isInteger(told.message)) {
      this.told.why(told.message);
    } else if (told.kind === "key") this.told.key(Object(told.init));
  }
}

/** What the frame needs in order to number the writes. */
function marksOf(page: PageOfMoment, { numbers, asks, lit, bare }: Marks) {
  const writes = page.nodes
    .filter((node) => node.step !== null && (node.kind === "block" || node.visible))
    .map((node) => ({
      path: node.path,
      block: node.kind === "block",
      order: node.order,
      message: node.message,
      run: node.run,
      step: node.step,
      text: nodeText(node),
      out_of_order: node.out_of_order,
      unseen: node.fate === "discarded",
    }));
  return { numbers, asks, lit, bare, writes };
}
