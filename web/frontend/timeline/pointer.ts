// The pointer on the timeline's canvas: it drags the view, chooses moments, and asks what lies below it.

import { hit } from "./hover";
import { pan } from "./viewport";

/**
 * @typedef {import("./draw").View} View
 * @typedef {object} Surface  what the pointer works on
 * @property {HTMLCanvasElement} canvas
 * @property {View} view
 * @property {{width: number}} state
 * @property {(view: View) => void} show
 * @property {() => import("./draw").Scene} scene
 * @property {(tip: {x: number, y: number, lines: string[]} | null) => void} tell
 * @property {(found: import("./hover").Found) => void} choose
 */

const STILL = 3; // pixels that a click may move

export class Pointer {
  /** @param {Surface} surface */
  constructor(surface) {
    this.surface = surface;
    /** @type {{x: number, moved: boolean, view: View} | null} */
    this.drag = null;
    /** Where it rests. @type {{x: number, y: number} | null} */
    this.place = null;
    this.sight = "";
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    this.drag = { x: event.clientX, moved: false, view: this.surface.view };
    this.surface.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  move(event) {
    this.place = { x: event.offsetX, y: event.offsetY };
    if (!this.drag) return this.#ask();
    const shift = event.clientX - this.drag.x;
    if (Math.abs(shift) > STILL) this.drag.moved = true;
    if (!this.drag.moved) return;
    this.surface.tell(null);
    this.surface.show(pan(this.drag.view, -shift / this.surface.state.width));
  }

  /** @param {PointerEvent} event */
  up(event) {
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

  /** The canvas was drawn: something else may have come under a pointer that rests. @param {string} sight */
  drawn(sight) {
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
