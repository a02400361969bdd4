// The page messages in a report: many to a part, since they are small and alike.

import type { Parts } from "./parts";

const KEPT = 16; // parts

export class Bodies {
  parts: Parts;
  /** Number of the part, start and length of each. */
  places: Promise<Record<string, [number, number, number]>> | undefined = undefined;
  /** The parts used last, the newest at the end. */
  kept: Map<number, Promise<Uint8Array>> = new Map();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Null: it was not kept. */
  async get(hash: string): Promise<Uint8Array | null> {
    this.places ??= this.parts.json("bodies");
    const place = (await this.places)[hash];
    if (!place) return null;
    const [number, start, length] = place;
    const part = this.kept.get(number) ?? this.parts.bytes(`bodies-${number}`);
    this.kept.delete(number);
    this.kept.set(number, part);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return (await part).slice(start, start + length);
  }
}
