// Paints the timeline onto a canvas. Shape, pattern and text tell outcomes apart; colour helps.

import { symbol } from "./format.js";
import { AXIS, HEIGHT, LANES, visible } from "./lanes.js";
import { paintArcs, paintCallbacks, paintStateWrites, paintWrites } from "./marks.js";
import { ticks, toX } from "./timescale.js";

/**
 * @typedef {import("./lanes.js").Model} Model
 * @typedef {import("./lanes.js").Lane} Lane
 * @typedef {{x0: number, x1: number}} View  the part of the timeline that is shown, within 0 and 1
 * @typedef {Record<string, string>} Palette
 * @typedef {{ctx: CanvasRenderingContext2D, model: Model, view: View, width: number,
 *   palette: Palette, px: (x: number) => number}} Painter
 */

const FONT = "12px system-ui, sans-serif";
const SMALL = "11px system-ui, sans-serif";
const STUB = 26; // width of the hatched part that stands for what did not run
const COLOURS = [
  "ink", "muted", "grid", "paper", "interaction", "completed", "rerun", "switched", "stopped",
  "superseded", "error", "running", "callback", "state", "accent", "on-span", "column",
];

/**
 * The colours of the style sheet, for the canvas.
 * @param {Element} element
 * @returns {Palette}
 */
export function readPalette(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/**
 * @param {CanvasRenderingContext2D} ctx  scaled so that one unit is one CSS pixel
 * @param {Model} model
 * @param {View} view
 * @param {number} width  CSS pixels
 * @param {Palette} palette
 * @param {number | null} selected  number of the selected run
 */
export function paint(ctx, model, view, width, palette, selected) {
  /** @type {Painter} */
  const painter = { ctx, model, view, width, palette, px: pixels(view, width) };
  ctx.clearRect(0, 0, width, HEIGHT);
  paintColumn(painter, selected);
  paintAxis(painter);
  paintBreaks(painter);
  let top = AXIS;
  /** @type {Record<string, number>} */
  const tops = {};
  for (const { key, height } of LANES) {
    tops[key] = top;
    top += height;
  }
  paintArcs(painter, tops);
  paintInteractions(painter, model.lanes.interactions, (tops.interactions ?? 0) + 7, 21);
  paintRuns(painter, model.lanes.app, (tops.app ?? 0) + 6, 30, selected);
  paintRuns(painter, model.lanes.fragment, (tops.fragment ?? 0) + 4, 20, selected);
  paintCallbacks(painter, model.lanes.callbacks, (tops.callbacks ?? 0) + 4);
  paintWrites(painter, model.lanes.writes, (tops.writes ?? 0) + 4);
  paintStateWrites(painter, model.lanes.state, (tops.state ?? 0) + 12);
}

/** @type {(view: View, width: number) => (x: number) => number} */
export const pixels = ({ x0, x1 }, width) => (x) => ((x - x0) / (x1 - x0)) * width;

/**
 * The column behind the selected run.
 * @param {Painter} painter
 * @param {number | null} selected
 */
function paintColumn({ ctx, model, palette, px }, selected) {
  const index = selected === null ? undefined : model.runIndex.get(selected);
  if (index === undefined) return;
  const { runs } = model.timeline;
  const from = px(toX(model.scale, runs.started_ns[index] ?? 0));
  const to = px(toX(model.scale, runs.ended_ns[index] ?? Infinity));
  ctx.fillStyle = palette.column ?? "";
  ctx.fillRect(from - 2, AXIS, Math.max(to - from, 1) + 4, HEIGHT - AXIS);
  ctx.fillStyle = palette.accent ?? "";
  ctx.fillRect(from - 1, AXIS, 1.5, HEIGHT - AXIS);
  ctx.beginPath();
  ctx.arc(from - 0.25, AXIS, 4.5, 0, 2 * Math.PI);
  ctx.fill();
}

/** @param {Painter} painter */
function paintAxis({ ctx, model, view, width, palette, px }) {
  ctx.font = SMALL;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const { x, label, strong } of ticks(model.scale, view.x0, view.x1, width)) {
    const at = Math.round(px(x)) + 0.5;
    ctx.strokeStyle = palette.grid ?? "";
    ctx.lineWidth = 1;
    line(ctx, at, AXIS - 4, at, HEIGHT);
    ctx.fillStyle = (strong ? palette.ink : palette.muted) ?? "";
    ctx.fillText(label, at + 4, AXIS / 2 + 1);
  }
}

/** Two slanted strokes where idle time was cut out. @param {Painter} painter */
function paintBreaks({ ctx, model, view, palette, px }) {
  const { bursts } = model.scale;
  const room = px(view.x0 + (view.x1 - view.x0) / Math.max(1, bursts.length));
  if (room < 8) return;
  ctx.strokeStyle = palette.muted ?? "";
  ctx.lineWidth = 1;
  for (let i = 0; i + 1 < bursts.length; i++) {
    const middle = px(((bursts[i]?.x1 ?? 0) + (bursts[i + 1]?.x0 ?? 0)) / 2);
    if (middle < 0 || middle > px(view.x1)) continue;
    for (const shift of [-2.5, 1.5]) {
      line(ctx, middle + shift - 2, AXIS + 4, middle + shift + 2, AXIS - 4);
    }
    ctx.setLineDash([1, 5]);
    line(ctx, middle, AXIS + 8, middle, HEIGHT);
    ctx.setLineDash([]);
  }
}

/** @type {(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number) => void} */
function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/**
 * @param {Painter} painter
 * @param {Lane} lane
 * @param {number} top
 * @param {number} height
 */
function paintInteractions({ ctx, model, view, width, palette, px }, lane, top, height) {
  const { title } = model.timeline.interactions;
  const [from, to] = visible(lane, view.x0 - (view.x1 - view.x0) * (160 / width), view.x1);
  ctx.font = FONT;
  let painted = -Infinity;
  for (let i = from; i < to; i++) {
    const x = px(lane.x0[i] ?? 0);
    if (x - painted < 1 && i > from) continue;
    painted = x;
    const next = i + 1 < lane.x0.length ? px(lane.x0[i + 1] ?? 0) : width + 400;
    const text = title[lane.item[i] ?? 0] ?? "";
    const room = Math.min(next - x - 3, width - x, 200);
    const needed = ctx.measureText(text).width + 14;
    ctx.fillStyle = palette.interaction ?? "";
    if (room < 26) {
      ctx.fillRect(x, top, Math.max(1.5, Math.min(room, 4)), height);
      continue;
    }
    const size = Math.min(room, needed);
    box(ctx, x, top, size, height);
    ctx.fill();
    ctx.fillStyle = palette["on-span"] ?? "";
    ctx.fillText(fit(ctx, text, size - 12), x + 7, top + height / 2 + 0.5);
  }
}

/**
 * @param {Painter} painter
 * @param {Lane} lane
 * @param {number} top
 * @param {number} height
 * @param {number | null} selected
 */
function paintRuns(painter, lane, top, height, selected) {
  const { ctx, model, view, width, palette, px } = painter;
  const { runs } = model.timeline;
  const stub = (view.x1 - view.x0) * (STUB / width);
  const [from, to] = visible(lane, view.x0 - stub, view.x1);
  const wide = px(view.x0 + (view.x1 - view.x0) / Math.max(1, to - from)) > 6;
  // Runs that ended early come last: where many share a pixel, they are the ones to be seen.
  for (const early of [false, true]) {
    let painted = -Infinity;
    for (let i = from; i < to; i++) {
      const item = lane.item[i] ?? 0;
      const outcome = runs.outcome[item] ?? "";
      const isEarly = outcome !== "completed";
      if (isEarly !== early) continue;
      const x = px(lane.x0[i] ?? 0);
      const size = Math.max(1.5, px(lane.x1[i] ?? 0) - x);
      if (size < 2 && x - painted < 1) continue;
      painted = x;
      const rows = lane.rows[i] ?? 1;
      // Too narrow for a symbol: a run that ended early is told by its lower height.
      const low = isEarly && size < 3 ? height / 2 : 0;
      const y = top + low + ((lane.row[i] ?? 0) * (height - low)) / rows;
      const box_ = { x, y, width: size, height: (height - low) / rows - (rows > 1 ? 1 : 0) };
      if (isEarly && wide && outcome !== "running") hatch(ctx, x + size, y, box_.height, palette[outcome] ?? "");
      paintRun(painter, box_, outcome, item, runs.n[item] === selected);
    }
  }
}

/**
 * @param {Painter} painter
 * @param {{x: number, y: number, width: number, height: number}} place
 * @param {string} outcome
 * @param {number} item
 * @param {boolean} isSelected
 */
function paintRun({ ctx, model, palette, width: full }, place, outcome, item, isSelected) {
  const { runs } = model.timeline;
  const { x, y, width, height } = place;
  const colour = (outcome === "compile_error" ? palette.error : palette[outcome]) ?? "";
  ctx.fillStyle = colour;
  box(ctx, x, y, width, height);
  ctx.fill();
  if (isSelected) {
    ctx.strokeStyle = palette.accent ?? "";
    ctx.lineWidth = 2.5;
    box(ctx, x - 2.5, y - 2.5, width + 5, height + 5);
    ctx.stroke();
  }
  if (height < 13) return;
  const left = Math.max(0, x);
  const room = Math.min(x + width, full) - left - 12;
  if (room < 8) return;
  const name = `${symbol(outcome)} run ${runs.n[item]}`;
  const long = outcome === "completed" ? name : `${name} · ${runs.end[item]}`;
  ctx.font = height < 18 ? SMALL : FONT;
  ctx.fillStyle = palette["on-span"] ?? "";
  const texts = [long, name, `${symbol(outcome)} ${runs.n[item]}`, symbol(outcome)];
  const text = texts.find((each) => ctx.measureText(each).width <= room);
  if (text) ctx.fillText(text, left + 7, y + height / 2 + 0.5);
}

/** What did not run: a hatched, dashed stub. @type {(ctx: CanvasRenderingContext2D, x: number, y: number, height: number, colour: string) => void} */
function hatch(ctx, x, y, height, colour) {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  box(ctx, x, y + 0.5, STUB, height - 1);
  ctx.clip();
  for (let at = x - height; at < x + STUB; at += 5) line(ctx, at, y + height, at + height, y);
  ctx.restore();
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 2]);
  box(ctx, x, y + 0.5, STUB, height - 1);
  ctx.stroke();
  ctx.restore();
}

/** @type {(ctx: CanvasRenderingContext2D, x: number, y: number, width: number, height: number) => void} */
function box(ctx, x, y, width, height) {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(4, width / 2, height / 2));
}

/** `text`, cut with an ellipsis to fit. @type {(ctx: CanvasRenderingContext2D, text: string, room: number) => string} */
function fit(ctx, text, room) {
  if (ctx.measureText(text).width <= room) return text;
  let cut = text.length;
  while (cut > 1 && ctx.measureText(`${text.slice(0, cut)}…`).width > room) cut--;
  return `${text.slice(0, cut)}…`;
}
