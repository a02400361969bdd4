// The graphs of a recording: what caused what, and the control flow of the moment's run. The node
// of the moment is lit; a node leads to its own moment.

import { Component } from "preact";
import type { Api } from "../api/api";
import { Drawing } from "./drawing";

export type Kind = "cause" | "flow";

interface Moment {
  run: number;
  step: number;
}

interface Props {
  api: Api;
  /** another one: something was added to the recording */
  marker: string;
  index: { steps: (run: number) => number; outcome: (run: number) => string };
  moment: Moment;
  /** where the moment's step is */
  line: number | null;
  /** its number */
  file: number | null;
  kind: Kind;
  onKind: (kind: Kind) => void;
  /** without a step: the run's end */
  onMoment: (run: number, step: number | null) => void;
}

/**
 * `keep`: the run that the graph of causes must show; `isOutside`: the step is in no node
 */
interface State {
  keep: number;
  isOutside: boolean;
}

const KINDS: [Kind, string, string][] = [
  ["cause", "causes", "Graph of what caused what"],
  ["flow", "control flow", "Graph of the control flow"],
];
const MOST_LINES = 1000; // that the server looks for

export class Graph extends Component<Props, State> {
  state: State;

  constructor(props: Props) {
    super(props);
    this.state = { keep: props.moment.run, isOutside: false };
  }

  markCause(svg: SVGSVGElement) {
    const { run, step } = this.props.moment;
    const node = svg.querySelector(`#run-${run}`);
    unmark(svg, "selected", "lit");
    if (!node && this.state.keep !== run) {
      this.setState({ keep: run }); // left out of the drawing so far
      return null;
    }
    for (const anchor of svg.querySelectorAll(`a[data-target="?run=${run}&step=${step}"]`))
      light(anchor);
    const shown = node ?? svg.querySelector(".holds-selected");
    shown?.classList.add("selected");
    return shown;
  }

  markFlow(svg: SVGSVGElement) {
    const { line, file } = this.props;
    unmark(svg, "lit");
    let shown: Element | null = null;
    for (const anchor of line === null ? [] : svg.querySelectorAll("a[data-target]")) {
      const target = new URLSearchParams(anchor.getAttribute("data-target") ?? "");
      if (Number(target.get("file")) === file && linesOf(target).includes(line ?? 0))
        shown = light(anchor);
    }
    const isOutside = line !== null && shown === null;
    if (isOutside !== this.state.isOutside) this.setState({ isOutside });
    return shown;
  }

  async go(target: URLSearchParams, anchor: Element) {
    const { api, moment, onMoment } = this.props;
    if (target.has("end")) onMoment(moment.run, null);
    else if (target.has("run"))
      onMoment(Number(target.get("run")), target.has("step") ? Number(target.get("step")) : null);
    else {
      // Statements that always run together are entered at the first one.
      const lines = linesOf(target).slice(0, anchor.closest(".flow-ran") ? 1 : MOST_LINES);
      const step = await api.stepAt(moment.run, Number(target.get("file")), lines, moment.step);
      if (step !== null) onMoment(moment.run, step);
    }
  }

  render({ api, marker, index, moment, kind, onKind }: Props, { keep, isOutside }: State) {
    const isFlow = kind === "flow";
    const { run } = moment;
    const version = isFlow
      ? `${run} ${index.steps(run)} ${index.outcome(run)}`
      : `${marker} ${keep}`;
    const head = (
      <>
        <span class="graph-kinds" role="radiogroup" aria-label="Graph">
          {KINDS.map(([key, name]) => (
            <label>
              <input
                type="radio"
                name="graph"
                checked={kind === key}
                onChange={() => onKind(key)}
              />{" "}
              {name}
            </label>
          ))}
        </span>
        {isFlow && (
          <span class="quiet" role="status">
            {isOutside ? "this step is outside of what is drawn" : `of run ${run}`}
          </span>
        )}
      </>
    );
    return (
      <Drawing
        key={kind}
        head={head}
        version={version}
        label={KINDS.find(([key]) => key === kind)?.[2] ?? ""}
        load={() => (isFlow ? api.flow(run) : api.causes(keep))}
        mark={(svg) => (isFlow ? this.markFlow(svg) : this.markCause(svg))}
        onTarget={(target, anchor) => this.go(target, anchor)}
      />
    );
  }
}

const linesOf = (target: URLSearchParams) => (target.get("lines") ?? "").split(",").map(Number);

/** Lights the node that leads somewhere by `anchor`. */
function light(anchor: Element) {
  anchor.setAttribute("aria-current", "step");
  const node = anchor.closest(".node");
  node?.classList.add("lit");
  return node;
}

function unmark(svg: SVGSVGElement, ...names: string[]) {
  for (const name of names)
    for (const node of svg.querySelectorAll(`.${name}`)) node.classList.remove(name);
  for (const anchor of svg.querySelectorAll("[aria-current]"))
    anchor.removeAttribute("aria-current");
}
