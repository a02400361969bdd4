// Paints the timeline onto a canvas. Shape, pattern and text tell outcomes apart; colour helps.

import type { Note } from "../api/answers";
import type { RunFound } from "../findings/levels";
import type { Details } from "../api/details";
import { outcomeText, symbol } from "../base/format";
import { AXIS, type Lane, type MarksInSight, type Model, type RunSpans } from "./lanes";
import {
  paintArcs,
  paintCallbacks,
  paintFindings,
  paintFlags,
  paintStateWrites,
  paintThreads,
  paintWrites,
} from "./marks";
import { breaks, ticks, toX } from "./timescale";

/** the part of the timeline that is shown, within 0 and 1 */
export interface View {
  x0: number;
  x1: number;
}

export type Palette = Record<string, string>;

export interface Moment {
  run: number;
  step: number;
}

/** found by the search */
export interface Flag {
  run: number;
  /** null: the run's end */
  step: number | null;
  at_ns: number;
  text: string;
}

export interface Scene {
  model: Model;
  /** null: too many runs are in sight */
  marks: MarksInSight | null;
  details: Details;
  view: View;
  /** CSS pixels */
  width: number;
  palette: Palette;
  moment: Moment | null;
  /** ns of the moment */
  cursor: number | null;
  flags: Flag[];
  notes: Note[];
  found: ReadonlyMap<number, RunFound>;
}

export type Painter = Scene & { ctx: CanvasRenderingContext2D; px: (x: number) => number };

export const FONT = "12px system-ui, sans-serif";
export const SMALL = "11px system-ui, sans-serif";
const STUB = 26; // width of the hatched part that stands for what did not run
const ALONE = 2; // pixels; shorter spans that start in one column are painted as one
const MOST_BREAKS = 150;
const COLOURS = [
  "ink",
  "muted",
  "line",
  "grid",
  "paper",
  "interaction",
  "completed",
  "rerun",
  "switched",
  "stopped",
  "superseded",
  "error",
  "running",
  "callback",
  "thread",
  "note",
  "state",
  "accent",
  "on-span",
  "column",
];

/** The colours of the style sheet, for the canvas. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const palette = Object.fromEntries(
    COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
  return { ...palette, compile_error: palette.error ?? "" };
}

/**
 * Everything but the cursor.
 * @param ctx  scaled so that one unit is one CSS pixel
 */
export function paint(ctx: CanvasRenderingContext2D, scene: Scene) {
  const { model, view, width } = scene;
  const painter: Painter = { ...scene, ctx, px: pixels(view, width) };
  ctx.clearRect(0, 0, width, model.height);
  ctx.textBaseline = "middle";
  paintColumn(painter);
  paintAxis(painter);
  paintBreaks(painter);
  paintArcs(painter);
  for (const lane of model.lanes) paintLane(painter, lane);
  paintFindings(painter);
  paintFlags(painter);
}

export const pixels: (view: View, width: number) => (x: number) => number =
  ({ x0, x1 }, width) =>
  (x) =>
    ((x - x0) / (x1 - x0)) * width;

function paintLane(painter: Painter, lane: Lane) {
  const { model, ctx, palette, width } = painter;
  const { key, top } = lane;
  if (key === "interactions") paintInteractions(painter, top + 6, 21);
  else if (key === "app") paintRuns(painter, model.runs.app, top + 6, 30);
  else if (key === "fragment") paintRuns(painter, model.runs.fragment, top + 4, 20);
  else if (key === "callbacks") paintCallbacks(painter, top + 4);
  else if (key === "threads") paintThreads(painter, top);
  else if (key === "writes") paintWrites(painter, top + 4);
  else if (key === "state") paintStateWrites(painter, top + 12);
  else if (key === "session") {
    ctx.fillStyle = palette.grid ?? "";
    ctx.fillRect(0, top, width, 1);
    const runs = model.others.get(lane.session);
    if (runs) paintRuns(painter, runs, top + 5, 11);
  }
}

/** The column behind the run of the moment. */
function paintColumn({ ctx, model, palette, px, moment }: Painter) {
  const { index, scale, height } = model;
  if (!moment || !index.has(moment.run)) return;
  const from = px(toX(scale, index.startedAt(moment.run)));
  const to = px(toX(scale, index.endedAt(moment.run) ?? model.now));
  ctx.fillStyle = palette.column ?? "";
  ctx.fillRect(from - 2, AXIS, Math.max(to - from, 1) + 4, height - AXIS);
}

/** The moment itself: a line through all lanes. */
export function paintCursor(
  ctx: CanvasRenderingContext2D,
  { model, view, width, palette, cursor }: Scene,
) {
  if (cursor === null) return;
  const x = pixels(view, width)(toX(model.scale, cursor));
  ctx.fillStyle = palette.accent ?? "";
  ctx.fillRect(x - 0.75, AXIS, 1.5, model.height - AXIS);
  ctx.beginPath();
  ctx.arc(x, AXIS, 4.5, 0, 2 * Math.PI);
  ctx.fill();
}

function paintAxis({ ctx, model, view, width, palette, px }: Painter) {
  ctx.font = SMALL;
  ctx.textAlign = "left";
  ctx.lineWidth = 1;
  for (const { x, label, strong } of ticks(model.scale, view.x0, view.x1, width)) {
    const at = Math.round(px(x)) + 0.5;
    ctx.strokeStyle = palette.grid ?? "";
    line(ctx, at, AXIS - 4, at, model.height);
    ctx.fillStyle = (strong ? palette.ink : palette.muted) ?? "";
    ctx.fillText(label, at + 4, AXIS / 2 + 1);
  }
}

/** Two slanted strokes where idle time was cut out. */
function paintBreaks({ ctx, model, view, width, palette, px }: Painter) {
  ctx.strokeStyle = palette.muted ?? "";
  ctx.lineWidth = 1;
  breaks(model.scale, view.x0, view.x1, Math.min(MOST_BREAKS, width / 8), (x) => {
    const middle = px(x);
    for (const shift of [-2.5, 1.5]) {
      line(ctx, middle + shift - 2, AXIS + 4, middle + shift + 2, AXIS - 4);
    }
    ctx.setLineDash([1, 5]);
    line(ctx, middle, AXIS + 8, middle, model.height);
    ctx.setLineDash([]);
  });
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function paintInteractions(
  { ctx, model, view, width, palette, px, details }: Painter,
  top: number,
  height: number,
) {
  const { count, x0, item } = model.interactions;
  const pixel = (view.x1 - view.x0) / width;
  ctx.font = FONT;
  const one = (i: number) => {
    const x = px(x0[i] ?? 0);
    const next = i + 1 < count ? px(x0[i + 1] ?? 0) : width + 400;
    const room = Math.min(next - x - 3, width - x, 200);
    ctx.fillStyle = palette.interaction ?? "";
    if (room < 26) {
      ctx.fillRect(x, top, Math.max(1.5, Math.min(room, 4)), height);
      return;
    }
    const number = item[i] ?? 0;
    const text = details.title(number) ?? `interaction ${number}`;
    const size = Math.min(room, ctx.measureText(text).width + 14);
    box(ctx, x, top, size, height);
    ctx.fill();
    ctx.fillStyle = palette["on-span"] ?? "";
    ctx.fillText(fit(ctx, text, size - 12), x + 7, top + height / 2 + 0.5);
  };
  // They begin where they happened and reach as far as there is room: some begin left of the view.
  model.interactions.walk(view.x0 - 200 * pixel, view.x1, 2 * pixel, pixel, one, (_, from) =>
    one(from),
  );
}

function paintRuns(
  painter: Painter,
  { spans, row, rows, early }: RunSpans,
  top: number,
  height: number,
) {
  const { ctx, model, view, width, palette, px } = painter;
  const { index } = model;
  const { x0, x1, item, count } = spans;
  const pixel = (view.x1 - view.x0) / width;
  const one = (i: number) => {
    const run = item[i] ?? 0;
    const x = px(x0[i] ?? 0);
    const size = Math.max(ALONE, px(x1[i] ?? 0) - x);
    const outcome = index.outcome(run);
    const isEarly = early[i] === i;
    // Too narrow for a symbol: a run that ended early is told by its lower height.
    const low = isEarly && size < 3 ? height / 2 : 0;
    const of = rows[i] ?? 1;
    const place = {
      x,
      y: top + low + ((row[i] ?? 0) * (height - low)) / of,
      width: size,
      height: (height - low) / of - (of > 1 ? 1 : 0),
    };
    if (isEarly && outcome !== "running") {
      const next = i + 1 < count ? px(x0[i + 1] ?? 0) : Infinity;
      if (next - x - size > 4) paintRest(painter, place, run, palette[outcome] ?? "", next);
    }
    paintRun(painter, place, outcome, run);
  };
  const many = (at: number, from: number, to: number) => {
    const x = px(at);
    const first = early[from] ?? count;
    if (first > from || to - from > 1) {
      ctx.fillStyle = palette.completed ?? "";
      ctx.fillRect(x, top, 1, height);
    }
    if (first >= to) return;
    ctx.fillStyle = palette[index.outcome(item[first] ?? 0)] ?? "";
    ctx.fillRect(x, top + height / 2, 1, height / 2);
  };
  spans.walk(view.x0 - STUB * pixel, view.x1, pixel, ALONE * pixel, one, many);
}

function paintRun(
  { ctx, model, palette, width: full, moment }: Painter,
  place: { x: number; y: number; width: number; height: number },
  outcome: string,
  run: number,
) {
  const { x, y, width, height } = place;
  ctx.fillStyle = palette[outcome] ?? "";
  box(ctx, x, y, width, height);
  ctx.fill();
  if (moment?.run === run) {
    ctx.strokeStyle = palette.accent ?? "";
    ctx.lineWidth = 2.5;
    box(ctx, x - 2.5, y - 2.5, width + 5, height + 5);
    ctx.stroke();
  }
  if (height < 10) return;
  const left = Math.max(0, x);
  const room = Math.min(x + width, full) - left - 12;
  if (room < 8) return;
  const name = `${symbol(outcome)} run ${run}`;
  const end =
    outcome === "completed" ? "" : ` · ${outcomeText(outcome, model.index.haltedLine(run))}`;
  const texts = [name + end, name, `${symbol(outcome)} ${run}`, symbol(outcome)];
  ctx.font = height < 18 ? SMALL : FONT;
  ctx.fillStyle = palette["on-span"] ?? "";
  const text = texts.find((each) => ctx.measureText(each).width <= room);
  if (text) ctx.fillText(text, left + 7, y + height / 2 + 0.5);
}

/**
 * What did not run: a hatched, dashed stub, with words where there is room for them.
 * @param place  of the run
 * @param next  where the lane's next run begins
 */
function paintRest(
  { ctx, palette, details }: Painter,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  run: number,
  colour: string,
  next: number,
) {
  const from = x + width;
  const room = next - from - 4;
  const text = height >= 18 ? (details.rest(run) ?? "") : "";
  ctx.font = SMALL;
  const needed = ctx.measureText(text).width + 16;
  const isTold = text !== "" && needed <= room;
  const size = isTold ? needed : Math.min(STUB, Math.max(room, 4));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  box(ctx, from, y + 0.5, size, height - 1);
  ctx.clip();
  for (let at = from - height; at < from + size; at += 5) line(ctx, at, y + height, at + height, y);
  ctx.restore();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 2]);
  box(ctx, from, y + 0.5, size, height - 1);
  ctx.stroke();
  ctx.setLineDash([]);
  if (!isTold) return;
  ctx.fillStyle = palette.paper ?? "";
  ctx.fillRect(from + 4, y + height / 2 - 8, size - 8, 16);
  ctx.fillStyle = palette.ink ?? "";
  ctx.fillText(text, from + 8, y + height / 2 + 0.5);
}

function box(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(4, width / 2, height / 2));
}

/** `text`, cut with an ellipsis to fit. */
function fit(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  const whole = ctx.measureText(text).width;
  if (whole <= room) return text;
  let cut = Math.ceil((text.length * room) / whole);
  while (cut > 1 && ctx.measureText(`${text.slice(0, cut)}…`).width > room) cut--;
  return `${text.slice(0, cut)}…`;
}
