// The parts of a report: text in elements of the file, inflated when they are asked for.

// As in web/report/packing.py: base 85 without what means something in HTML.
const ALPHABET =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";
const VALUES = new Uint8Array(128);
[...ALPHABET].forEach((sign, value) => {
  VALUES[sign.charCodeAt(0)] = value;
});

/** @param length  of the bytes */
export function decode(text: string, length: number) {
  const words = new DataView(new ArrayBuffer((text.length / 5) * 4));
  for (let i = 0, at = 0; i < text.length; at += 4) {
    let word = 0;
    for (let j = 0; j < 5; j++) word = word * 85 + (VALUES[text.charCodeAt(i++)] ?? 0);
    words.setUint32(at, word);
  }
  return new Uint8Array(words.buffer, 0, length);
}

export class Parts {
  #element(id: string) {
    const element = document.getElementById(`part-${id}`);
    if (!element) throw new Error("This report is incomplete: a part of the file is missing.");
    return element;
  }

  /** How large a part is when it is unpacked. */
  size(id: string) {
    return Number(this.#element(id).dataset.size);
  }

  /** The bytes of a part as they were packed. */
  async raw(id: string): Promise<Uint8Array> {
    const element = this.#element(id);
    return decode(element.textContent ?? "", Number(element.dataset.length));
  }

  async #inflated(id: string) {
    const packed = new Blob([(await this.raw(id)) as Uint8Array<ArrayBuffer>]);
    return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate")));
  }

  async bytes(id: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#inflated(id)).arrayBuffer());
  }

  async text(id: string): Promise<string> {
    return (await this.#inflated(id)).text();
  }

  async json(id: string): Promise<any> {
    return (await this.#inflated(id)).json();
  }
}
