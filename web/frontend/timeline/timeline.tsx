// The timeline: lanes on a canvas that zooms and pans, above a strip with the whole recording.

import { Details } from "../api/details";
import { paintCursor, pixels, readPalette } from "./draw";
import { buildMarks, buildModel, runsInSight } from "./lanes";
import { Layer } from "./layer";
import { Overview } from "./overview";
import { Pointer } from "./pointer";
import { toTime, toX } from "./timescale";
import { LaneNames, Tip, TimelineBar } from "./timelinebar";
import { Component, html } from "../base/view";
import { WHOLE, clamp, isWhole, keyed, pan, readable, revealing, zoom } from "./viewport";

/**
 * @typedef {import("./lanes").Model} Model
 * @typedef {import("./draw").View} View
 * @typedef {import("./draw").Moment} Moment
 * @typedef {import("./draw").Flag} Flag
 * @typedef {import("./timescale").Mode} Mode
 * @typedef {object} Props
 * @property {import("../api/api").Api} api
 * @property {import("../api/runindex").RunIndex} index
 * @property {Details} [details]  shared with the table of runs
 * @property {Moment | null} moment
 * @property {number | null} atNs  of the moment; null: not known (yet)
 * @property {number | null} session  the app session shown in full; null: that of the moment
 * @property {Flag[]} [marks]  found by the search
 * @property {import("../api/api").Note[]} [notes]
 * @property {unknown} [editor]  the field for a note: it stands at the moment
 * @property {Mode} mode
 * @property {(run: number, step: number) => void} onMoment
 * @property {(mode: Mode) => void} onMode
 * @property {(session: number) => void} onSession
 * @typedef {{tip: {x: number, y: number, lines: string[]} | null, canZoomOut: boolean, width: number,
 *   palette: import("./draw").Palette}} State
 */

const FETCH_AFTER = 60; // ms of rest
/** @type {import("../api/api").Note[]} */
const NONE = [];

/** @extends {Component<Props, State>} */
export class Timeline extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { tip: null, canZoomOut: false, width: 0, palette: {} };
    this.details = props.details ?? new Details(props.api);
    this.seen = props.index.version;
    /** @type {Model} */
    this.model = buildModel(props.index, props.mode, this.session(props));
    /** @type {View} */
    this.view = readable(this.model, props.moment?.run ?? null);
    /** Until somebody zooms or pans, the view is chosen so that runs can be read. */
    this.isChosen = false;
    /** @type {{key: string, marks: import("./lanes").MarksInSight | null}} */
    this.marks = { key: "", marks: null };
    this.layer = new Layer();
    this.frame = 0;
    this.timer = 0;
    this.pointer = new Pointer(this);
    /** @type {Overview | null} */
    this.overview = null;
    /** @type {(() => void)[]} */
    this.undo = [];
  }

  /** @returns {HTMLCanvasElement} */
  get canvas() {
    return /** @type {HTMLCanvasElement} */ (this.base?.querySelector(".timeline-canvas canvas"));
  }

  /** The app session shown in full. @param {Props} props */
  session({ index, session, moment }) {
    const known = session ?? (moment && index.has(moment.run) ? index.session(moment.run) : null);
    return known ?? index.sessions[0] ?? 1;
  }

  componentDidMount() {
    const { canvas } = this;
    const resize = new ResizeObserver(() => this.setState({ width: canvas.clientWidth }));
    resize.observe(canvas);
    const recolour = () => this.setState({ palette: readPalette(canvas) });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", recolour);
    document.addEventListener("themechange", recolour);
    // A wheel listener added through the view would be passive, and the page would scroll as well.
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.undo.push(
      () => resize.disconnect(),
      () => dark.removeEventListener("change", recolour),
      () => document.removeEventListener("themechange", recolour),
      () => clearTimeout(this.timer),
      this.details.listen(() => this.draw()),
    );
    this.setState({ width: canvas.clientWidth, palette: readPalette(canvas), canZoomOut: !isWhole(this.view) });
  }

  componentWillUnmount() {
    for (const undo of this.undo) undo();
  }

  /** @param {Props} props */
  componentWillUpdate(props) {
    const { index, mode } = props;
    const session = this.session(props);
    const isNew = index !== this.model.index || this.seen !== index.version;
    if (!isNew && mode === this.model.scale.mode && session === this.model.session) return;
    const [from = 0, to = 0] = [this.view.x0, this.view.x1].map((x) => toTime(this.model.scale, x));
    const wasWhole = isWhole(this.view);
    this.seen = index.version;
    this.model = buildModel(index, mode, session);
    const { scale } = this.model;
    this.view = wasWhole ? WHOLE : clamp({ x0: toX(scale, from), x1: toX(scale, to) });
    if (!this.isChosen) this.view = readable(this.model, props.moment?.run ?? null);
  }

  /** @param {Props} before @param {State} old */
  componentDidUpdate(before, old) {
    const { moment, atNs } = this.props;
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(this.state.width * ratio), Math.round(this.model.height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = /** @type {[number, number]} */ (size);
      canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const isMoved = before.moment?.run !== moment?.run || before.moment?.step !== moment?.step;
    if ((isMoved || before.atNs !== atNs || !old.width) && moment) this.reveal(moment);
    this.draw();
  }

  /** ns of the moment, as well as it is known. */
  get cursor() {
    const { moment, atNs, index } = this.props;
    if (!moment || !index.has(moment.run)) return null;
    if (atNs !== null && atNs !== undefined) return atNs;
    const isEnd = moment.step >= index.steps(moment.run);
    return isEnd ? index.endedAt(moment.run) ?? this.model.now : index.startedAt(moment.run);
  }

  /** Everything that the canvas shows. @returns {import("./draw").Scene} */
  scene() {
    const { model, details, view } = this;
    const { moment, marks: flags = [], notes = NONE } = this.props;
    const { width, palette } = this.state;
    return { model, details, view, width, palette, moment, flags, notes, cursor: this.cursor, marks: this.marks.marks };
  }

  /** Draws in the next frame, once however often it is called. */
  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const ctx = this.canvas?.getContext("2d");
      if (!ctx || !this.state.width) return;
      const runs = runsInSight(this.model, this.view.x0, this.view.x1);
      this.collect(runs);
      const scene = this.scene();
      this.layer.paint(ctx, scene);
      paintCursor(ctx, scene);
      this.placeEditor();
      this.canvas.dataset.newest = String(this.model.index.count); // for tests and bench/latency.py
      this.overview?.show(this.view);
      this.pointer.drawn(`${this.marks.key} ${this.view.x0} ${this.view.x1}`);
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => runs && this.details.want(this.props.index, ...runs), FETCH_AFTER);
    });
  }

  /** The field for a note is where the moment is, as far as it is in sight. */
  placeEditor() {
    const editor = this.base?.querySelector(".note-editor");
    if (!(editor instanceof HTMLElement)) return;
    const { width } = this.state;
    const x = this.cursor === null ? 0 : pixels(this.view, width)(toX(this.model.scale, this.cursor));
    editor.style.left = `${Math.max(0, Math.min(x + 8, width - editor.offsetWidth))}px`;
  }

  /** The marks of the runs in sight, made anew only when they are others. @param {[number, number] | null} runs */
  collect(runs) {
    const { index, scale, session } = this.model;
    const blocks = runs?.map((run) => Math.floor((run - 1) / 100)).join();
    const isFew = runs && runs[1] - runs[0] < 400;
    const key = `${isFew && blocks} ${this.details.version} ${index.version} ${scale.mode} ${session}`;
    if (key !== this.marks.key) this.marks = { key, marks: buildMarks(this.model, this.details, runs) };
  }

  /** @param {View} view @param {boolean} [isChosen]  by a person */
  show(view, isChosen = true) {
    this.view = clamp(view);
    this.isChosen ||= isChosen;
    const canZoomOut = !isWhole(this.view);
    if (canZoomOut !== this.state.canZoomOut) this.setState({ canZoomOut });
    this.draw();
  }

  /** @param {number} factor  below 1: zoom in @param {number} [at]  the place that stays */
  zoom(factor, at) {
    this.show(zoom(this.view, factor, at ?? this.centre()));
  }

  /** The moment's place when it is visible, else the middle. */
  centre() {
    const { x0, x1 } = this.view;
    const at = this.cursor === null ? -1 : toX(this.model.scale, this.cursor);
    return at >= x0 && at <= x1 ? at : (x0 + x1) / 2;
  }

  /** Moves the moment into sight when it is not there. @param {Moment} moment */
  reveal({ run }) {
    const { index, atNs } = this.props;
    if (!index.has(run)) return;
    const { scale, now } = this.model;
    const start = toX(scale, index.startedAt(run));
    const end = toX(scale, index.endedAt(run) ?? now);
    const at = atNs === null || atNs === undefined ? null : toX(scale, atNs);
    const isLong = end - start > this.view.x1 - this.view.x0;
    const view = revealing(this.view, isLong && at !== null ? { x0: at, x1: at } : { x0: start, x1: end });
    if (view !== this.view) this.show(this.isChosen ? view : readable(this.model, run), false);
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      return this.show(pan(this.view, sideways / this.state.width));
    }
    const { x0, x1 } = this.view;
    this.zoom(1.0015 ** event.deltaY, x0 + (event.offsetX / this.state.width) * (x1 - x0));
  }

  /** Arrows are left to the page: they move the moment, whatever has the focus. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const view = keyed(this.view, event.key, () => this.centre());
    if (!view) return;
    event.preventDefault();
    event.stopPropagation();
    this.show(view);
  }

  /** Shows what is known about the place under the pointer; null: nothing. @param {State["tip"]} tip */
  tell(tip) {
    if (tip || this.state.tip) this.setState({ tip });
  }

  /** What a click on something means. @param {import("./hover").Found} found */
  choose({ session, run, step }) {
    if (session !== null) this.props.onSession(session);
    if (run !== null) this.props.onMoment(run, step);
  }

  /** @param {Props} props @param {State} state */
  render({ index, moment, mode, editor, onMode, onSession }, { tip, canZoomOut, width, palette }) {
    const { lanes, height, session } = this.model;
    const run = moment?.run ?? null;
    const text = moment && index.has(run) ? `run ${run}, step ${moment.step} of ${index.steps(moment.run)}: ${index.outcome(moment.run)}` : "no run selected";
    return html`<section class="timeline" aria-label="Timeline">
      <${TimelineBar} index=${index} session=${session} mode=${mode} canZoomOut=${canZoomOut} onMode=${onMode}
        onSession=${onSession} onZoom=${(/** @type {number | null} */ by) => (by === null ? this.show(WHOLE) : this.zoom(by))} />
      <div class="timeline-lanes">
        <${LaneNames} lanes=${lanes} onSession=${onSession} />
        <div class="timeline-canvas">
          <canvas tabindex="0" role="slider" aria-label="Script run" aria-valuemin="1"
            aria-valuemax=${Math.max(1, index.count)} aria-valuenow=${run ?? 0} aria-valuetext=${text}
            aria-describedby="timeline-keys" style=${{ height: `${height}px` }}
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => this.onKey(event)}
            onPointerDown=${(/** @type {PointerEvent} */ event) => this.pointer.down(event)}
            onPointerMove=${(/** @type {PointerEvent} */ event) => this.pointer.move(event)}
            onPointerUp=${(/** @type {PointerEvent} */ event) => this.pointer.up(event)}
            onPointerCancel=${() => this.pointer.leave()}
            onPointerLeave=${() => this.pointer.leave()}></canvas>
          ${editor}
          ${tip && html`<${Tip} tip=${tip} isLeft=${tip.x > width / 2} />`}
        </div>
      </div>
      <${Overview} ref=${(/** @type {Overview | null} */ found) => { this.overview = found; }}
        model=${this.model} width=${width} whole=${WHOLE} palette=${palette}
        onView=${(/** @type {View} */ view) => this.show(view)} />
      <p class="visually-hidden" id="timeline-keys">Arrows move the moment. Plus and minus zoom, Page up
        and Page down move the view, 0 shows everything. The Runs tab has the same as a table.</p>
    </section>`;
  }
}
