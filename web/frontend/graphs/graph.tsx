// The graphs of a recording: what caused what, and the control flow of the moment's run. The node of the
// moment is lit; a node leads to its own moment.

import { Drawing } from "./drawing";
import { Component, html } from "../base/view";

/**
 * @typedef {"cause" | "flow"} Kind
 * @typedef {{run: number, step: number}} Moment
 * @typedef {object} Props
 * @property {import("../api/api").Api} api
 * @property {string} marker  another one: something was added to the recording
 * @property {{steps: (run: number) => number, outcome: (run: number) => string}} index
 * @property {Moment} moment
 * @property {number | null} line  where the moment's step is
 * @property {number | null} file  its number
 * @property {Kind} kind
 * @property {(kind: Kind) => void} onKind
 * @property {(run: number, step: number | null) => void} onMoment  without a step: the run's end
 * @typedef {{keep: number, isOutside: boolean}} State
 *   `keep`: the run that the graph of causes must show; `isOutside`: the step is in no node
 */

/** @type {[Kind, string, string][]} */
const KINDS = [
  ["cause", "causes", "Graph of what caused what"],
  ["flow", "control flow", "Graph of the control flow"],
];
const MOST_LINES = 1000; // that the server looks for

/** @extends {Component<Props, State>} */
export class Graph extends Component {
  /** @param {Props} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { keep: props.moment.run, isOutside: false };
  }

  /** @param {SVGSVGElement} svg */
  markCause(svg) {
    const { run, step } = this.props.moment;
    const node = svg.querySelector(`#run-${run}`);
    unmark(svg, "selected", "lit");
    if (!node && this.state.keep !== run) {
      this.setState({ keep: run }); // left out of the drawing so far
      return null;
    }
    for (const anchor of svg.querySelectorAll(`a[data-target="?run=${run}&step=${step}"]`)) light(anchor);
    const shown = node ?? svg.querySelector(".holds-selected");
    shown?.classList.add("selected");
    return shown;
  }

  /** @param {SVGSVGElement} svg */
  markFlow(svg) {
    const { line, file } = this.props;
    unmark(svg, "lit");
    /** @type {Element | null} */
    let shown = null;
    for (const anchor of line === null ? [] : svg.querySelectorAll("a[data-target]")) {
      const target = new URLSearchParams(anchor.getAttribute("data-target") ?? "");
      if (Number(target.get("file")) === file && linesOf(target).includes(line ?? 0)) shown = light(anchor);
    }
    const isOutside = line !== null && shown === null;
    if (isOutside !== this.state.isOutside) this.setState({ isOutside });
    return shown;
  }

  /**
   * @param {URLSearchParams} target
   * @param {Element} anchor
   */
  async go(target, anchor) {
    const { api, moment, onMoment } = this.props;
    if (target.has("end")) onMoment(moment.run, null);
    else if (target.has("run")) onMoment(Number(target.get("run")), target.has("step") ? Number(target.get("step")) : null);
    else {
      // Statements that always run together are entered at the first one.
      const lines = linesOf(target).slice(0, anchor.closest(".flow-ran") ? 1 : MOST_LINES);
      const step = await api.stepAt(moment.run, Number(target.get("file")), lines, moment.step);
      if (step !== null) onMoment(moment.run, step);
    }
  }

  /**
   * @param {Props} props
   * @param {State} state
   */
  render({ api, marker, index, moment, kind, onKind }, { keep, isOutside }) {
    const isFlow = kind === "flow";
    const { run } = moment;
    const version = isFlow ? `${run} ${index.steps(run)} ${index.outcome(run)}` : `${marker} ${keep}`;
    const head = html`<span class="graph-kinds" role="radiogroup" aria-label="Graph">
        ${KINDS.map(([key, name]) => html`<label><input type="radio" name="graph" checked=${kind === key}
          onChange=${() => onKind(key)} /> ${name}</label>`)}</span>
      ${isFlow && html`<span class="quiet" role="status">${isOutside
        ? "this step is outside of what is drawn" : `of run ${run}`}</span>`}`;
    return html`<${Drawing} key=${kind} head=${head} version=${version} label=${KINDS.find(([key]) => key === kind)?.[2] ?? ""}
      load=${() => (isFlow ? api.flow(run) : api.causes(keep))}
      mark=${(/** @type {SVGSVGElement} */ svg) => (isFlow ? this.markFlow(svg) : this.markCause(svg))}
      onTarget=${(/** @type {URLSearchParams} */ target, /** @type {Element} */ anchor) => this.go(target, anchor)} />`;
  }
}

/** @param {URLSearchParams} target */
const linesOf = (target) => (target.get("lines") ?? "").split(",").map(Number);

/** Lights the node that leads somewhere by `anchor`. @param {Element} anchor */
function light(anchor) {
  anchor.setAttribute("aria-current", "step");
  const node = anchor.closest(".node");
  node?.classList.add("lit");
  return node;
}

/**
 * @param {SVGSVGElement} svg
 * @param {string[]} names
 */
function unmark(svg, ...names) {
  for (const name of names) for (const node of svg.querySelectorAll(`.${name}`)) node.classList.remove(name);
  for (const anchor of svg.querySelectorAll("[aria-current]")) anchor.removeAttribute("aria-current");
}
