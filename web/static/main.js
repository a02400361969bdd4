// The page of one recording: holds what is chosen, loads what that needs, keeps up while it is live.

import { Api } from "./api.js";
import { Graph } from "./graph.js";
import { merge } from "./live.js";
import { RunPanel } from "./runpanel.js";
import { RunTable } from "./runtable.js";
import { SourcePanel } from "./source.js";
import { Timeline } from "./timeline.js";
import { Component, html, render } from "./view.js";

/**
 * @typedef {"source" | "graph" | "runs"} Tab
 * @typedef {object} State
 * @property {import("./api.js").Timeline | null} timeline
 * @property {number | null} run  the selected run
 * @property {boolean} follow  whether the newest run is selected as it comes
 * @property {import("./api.js").RunView | null} view
 * @property {number | null} fileNo
 * @property {Map<number, import("./api.js").SourceText>} texts
 * @property {import("./source.js").Target | null} target
 * @property {Tab} tab
 * @property {import("./graph.js").Kind} graph
 * @property {import("./timescale.js").Mode} mode
 * @property {string | null} problem  why nothing, or nothing new, can be shown
 * @property {string | null} runProblem
 */

const POLL = 700; // ms
/** @type {[Tab, string][]} */
const TABS = [["source", "Source"], ["graph", "Graph"], ["runs", "Runs"]];

/** @extends {Component<{recording: number}, State>} */
class Recording extends Component {
  /** @param {{recording: number}} props */
  constructor(props) {
    super(props);
    this.api = new Api(props.recording);
    const { run, tab, graph } = readAddress();
    /** @type {State} */
    this.state = {
      timeline: null, run, follow: run === null, view: null, fileNo: null, texts: new Map(),
      target: null, tab, graph, mode: "bursts", problem: null, runProblem: null,
    };
  }

  componentDidMount() {
    window.addEventListener("popstate", () => {
      const { run, tab, graph } = readAddress();
      this.setState({ tab, graph });
      if (run !== null && run !== this.state.run) this.choose(run, { address: false });
    });
    if (this.state.run !== null) this.loadRun(this.state.run);
    this.loadTimeline();
  }

  async loadTimeline() {
    try {
      this.take(await this.api.timeline());
    } catch (error) {
      this.setState({ problem: message(error) });
    }
    this.poll();
  }

  /** Asks whether anything was added, as long as the recording is live. */
  async poll() {
    if (this.state.timeline && this.state.timeline.state !== "live") return;
    await new Promise((resolve) => setTimeout(resolve, POLL));
    try {
      const known = this.state.timeline;
      const changes = known && (await this.api.changes());
      if (!known || changes?.marker !== known.marker) {
        const { runs, ticks } = known ?? { runs: { n: [] }, ticks: null };
        // A long recording is not sent again: its newest runs are, which may still be changing.
        const from = known && !ticks ? Math.max(1, (runs.n.at(-1) ?? 1) - 20) : 1;
        const news = await this.api.timeline(from);
        this.take(known && from > 1 ? merge(known, news) : news);
      }
      if (this.state.problem) this.setState({ problem: null });
    } catch (error) {
      this.setState({ problem: message(error) });
    }
    this.poll();
  }

  /** @param {import("./api.js").Timeline} timeline */
  take(timeline) {
    const newest = timeline.runs.n.at(-1) ?? null;
    const { run, follow } = this.state;
    this.setState({ timeline, problem: null });
    showState(timeline);
    if (follow && newest !== null) this.choose(newest, { follow: true, address: false });
    else if (run !== null) this.loadRun(run);
  }

  /** Writes of the visible part of a long recording. @param {number} first @param {number} last */
  async loadWindow(first, last) {
    const part = await this.api.timeline(first, last).catch(() => null);
    if (!part?.ticks || !this.state.timeline) return;
    this.setState({ timeline: { ...this.state.timeline, ticks: part.ticks, window: part.window } });
  }

  /**
   * @param {number} run
   * @param {{follow?: boolean, address?: boolean}} [how]
   */
  choose(run, { follow = false, address = true } = {}) {
    const isNew = run !== this.state.run;
    this.setState(isNew ? { run, follow, target: null, runProblem: null } : { follow });
    if (address) this.address({ run });
    this.loadRun(run);
  }

  /** @param {number} run */
  async loadRun(run) {
    try {
      const view = await this.api.run(run);
      if (this.state.run !== run) return; // another one was chosen meanwhile
      const kept = view.files.find((file) => file.file_no === this.state.fileNo);
      const halted = view.files.find((file) => file.halting_line !== null);
      const isSame = this.state.view?.n === run;
      const shown = (isSame ? kept : null) ?? halted ?? view.files[0] ?? null;
      this.setState({ view, fileNo: shown?.file_no ?? null, runProblem: null });
      if (shown) this.loadSource(shown.file_no);
    } catch (error) {
      if (this.state.run === run) this.setState({ view: null, runProblem: message(error) });
    }
  }

  /** @param {number} fileNo */
  async loadSource(fileNo) {
    if (this.state.texts.has(fileNo)) return;
    try {
      const text = await this.api.source(fileNo);
      this.setState(({ texts }) => ({ texts: new Map(texts).set(fileNo, text) }));
    } catch (error) {
      this.setState({ runProblem: message(error) });
    }
  }

  /** @param {string} file @param {number} line */
  showLine(file, line) {
    const found = this.state.view?.files.find((each) => each.file === file);
    if (!found) return;
    this.setState({ fileNo: found.file_no, target: { file, line } });
    this.showTab("source");
    this.loadSource(found.file_no);
  }

  /** @param {Tab} tab */
  showTab(tab) {
    if (tab === this.state.tab) return;
    this.setState({ tab });
    this.address({ tab });
  }

  /** @param {import("./graph.js").Kind} graph */
  showGraph(graph) {
    this.setState({ graph });
    this.address({ graph });
  }

  /**
   * Keeps the address in step, so that a reload or a link shows the same.
   * @param {{run?: number, tab?: Tab, graph?: import("./graph.js").Kind}} change
   */
  address(change) {
    const { run, tab, graph } = { run: this.state.run, tab: this.state.tab, graph: this.state.graph, ...change };
    const query = new URLSearchParams();
    if (run !== null) query.set("run", String(run));
    if (tab !== "source") query.set("tab", tab);
    if (tab === "graph" && graph !== "cause") query.set("graph", graph);
    history.replaceState(null, "", `?${query}`);
  }

  /** @param {KeyboardEvent} event @param {number} index */
  onTabKey(event, index) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = by && TABS[(index + by + TABS.length) % TABS.length]?.[0];
    if (!next) return;
    event.preventDefault();
    this.showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  /**
   * @param {{recording: number}} _props
   * @param {State} state
   */
  render(_props, { timeline, run, follow, view, mode, tab, problem, runProblem }) {
    if (!timeline) return html`<p class="empty" role=${problem ? "alert" : "status"}>${problem ?? "Loading…"}</p>`;
    const { n } = timeline.runs;
    if (n.length === 0) {
      return html`<p class="empty" role="status">${timeline.state === "live"
        ? "Waiting for the first run. Open the app in a browser."
        : "This recording holds no script run."}</p>`;
    }
    const index = n.indexOf(run ?? -1);
    const steps = { previous: n[index - 1] ?? null, next: index < 0 ? null : n[index + 1] ?? null };
    const select = (/** @type {number} */ number) => this.choose(number);
    return html`
      ${problem && html`<p class="banner" role="alert">${problem}</p>`}
      <${Timeline} timeline=${timeline} selected=${run} mode=${mode} onSelect=${select}
        onMode=${(/** @type {State["mode"]} */ next) => this.setState({ mode: next })}
        onWindow=${(/** @type {number} */ first, /** @type {number} */ last) => this.loadWindow(first, last)} />
      <div class="panes">
        <div class="pane">
          <div class="tabs" role="tablist" aria-label="Views">
            ${TABS.map(([key, name], i) => html`<button type="button" role="tab" id=${`tab-${key}`}
              aria-selected=${tab === key} aria-controls="view" tabindex=${tab === key ? 0 : -1}
              onClick=${() => this.showTab(key)}
              onKeyDown=${(/** @type {KeyboardEvent} */ event) => this.onTabKey(event, i)}>${name}</button>`)}
            ${timeline.state === "live" && html`<label class="follow"><input type="checkbox" checked=${follow}
              onChange=${() => this.follow(!follow)} /> follow the newest run</label>`}
          </div>
          <div class="view" role="tabpanel" id="view" aria-labelledby=${`tab-${tab}`}>${this.renderTab(timeline)}</div>
        </div>
        <div class="pane">
          <${RunPanel} run=${view} error=${runProblem} steps=${steps} onRun=${select}
            chosen=${run !== null}
            onLine=${(/** @type {string} */ file, /** @type {number} */ line) => this.showLine(file, line)} />
        </div>
      </div>`;
  }

  /** @param {boolean} follow */
  follow(follow) {
    const newest = this.state.timeline?.runs.n.at(-1);
    if (follow && newest !== undefined) this.choose(newest, { follow, address: false });
    else this.setState({ follow });
  }

  /** @param {import("./api.js").Timeline} timeline */
  renderTab(timeline) {
    const { tab, graph, run, view, fileNo, texts, target } = this.state;
    const select = (/** @type {number} */ number) => this.choose(number);
    if (tab === "runs") return html`<${RunTable} timeline=${timeline} selected=${run} onSelect=${select} />`;
    if (tab === "graph") {
      return html`<${Graph} marker=${timeline.marker} selected=${run} onSelect=${select} kind=${graph}
        onKind=${(/** @type {import("./graph.js").Kind} */ next) => this.showGraph(next)}
        load=${(/** @type {number | null} */ about) =>
          graph === "flow" ? this.api.flow(about) : this.api.causes(about)} />`;
    }
    const files = view?.files ?? [];
    return html`<${SourcePanel} files=${files} run=${view?.n ?? null} target=${target}
      shown=${files.find((file) => file.file_no === fileNo) ?? null} text=${texts.get(fileNo ?? 0) ?? null}
      detailed=${view?.detailed ?? true}
      onFile=${(/** @type {number} */ next) => {
        this.setState({ fileNo: next, target: null });
        this.loadSource(next);
      }} />`;
  }
}

/** The state and the limits in the page's head, which the server made. @param {import("./api.js").Changes} changes */
function showState({ state, limits }) {
  const badge = document.getElementById("state");
  if (badge) {
    badge.textContent = { live: "● live", complete: "✓ complete", "broken off": "✕ broken off" }[state] ?? state;
    badge.className = `badge state-${state.replace(" ", "-")}`;
  }
  const place = document.getElementById("limits");
  if (place) {
    place.hidden = limits.length === 0;
    place.querySelector("ul")?.replaceChildren(...limits.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }
}

/** @returns {{run: number | null, tab: Tab, graph: import("./graph.js").Kind}} */
function readAddress() {
  const query = new URLSearchParams(location.search);
  const run = /^\d{1,9}$/.test(query.get("run") ?? "") ? Number(query.get("run")) : null;
  const graph = query.get("graph") === "flow" ? "flow" : "cause";
  const tab = TABS.find(([key]) => key === query.get("tab"))?.[0] ?? (query.has("graph") ? "graph" : "source");
  return { run, tab, graph };
}

/** @param {unknown} error */
const message = (error) => (error instanceof Error ? error.message : String(error));

const root = document.getElementById("recording");
if (root) render(html`<${Recording} recording=${Number(root.dataset.recording)} />`, root);
