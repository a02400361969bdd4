// The lanes as they were painted last: a step moves nothing but the cursor across them.

import { paint } from "./draw";

export class Layer {
  constructor() {
    this.canvas = document.createElement("canvas");
    /** What was painted. @type {unknown[]} */
    this.of = [];
  }

  /**
   * Copies the lanes onto the canvas of `ctx`; paints them first when anything of them is different.
   * @param {CanvasRenderingContext2D} ctx
   * @param {import("./draw").Scene} scene
   */
  paint(ctx, scene) {
    const { model, marks, details, view, width, palette, moment, flags, notes } = scene;
    const { canvas } = ctx;
    const of = [model, marks, details.version, view, palette, moment?.run, flags, notes, canvas.width, canvas.height];
    if (of.some((each, i) => each !== this.of[i])) {
      this.of = of;
      [this.canvas.width, this.canvas.height] = [canvas.width, canvas.height];
      const own = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
      own.setTransform(ctx.getTransform());
      paint(own, scene);
    }
    ctx.clearRect(0, 0, width, model.height);
    ctx.drawImage(this.canvas, 0, 0, width, model.height);
  }
}
