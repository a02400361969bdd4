// A graph that Graphviz draws in a worker: nodes that lead somewhere, zoom, keyboard, the same in
// words.

import { Component } from "preact";
import { site } from "../base/site";

interface Props {
  label: string;
  /** another one: the graph may have changed, and is loaded again */
  version: string;
  /** gives DOT text */
  load: () => Promise<string>;
  /** marks nodes; returns the one to be seen */
  mark: (svg: SVGSVGElement) => Element | null;
  /** a node that leads somewhere was chosen */
  onTarget: (target: URLSearchParams, anchor: Element) => void;
  head?: unknown;
  /** of its own size, the same for several graphs: it has no buttons of its own then */
  scale?: number;
  /** how much of its own size the pane has room for */
  onFit?: (fit: number) => void;
}

/** `zoom` null: as large as the pane has room, as far as that is readable */
interface State {
  problem: string;
  sentences: string[];
  busy: boolean;
  zoom: number | null;
}

const READABLE = 0.6; // of the size that Graphviz gives the letters
const [SMALLEST, LARGEST] = [0.1, 4];

let worker: Worker | null = null;
let asked = 0;

/** The worker; it loads Graphviz as soon as it is there. */
function start() {
  worker ??= site.graphviz();
  return worker;
}

/** SVG text for DOT text. */
function draw(dot: string): Promise<string> {
  const own = start();
  const id = ++asked;
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent<{ id: number; svg?: string; error?: string }>) => {
      if (data.id !== id) return;
      own.removeEventListener("message", onMessage);
      if (data.svg === undefined) reject(new Error(data.error));
      else resolve(data.svg);
    };
    own.addEventListener("message", onMessage);
    own.postMessage({ id, dot });
    own.addEventListener("error", () => reject(new Error("The graph could not be drawn.")), {
      once: true,
    });
  });
}

export class Drawing extends Component<Props, State> {
  declare base?: Element;
  state: State = { problem: "", sentences: [], busy: true, zoom: null };
  svg: SVGSVGElement | null = null;
  dot: string | null = null;
  seen: Element | null = null;
  isLoading = false;
  isGone = false;
  /** As Graphviz drew it; CSS pixels. */
  natural: { width: number; height: number } | undefined;
  room = new ResizeObserver(() => this.state.zoom === null && this.resize(null));

  componentDidMount() {
    const pane = this.base?.querySelector(".graph-scroll");
    if (pane) this.room.observe(pane);
    this.update();
  }

  componentWillUnmount() {
    this.room.disconnect();
    this.isGone = true;
  }

  componentDidUpdate(before: Props) {
    if (before.version !== this.props.version) this.update();
    else this.mark();
    if (before.scale !== this.props.scale) this.resize(this.state.zoom);
  }

  /** Loads the text, one at a time, and draws it when it is another one than before. */
  async update() {
    if (this.isLoading) return;
    this.isLoading = true;
    const { version, load } = this.props;
    start(); // Graphviz and the text load at the same time
    try {
      const dot = await load();
      const text = dot === this.dot ? null : await draw(dot);
      if (this.isGone) return;
      if (text !== null) this.place(text);
      this.dot = dot;
      this.mark();
      const sentences = this.svg ? read(this.svg) : [];
      // The words below it take room, too.
      this.setState({ problem: "", busy: false, sentences }, () => {
        if (this.state.zoom === null) this.resize(null);
        if (text !== null && this.seen) this.reveal(this.seen);
      });
    } catch (error) {
      if (!this.isGone)
        this.setState({
          busy: false,
          problem: error instanceof Error ? error.message : String(error),
        });
    } finally {
      this.isLoading = false;
    }
    if (version !== this.props.version && !this.isGone) this.update();
  }

  place(text: string) {
    const drawing: Element = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const focused = this.anchors().findIndex((anchor) => anchor === document.activeElement);
    this.svg = document.importNode(drawing, true) as SVGSVGElement;
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", this.props.label);
    for (const link of this.svg.querySelectorAll("a")) {
      // Graphviz writes the old attribute; only an address within this page is kept.
      const target = link.getAttribute("xlink:href") ?? "";
      link.removeAttribute("xlink:href");
      if (!target.startsWith("?")) continue;
      link.setAttribute("tabindex", "-1");
      link.setAttribute("data-target", target);
      if (target.startsWith("?run=")) link.setAttribute("href", site.address(target));
      else link.setAttribute("role", "button");
    }
    this.base?.querySelector(".graph-place")?.replaceChildren(this.svg);
    const { width, height } = this.svg;
    this.natural = { width: width.baseVal.value, height: height.baseVal.value };
    this.resize(this.state.zoom);
    const room = this.base?.querySelector(".graph-place")?.clientWidth ?? 0;
    this.props.onFit?.(room / this.natural.width);
    if (focused >= 0) this.focus(this.anchors()[focused]);
  }

  /** The nodes that lead somewhere. */
  anchors(): Element[] {
    return [...(this.svg?.querySelectorAll("a[data-target]") ?? [])];
  }

  mark() {
    if (!this.svg) return;
    const node = this.props.mark(this.svg);
    const anchors = this.anchors();
    if (!anchors.some((anchor) => anchor === document.activeElement)) {
      const first = node?.querySelector("a[data-target]") ?? anchors[0];
      for (const anchor of anchors) anchor.setAttribute("tabindex", anchor === first ? "0" : "-1");
    }
    if (node !== this.seen && node) this.reveal(node);
    this.seen = node;
  }

  /** Scrolls as far as it takes to see a node, and nothing but this pane. */
  reveal(node: Element) {
    const pane = this.base?.querySelector(".graph-scroll");
    const [seen, at] = [pane?.getBoundingClientRect(), node.getBoundingClientRect()];
    if (!pane || !seen) return;
    if (at.top < seen.top || at.bottom > seen.bottom)
      pane.scrollTop += at.top + at.height / 2 - seen.top - seen.height / 2;
    if (at.left < seen.left || at.right > seen.right)
      pane.scrollLeft += at.left + at.width / 2 - seen.left - seen.width / 2;
  }

  focus(anchor: Element | undefined) {
    if (!(anchor instanceof SVGElement)) return;
    for (const other of this.anchors())
      other.setAttribute("tabindex", other === anchor ? "0" : "-1");
    anchor.focus({ preventScroll: true });
    this.reveal(anchor);
  }

  /** Draws at another size; what is in the middle stays there. */
  zoom(zoom: number | null) {
    const pane = this.base?.querySelector(".graph-scroll");
    if (!this.svg || !pane) return;
    const before = this.svg.getBoundingClientRect().width;
    const x = pane.scrollLeft + pane.clientWidth / 2;
    const y = pane.scrollTop + pane.clientHeight / 2;
    this.resize(zoom);
    const by = this.svg.getBoundingClientRect().width / before;
    pane.scrollTo(x * by - pane.clientWidth / 2, y * by - pane.clientHeight / 2);
    this.setState({ zoom });
  }

  resize(own: number | null) {
    if (!this.svg || !this.natural) return;
    const size = this.props.scale ?? own ?? this.fitting(this.natural);
    this.svg.style.width = `${Math.ceil(this.natural.width * size)}px`;
    this.svg.style.maxWidth = "none";
  }

  /** All of it in sight; not larger than it was drawn, nor so small that nobody can read it. */
  fitting({ width, height }: { width: number; height: number }) {
    const pane = this.base?.querySelector(".graph-scroll");
    if (!pane) return 1;
    const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(pane);
    const across = pane.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const words = this.base?.querySelector("summary")?.parentElement ?? null;
    const below = words?.hasAttribute("open") ? 0 : (words?.clientHeight ?? 0);
    const down = pane.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom) - below;
    return Math.min(1, Math.max(READABLE, Math.min(across / width, down / height)));
  }

  zoomBy(by: number) {
    if (!this.svg || !this.natural) return;
    const now = this.state.zoom ?? this.svg.getBoundingClientRect().width / this.natural.width;
    this.zoom(Math.min(LARGEST, Math.max(SMALLEST, now * by)));
  }

  choose(event: Event) {
    const anchor = event.target instanceof Element ? event.target.closest("a[data-target]") : null;
    if (!anchor) return;
    event.preventDefault();
    this.props.onTarget(new URLSearchParams(anchor.getAttribute("data-target") ?? ""), anchor);
  }

  onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const from = document.activeElement;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.key === "Enter" || event.key === " ") this.choose(event);
    else if (way && from && this.svg?.contains(from)) {
      event.preventDefault(); // elsewhere, arrows move through time
      this.focus(nearest(from, this.anchors(), way[0] ?? 0, way[1] ?? 0));
    }
  }

  render({ head, label, scale }: Props, { problem, sentences, busy, zoom }: State) {
    return (
      <div class="graph" aria-busy={busy}>
        <div class="graph-head">
          {head}
          {scale === undefined && (
            <span
              class="buttons end"
              role="group"
              aria-label={`Size of the ${label.toLowerCase()}`}
            >
              <button type="button" aria-label="Smaller" onClick={() => this.zoomBy(1 / 1.25)}>
                −
              </button>
              <button type="button" aria-label="Larger" onClick={() => this.zoomBy(1.25)}>
                +
              </button>
              <button type="button" disabled={zoom === null} onClick={() => this.zoom(null)}>
                Fit
              </button>
            </span>
          )}
        </div>
        <div class="graph-scroll scroll">
          {problem && (
            <p class="empty error-text" role="alert">
              {problem}
            </p>
          )}
          <div
            class="graph-place"
            onClick={(event) => {
              if (!event.ctrlKey && !event.metaKey) this.choose(event);
            }}
            onKeyDown={(event) => this.onKey(event)}
          ></div>
          {busy && <p class="empty quiet">Drawing…</p>}
          {sentences.length > 0 && (
            <details>
              <summary>The graph in words</summary>
              <ul>
                {sentences.map((sentence) => (
                  <li>{sentence}</li>
                ))}
              </ul>
            </details>
          )}
        </div>
      </div>
    );
  }
}

/**
 * The node next to `from` in a direction; one straight ahead rather than a closer one beside
 * it.
 */
function nearest(from: Element, all: Element[], right: number, down: number) {
  const middle = (node: Element) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const here = middle(from);
  let [best, least] = [from, Infinity];
  for (const node of all) {
    const { x, y } = middle(node);
    const ahead = (x - here.x) * right + (y - here.y) * down;
    const beside = Math.abs((x - here.x) * down + (y - here.y) * right);
    if (ahead > 1 && ahead + 2 * beside < least) [best, least] = [node, ahead + 2 * beside];
  }
  return best;
}

/** The edges as sentences, then the nodes without any, from the drawing's titles. */
function read(svg: SVGSVGElement) {
  const words = (group: Element) =>
    [...group.querySelectorAll("text")].map((text) => text.textContent?.trim()).join(", ");
  const names = new Map(
    [...svg.querySelectorAll("g.node")].map((node) => [title(node), words(node)]),
  );
  const alone = new Map(names);
  const sentences = [...svg.querySelectorAll("g.edge")].map((edge) => {
    const [from = "", to = ""] = title(edge).split("->");
    const label = words(edge);
    alone.delete(from);
    alone.delete(to);
    return `${names.get(from)} → ${label ? `${label} → ` : ""}${names.get(to)}`;
  });
  return [...sentences, ...alone.values()];
}

const title = (group: Element) => group.querySelector("title")?.textContent ?? "";
