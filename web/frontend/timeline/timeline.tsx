// The timeline: lanes on a canvas that zooms and pans, above a strip with the whole recording.

import { Component, type ComponentChildren } from "preact";
import type { Note } from "../api/answers";
import type { Api } from "../api/api";
import { Details } from "../api/details";
import type { RunIndex } from "../api/runindex";
import type { RunFound } from "../findings/levels";
import {
  type Flag,
  type Moment,
  paintCursor,
  type Palette,
  pixels,
  readPalette,
  type Scene,
  type View,
} from "./draw";
import { type Found, spoken } from "./hover";
import { buildMarks, buildModel, type MarksInSight, type Model, runsInSight } from "./lanes";
import { Layer } from "./layer";
import { Overview } from "./overview";
import { Pointer } from "./pointer";
import { LaneNames, TimelineBar, Tip } from "./timelinebar";
import { type Mode, toTime, toX } from "./timescale";
import { clamp, isWhole, keyed, pan, readable, revealing, WHOLE, zoom } from "./viewport";

interface Props {
  api: Api;
  index: RunIndex;
  /** of the index: it grows in place */
  version?: number;
  /** shared with the table of runs */
  details?: Details;
  moment: Moment | null;
  /** of the moment; null: not known (yet) */
  atNs: number | null;
  /** the app session shown in full; null: that of the moment */
  session: number | null;
  /** found by the search */
  marks?: Flag[];
  notes?: Note[];
  /** what was found in runs */
  found?: ReadonlyMap<number, RunFound>;
  /** the field for a note: it stands at the moment */
  editor?: ComponentChildren;
  mode: Mode;
  onMoment: (run: number, step: number | null) => void;
  onMode: (mode: Mode) => void;
  onSession: (session: number) => void;
  onLegend?: () => void;
}

interface State {
  tip: { x: number; y: number; lines: string[] } | null;
  canZoomOut: boolean;
  width: number;
  palette: Palette;
}

const FETCH_AFTER = 60; // ms of rest
const NONE: Note[] = [];
const NOWHERE: ReadonlyMap<number, RunFound> = new Map();

export class Timeline extends Component<Props, State> {
  declare base?: Element;
  state: State = { tip: null, canZoomOut: false, width: 0, palette: {} };
  details: Details;
  seen: number;
  model: Model;
  view: View;
  /** Until somebody zooms or pans, the view is chosen so that runs can be read. */
  isChosen = false;
  marks: { key: string; marks: MarksInSight | null } = { key: "", marks: null };
  layer = new Layer();
  frame = 0;
  timer = 0;
  pointer: Pointer;
  overview: Overview | null = null;
  undo: (() => void)[] = [];

  constructor(props: Props) {
    super(props);
    this.details = props.details ?? new Details(props.api);
    this.seen = props.index.version;
    this.model = buildModel(props.index, props.mode, this.session(props));
    this.view = this.readable(props);
    this.pointer = new Pointer(this);
  }

  get canvas(): HTMLCanvasElement {
    return this.base?.querySelector(".timeline-canvas canvas") as HTMLCanvasElement;
  }

  readable = ({ moment }: Props) => readable(this.model, moment?.run ?? null, this.state.width);
  /** The app session shown in full. */
  session({ index, session, moment }: Props) {
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
    // One added through the view would be passive, and the page would scroll as well.
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.undo.push(
      () => resize.disconnect(),
      () => dark.removeEventListener("change", recolour),
      () => document.removeEventListener("themechange", recolour),
      () => clearTimeout(this.timer),
      this.details.listen(() => this.draw()),
    );
    this.setState({
      width: canvas.clientWidth,
      palette: readPalette(canvas),
      canZoomOut: !isWhole(this.view),
    });
  }

  componentWillUnmount() {
    for (const undo of this.undo) undo();
  }

  componentWillUpdate(props: Props) {
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
    if (!this.isChosen) this.view = this.readable(props);
  }

  componentDidUpdate(before: Props, old: State) {
    const { moment, atNs } = this.props;
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(this.state.width * ratio), Math.round(this.model.height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size as [number, number];
      canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    if (!old.width && !this.isChosen) this.show(this.readable(this.props), false);
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
    return isEnd ? (index.endedAt(moment.run) ?? this.model.now) : index.startedAt(moment.run);
  }

  /** Everything that the canvas shows. */
  scene(): Scene {
    const { model, details, view } = this;
    const { moment, marks: flags = [], notes = NONE, found = NOWHERE } = this.props;
    const { width, palette } = this.state;
    return {
      model,
      details,
      view,
      width,
      palette,
      moment,
      flags,
      notes,
      found,
      cursor: this.cursor,
      marks: this.marks.marks,
    };
  }

  /** In the next frame, once however often it is called. */
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
      this.timer = window.setTimeout(
        () => runs && this.details.want(this.props.index, ...runs),
        FETCH_AFTER,
      );
    });
  }

  /** The field for a note is where the moment is, as far as it is in sight. */
  placeEditor() {
    const editor = this.base?.querySelector(".note-editor");
    if (!(editor instanceof HTMLElement)) return;
    const { width } = this.state;
    const x =
      this.cursor === null ? 0 : pixels(this.view, width)(toX(this.model.scale, this.cursor));
    editor.style.left = `${Math.max(0, Math.min(x + 8, width - editor.offsetWidth))}px`;
  }

  /** The marks of the runs in sight, made anew only when they are others. */
  collect(runs: [number, number] | null) {
    const { index, scale, session } = this.model;
    const blocks = runs?.map((run) => Math.floor((run - 1) / 100)).join();
    const isFew = runs && runs[1] - runs[0] < 400;
    const known = `${this.details.version} ${index.version}`;
    const key = `${isFew && blocks} ${known} ${scale.mode} ${session}`;
    if (key !== this.marks.key)
      this.marks = { key, marks: buildMarks(this.model, this.details, runs) };
  }

  show(view: View, isChosen = true) {
    this.view = clamp(view);
    this.isChosen ||= isChosen;
    const canZoomOut = !isWhole(this.view);
    if (canZoomOut !== this.state.canZoomOut) this.setState({ canZoomOut });
    this.draw();
  }

  /** @param factor  below 1: zoom in; @param at  the place that stays */
  zoom(factor: number, at?: number) {
    this.show(zoom(this.view, factor, at ?? this.centre()));
  }

  /** The moment's place when it is visible, else the middle. */
  centre() {
    const { x0, x1 } = this.view;
    const at = this.cursor === null ? -1 : toX(this.model.scale, this.cursor);
    return at >= x0 && at <= x1 ? at : (x0 + x1) / 2;
  }

  /** Moves the moment into sight when it is not there. */
  reveal({ run }: Moment) {
    const { index, atNs } = this.props;
    if (!index.has(run)) return;
    const { scale, now } = this.model;
    const start = toX(scale, index.startedAt(run));
    const end = toX(scale, index.endedAt(run) ?? now);
    const at = atNs === null || atNs === undefined ? null : toX(scale, atNs);
    const isLong = end - start > this.view.x1 - this.view.x0;
    const view = revealing(
      this.view,
      isLong && at !== null ? { x0: at, x1: at } : { x0: start, x1: end },
    );
    if (view !== this.view) this.show(this.isChosen ? view : this.readable(this.props), false);
  }

  onWheel(event: WheelEvent) {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      return this.show(pan(this.view, sideways / this.state.width));
    }
    const { x0, x1 } = this.view;
    this.zoom(1.0015 ** event.deltaY, x0 + (event.offsetX / this.state.width) * (x1 - x0));
  }

  /** Arrows are left to the page: they move the moment, whatever has the focus. */
  onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const view = keyed(this.view, event.key, () => this.centre());
    if (!view) return;
    event.preventDefault();
    event.stopPropagation();
    this.show(view);
  }

  /** Shows what is known about the place under the pointer; null: nothing. */
  tell(tip: State["tip"]) {
    if (tip || this.state.tip) this.setState({ tip });
  }

  /** What a click on something means. */
  choose({ session, run, step }: Found) {
    if (session !== null) this.props.onSession(session);
    if (run !== null) this.props.onMoment(run, step);
  }

  render(
    { index, moment, mode, editor, onMode, onSession, onLegend }: Props,
    { tip, canZoomOut, width, palette }: State,
  ) {
    const { lanes, height, session } = this.model;
    return (
      <section class="timeline" aria-label="Timeline">
        <TimelineBar
          index={index}
          session={session}
          mode={mode}
          canZoomOut={canZoomOut}
          onMode={onMode}
          onSession={onSession}
          onZoom={(by) => (by === null ? this.show(WHOLE) : this.zoom(by))}
          onLegend={onLegend}
        />
        <div class="timeline-lanes">
          <LaneNames lanes={lanes} onSession={onSession} />
          <div class="timeline-canvas">
            <canvas
              tabindex={0}
              role="slider"
              aria-label="Script run"
              aria-valuemin={1}
              aria-valuemax={Math.max(1, index.count)}
              aria-valuenow={moment?.run ?? 0}
              aria-valuetext={spoken(this.scene())}
              aria-describedby="timeline-keys"
              style={{ height: `${height}px` }}
              onKeyDown={(event) => this.onKey(event)}
              onPointerDown={(event) => this.pointer.down(event)}
              onPointerMove={(event) => this.pointer.move(event)}
              onPointerUp={(event) => this.pointer.up(event)}
              onPointerCancel={() => this.pointer.leave()}
              onPointerLeave={() => this.pointer.leave()}
            ></canvas>
            {editor}
            {tip && <Tip tip={tip} isLeft={tip.x > width / 2} />}
          </div>
        </div>
        <Overview
          ref={(found) => {
            this.overview = found;
          }}
          model={this.model}
          width={width}
          whole={WHOLE}
          palette={palette}
          onView={(view) => this.show(view)}
        />
        <p class="visually-hidden" id="timeline-keys">
          Arrows move the moment. Plus and minus zoom, Page up and Page down move the view, 0 shows
          everything. The Runs tab has the same as a table.
        </p>
      </section>
    );
  }
}
