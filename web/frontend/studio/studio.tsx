// The studio: one recording, one chosen moment, and every view of it. Holds what is chosen, loads
// what that needs, and keeps up while the recording is live.

import { Component } from "preact";
import type { RunView, SourceText } from "../api/answers";
import { Api } from "../api/api";
import { Details } from "../api/details";
import type { App } from "../api/liveapp";
import { RunData, type Shown } from "../api/rundata";
import { RunIndex } from "../api/runindex";
import { message } from "../base/format";
import { showState } from "../base/head";
import type { Kind } from "../graphs/graph";
import { noteEditor } from "../notes/noteeditor";
import { NO_NOTES, Notes, type NotesState } from "../notes/notes";
import type { Mark } from "../panels/search";
import { shareStudio } from "../share/sharestudio";
import { Timeline } from "../timeline/timeline";
import type { Mode } from "../timeline/timescale";
import { readAddress, type Tab, writeAddress } from "./address";
import { AppFrame } from "./appframe";
import { actionsOf, KeyHelp, onKey } from "./keys";
import {
  type Direction,
  interactionFrom,
  type Level,
  type Moment,
  runFrom,
  stepFrom,
  writeFrom,
} from "./moments";
import { panes } from "./panes";
import { atNs, filesOf, isSame } from "./shown";
import { Stepper } from "./stepper";

export interface State {
  index: RunIndex | null;
  /** of the index: it grows in place */
  version: number;
  moment: Moment | null;
  /** whether the newest run is chosen as it comes */
  follow: boolean;
  /** the app session that is followed; null: whichever is newest */
  pinned: number | null;
  /** runs there were when following stopped */
  seen: number;
  /** what is known of the moment, or of the last one for which all was there */
  shown: Shown | null;
  /** file_no of the file that was chosen by hand */
  picked: number | null;
  /** lines of that file that were pointed out */
  lit: Set<number>;
  texts: Map<number, SourceText>;
  level: Level;
  tab: Tab;
  graph: Kind;
  as: "sent" | "written";
  mode: Mode;
  find: string | null;
  marks: Mark[];
  notes: NotesState;
  help: boolean;
  /** why nothing, or nothing new, can be shown */
  problem: string | null;
  runProblem: string | null;
}

const RETRY = 1000; // ms
// After an update, for each run that there is: placing all runs anew takes a fifth of this.
const REST = 0.01; // ms
const MAY_CHANGE = 20; // newest runs, whose messages may still be on their way
const NOTHING: Set<number> = new Set();

export class Studio extends Component<{ recording: number; app: App | null }, State> {
  api: Api;
  data: RunData;
  details: Details;
  notes: Notes;
  timeline: Timeline | null = null;
  /** The run and the step that the address names, until they are there. */
  wanted: { run: number; step: number | null } | null;
  index: RunIndex | null = null;
  moment: Moment | null = null;
  isFollowing: boolean;
  /** Files whose text was asked for. */
  asked: Set<number> = new Set();
  state: State;
  again: boolean | undefined;
  updating: boolean | undefined;

  constructor(props: { recording: number; app: App | null }) {
    super(props);
    this.api = new Api(props.recording);
    this.data = new RunData(this.api);
    this.details = new Details(this.api);
    this.notes = new Notes(this);
    const { run, step, tab, graph, as, find } = readAddress();
    this.wanted = run === null ? null : { run, step };
    this.isFollowing = run === null;
    this.state = {
      index: null,
      version: 0,
      moment: null,
      follow: run === null,
      pinned: null,
      seen: 0,
      shown: null,
      picked: null,
      lit: NOTHING,
      texts: new Map(),
      level: "step",
      tab,
      graph,
      as,
      mode: "bursts",
      find,
      marks: [],
      notes: NO_NOTES,
      help: false,
      problem: null,
      runProblem: null,
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

  /**
   * The recording has more than before. One request at a time, and one more if more came
   * meanwhile.
   */
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

  take(index: RunIndex) {
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

  /** @param step  null: the run's end */
  choose(run: number, step: number | null, { follow = false }: { follow?: boolean } = {}) {
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

  async show(moment: Moment) {
    const found = this.data.at(moment);
    // The run's facts come before its steps do, and the text is mostly that of its first file.
    const view = this.data.view(moment.run).asked as Promise<RunView>;
    view.then(
      ({ files }) => files[0] && this.loadSource(files[0].file_no),
      () => {},
    );
    try {
      const shown = found instanceof Promise ? await found : found;
      if (!isSame(this.moment, moment)) return; // moved on meanwhile
      this.setState({ shown, runProblem: null });
      for (const no of filesOf(shown)) this.loadSource(no);
      const { run } = moment;
      const { index } = this;
      if (!index) return;
      const last = index.steps(run);
      this.data.prefetch(
        moment,
        last,
        stepFrom(index, { run, step: 0 }, -1),
        stepFrom(index, { run, step: last }, 1),
      );
    } catch (error) {
      if (isSame(this.moment, moment)) this.setState({ runProblem: message(error) });
    }
  }

  async loadSource(fileNo: number) {
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

  async move(by: Direction, level: Level = this.state.level) {
    const { index, moment } = this;
    if (!index || !moment) return;
    const to =
      level === "step"
        ? stepFrom(index, moment, by)
        : level === "run"
          ? runFrom(index, moment, by)
          : level === "interaction"
            ? interactionFrom(index, moment, by)
            : await writeFrom(index, moment, by, async (run) => {
                const view = (await this.data.view(run).asked) as RunView;
                return view.writes.map((write) => write.step);
              }).catch(() => null);
    if (to && (level !== "write" || isSame(this.moment, moment))) this.choose(to.run, to.step);
  }

  follow(follow: boolean) {
    const { index } = this;
    const newest = index?.telling(this.state.pinned) ?? null;
    this.isFollowing = follow && index?.state === "live";
    if (follow && newest !== null) this.choose(newest, null, { follow: this.isFollowing });
    else this.setState({ follow: this.isFollowing, seen: index?.count ?? 0 });
  }

  /** Goes to where a line runs next in this run. */
  async goToLine(fileNo: number, line: number) {
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

  render({ recording, app }: { recording: number; app: App | null }, { problem, help }: State) {
    return (
      <div class="studio">
        {app && <AppFrame app={app} recording={recording} follow={this.state.follow} />}
        <div class="work">
          {problem && (
            <p class="banner" role="alert">
              {problem}
            </p>
          )}
          {this.renderWork()}
        </div>
        {help && <KeyHelp onClose={() => this.setState({ help: false })} />}
      </div>
    );
  }

  renderWork() {
    const { index, moment, shown, mode, marks, notes, level, follow, seen, problem } = this.state;
    if (!index)
      return (
        !problem && (
          <p class="empty" role="status">
            Loading…
          </p>
        )
      );
    if (index.count === 0 || !moment) {
      return (
        <p class="empty" role="status">
          {index.state === "live"
            ? "Waiting for the first run. Open the app in a browser."
            : "This recording holds no script run."}
        </p>
      );
    }
    const isShown = isSame(shown?.moment ?? null, moment);
    const at = isShown && shown ? atNs(shown) : null;
    const onMoment = (run: number, step: number | null) => this.choose(run, step);
    return (
      <>
        <Timeline
          ref={(found) => {
            this.timeline = found;
          }}
          api={this.api}
          details={this.details}
          index={index}
          version={index.version}
          moment={moment}
          atNs={at}
          session={index.session(moment.run)}
          marks={marks}
          mode={mode}
          onMoment={onMoment}
          notes={notes.list}
          editor={noteEditor(this.notes)}
          onMode={(next) => this.setState({ mode: next })}
          onSession={(session) => {
            this.setState({ pinned: session });
            const newest = index.telling(session);
            if (newest !== null) this.choose(newest, null, { follow });
          }}
        />
        <div class="panes">{panes(this, index, moment, shown)}</div>
        <Stepper
          index={index}
          moment={moment}
          level={level}
          isLive={index.state === "live"}
          follow={follow}
          missed={index.count - seen}
          onMove={(by) => this.move(by)}
          onLevel={(next) => this.setState({ level: next })}
          onMoment={(to) => this.choose(to.run, to.step)}
          onFollow={(next) => this.follow(next)}
          onKeys={() => this.setState({ help: true })}
        />
      </>
    );
  }
}
