// The timeline: a canvas that zooms and pans, and behaves like a slider over the script runs.

import { paint, readPalette } from "./draw.js";
import { counted } from "./format.js";
import { HEIGHT, LANES, buildModel, visible } from "./lanes.js";
import { hit } from "./hover.js";
import { toX } from "./timescale.js";
import { Component, html } from "./view.js";

/**
 * @typedef {import("./api.js").Timeline} Data
 * @typedef {import("./lanes.js").Model} Model
 * @typedef {import("./timescale.js").Mode} Mode
 * @typedef {{timeline: Data, selected: number | null, mode: Mode,
 *   onSelect: (run: number) => void, onMode: (mode: Mode) => void,
 *   onWindow: (first: number, last: number) => void}} Props
 * @typedef {{tip: {x: number, y: number, lines: string[]} | null, canZoomOut: boolean}} State
 */

const MARGIN = 0.012; // of the width, left free at both ends
const TICK_RUNS = 300; // the server sends writes for windows up to this size
/** @type {[Mode, string][]} */
const MODES = [
  ["bursts", "Readable"],
  ["busy", "Idle time cut"],
  ["true", "True time"],
];

/** @extends {Component<Props, State>} */
export class Timeline extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { tip: null, canZoomOut: false };
    this.view = { x0: -MARGIN, x1: 1 + MARGIN };
    /** @type {Model} */
    this.model = buildModel(props.timeline, props.mode);
    this.width = 0;
    this.frame = 0;
    this.windowTimer = 0;
    /** @type {{x: number, moved: boolean, view: {x0: number, x1: number}} | null} */
    this.drag = null;
    /** @type {(() => void)[]} */
    this.undo = [];
  }

  get canvas() {
    return /** @type {HTMLCanvasElement} */ (this.base?.querySelector("canvas"));
  }

  componentDidMount() {
    const resize = new ResizeObserver(() => this.measure());
    resize.observe(this.canvas);
    const redraw = () => this.draw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    document.addEventListener("themechange", redraw);
    // A wheel listener added through the view would be passive, and the page would scroll as well.
    this.canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.undo.push(
      () => resize.disconnect(),
      () => dark.removeEventListener("change", redraw),
      () => document.removeEventListener("themechange", redraw),
    );
    this.measure();
  }

  componentWillUnmount() {
    for (const undo of this.undo) undo();
  }

  /** @param {Props} before */
  componentDidUpdate(before) {
    const { timeline, mode, selected } = this.props;
    if (before.timeline !== timeline || before.mode !== mode) {
      this.model = buildModel(timeline, mode);
      if (before.mode !== mode) this.fit();
    }
    if (before.selected !== selected && selected !== null) this.reveal(selected);
    this.draw();
  }

  measure() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(HEIGHT * ratio);
    this.canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  /** Draws in the next frame, once however often it is called. */
  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const ctx = this.canvas?.getContext("2d");
      if (!ctx || !this.width) return;
      const palette = readPalette(this.canvas);
      paint(ctx, this.model, this.view, this.width, palette, this.props.selected);
      this.askForWrites();
    });
  }

  /** Long recordings come without their writes: those of the visible runs are asked for. */
  askForWrites() {
    const { timeline, onWindow } = this.props;
    const { runs, ticks, window: known } = timeline;
    const numbers = [this.model.lanes.app, this.model.lanes.fragment].flatMap((lane) => {
      const [from, to] = visible(lane, this.view.x0, this.view.x1);
      return to > from ? [lane.item[from] ?? 0, lane.item[to - 1] ?? 0] : [];
    });
    if (numbers.length === 0) return;
    const first = runs.n[Math.min(...numbers)] ?? 1;
    const last = runs.n[Math.max(...numbers)] ?? 1;
    const inside = ticks && first >= known.first && last <= known.last;
    clearTimeout(this.windowTimer);
    if (inside || last - first >= TICK_RUNS) return;
    this.windowTimer = window.setTimeout(() => onWindow(first, last), 120);
  }

  /** @param {{x0: number, x1: number}} view */
  show({ x0, x1 }) {
    const size = Math.min(Math.max(x1 - x0, 1e-7), 1 + 2 * MARGIN);
    const start = Math.min(Math.max(x0, -MARGIN), 1 + MARGIN - size);
    this.view = { x0: start, x1: start + size };
    this.setState({ tip: null, canZoomOut: size < 1 });
    this.draw();
  }

  fit() {
    this.show({ x0: -MARGIN, x1: 1 + MARGIN });
  }

  /**
   * @param {number} factor  below 1: zoom in
   * @param {number} [at]  the place that stays where it is
   */
  zoom(factor, at) {
    const { x0, x1 } = this.view;
    const centre = at ?? this.centre();
    this.show({ x0: centre - (centre - x0) * factor, x1: centre + (x1 - centre) * factor });
  }

  /** The selected run's place when it is visible, else the middle. */
  centre() {
    const { x0, x1 } = this.view;
    const place = this.place(this.props.selected);
    return place && place.x0 >= x0 && place.x0 <= x1 ? (place.x0 + place.x1) / 2 : (x0 + x1) / 2;
  }

  /** @param {number} share  of the visible width */
  pan(share) {
    const { x0, x1 } = this.view;
    this.show({ x0: x0 + share * (x1 - x0), x1: x1 + share * (x1 - x0) });
  }

  /** @param {number | null} run */
  place(run) {
    const index = run === null ? undefined : this.model.runIndex.get(run);
    if (index === undefined) return null;
    const { started_ns, ended_ns } = this.props.timeline.runs;
    const x0 = toX(this.model.scale, started_ns[index] ?? 0);
    return { x0, x1: toX(this.model.scale, ended_ns[index] ?? started_ns[index] ?? 0) };
  }

  /** Moves a run into the visible part when it is not there. @param {number} run */
  reveal(run) {
    const place = this.place(run);
    const { x0, x1 } = this.view;
    if (!place || (place.x1 > x0 && place.x0 < x1)) return;
    const half = (x1 - x0) / 2;
    this.show({ x0: place.x0 - half, x1: place.x0 + half });
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      this.pan(sideways / this.width);
      return;
    }
    const { x0, x1 } = this.view;
    this.zoom(1.0015 ** event.deltaY, x0 + (event.offsetX / this.width) * (x1 - x0));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { timeline, selected, onSelect } = this.props;
    const { n } = timeline.runs;
    const index = selected === null ? -1 : this.model.runIndex.get(selected) ?? -1;
    /** @param {number} to */
    const go = (to) => {
      const run = n[Math.min(Math.max(to, 0), n.length - 1)];
      if (run !== undefined) onSelect(run);
    };
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => (event.shiftKey ? this.pan(-0.2) : go(index - 1)),
      ArrowRight: () => (event.shiftKey ? this.pan(0.2) : go(index + 1)),
      Home: () => go(0),
      End: () => go(n.length - 1),
      "+": () => this.zoom(0.7),
      "=": () => this.zoom(0.7),
      "-": () => this.zoom(1 / 0.7),
      0: () => this.fit(),
      f: () => this.fit(),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0) return;
    this.drag = { x: event.clientX, moved: false, view: this.view };
    this.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (this.drag) {
      const shift = event.clientX - this.drag.x;
      if (Math.abs(shift) > 3) this.drag.moved = true;
      if (!this.drag.moved) return;
      const { x0, x1 } = this.drag.view;
      const by = (shift / this.width) * (x1 - x0);
      this.show({ x0: x0 - by, x1: x1 - by });
      return;
    }
    const under = hit(this.model, this.view, this.width, event.offsetX, event.offsetY);
    if (!under && !this.state.tip) return;
    this.setState({ tip: under && { x: event.offsetX, y: event.offsetY, lines: under.lines } });
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag || drag.moved) return;
    const under = hit(this.model, this.view, this.width, event.offsetX, event.offsetY);
    if (under?.run !== undefined) this.props.onSelect(under.run);
  }

  /**
   * @param {Props} props
   * @param {State} state
   */
  render({ timeline, selected, mode, onMode }, { tip, canZoomOut }) {
    const { runs, interactions } = timeline;
    const index = selected === null ? undefined : this.model.runIndex.get(selected);
    const text = index === undefined ? "no run selected"
      : `run ${selected}: ${runs.cause[index]}, ${runs.end[index]}`;
    return html`<section class="timeline" aria-label="Timeline">
      <div class="timeline-bar">
        <p class="quiet">${counted(interactions.n.length, "interaction")},
          ${" "}${counted(runs.n.length, "script run")}</p>
        <label class="quiet" title="Readable: pauses are cut out, and long bursts of activity are squeezed">
          <span>Time scale</span><select aria-label="Time scale" value=${mode} onChange=${(/** @type {Event} */ event) =>
            onMode(/** @type {Mode} */ (/** @type {HTMLSelectElement} */ (event.target).value))}>
            ${MODES.map(([value, name]) => html`<option value=${value}>${name}</option>`)}
          </select></label>
        <span class="buttons" role="group" aria-label="Zoom">
          <button type="button" onClick=${() => this.zoom(1 / 0.6)} disabled=${!canZoomOut}
            aria-label="Zoom out" title="Zoom out (-)">−</button>
          <button type="button" onClick=${() => this.zoom(0.6)} aria-label="Zoom in"
            title="Zoom in (+, or turn the wheel)">+</button>
          <button type="button" onClick=${() => this.fit()} disabled=${!canZoomOut}
            title="Show everything (0)">Fit</button>
        </span>
      </div>
      <div class="timeline-lanes">
        <ul class="lane-names" aria-hidden="true">
          ${LANES.map(({ key, title }) => html`<li class="lane-${key}">${title}</li>`)}
        </ul>
        <div class="timeline-canvas">
          <canvas tabindex="0" role="slider" aria-label="Script run" aria-valuemin="1"
            aria-valuemax=${runs.n.at(-1) ?? 1} aria-valuenow=${selected ?? 0} aria-valuetext=${text}
            aria-describedby="timeline-keys"
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => this.onKey(event)}
            onPointerDown=${(/** @type {PointerEvent} */ event) => this.onDown(event)}
            onPointerMove=${(/** @type {PointerEvent} */ event) => this.onMove(event)}
            onPointerUp=${(/** @type {PointerEvent} */ event) => this.onUp(event)}
            onPointerLeave=${() => this.setState({ tip: null })}></canvas>
          ${tip && html`<div class=${`tip ${tip.x > this.width / 2 ? "tip-left" : ""}`} aria-hidden="true"
            style=${{ left: `${tip.x}px`, top: `${tip.y}px` }}>
            ${tip.lines.map((line, i) => html`<div class=${i ? "" : "tip-title"}>${line}</div>`)}</div>`}
        </div>
      </div>
      <p class="visually-hidden" id="timeline-keys">Left and right arrows choose a run; with Shift they
        move the view. Plus and minus zoom, 0 shows everything. The Runs tab has the same as a table.</p>
    </section>`;
  }
}
