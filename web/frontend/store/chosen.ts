// The chosen moment: a run and one of its steps. What is known of it, and how another one is
// chosen.

import { batch, signal } from "@preact/signals";
import type { RunData, Shown } from "../api/rundata";
import type { RunIndex } from "../api/runindex";
import { message } from "../base/format";
import {
  type Direction,
  interactionFrom,
  type Level,
  type Moment,
  runFrom,
  stepFrom,
  writeFrom,
} from "./moments";
import type { Recording } from "./recording";
import { filesOf, isSame } from "./shown";

const NOTHING: ReadonlySet<number> = new Set();
// A run that is followed is shown, and so is what was found in it, before more is fetched ahead.
const AHEAD = 250; // ms

export class Chosen {
  readonly at = signal<Moment | null>(null);
  /** Whether the newest run is chosen as it comes. */
  readonly follows;
  /** The app session that is followed; null: that of the frame beside, or else any. */
  readonly pinned = signal<number | null>(null);
  /** The app session of the frame beside; null: there is none yet. */
  readonly own = signal<number | null>(null);
  /** Runs there were when following stopped. */
  readonly seen = signal(0);
  /** What is known of the moment, or of the last one for which all was there. */
  readonly shown = signal<Shown | null>(null);
  /** Why nothing is known of it. */
  readonly problem = signal<string | null>(null);
  /** file_no of the file that was picked by hand. */
  readonly picked = signal<number | null>(null);
  /** Lines of that file that were pointed out. */
  readonly lit = signal(NOTHING);

  #ahead: ReturnType<typeof setTimeout> | undefined;

  /** The newest app session when the frame beside was loaded: its own comes after. */
  #sessionBefore: number | null = null;

  /**
   * @param wanted  what the address names, until it is there: its run, and a step or the end
   * @param newest  the moment that is followed, of an app session (null: of any)
   * @param telling  the moment that an interaction is entered at
   */
  constructor(
    readonly recording: Recording,
    readonly data: RunData,
    private wanted: { run: number; step: number | null } | null,
    readonly newest: (index: RunIndex, session: number | null) => Moment | null,
    readonly telling: (index: RunIndex, interaction: number) => Moment | null,
  ) {
    this.follows = signal(wanted === null);
  }

  /** The frame beside loads the app: the next app session is its own. */
  expectOwn() {
    this.#sessionBefore = this.recording.index?.sessions.at(-1) ?? 0;
  }

  #newestOf(index: RunIndex) {
    return this.newest(index, this.pinned.value ?? this.own.value);
  }

  /** The recording has more than before. */
  keepUp(index: RunIndex) {
    const { wanted, at } = this;
    const before = this.#sessionBefore;
    const own = before === null ? undefined : index.sessions.find((each) => each > before);
    if (own !== undefined) {
      this.own.value = own;
      this.pinned.value = null;
      this.#sessionBefore = null;
    }
    const newest = this.follows.value ? this.#newestOf(index) : null;
    if (wanted && index.count > 0) {
      this.wanted = null;
      this.seen.value = index.count;
      this.choose(wanted.run, wanted.step);
    } else if (newest !== null) this.choose(newest.run, newest.step, { follow: true });
    else if (at.value) this.choose(at.value.run, at.value.step);
  }

  /** @param step  null: the run's end */
  choose(run: number, step: number | null, { follow = false }: { follow?: boolean } = {}) {
    const { index } = this.recording;
    if (!index || index.count === 0) return;
    const known = Math.min(Math.max(run, 1), index.count);
    const last = index.steps(known);
    const moment = { run: known, step: Math.min(Math.max(step ?? last, 0), last) };
    batch(() => {
      if (!isSame(this.at.value, moment)) this.pick(null);
      if (this.follows.value && !follow) this.seen.value = index.count;
      this.follows.value = follow;
      this.at.value = moment;
      this.#show(index, moment);
    });
  }

  async #show(index: RunIndex, moment: Moment) {
    const found = this.data.at(moment);
    // The run's facts come before its steps do, and the text is mostly that of its first file.
    this.data.view(moment.run).asked.then(
      ({ files }) => files[0] && this.#loadSource(files[0].file_no),
      () => {},
    );
    try {
      const shown = found instanceof Promise ? await found : found;
      if (!isSame(this.at.value, moment)) return; // moved on meanwhile
      batch(() => {
        this.shown.value = shown;
        this.problem.value = null;
      });
      for (const no of filesOf(shown)) this.#loadSource(no);
      const { run } = moment;
      const last = index.steps(run);
      const before = stepFrom(index, { run, step: 0 }, -1);
      const after = stepFrom(index, { run, step: last }, 1);
      clearTimeout(this.#ahead);
      this.#ahead = setTimeout(
        () => {
          if (isSame(this.at.value, moment)) this.data.prefetch(moment, last, before, after);
        },
        this.follows.value ? AHEAD : 0,
      );
    } catch (error) {
      if (isSame(this.at.value, moment)) this.problem.value = message(error);
    }
  }

  async #loadSource(fileNo: number) {
    try {
      await this.recording.loadSource(fileNo);
    } catch (error) {
      this.problem.value = message(error);
    }
  }

  /** Shows a file, and lines of it, instead of that of the moment. */
  pick(fileNo: number | null, lines: ReadonlySet<number> = NOTHING) {
    batch(() => {
      this.picked.value = fileNo;
      this.lit.value = lines;
    });
    if (fileNo !== null) this.#loadSource(fileNo);
  }

  async move(by: Direction, level: Level) {
    const { index } = this.recording;
    const moment = this.at.value;
    if (!index || !moment) return;
    const stepsOfWrites = async (run: number) => {
      const view = await this.data.view(run).asked;
      return view.writes.map((write) => write.step);
    };
    const to =
      level === "step"
        ? stepFrom(index, moment, by)
        : level === "run"
          ? runFrom(index, moment, by)
          : level === "interaction"
            ? interactionFrom(index, moment, by)
            : await writeFrom(index, moment, by, stepsOfWrites).catch(() => null);
    if (to && level === "interaction") this.toInteraction(index.interactionOf(to.run));
    else if (to && (level !== "write" || isSame(this.at.value, moment)))
      this.choose(to.run, to.step);
  }

  /** Goes to the newest run, and to each that comes; or stays where it is. */
  follow(follow: boolean) {
    const { index } = this.recording;
    const isFollowing = follow && index?.state === "live";
    batch(() => {
      this.follows.value = isFollowing;
      const newest = index && this.#newestOf(index);
      if (follow && newest) this.choose(newest.run, newest.step, { follow: isFollowing });
      else this.seen.value = index?.count ?? 0;
    });
  }

  /** Goes to the newest run of an app session, which is followed from now on. */
  pin(session: number) {
    const { index } = this.recording;
    const newest = index && this.newest(index, session);
    this.pinned.value = session;
    if (newest) this.choose(newest.run, newest.step, { follow: this.follows.value });
  }

  /** One that caused no run of its own is entered at the run that came next. */
  toInteraction(interaction: number) {
    const { index } = this.recording;
    if (!index) return;
    const later = (n: number) => n < index.interactions && index.runCount(n) === 0;
    let own = interaction;
    while (later(own)) own++;
    const moment = this.telling(index, own < index.interactions ? own : interaction);
    if (moment) this.choose(moment.run, moment.step);
  }

  toFirst() {
    const { index } = this.recording;
    const moment = this.at.value;
    if (index && moment) this.choose(index.next(0, index.session(moment.run)) ?? 1, 0);
  }

  /** Goes to where a line runs next in this run. */
  async goToLine(fileNo: number, line: number) {
    const moment = this.at.value;
    if (!moment) return;
    const { api } = this.recording;
    const step = await api.stepAt(moment.run, fileNo, [line], moment.step).catch(() => null);
    if (!isSame(this.at.value, moment)) return;
    if (step !== null) this.choose(moment.run, step);
    else this.pick(fileNo, new Set([line]));
  }
}
