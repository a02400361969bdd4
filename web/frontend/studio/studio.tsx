// The studio: one recording, one chosen moment, and the rooms that show it. Each room reads what it
// shows from the store.

import { useComputed } from "@preact/signals";
import type { App } from "../api/answers";
import { presenting } from "../base/presenting";
import { Writing } from "../notes/noteeditor";
import type { Room as RoomName } from "../store/address";
import { Legend } from "../panels/legend";
import { atNs, isSame } from "../store/shown";
import type { Store } from "../store/store";
import { Timeline } from "../timeline/timeline";
import { AppFrame } from "./appframe";
import { KeyHelp, startPresenting } from "./keys";
import { FirstFinding } from "./explained";
import { LanesPlace, Panes } from "./layout";
import { Facts, Saying, Source, Views } from "./panes";
import { Stepper } from "./stepper";
import { Story } from "./storyroom";

/** What a room is given. */
export interface Room {
  store: Store;
}

export function Studio({ store, app }: Room & { app: App | null }) {
  const { recording, moment, view } = store;
  return (
    <div class="studio">
      {app && (
        <AppFrame
          app={app}
          recording={store.number}
          follow={moment.follows.value}
          used={store.used.value}
          isReady={recording.known.value !== null || recording.problem.value !== null}
          onFrame={() => moment.expectOwn()}
        />
      )}
      <div class="work">
        {recording.problem.value && (
          <p class="banner" role="alert">
            {recording.problem.value}
          </p>
        )}
        <Work store={store} app={app} />
      </div>
      {view.help.value && <KeyHelp onClose={() => (view.help.value = false)} />}
      {view.legend.value && <Legend onClose={() => (view.legend.value = false)} />}
    </div>
  );
}

function Work({ store, app }: Room & { app: App | null }) {
  const { recording, now, view } = store;
  // Why there is nothing to see; empty: there is something.
  const lack = useComputed(() => {
    const { index } = recording;
    if (!index) return recording.problem.value ? null : "Loading…";
    if (index.count > 0 && now.value) return "";
    return index.state === "live"
      ? "Waiting for the first run. Open the app in a browser."
      : "This recording holds no script run.";
  }).value;
  if (lack !== "") {
    return (
      lack && (
        <p class="empty" role="status">
          {lack}
        </p>
      )
    );
  }
  return (
    <>
      {view.room.value === "story" ? (
        <Story store={store} app={app} />
      ) : (
        <>
          <LanesPlace store={store}>
            <Lanes store={store} />
          </LanesPlace>
          <FirstFinding store={store} />
          <Panes store={store}>
            <Source store={store} />
            <Views store={store} />
            <Facts store={store} />
            <Saying store={store} />
          </Panes>
        </>
      )}
      <Steps store={store} />
    </>
  );
}

const ROOMS: [RoomName, string, string][] = [
  ["story", "Story", "What one interaction did, told"],
  ["details", "Details", "Timeline, variables, session state, graphs and all else"],
];

/** The two views of a recording. */
export function RoomSwitch({ store: { view } }: Room) {
  return (
    <>
      <button
        type="button"
        aria-pressed={presenting.value}
        title="Larger, and one thing at a time (p)"
        onClick={() => startPresenting(view)}
      >
        Present
      </button>
      {ROOMS.map(([key, name, title]) => (
        <button
          key={key}
          type="button"
          aria-pressed={view.room.value === key}
          title={`${title} (d)`}
          onClick={() => view.enter(key)}
        >
          {name}
        </button>
      ))}
    </>
  );
}

/** The timeline. */
function Lanes({ store }: Room) {
  const { moment, view, notes, findings } = store;
  if (!store.now.value) return null;
  const { index, moment: at } = store.now.value;
  const shown = moment.shown.value;
  return (
    <Timeline
      ref={(found) => {
        store.timeline = found;
      }}
      api={store.api}
      details={store.details}
      index={index}
      version={index.version}
      moment={at}
      atNs={shown && isSame(shown.moment, at) ? atNs(shown) : null}
      session={index.session(at.run)}
      marks={view.marks.value}
      mode={view.mode.value}
      notes={notes.now.list}
      found={findings.ofRuns.value}
      editor={notes.now.draft && <Writing notes={notes} />}
      onMoment={(run, step) => moment.choose(run, step)}
      onMode={(next) => (view.mode.value = next)}
      onSession={(session) => moment.pin(session)}
      onLegend={() => (view.legend.value = true)}
    />
  );
}

/** The bar that moves through time. */
function Steps({ store }: Room) {
  const { moment, view } = store;
  if (!store.now.value) return null;
  const { index, moment: at } = store.now.value;
  const isStory = view.room.value === "story";
  const level = isStory ? "step" : view.level.value;
  return (
    <Stepper
      index={index}
      moment={at}
      level={isStory ? null : level}
      isLive={index.state === "live"}
      follow={moment.follows.value}
      missed={index.count - moment.seen.value}
      onMove={(by) => moment.move(by, level)}
      onLevel={(next) => (view.level.value = next)}
      onMoment={(to) => moment.choose(to.run, to.step)}
      onFollow={(next) => moment.follow(next)}
      onKeys={() => (view.help.value = true)}
    />
  );
}
