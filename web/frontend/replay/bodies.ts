// Bodies of page messages that were fetched: all frames of a page share them. What is asked for at
// one time is fetched together.

import { MOST, type Body } from "./batch";

const KEPT = 64e6; // bytes, of one recording
const RECORDINGS = 6; // the variants of a comparison
const AT_ONCE = 3; // requests

type Fetch = (hashes: string[]) => Promise<Body[]>;

interface Waiting {
  hash: string;
  done: (bytes: Uint8Array) => void;
  failed: (error: unknown) => void;
}

/** It is not there, and will not be; all else that goes wrong may go well the next time. */
export class NotKept extends Error {}

export class Bodies {
  #known: Map<string, Uint8Array> = new Map(); // least recently used first
  #asked: Map<string, Promise<Uint8Array>> = new Map();
  #due: Waiting[] = [];
  #requests = 0;
  #size = 0;

  constructor(readonly fetch: Fetch) {}

  get(hash: string): Promise<Uint8Array> | Uint8Array {
    const known = this.#known.get(hash);
    if (known) {
      this.#known.delete(hash);
      this.#known.set(hash, known);
      return known;
    }
    let asked = this.#asked.get(hash);
    if (!asked) {
      asked = new Promise<Uint8Array>((done, failed) => {
        if (this.#due.push({ hash, done, failed }) === 1) queueMicrotask(() => this.#send());
      }).finally(() => this.#asked.delete(hash));
      this.#asked.set(hash, asked);
    }
    return asked;
  }

  /** What is due, as many requests at once as are good for it. */
  #send() {
    while (this.#due.length && this.#requests < AT_ONCE) {
      const batch = this.#due.splice(0, MOST);
      this.#requests += 1;
      this.#fetch(batch)
        .catch((error) => batch.forEach(({ failed }) => failed(error)))
        .finally(() => {
          this.#requests -= 1;
          this.#send();
        });
    }
  }

  async #fetch(batch: Waiting[]) {
    const bodies = await this.fetch(batch.map(({ hash }) => hash));
    batch.forEach((waiting, i) => {
      const body = bodies[i];
      if (body === "later") this.#due.push(waiting);
      else if (body) waiting.done(this.#keep(waiting.hash, body));
      else waiting.failed(new NotKept("The content of this page message was not kept."));
    });
  }

  #keep(hash: string, bytes: Uint8Array) {
    this.#size += bytes.length;
    this.#known.set(hash, bytes);
    for (const [oldest, old] of this.#known) {
      if (this.#size <= KEPT || oldest === hash) break;
      this.#known.delete(oldest);
      this.#size -= old.length;
    }
    return bytes;
  }
}

const OF: Map<number, Bodies> = new Map();

/** Those of a recording. */
export function bodiesOf(recording: number, fetch: Fetch): Bodies {
  let found = OF.get(recording);
  if (!found) {
    found = new Bodies(fetch);
    OF.set(recording, found);
    for (const oldest of OF.keys()) if (OF.size > RECORDINGS) OF.delete(oldest);
  }
  return found;
}
