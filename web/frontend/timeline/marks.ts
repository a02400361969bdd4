// The small marks of the timeline: arcs from cause to run, callbacks, threads, writes, state
// writes, flags.

import { SIGNS } from "../base/words";
import { type Level, signOf } from "../findings/levels";
import type { Painter } from "./draw";
import { AXIS, MOST_THREAD_ROWS, threadPlace } from "./lanes";
import { lowest } from "./spans";
import { toX } from "./timescale";

const SMALL = "11px system-ui, sans-serif";
const SIGN = 15; // px; of a finding
const MOST_ARCS = 250; // more would be a grey area

/** From each interaction to its runs, and from each run to the one that it started. */
export function paintArcs({ ctx, model, view, palette, px }: Painter) {
  const { index, scale } = model;
  const clicks = (model.lanes.find(({ key }) => key === "interactions")?.top ?? 0) + 27;
  for (const lane of model.lanes) {
    if (lane.key !== "app" && lane.key !== "fragment") continue;
    const { spans } = model.runs[lane.key];
    const from = lowest(spans.x0, view.x0, 0, spans.count);
    const to = lowest(spans.x0, view.x1, from, spans.count);
    if (to - from > MOST_ARCS) continue;
    const top = lane.top + (lane.key === "app" ? 6 : 4);
    const arc = (i: number) => {
      const run = spans.item[i] ?? 0;
      const x = px(spans.x0[i] ?? 0);
      const by = index.trigger(run);
      if (index.triggerType(run) === "interaction") {
        const start = px(toX(scale, index.interactionAt(by))) + 4;
        ctx.strokeStyle = palette.muted ?? "";
        ctx.lineWidth = 1.2;
        curve(
          ctx,
          start,
          clicks,
          start,
          top - 2,
          Math.max(x, start - 4),
          clicks + 2,
          Math.max(x + 1, start - 3),
          top,
        );
        return;
      }
      if (!index.has(by)) return;
      const start = px(toX(scale, index.endedAt(by) ?? index.startedAt(by)));
      const y = top + (lane.key === "app" ? 32 : 21);
      const end = Math.max(x, start) + 3;
      ctx.strokeStyle = palette.rerun ?? "";
      ctx.lineWidth = 1.6;
      curve(ctx, start - 3, y, start, y + 14, end - 3, y + 14, end, y + 1);
      ctx.fillStyle = palette.rerun ?? "";
      ctx.beginPath();
      ctx.moveTo(end + 1, y - 2);
      ctx.lineTo(end - 4, y + 4);
      ctx.lineTo(end + 4, y + 5);
      ctx.fill();
    };
    spans.reaching(0, from, view.x0, arc);
    for (let i = from; i < to; i++) arc(i);
    if (to < spans.count) arc(to); // it may have been caused by what is in sight
  }
}

/** A Bézier curve: where it starts, two points that pull it, where it ends. */
type Curve = [number, number, number, number, number, number, number, number];

function curve(ctx: CanvasRenderingContext2D, ...[x0, y0, ...rest]: Curve) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.bezierCurveTo(...rest);
  ctx.stroke();
}

export function paintCallbacks({ ctx, marks, view, width, palette, px }: Painter, top: number) {
  if (!marks) return;
  const { spans, marks: list } = marks.callbacks;
  const pixel = (view.x1 - view.x0) / width;
  ctx.font = SMALL;
  ctx.fillStyle = palette.callback ?? "";
  const one = (i: number) => {
    const mark = list[spans.item[i] ?? 0];
    const x = px(spans.x0[i] ?? 0);
    const size = Math.max(3, px(spans.x1[i] ?? 0) - x);
    ctx.fillRect(x, top, size, 16);
    const next = i + 1 < spans.count ? px(spans.x0[i + 1] ?? 0) : Infinity;
    const text = `${SIGNS.callback} ${mark?.block.callbacks.function[mark.i]}()`;
    if (next - x - size > ctx.measureText(text).width + 8)
      ctx.fillText(text, x + size + 4, top + 8.5);
  };
  spans.walk(view.x0 - 150 * pixel, view.x1, pixel, pixel, one, (_, from) => one(from));
}

/** Threads of the app's own: those at the same time below each other. */
export function paintThreads({ ctx, marks, view, width, palette, px }: Painter, top: number) {
  if (!marks) return;
  const { spans, marks: list } = marks.threads;
  const pixel = (view.x1 - view.x0) / width;
  ctx.font = SMALL;
  const one = (i: number) => {
    const mark = list[spans.item[i] ?? 0];
    if (!mark) return;
    const place = threadPlace(marks.threads, i);
    const x = px(spans.x0[i] ?? 0);
    const size = Math.max(3, px(spans.x1[i] ?? 0) - x);
    ctx.fillStyle = palette.thread ?? "";
    ctx.fillRect(x, top + place.top, size, Math.max(1, place.height - 1));
    if (place.height < 14) return;
    const { thread, function: name } = mark.block.threads;
    const left = Math.max(0, x) + 5;
    const room = Math.min(x + size, width) - left - 4;
    const texts = [
      `thread ${thread[mark.i]}: ${name[mark.i]}()`,
      `${name[mark.i]}()`,
      `${thread[mark.i]}`,
    ];
    const text = texts.find((each) => ctx.measureText(each).width <= room);
    ctx.fillStyle = palette["on-span"] ?? "";
    if (text) ctx.fillText(text, left, top + place.top + place.height / 2);
  };
  const many = (_: number, from: number, to: number) => {
    for (let i = from; i < Math.min(to, from + MOST_THREAD_ROWS); i++) one(i);
  };
  spans.walk(view.x0, view.x1, pixel, pixel, one, many);
}

/** Full strokes reached the browser, hollow short ones did not. */
export function paintWrites({ ctx, marks, view, width, palette, px }: Painter, top: number) {
  if (!marks) {
    ctx.font = SMALL;
    ctx.fillStyle = palette.muted ?? "";
    ctx.fillText("zoom in to see writes and state writes", 8, top + 9);
    return;
  }
  const { spans, marks: list } = marks.writes;
  const pixel = (view.x1 - view.x0) / width;
  const one = (i: number) => {
    const mark = list[spans.item[i] ?? 0];
    if (!mark) return;
    const { fate, out_of_order } = mark.block.writes;
    const x = Math.round(px(spans.x0[i] ?? 0));
    if (fate[mark.i] === "discarded") {
      ctx.strokeStyle = palette.muted ?? "";
      ctx.lineWidth = 1;
      ctx.strokeRect(x + 0.5, top + 6.5, 3, 8);
      return;
    }
    ctx.fillStyle = palette.ink ?? "";
    ctx.fillRect(x, top, 3, 16);
    if (!out_of_order[mark.i]) return;
    ctx.beginPath();
    ctx.moveTo(x - 3, top + 4);
    ctx.lineTo(x + 1.5, top - 3);
    ctx.lineTo(x + 6, top + 4);
    ctx.fill();
  };
  spans.walk(view.x0, view.x1, pixel, pixel, one, (_, from) => one(from));
}

export function paintStateWrites(
  { ctx, marks, view, width, palette, px }: Painter,
  middle: number,
) {
  if (!marks) return;
  const { spans } = marks.state;
  const pixel = (view.x1 - view.x0) / width;
  ctx.fillStyle = palette.state ?? "";
  const one = (i: number) => {
    const x = px(spans.x0[i] ?? 0);
    ctx.beginPath();
    ctx.moveTo(x, middle - 7);
    ctx.lineTo(x + 5, middle);
    ctx.lineTo(x, middle + 7);
    ctx.lineTo(x - 5, middle);
    ctx.fill();
  };
  spans.walk(view.x0, view.x1, pixel, pixel, one, (_, from) => one(from));
}

/**
 * The sign of the worst finding at the end of its run: shapes tell the levels apart. Where runs
 * lie closer than signs do, a fault goes before what is lighter.
 */
export function paintFindings({ ctx, model, palette, px, view, width, found }: Painter) {
  const { index, scale, now, session } = model;
  const lanes = new Map(model.lanes.map((lane) => [lane.key, lane]));
  const signs = [...found].map(([run, { level }]) => ({ run, level }));
  signs.sort((a, b) => Number(a.level !== "fault") - Number(b.level !== "fault"));
  const taken: Set<number> = new Set();
  ctx.font = `700 ${SMALL}`;
  ctx.textAlign = "center";
  for (const { run, level } of signs) {
    if (!index.has(run) || index.session(run) !== session) continue;
    const lane = lanes.get(index.kind(run) === "fragment" ? "fragment" : "app");
    const at = toX(scale, index.endedAt(run) ?? now);
    if (!lane || at < view.x0 || toX(scale, index.startedAt(run)) > view.x1) continue;
    const x = Math.min(px(at), width - SIGN / 2 - 1);
    const place = Math.round(x / SIGN) + lane.top * 1e5;
    if (taken.has(place)) continue;
    taken.add(place);
    paintSign({ ctx, palette }, level, x, lane.top + SIGN / 2);
  }
  ctx.textAlign = "left";
}

function paintSign(
  { ctx, palette }: Pick<Painter, "ctx" | "palette">,
  level: Level,
  x: number,
  y: number,
) {
  const isFault = level === "fault";
  const colour =
    (isFault ? palette.error : level === "hint" ? palette.accent : palette.muted) ?? "";
  ctx.beginPath();
  if (level === "hint") ctx.roundRect(x - SIGN / 2, y - SIGN / 2, SIGN, SIGN, 3);
  else ctx.arc(x, y, SIGN / 2, 0, 2 * Math.PI);
  ctx.fillStyle = (isFault ? colour : palette.paper) ?? "";
  ctx.fill();
  ctx.strokeStyle = (isFault ? palette.paper : colour) ?? "";
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fillStyle = (isFault ? palette.paper : colour) ?? "";
  ctx.fillText(signOf(level), x, y + 0.5);
}

/** What the search found: a small flag on top; and the notes. */
export function paintFlags(painter: Painter) {
  const { ctx, model, palette, px, width, flags } = painter;
  paintNotes(painter);
  ctx.fillStyle = palette.accent ?? "";
  let painted = -Infinity;
  for (const { at_ns } of flags) {
    const x = px(toX(model.scale, at_ns));
    if (x < -8 || x > width || Math.abs(x - painted) < 2) continue;
    painted = x;
    ctx.fillRect(x - 0.5, 1, 1, AXIS - 3);
    ctx.beginPath();
    ctx.moveTo(x, 1);
    ctx.lineTo(x + 8, 4.5);
    ctx.lineTo(x, 8);
    ctx.fill();
  }
}

/** What people wrote: a slip of paper on top, with lines on it. */
function paintNotes({ ctx, model, palette, px, width, notes }: Painter) {
  let painted = -Infinity;
  for (const { at_ns } of notes) {
    const x = px(toX(model.scale, at_ns));
    if (x < -8 || x > width + 8 || Math.abs(x - painted) < 3) continue;
    painted = x;
    ctx.fillStyle = palette.note ?? "";
    ctx.fillRect(x - 0.5, AXIS - 9, 1, 8);
    ctx.beginPath();
    ctx.moveTo(x - 6, 1);
    ctx.lineTo(x + 3, 1);
    ctx.lineTo(x + 6, 4);
    ctx.lineTo(x + 6, 13);
    ctx.lineTo(x - 6, 13);
    ctx.fill();
    ctx.fillStyle = palette.paper ?? "";
    for (const y of [5, 8]) ctx.fillRect(x - 4, y, 8, 1.2);
  }
}
