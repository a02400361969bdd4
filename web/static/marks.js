// The small marks of the timeline: arcs from cause to run, callbacks, writes, state writes.

import { visible } from "./lanes.js";
import { toX } from "./timescale.js";

/**
 * @typedef {import("./draw.js").Painter} Painter
 * @typedef {import("./lanes.js").Lane} Lane
 */

const SMALL = "11px system-ui, sans-serif";
const MOST_ARCS = 250; // more would be a grey area

/**
 * From each interaction to its runs, and from each run to the one that it started.
 * @param {Painter} painter
 * @param {Record<string, number>} tops
 */
export function paintArcs({ ctx, model, view, palette, px }, tops) {
  const { runs, interactions } = model.timeline;
  const asked = new Map(interactions.n.map((n, i) => [n, i]));
  for (const lane of [model.lanes.app, model.lanes.fragment]) {
    const [from, to] = visible(lane, view.x0, view.x1);
    if (to - from > MOST_ARCS) continue;
    const top = (tops[lane.key] ?? 0) + (lane.key === "app" ? 6 : 4);
    for (let i = from; i < to; i++) {
      const item = lane.item[i] ?? 0;
      const x = px(lane.x0[i] ?? 0);
      const by = runs.trigger[item] ?? 0;
      if (runs.trigger_type[item] === "interaction") {
        const source = asked.get(by);
        if (source === undefined) continue;
        const start = px(toX(model.scale, interactions.at_ns[source] ?? 0)) + 4;
        const y = (tops.interactions ?? 0) + 28;
        ctx.strokeStyle = palette.muted ?? "";
        ctx.lineWidth = 1.2;
        curve(ctx, start, y, start, top - 2, Math.max(x, start - 4), y + 2, Math.max(x + 1, start - 3), top);
        continue;
      }
      const source = model.runIndex.get(by);
      if (source === undefined) continue;
      const start = px(toX(model.scale, runs.ended_ns[source] ?? 0));
      const y = top + (lane.key === "app" ? 32 : 21);
      ctx.strokeStyle = palette.rerun ?? "";
      ctx.lineWidth = 1.6;
      const end = Math.max(x, start) + 3;
      curve(ctx, start - 3, y, start, y + 14, end - 3, y + 14, end, y + 1);
      ctx.fillStyle = palette.rerun ?? "";
      ctx.beginPath();
      ctx.moveTo(end + 1, y - 2);
      ctx.lineTo(end - 4, y + 4);
      ctx.lineTo(end + 4, y + 5);
      ctx.fill();
    }
  }
}

/** @type {(ctx: CanvasRenderingContext2D, ...points: [number, number, number, number, number, number, number, number]) => void} */
function curve(ctx, x0, y0, x1, y1, x2, y2, x3, y3) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.bezierCurveTo(x1, y1, x2, y2, x3, y3);
  ctx.stroke();
}

/** @type {(painter: Painter, lane: Lane, top: number) => void} */
export function paintCallbacks({ ctx, model, view, palette, px }, lane, top) {
  const { callbacks } = model.timeline;
  const [from, to] = visible(lane, view.x0 - 0.05 * (view.x1 - view.x0), view.x1);
  ctx.font = SMALL;
  let painted = -Infinity;
  for (let i = from; i < to; i++) {
    const x = px(lane.x0[i] ?? 0);
    if (x - painted < 1) continue;
    painted = x;
    const size = Math.max(3, px(lane.x1[i] ?? 0) - x);
    ctx.fillStyle = palette.callback ?? "";
    ctx.fillRect(x, top, size, 16);
    const next = i + 1 < to ? px(lane.x0[i + 1] ?? 0) : Infinity;
    const text = `ƒ ${callbacks.function[lane.item[i] ?? 0]}()`;
    if (next - x - size > ctx.measureText(text).width + 8) ctx.fillText(text, x + size + 4, top + 8.5);
  }
}

/** Full strokes reached the browser, hollow short ones did not. @type {(painter: Painter, lane: Lane, top: number) => void} */
export function paintWrites({ ctx, model, view, palette, px }, lane, top) {
  const { ticks } = model.timeline;
  if (!ticks) {
    ctx.font = SMALL;
    ctx.fillStyle = palette.muted ?? "";
    ctx.fillText("zoom in to see writes and state writes", 8, top + 9);
    return;
  }
  const { writes } = ticks;
  const [from, to] = visible(lane, view.x0, view.x1);
  let painted = -Infinity;
  for (let i = from; i < to; i++) {
    const x = Math.round(px(lane.x0[i] ?? 0));
    if (x === painted) continue;
    painted = x;
    const item = lane.item[i] ?? 0;
    if (writes.fate[item] === "discarded") {
      ctx.strokeStyle = palette.muted ?? "";
      ctx.lineWidth = 1;
      ctx.strokeRect(x + 0.5, top + 6.5, 3, 8);
      continue;
    }
    ctx.fillStyle = palette.ink ?? "";
    ctx.fillRect(x, top, 3, 16);
    if (writes.out_of_order[item]) {
      ctx.beginPath();
      ctx.moveTo(x - 3, top + 4);
      ctx.lineTo(x + 1.5, top - 3);
      ctx.lineTo(x + 6, top + 4);
      ctx.fill();
    }
  }
}

/** @type {(painter: Painter, lane: Lane, middle: number) => void} */
export function paintStateWrites({ ctx, view, palette, px }, lane, middle) {
  const [from, to] = visible(lane, view.x0, view.x1);
  ctx.fillStyle = palette.state ?? "";
  let painted = -Infinity;
  for (let i = from; i < to; i++) {
    const x = px(lane.x0[i] ?? 0);
    if (x - painted < 1) continue;
    painted = x;
    ctx.beginPath();
    ctx.moveTo(x, middle - 7);
    ctx.lineTo(x + 5, middle);
    ctx.lineTo(x, middle + 7);
    ctx.lineTo(x - 5, middle);
    ctx.fill();
  }
}
