// The whole recording as a strip, with a window on it: the part that the lanes show.

import { Component } from "preact";
import { moment } from "../base/format";
import type { Palette, View } from "./draw";
import type { Model, RunSpans } from "./lanes";
import { toTime } from "./timescale";

type Part = "start" | "end" | "middle";

interface Props {
  model: Model;
  width: number;
  whole: View;
  palette: Palette;
  onView: (view: View) => void;
}

export const HEIGHT = 30;
const LEAST = 12; // pixels of the window that can still be taken hold of

export class Overview extends Component<Props> {
  view: View;
  drag: { part: Part; x: number; view: View } | null = null;

  constructor(props: Props) {
    super(props);
    this.view = props.whole;
  }

  componentDidMount() {
    this.draw();
  }

  componentDidUpdate(before: Props) {
    const { model, width, palette } = this.props;
    if (before.model !== model || before.width !== width || before.palette !== palette) this.draw();
    this.show(this.view);
  }

  get root(): HTMLElement {
    return this.base as HTMLElement;
  }

  /** Every pixel tells whether something ran there, and whether it ended early. */
  draw() {
    const { model, width, whole, palette } = this.props;
    const canvas = this.root.querySelector("canvas");
    const ctx = canvas?.getContext("2d");
    if (!canvas || !ctx || !width) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const pixel = (whole.x1 - whole.x0) / width;
    const { index } = model;
    for (const [runs, top, height] of this.bands()) {
      const { spans, early } = runs;
      const bar = (at: number, size: number, from: number, to: number) => {
        const x = (at - whole.x0) / pixel;
        const first = early[from] ?? to;
        const isAlone = to - from === 1;
        ctx.fillStyle = palette.completed ?? "";
        if (first >= to || !isAlone) ctx.fillRect(x, top, size, height);
        if (first >= to) return;
        // As in the lanes: what ended early is lower.
        ctx.fillStyle = palette[index.outcome(spans.item[first] ?? 0)] ?? "";
        ctx.fillRect(x, top + height / 2, size, height / 2);
      };
      spans.walk(
        whole.x0,
        whole.x1,
        pixel,
        pixel,
        (i) =>
          bar(
            spans.x0[i] ?? 0,
            Math.max(1, ((spans.x1[i] ?? 0) - (spans.x0[i] ?? 0)) / pixel),
            i,
            i + 1,
          ),
        (x, from, to) => bar(x, 1, from, to),
      );
    }
  }

  /** The session that is shown in full has more than half of the height. */
  bands() {
    const { runs, others } = this.props.model;
    const rest = others.size ? 6 : 0;
    const bands: [RunSpans, number, number][] = [];
    for (const list of others.values()) bands.push([list, HEIGHT - 9, rest]);
    bands.push([runs.app, 4, HEIGHT - 9 - rest], [runs.fragment, 4, HEIGHT - 9 - rest]);
    return bands;
  }

  /** Puts the window where `view` is. Called for every frame, so it bypasses rendering. */
  show(view: View) {
    this.view = view;
    const { whole, width, model } = this.props;
    if (!width || !this.base) return;
    const scale = width / (whole.x1 - whole.x0);
    const middle = ((view.x0 + view.x1) / 2 - whole.x0) * scale;
    const half = Math.max((view.x1 - view.x0) * scale, LEAST) / 2;
    const left = Math.max(0, middle - half);
    const right = Math.min(width, middle + half);
    const parts: NodeListOf<HTMLElement> = this.root.querySelectorAll("[data-part]");
    const start = moment(Math.max(0, toTime(model.scale, view.x0)));
    const end = moment(toTime(model.scale, view.x1));
    for (const part of parts) {
      const name = part.dataset.part;
      part.style.left = `${name === "end" ? right : left}px`;
      if (name === "middle") part.style.width = `${right - left}px`;
      const at = name === "start" ? view.x0 : name === "end" ? view.x1 : (view.x0 + view.x1) / 2;
      const text = name === "start" ? start : name === "end" ? end : `from ${start} to ${end}`;
      part.setAttribute("aria-valuenow", String(Math.round(100 * Math.min(1, Math.max(0, at)))));
      part.setAttribute("aria-valuetext", text);
    }
  }

  /** @param by  share of the whole */
  move(part: Part, by: number, { x0, x1 }: View) {
    const { whole, onView } = this.props;
    const least = ((whole.x1 - whole.x0) * 2) / Math.max(1, this.props.width) / 1e3;
    if (part === "start") onView({ x0: Math.min(Math.max(whole.x0, x0 + by), x1 - least), x1 });
    else if (part === "end") onView({ x0, x1: Math.max(Math.min(whole.x1, x1 + by), x0 + least) });
    else onView({ x0: x0 + by, x1: x1 + by });
  }

  onKey(event: KeyboardEvent, part: Part) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { whole } = this.props;
    const size = this.view.x1 - this.view.x0;
    const step = size * (event.shiftKey ? 0.5 : 0.1);
    const all = whole.x1 - whole.x0;
    const by = {
      ArrowLeft: -step,
      ArrowDown: -step,
      ArrowRight: step,
      ArrowUp: step,
      PageUp: -size,
      PageDown: size,
      Home: -all,
      End: all,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // arrows mean steps everywhere else
    this.move(part, by, this.view);
  }

  onDown(event: PointerEvent) {
    if (event.button !== 0) return;
    const target = event.target as HTMLElement;
    const part = target.dataset.part as Part | undefined;
    const { whole, width, onView } = this.props;
    if (!part) {
      const at = whole.x0 + (this.place(event) / width) * (whole.x1 - whole.x0);
      const half = (this.view.x1 - this.view.x0) / 2;
      onView({ x0: at - half, x1: at + half });
    }
    this.root.setPointerCapture(event.pointerId);
    this.drag = { part: part ?? "middle", x: this.place(event), view: this.view };
    if (part) target.focus();
    event.preventDefault();
  }

  onMove(event: PointerEvent) {
    if (!this.drag) return;
    const { whole, width } = this.props;
    const by = ((this.place(event) - this.drag.x) / width) * (whole.x1 - whole.x0);
    this.move(this.drag.part, by, this.drag.view);
  }

  /** @returns pixels from the strip's left end */
  place(event: PointerEvent): number {
    return event.clientX - this.root.getBoundingClientRect().left;
  }

  handle(part: Part, label: string) {
    return (
      <div
        class={`window-${part}`}
        data-part={part}
        role="slider"
        tabindex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
        onKeyDown={(event) => this.onKey(event, part)}
      ></div>
    );
  }

  render() {
    const end = () => {
      this.drag = null;
    };
    return (
      <div
        class="overview"
        role="group"
        aria-label="Overview of the whole recording"
        onPointerDown={(event) => this.onDown(event)}
        onPointerMove={(event) => this.onMove(event)}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <canvas aria-hidden="true"></canvas>
        {this.handle("middle", "Part shown")}
        {this.handle("start", "Start of the part shown")}
        {this.handle("end", "End of the part shown")}
      </div>
    );
  }
}
