// What lies under the pointer, and what is known about it.

import { pixels } from "./draw.js";
import { counted, duration, moment } from "./format.js";
import { AXIS, LANES, visible } from "./lanes.js";

/** @typedef {import("./api.js").Timeline} Timeline */

/**
 * The item at a point of the canvas; `run` is the one to select for it.
 * @param {import("./lanes.js").Model} model
 * @param {import("./draw.js").View} view
 * @param {number} width  of the canvas, CSS pixels
 * @param {number} x
 * @param {number} y
 * @returns {{run: number | undefined, lines: string[]} | null}
 */
export function hit(model, view, width, x, y) {
  let top = AXIS;
  const found = LANES.find(({ height }) => y < (top += height) && y >= top - height);
  if (!found) return null;
  const lane = model.lanes[found.key];
  const px = pixels(view, width);
  const { x0, x1 } = view;
  const perPixel = (x1 - x0) / width;
  const at = x0 + x * perPixel;
  const reach = found.key === "interactions" ? 120 : 5;
  const [from, to] = visible(lane, at - reach * perPixel, at + 5 * perPixel);
  let best = -1;
  let distance = reach;
  for (let i = from; i < to; i++) {
    const before = px(lane.x0[i] ?? 0) - x;
    const after = x - px(lane.x1[i] ?? 0);
    const away = Math.max(0, before, after);
    if (away < distance || (away === distance && before <= 0)) {
      best = i;
      distance = away;
    }
  }
  if (best < 0) return null;
  return describe(model.timeline, found.key, lane.item[best] ?? 0);
}

/**
 * The facts about one item, for the tooltip.
 * @param {Timeline} timeline
 * @param {import("./lanes.js").LaneKey} lane
 * @param {number} i
 * @returns {{run: number | undefined, lines: string[]}}
 */
function describe(timeline, lane, i) {
  const { interactions, runs, callbacks, ticks } = timeline;
  const at = (/** @type {number | null | undefined} */ number) => (number ? `line ${number}` : "no line");
  switch (lane) {
    case "interactions": {
      const n = interactions.n[i];
      const own = runs.n.filter((_, run) => runs.interaction[run] === n);
      return {
        run: own[0],
        lines: [
          `interaction ${n}: ${interactions.title[i]}`,
          `at ${moment(interactions.at_ns[i] ?? 0)}`,
          own.length ? `caused ${counted(own.length, "run")}` : "caused no run of its own",
        ],
      };
    }
    case "app":
    case "fragment": {
      const start = runs.started_ns[i] ?? 0;
      const end = runs.ended_ns[i];
      return {
        run: runs.n[i],
        lines: [
          `${lane === "app" ? "run" : "fragment run"} ${runs.n[i]}: ${runs.end[i]}`,
          `started by: ${runs.cause[i]}`,
          `at ${moment(start)}${typeof end === "number" ? `, for ${duration(end - start)}` : ""}`,
        ],
      };
    }
    case "callbacks":
      return {
        run: callbacks.run[i],
        lines: [
          `callback ${callbacks.function[i]}()`,
          `before the script of run ${callbacks.run[i]}`,
          duration((callbacks.ended_ns[i] ?? 0) - (callbacks.started_ns[i] ?? 0)),
        ],
      };
    case "writes": {
      const writes = /** @type {import("./api.js").Ticks} */ (ticks).writes;
      return {
        run: writes.run[i],
        lines: [
          `write: ${writes.element[i]} ${writes.label[i]}`,
          `${at(writes.line[i])}, run ${writes.run[i]}, ${writes.fate[i]}`,
          ...(writes.out_of_order[i] ? ["above something written before"] : []),
        ],
      };
    }
    case "state": {
      const states = /** @type {import("./api.js").Ticks} */ (ticks).state_writes;
      return {
        run: states.run[i],
        lines: [`session state: ${states.key[i]}`, `${states.op[i]}, ${at(states.line[i])}, run ${states.run[i]}`],
      };
    }
  }
}
