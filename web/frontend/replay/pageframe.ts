// Streamlit's own front end in a frame. It has no origin of its own, so that the recorded app's
// HTML reaches neither this page nor its data: all it gets is handed in as messages.

import { nodeText } from "./pagelist";

/** @typedef {import("./pagelist").PageOfMoment} PageOfMoment */
/**
 * What the frame tells: `write` a number was clicked, `key` a key was pressed in it.
 * @typedef {{write: (run: number, step: number) => void, key: (init: KeyboardEventInit) => void}} Told
 */
/** @typedef {{numbers: boolean, lit: number | null}} Marks */

const KEPT = 64e6; // bytes of page messages
const TIMEOUT = 15_000; // ms; the front end is several MB of script

export class PageFrame {
  /**
   * @param {(hash: string) => Promise<Uint8Array>} body
   * @param {Told} told
   */
  constructor(body, told) {
    this.body = body;
    this.told = told;
    /** @type {HTMLIFrameElement | null} */
    this.element = null;
    /** @type {Map<string, Uint8Array>} */
    this.bodies = new Map(); // least recently used first
    this.size = 0;
    this.n = 0;
    /** @type {Map<string, {done: () => void, failed: (error: Error) => void}>} */
    this.waiting = new Map();
    this.listen = this.listen.bind(this);
  }

  /** @param {HTMLIFrameElement} element */
  open(element) {
    window.addEventListener("message", this.listen);
    this.element = element;
    this.ready = this.#wait("ready", "Streamlit's front end did not start");
    this.ready.catch(() => {}); // whoever shows something next is told
  }

  close() {
    window.removeEventListener("message", this.listen);
    this.waiting.clear();
    this.element = null;
  }

  /**
   * Shows the page of a moment; true when it is there, false when it was wanted no longer. Throws
   * an Error that says why it cannot.
   * @param {PageOfMoment} page
   * @param {Marks} marks
   * @param {() => boolean} outdated  asked before each wait: whether it is wanted no longer
   */
  async show(page, marks, outdated) {
    const fed = await Promise.all(page.feed.map(async (item) =>
      "hash" in item ? { bytes: await this.#bytes(item.hash), typed: item.typed } : item));
    if (outdated()) return false;
    await this.ready;
    if (outdated()) return false;
    this.n += 1;
    const shown = this.#wait(`shown ${this.n}`, "Streamlit's front end does not answer");
    this.#post({ kind: "show", n: this.n, items: fed, marks: marksOf(page, marks) });
    await shown;
    return true;
  }

  /**
   * @param {PageOfMoment} page
   * @param {Marks} marks
   */
  mark(page, marks) {
    this.#post({ kind: "marks", marks: marksOf(page, marks) });
  }

  /** @param {object} message */
  #post(message) {
    // To whatever origin: it has none. The page's policy lets nothing else into the frame.
    this.element?.contentWindow?.postMessage({ rerunTrace: message }, "*");
  }

  /** @param {string} hash */
  async #bytes(hash) {
    const bytes = this.bodies.get(hash) ?? (await this.body(hash));
    this.size += this.bodies.delete(hash) ? 0 : bytes.length;
    this.bodies.set(hash, bytes);
    for (const [oldest, old] of this.bodies) {
      if (this.size <= KEPT || oldest === hash) break;
      this.bodies.delete(oldest);
      this.size -= old.length;
    }
    return bytes;
  }

  /**
   * @param {string} what
   * @param {string} otherwise
   * @returns {Promise<void>}
   */
  #wait(what, otherwise) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`${otherwise}.`))), TIMEOUT);
      /** @param {() => void} how */
      const end = (how) => {
        clearTimeout(timer);
        this.waiting.delete(what);
        how();
      };
      this.waiting.set(what, {
        done: () => end(resolve),
        failed: (error) => end(() => reject(error)),
      });
    });
  }

  /** @param {MessageEvent} event */
  listen(event) {
    const told = event.source === this.element?.contentWindow ? event.data?.rerunTrace : null;
    if (!told) return;
    // The recorded app can send the same: nothing here does more than what a person may do.
    if (told.kind === "ready") this.waiting.get("ready")?.done();
    else if (told.kind === "shown") this.waiting.get(`shown ${told.n}`)?.done();
    else if (told.kind === "failed") this.waiting.get(`shown ${told.n}`)?.failed(new Error(String(told.text)));
    else if (told.kind === "write" && Number.isInteger(told.run) && Number.isInteger(told.step)) {
      this.told.write(told.run, told.step);
    } else if (told.kind === "key") this.told.key(Object(told.init));
  }
}

/**
 * What the frame needs in order to number the writes.
 * @param {PageOfMoment} page
 * @param {Marks} marks
 */
function marksOf(page, { numbers, lit }) {
  const writes = page.nodes
    .filter((node) => node.step !== null && (node.kind === "block" || node.visible))
    .map((node) => ({
      path: node.path, block: node.kind === "block", order: node.order, message: node.message,
      run: node.run, step: node.step, text: nodeText(node), out_of_order: node.out_of_order,
      unseen: node.fate === "discarded",
    }));
  return { numbers, lit, writes };
}
