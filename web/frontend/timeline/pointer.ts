// The pointer on the timeline's canvas: it drags the view, chooses moments, and asks what lies
// below it.

import type { Scene, View } from "./draw";
import { type Found, hit } from "./hover";
import { pan } from "./viewport";

/** what the pointer works on */
interface Surface {
  canvas: HTMLCanvasElement;
  view: View;
  state: { width: number };
  show: (view: View) => void;
  scene: () => Scene;
  tell: (tip: { x: number; y: number; lines: string[] } | null) => void;
  choose: (found: Found) => void;
}

const STILL = 3; // pixels that a click may move

export class Pointer {
  surface: Surface;
  drag: { x: number; moved: boolean; view: View } | null = null;
  /** Where it rests. */
  place: { x: number; y: number } | null = null;
  sight = "";

  constructor(surface: Surface) {
    this.surface = surface;
  }

  down(event: PointerEvent) {
    if (event.button !== 0) return;
    this.drag = { x: event.clientX, moved: false, view: this.surface.view };
    this.surface.canvas.setPointerCapture(event.pointerId);
  }

  move(event: PointerEvent) {
    this.place = { x: event.offsetX, y: event.offsetY };
    if (!this.drag) return this.#ask();
    const shift = event.clientX - this.drag.x;
    if (Math.abs(shift) > STILL) this.drag.moved = true;
    if (!this.drag.moved) return;
    this.surface.tell(null);
    this.surface.show(pan(this.drag.view, -shift / this.surface.state.width));
  }

  up(event: PointerEvent) {
    const drag = this.drag;
    this.drag = null;
    if (!drag || drag.moved) return;
    const under = hit(this.surface.scene(), event.offsetX, event.offsetY);
    if (under) this.surface.choose(under);
  }

  leave() {
    this.drag = null;
    this.place = null;
    this.surface.tell(null);
  }

  /** The canvas was drawn: something else may have come under a pointer that rests. */
  drawn(sight: string) {
    if (this.place && !this.drag && sight !== this.sight) this.#ask();
    this.sight = sight;
  }

  #ask() {
    if (!this.place) return;
    const { x, y } = this.place;
    const lines = hit(this.surface.scene(), x, y)?.lines ?? [];
    this.surface.tell(lines.length ? { x, y, lines } : null);
  }
}
