// Bodies of page messages that were fetched: all frames of a page share them.

const KEPT = 64e6; // bytes, of one recording
const RECORDINGS = 6; // the variants of a comparison

export class Bodies {
  #known: Map<string, Uint8Array> = new Map(); // least recently used first
  #asked: Map<string, Promise<Uint8Array>> = new Map();
  #size = 0;

  constructor(readonly fetch: (hash: string) => Promise<Uint8Array>) {}

  get(hash: string): Promise<Uint8Array> | Uint8Array {
    const known = this.#known.get(hash);
    if (known) {
      this.#known.delete(hash);
      this.#known.set(hash, known);
      return known;
    }
    let asked = this.#asked.get(hash);
    if (!asked) {
      asked = this.fetch(hash)
        .then((bytes) => this.#keep(hash, bytes))
        .finally(() => this.#asked.delete(hash));
      this.#asked.set(hash, asked);
    }
    return asked;
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
export function bodiesOf(recording: number, fetch: (hash: string) => Promise<Uint8Array>): Bodies {
  let found = OF.get(recording);
  if (!found) {
    found = new Bodies(fetch);
    OF.set(recording, found);
    for (const oldest of OF.keys()) if (OF.size > RECORDINGS) OF.delete(oldest);
  }
  return found;
}
