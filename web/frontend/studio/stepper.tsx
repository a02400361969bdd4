// The bar at the bottom: buttons and a slider that move through time.

import type { RunIndex } from "../api/runindex";
import { count, counted } from "../base/format";
import { type Direction, LEVELS, type Level, type Moment } from "../store/moments";

interface Props {
  index: RunIndex;
  moment: Moment;
  /** what it moves by; null: it is not to be chosen here */
  level: Level | null;
  isLive: boolean;
  follow: boolean;
  missed: number;
  onMove: (by: Direction) => void;
  onLevel: (level: Level) => void;
  onMoment: (moment: Moment) => void;
  onFollow: (follow: boolean) => void;
  onKeys: () => void;
}

const MOST_MARKS = 60; // on the slider

export function Stepper({
  index,
  moment,
  level,
  isLive,
  follow,
  missed,
  onMove,
  onLevel,
  onMoment,
  onFollow,
  onKeys,
}: Props) {
  const { runs, starts, length } = sliderOf(index, moment.run);
  const at = (starts[runs.indexOf(moment.run)] ?? 0) + moment.step;
  const steps = index.steps(moment.run);
  const none = index.endedAt(moment.run) === null ? "not ended" : "no steps";
  const step = steps === 0 ? none : `step ${count(moment.step)} of ${count(steps)}`;
  const where = `run ${count(moment.run)}, ${step}`;
  const slideTo = (value: number) => {
    let own = runs.length - 1;
    while (own > 0 && (starts[own] ?? 0) > value) own--;
    onMoment({ run: runs[own] ?? moment.run, step: value - (starts[own] ?? 0) });
  };
  const name = LEVELS.find(([key]) => key === (level ?? "step"))?.[1];
  return (
    <section class="stepper" aria-label="Move through time">
      <span class="buttons">
        <button
          type="button"
          aria-label="To the first moment"
          title="To the first moment (Home)"
          onClick={() =>
            onMoment({ run: index.next(0, index.session(moment.run)) ?? moment.run, step: 0 })
          }
        >
          |◀
        </button>
        <button
          type="button"
          aria-label={`Back by one ${name}`}
          title={`Back by one ${name}`}
          onClick={() => onMove(-1)}
        >
          ◀
        </button>
        <button
          type="button"
          aria-label={`Forward by one ${name}`}
          title={`Forward by one ${name}`}
          onClick={() => onMove(1)}
        >
          ▶
        </button>
        <button
          type="button"
          aria-label="To the newest moment"
          title="To the newest moment (End)"
          onClick={() => onFollow(true)}
        >
          ▶|
        </button>
      </span>
      <output class="where" title={where}>
        {where}
      </output>
      <div class="slide">
        <input
          type="range"
          min="0"
          max={length}
          value={at}
          aria-label={`Moment in interaction ${index.interactionOf(moment.run)}`}
          aria-valuetext={where}
          onInput={(event) => slideTo(Number((event.target as HTMLInputElement).value))}
        />
        {runs.length > 1 &&
          runs.length <= MOST_MARKS &&
          starts.map(
            (start, i) =>
              i > 0 && (
                <i key={start} style={{ left: `${(start / Math.max(length, 1)) * 100}%` }}></i>
              ),
          )}
      </div>
      {isLive && (
        <button
          type="button"
          class={`follow ${!follow && missed > 0 ? "news" : ""}`}
          aria-pressed={follow}
          title={
            follow
              ? "Stay here while the app goes on (Space)"
              : "Go to the newest run and follow (Space)"
          }
          onClick={() => onFollow(!follow)}
        >
          {follow
            ? "❚❚ Pause"
            : missed > 0
              ? `${counted(missed, "new run")}, jump to now`
              : "▶ Follow"}
        </button>
      )}
      {level && (
        <label class="level">
          <span class="visually-hidden">Move by</span>
          <select
            value={level}
            onChange={(event) => onLevel((event.target as HTMLSelectElement).value as Level)}
          >
            {LEVELS.map(([key, title]) => (
              <option value={key}>by {title}</option>
            ))}
          </select>
        </label>
      )}
      <button type="button" onClick={onKeys} title="The keyboard's keys (?)">
        ? keys
      </button>
    </section>
  );
}

/**
 * The slider runs through the interaction that the run belongs to: each run's start and its
 * steps.
 */
function sliderOf(index: RunIndex, run: number) {
  const all = index.runsOf(index.interactionOf(run));
  const runs = all.includes(run) ? all : [run];
  const starts: number[] = [];
  let length = 0;
  for (const each of runs) {
    starts.push(length);
    length += index.steps(each) + 1;
  }
  return { runs, starts, length: Math.max(0, length - 1) };
}
