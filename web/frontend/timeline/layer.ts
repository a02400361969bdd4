// The lanes as they were painted last: a step moves nothing but the cursor across them.

import { paint, type Scene } from "./draw";

export class Layer {
  canvas = document.createElement("canvas");
  /** What was painted. */
  of: unknown[] = [];

  /**
   * Copies the lanes onto the canvas of `ctx`; paints them first when anything of them is
   * different.
   */
  paint(ctx: CanvasRenderingContext2D, scene: Scene) {
    const { model, marks, details, view, width, palette, moment, flags, notes, found } = scene;
    const { canvas } = ctx;
    const of = [
      model,
      marks,
      details.version,
      view,
      palette,
      moment?.run,
      flags,
      notes,
      found,
      canvas.width,
      canvas.height,
    ];
    if (of.some((each, i) => each !== this.of[i])) {
      this.of = of;
      [this.canvas.width, this.canvas.height] = [canvas.width, canvas.height];
      const own = this.canvas.getContext("2d") as CanvasRenderingContext2D;
      own.setTransform(ctx.getTransform());
      paint(own, scene);
    }
    ctx.clearRect(0, 0, width, model.height);
    ctx.drawImage(this.canvas, 0, 0, width, model.height);
  }
}
