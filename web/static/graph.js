// The graphs of what caused what and of the control flow, drawn by Graphviz, with the same as a list.

import { Component, html } from "./view.js";

/**
 * @typedef {"cause" | "flow"} Kind
 * @typedef {{load: (run: number | null) => Promise<string>, marker: string, selected: number | null,
 *   onSelect: (run: number) => void, kind?: Kind, onKind?: (kind: Kind) => void}} Props
 *   without `onKind`, there is no switch between the kinds
 * @typedef {{problem: string, sentences: string[], busy: boolean}} State
 */

/** @type {[Kind, string, string][]} */
const KINDS = [
  ["cause", "causes", "Graph of what caused what"],
  ["flow", "control flow", "Graph of the control flow"],
];

/** @type {Worker | null} */
let worker = null;
let asked = 0;

/** The worker; it loads Graphviz as soon as it is there. */
function start() {
  worker ??= new Worker(new URL("./graph-worker.js", import.meta.url), { type: "module" });
  return worker;
}

/**
 * SVG text for DOT text.
 * @param {string} dot
 * @returns {Promise<string>}
 */
function draw(dot) {
  const own = start();
  const id = ++asked;
  return new Promise((resolve, reject) => {
    /** @param {MessageEvent<{id: number, svg?: string, error?: string}>} event */
    const onMessage = ({ data }) => {
      if (data.id !== id) return;
      own.removeEventListener("message", onMessage);
      if (data.svg === undefined) reject(new Error(data.error));
      else resolve(data.svg);
    };
    own.addEventListener("message", onMessage);
    own.postMessage({ id, dot });
    own.addEventListener("error", () => reject(new Error("The graph could not be drawn.")), { once: true });
  });
}

/** @extends {Component<Props, State>} */
export class Graph extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { problem: "", sentences: [], busy: true };
    /** @type {SVGSVGElement | null} */
    this.svg = null;
    this.turn = 0;
  }

  componentDidMount() {
    this.update();
  }

  componentWillUnmount() {
    this.turn = -1;
  }

  /** @param {Props} before */
  componentDidUpdate(before) {
    const { marker, kind, selected } = this.props;
    if (before.marker !== marker || before.kind !== kind) this.update();
    else if (before.selected !== selected) {
      if (this.mark() || selected === null) return;
      this.update();
    }
  }

  async update() {
    const turn = ++this.turn;
    const { load, selected } = this.props;
    start(); // Graphviz and the text load at the same time
    try {
      const dot = await load(selected);
      const text = await draw(dot);
      if (turn !== this.turn) return;
      this.place(text);
      this.setState({ problem: "", busy: false, sentences: this.svg ? read(this.svg) : [] });
    } catch (error) {
      if (turn !== this.turn) return;
      this.setState({ busy: false, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {string} text */
  place(text) {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    /** @type {Element} */
    const drawing = parsed.documentElement;
    this.svg = /** @type {SVGSVGElement} */ (document.importNode(drawing, true));
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", KINDS.find(([key]) => key === (this.props.kind ?? "cause"))?.[2] ?? "");
    for (const link of this.svg.querySelectorAll("a")) {
      // Graphviz writes the old attribute; only links to a run of this page are kept.
      const target = link.getAttribute("xlink:href") ?? "";
      link.removeAttribute("xlink:href");
      if (/^\?run=\d+$/.test(target)) link.setAttribute("href", target);
    }
    this.base?.querySelector(".graph-place")?.replaceChildren(this.svg);
    // Shrunk to the pane as far as it stays readable; beyond, it scrolls.
    const width = this.svg.width.baseVal.value;
    this.svg.style.minWidth = `${Math.round(width * 0.9)}px`;
    this.mark();
    const node = this.svg.querySelector(".selected")?.getBoundingClientRect();
    const pane = this.base?.getBoundingClientRect();
    if (node && pane && node.bottom > pane.bottom) this.base?.scrollBy(0, node.top - pane.top - pane.height / 2);
  }

  /** Marks the node of the selected run; false when the graph has none. */
  mark() {
    for (const node of this.svg?.querySelectorAll(".selected") ?? []) node.classList.remove("selected");
    const node = this.svg?.querySelector(`#run-${this.props.selected}`);
    (node ?? this.svg?.querySelector(".holds-selected"))?.classList.add("selected");
    return Boolean(node);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const run = /^\?run=(\d+)$/.exec(link?.getAttribute("href") ?? "")?.[1];
    if (!run || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.props.onSelect(Number(run));
  }

  /**
   * @param {Props} props
   * @param {State} state
   */
  render({ kind, onKind }, { problem, sentences, busy }) {
    return html`<div class="graph scroll" aria-busy=${busy}>
      ${onKind && html`<div class="graph-kinds" role="radiogroup" aria-label="Graph">
        ${KINDS.map(([key, name]) => html`<label><input type="radio" name="graph" checked=${kind === key}
          onChange=${() => onKind(key)} /> ${name}</label>`)}</div>`}
      ${problem && html`<p class="empty error-text" role="alert">${problem}</p>`}
      <div class="graph-place" onClick=${(/** @type {MouseEvent} */ event) => this.onClick(event)}></div>
      ${busy && html`<p class="empty quiet">Drawing…</p>`}
      ${sentences.length > 0 && html`<details><summary>The graph in words</summary>
        <ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></details>`}
    </div>`;
  }
}

/** The edges as sentences, then the nodes without any, from the drawing's titles. @param {SVGSVGElement} svg */
function read(svg) {
  /** @param {Element} group */
  const words = (group) => [...group.querySelectorAll("text")].map((text) => text.textContent?.trim()).join(", ");
  const names = new Map([...svg.querySelectorAll("g.node")].map((node) => [title(node), words(node)]));
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

/** @param {Element} group */
const title = (group) => group.querySelector("title")?.textContent ?? "";
