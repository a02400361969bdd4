// The studio: one recording, one chosen moment, and every view of it. Holds what is chosen, loads what
// that needs, and keeps up while the recording is live.

import { readAddress, writeAddress } from "./address";
import { Api } from "../api/api";
import { AppFrame } from "./appframe";
import { Details } from "../api/details";
import { message } from "../base/format";
import { showState } from "../base/head";
import { actionsOf, KeyHelp, onKey } from "./keys";
import { interactionFrom, runFrom, stepFrom, writeFrom } from "./moments";
import { noteEditor } from "../notes/noteeditor";
import { NO_NOTES, Notes } from "../notes/notes";
import { RunData } from "../api/rundata";
import { RunIndex } from "../api/runindex";
import { panes } from "./panes";
import { atNs, filesOf, isSame } from "./shown";
import { shareStudio } from "../share/sharestudio";
import { Stepper } from "./stepper";
import { Timeline } from "../timeline/timeline";
import { Component, html } from "../base/view";

/**
 * @typedef {import("./moments").Moment} Moment
 * @typedef {import("./moments").Level} Level
 * @typedef {import("./moments").Direction} Direction
 * @typedef {import("./address").Tab} Tab
 * @typedef {import("../api/rundata").Shown} Shown
 * @typedef {import("../panels/search").Mark} Mark
 *
 * @typedef {object} State
 * @property {RunIndex | null} index
 * @property {number} version  of the index: it grows in place
 * @property {Moment | null} moment
 * @property {boolean} follow  whether the newest run is chosen as it comes
 * @property {number | null} pinned  the app session that is followed; null: whichever is newest
 * @property {number} seen  runs there were when following stopped
 * @property {Shown | null} shown  what is known of the moment, or of the last one for which all was there
 * @property {number | null} picked  file_no of the file that was chosen by hand
 * @property {Set<number>} lit  lines of that file that were pointed out
 * @property {Map<number, import("../api/api").SourceText>} texts
 * @property {Level} level
 * @property {Tab} tab
 * @property {import("../graphs/graph").Kind} graph
 * @property {"sent" | "written"} as
 * @property {import("../timeline/timescale").Mode} mode
 * @property {string | null} find
 * @property {Mark[]} marks
 * @property {import("../notes/notes").NotesState} notes
 * @property {boolean} help
 * @property {string | null} problem  why nothing, or nothing new, can be shown
 * @property {string | null} runProblem
 */

const RETRY = 1000; // ms
// After an update, for each run that there is: placing all runs anew takes a fifth of this.
const REST = 0.01; // ms
const MAY_CHANGE = 20; // newest runs, whose messages may still be on their way
/** @type {Set<number>} */
const NOTHING = new Set();

/** @extends {Component<{recording: number, app: import("./appframe").App | null}, State>} */
export class Studio extends Component {
  /** @param {{recording: number, app: import("./appframe").App | null}} props */
  constructor(props) {
    super(props);
    this.api = new Api(props.recording);
    this.data = new RunData(this.api);
    this.details = new Details(this.api);
    this.notes = new Notes(this);
    /** @type {Timeline | null} */
    this.timeline = null;
    const { run, step, tab, graph, as, find } = readAddress();
    /** The run and the step that the address names, until they are there. */
    this.wanted = run === null ? null : { run, step };
    // What the next event builds on, which may come before the state is drawn.
    /** @type {RunIndex | null} */
    this.index = null;
    /** @type {Moment | null} */
    this.moment = null;
    this.isFollowing = run === null;
    /** Files whose text was asked for. @type {Set<number>} */
    this.asked = new Set();
    /** @type {State} */
    this.state = {
      index: null, version: 0, moment: null, follow: run === null, pinned: null, seen: 0, shown: null, picked: null,
      lit: NOTHING, texts: new Map(), level: "step", tab, graph, as, mode: "bursts", find, marks: [], notes: NO_NOTES, help: false,
      problem: null, runProblem: null,
    };
  }

  componentDidMount() {
    window.addEventListener("popstate", () => {
      const { run, step, tab, graph, as, find } = readAddress();
      this.setState({ tab, graph, as, find });
      if (run !== null) this.choose(run, step);
    });
    window.addEventListener("keydown", (event) => onKey(event, actionsOf(this)));
    shareStudio(this);
    this.load();
  }

  componentDidUpdate() {
    const { moment, index, tab, graph, as, find } = this.state;
    if (!moment || !index) return;
    const isEnd = moment.step === index.steps(moment.run);
    writeAddress({ run: moment.run, step: isEnd ? null : moment.step, tab, graph, as, find });
  }

  async load() {
    try {
      const index = await RunIndex.load(this.api);
      this.take(index);
      if (index.state === "live") this.api.follow(() => this.update());
    } catch (error) {
      this.setState({ problem: message(error) });
      setTimeout(() => this.load(), RETRY);
    }
  }

  /** The recording has more than before. One request at a time, and one more if more came meanwhile. */
  async update() {
    const { index } = this;
    if (!index) return;
    this.again = Boolean(this.updating);
    if (this.updating) return;
    this.updating = true;
    try {
      do {
        this.again = false;
        const from = Math.min(index.count - MAY_CHANGE, ...index.running);
        if (!(await index.update(this.api))) continue;
        this.data.forget(from);
        this.take(index);
        await new Promise((resolve) => setTimeout(resolve, REST * index.count));
      } while (this.again);
    } catch (error) {
      this.setState({ problem: message(error) });
    }
    this.updating = false;
  }

  /** @param {RunIndex} index */
  take(index) {
    const { moment } = this;
    const { pinned } = this.state;
    this.index = index;
    this.setState({ index, version: index.version, problem: null });
    showState(index);
    this.notes.follow(index.edits);
    const newest = index.telling(pinned);
    if (this.wanted && index.count > 0) {
      const { run, step } = this.wanted;
      this.wanted = null;
      this.setState({ seen: index.count });
      this.choose(run, step);
    } else if (this.isFollowing && newest !== null) this.choose(newest, null, { follow: true });
    else if (moment) this.choose(moment.run, moment.step);
  }

  /**
   * @param {number} run
   * @param {number | null} step  null: the run's end
   * @param {{follow?: boolean}} [how]
   */
  choose(run, step, { follow = false } = {}) {
    const { index, moment: old } = this;
    if (!index || index.count === 0) return;
    const known = Math.min(Math.max(run, 1), index.count);
    const last = index.steps(known);
    const moment = { run: known, step: Math.min(Math.max(step ?? last, 0), last) };
    const isNew = !isSame(old, moment);
    this.moment = moment;
    this.isFollowing = follow;
    this.setState((state) => ({
      moment,
      follow,
      seen: state.follow && !follow ? index.count : state.seen,
      ...(isNew ? { picked: null, lit: NOTHING } : {}),
    }));
    this.show(moment);
  }

  /** @param {Moment} moment */
  async show(moment) {
    const found = this.data.at(moment);
    // The run's facts come before its steps do, and the text is mostly that of its first file.
    const view = /** @type {Promise<import("../api/api").RunView>} */ (this.data.view(moment.run).asked);
    view.then(({ files }) => files[0] && this.loadSource(files[0].file_no), () => {});
    try {
      const shown = found instanceof Promise ? await found : found;
      if (!isSame(this.moment, moment)) return; // moved on meanwhile
      this.setState({ shown, runProblem: null });
      for (const no of filesOf(shown)) this.loadSource(no);
      const { run } = moment;
      const { index } = this;
      if (!index) return;
      const last = index.steps(run);
      this.data.prefetch(moment, last, stepFrom(index, { run, step: 0 }, -1), stepFrom(index, { run, step: last }, 1));
    } catch (error) {
      if (isSame(this.moment, moment)) this.setState({ runProblem: message(error) });
    }
  }

  /** @param {number} fileNo */
  async loadSource(fileNo) {
    if (this.asked.has(fileNo)) return;
    this.asked.add(fileNo);
    try {
      const text = await this.api.source(fileNo);
      this.setState(({ texts }) => ({ texts: new Map(texts).set(fileNo, text) }));
    } catch (error) {
      this.asked.delete(fileNo);
      this.setState({ runProblem: message(error) });
    }
  }

  /** @param {Direction} by @param {Level} [level] */
  async move(by, level = this.state.level) {
    const { index, moment } = this;
    if (!index || !moment) return;
    const to = level === "step" ? stepFrom(index, moment, by)
      : level === "run" ? runFrom(index, moment, by)
      : level === "interaction" ? interactionFrom(index, moment, by)
      : await writeFrom(index, moment, by, async (run) => {
        const view = /** @type {import("../api/api").RunView} */ (await this.data.view(run).asked);
        return view.writes.map((write) => write.step);
      }).catch(() => null);
    if (to && (level !== "write" || isSame(this.moment, moment))) this.choose(to.run, to.step);
  }

  /** @param {boolean} follow */
  follow(follow) {
    const { index } = this;
    const newest = index?.telling(this.state.pinned) ?? null;
    this.isFollowing = follow && index?.state === "live";
    if (follow && newest !== null) this.choose(newest, null, { follow: this.isFollowing });
    else this.setState({ follow: this.isFollowing, seen: index?.count ?? 0 });
  }

  /** Goes to where a line runs next in this run. @param {number} fileNo @param {number} line */
  async goToLine(fileNo, line) {
    const { moment } = this;
    if (!moment) return;
    const step = await this.api.stepAt(moment.run, fileNo, [line], moment.step).catch(() => null);
    if (!isSame(this.moment, moment)) return;
    if (step !== null) this.choose(moment.run, step);
    else this.setState({ picked: fileNo, lit: new Set([line]) });
  }

  closeSearch() {
    this.setState({ find: null, marks: [] });
  }

  /**
   * @param {{recording: number, app: import("./appframe").App | null}} props
   * @param {State} state
   */
  render({ recording, app }, { problem, help }) {
    return html`<div class="studio">
      ${app && html`<${AppFrame} app=${app} recording=${recording} follow=${this.state.follow} />`}
      <div class="work">
        ${problem && html`<p class="banner" role="alert">${problem}</p>`}
        ${this.renderWork()}
      </div>
      ${help && html`<${KeyHelp} onClose=${() => this.setState({ help: false })} />`}
    </div>`;
  }

  renderWork() {
    const { index, moment, shown, mode, marks, notes, level, follow, seen, problem } = this.state;
    if (!index) return !problem && html`<p class="empty" role="status">Loading…</p>`;
    if (index.count === 0 || !moment) {
      return html`<p class="empty" role="status">${index.state === "live"
        ? "Waiting for the first run. Open the app in a browser."
        : "This recording holds no script run."}</p>`;
    }
    const isShown = isSame(shown?.moment ?? null, moment);
    const at = isShown && shown ? atNs(shown) : null;
    const onMoment = (/** @type {number} */ run, /** @type {number | null} */ step) => this.choose(run, step);
    return html`
      <${Timeline} ref=${(/** @type {Timeline | null} */ found) => { this.timeline = found; }} api=${this.api} details=${this.details} index=${index} version=${index.version} moment=${moment} atNs=${at}
        session=${index.session(moment.run)} marks=${marks} mode=${mode} onMoment=${onMoment}
        notes=${notes.list} editor=${noteEditor(this.notes)} onMode=${(/** @type {State["mode"]} */ next) => this.setState({ mode: next })}
        onSession=${(/** @type {number} */ session) => {
          this.setState({ pinned: session });
          const newest = index.telling(session);
          if (newest !== null) this.choose(newest, null, { follow });
        }} />
      <div class="panes">${panes(this, index, moment, shown)}</div>
      <${Stepper} index=${index} moment=${moment} level=${level} isLive=${index.state === "live"} follow=${follow}
        missed=${index.count - seen} onMove=${(/** @type {Direction} */ by) => this.move(by)}
        onLevel=${(/** @type {Level} */ next) => this.setState({ level: next })}
        onMoment=${(/** @type {Moment} */ to) => this.choose(to.run, to.step)}
        onFollow=${(/** @type {boolean} */ next) => this.follow(next)}
        onKeys=${() => this.setState({ help: true })} />`;
  }
}
