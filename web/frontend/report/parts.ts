// The parts of a report: text in elements of the file, inflated when they are asked for.

// As in web/report/packing.py: base 85 without what means something in HTML.
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";
const VALUES = new Uint8Array(128);
[...ALPHABET].forEach((sign, value) => {
  VALUES[sign.charCodeAt(0)] = value;
});

/** @param {string} text @param {number} length  of the bytes */
export function decode(text, length) {
  const words = new DataView(new ArrayBuffer((text.length / 5) * 4));
  for (let i = 0, at = 0; i < text.length; at += 4) {
    let word = 0;
    for (let j = 0; j < 5; j++) word = word * 85 + (VALUES[text.charCodeAt(i++)] ?? 0);
    words.setUint32(at, word);
  }
  return new Uint8Array(words.buffer, 0, length);
}

export class Parts {
  /** @param {string} id */
  #element(id) {
    const element = document.getElementById(`part-${id}`);
    if (!element) throw new Error("This report is incomplete: a part of the file is missing.");
    return element;
  }

  /** How large a part is when it is unpacked. @param {string} id */
  size(id) {
    return Number(this.#element(id).dataset.size);
  }

  /** The bytes of a part as they were packed. @param {string} id @returns {Promise<Uint8Array>} */
  async raw(id) {
    const element = this.#element(id);
    return decode(element.textContent ?? "", Number(element.dataset.length));
  }

  /** @param {string} id */
  async #inflated(id) {
    const packed = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (await this.raw(id))]);
    return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate")));
  }

  /** @param {string} id @returns {Promise<Uint8Array>} */
  async bytes(id) {
    return new Uint8Array(await (await this.#inflated(id)).arrayBuffer());
  }

  /** @param {string} id @returns {Promise<string>} */
  async text(id) {
    return (await this.#inflated(id)).text();
  }

  /** @param {string} id @returns {Promise<any>} */
  async json(id) {
    return (await this.#inflated(id)).json();
  }
}
