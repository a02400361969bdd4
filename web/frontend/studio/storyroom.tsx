// The story of the chosen interaction: how many runs it caused and why, what each did, what was
// found, and the source and the page at the chosen moment.

import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { App, RunView } from "../api/answers";
import type { RunIndex } from "../api/runindex";
import { counted } from "../base/format";
import { FindingCards } from "../findings/card";
import { WhyBox } from "../findings/whybox";
import { Writing } from "../notes/noteeditor";
import { presenting } from "../base/presenting";
import { type Actions, link } from "../panels/facts";
import { isSame } from "../store/shown";
import type { Store } from "../store/store";
import { type Part, PARTS } from "../store/view";
import { runsToShow } from "../store/telling";
import { ChipBar } from "../story/chipbar";
import { RunBlocks } from "../story/runs";
import { findingsOf, whyNotIn } from "./explained";
import { Page, Saying, Source } from "./panes";
import type { Room } from "./studio";

const MOST_BLOCKS = 3;

export function Story({ store, app }: Room & { app: App | null }) {
  if (!store.now.value) return null;
  const { index, moment } = store.now.value;
  const interaction = index.interactionOf(moment.run);
  const isFound = useComputed(() => findingsOf(store).length > 0).value || index.state === "live";
  const chosen = store.view.part.value;
  const part = chosen === "found" && !isFound ? "source" : chosen;
  return (
    <>
      <ChipBar
        index={index}
        version={index.version}
        details={store.details}
        interaction={interaction}
        session={index.session(moment.run)}
        found={store.findings.ofInteractions.value}
        isLive={index.state === "live"}
        onInteraction={(n) => store.moment.toInteraction(n)}
      />
      <div class={`story-body shows-${part}`} tabindex={0} role="region" aria-label="Story">
        <Told store={store} index={index} interaction={interaction} app={app} part={part} />
        <div class="story-panes">
          {/* Made anew as it comes into sight: it then shows its line. */}
          <Source key={part} store={store} isStory />
          <section class="pane pane-views" aria-label="The page at this moment">
            <Page store={store} />
          </section>
        </div>
        <Saying store={store} />
      </div>
    </>
  );
}

interface ToldProps extends Room {
  index: RunIndex;
  interaction: number;
  app: App | null;
  part: Part;
}

function Told({ store, index, interaction, app, part }: ToldProps) {
  const { moment, notes, why } = store;
  const at = moment.at.value ?? { run: 0, step: 0 };
  const runs = runsToShow(index, interaction, at.run, MOST_BLOCKS);
  const views = useViews(store, runs, index.version);
  const found = useComputed(() => findingsOf(store)).value;
  const first = views.get(runs[0] ?? 0);
  const count = index.runCount(interaction);
  const gesture = first?.gesture ?? store.details.title(interaction) ?? "…";
  const actions: Actions = {
    onMoment: (to) => moment.choose(to.run, to.step),
    onLine: (name, line) => pointAt(store, name, line),
  };
  return (
    <>
      <div class="headline">
        <h2>
          {gesture} <span aria-label="caused">→</span> {counted(count, "run")}
        </h2>
        <PaneSwitch
          store={store}
          part={part}
          isFound={found.length > 0 || index.state === "live"}
        />
      </div>
      <RunBlocks
        recording={store.number}
        index={index}
        runs={runs}
        views={views}
        chosen={at.run}
        {...actions}
      />
      {notes.now.list
        .filter((note) => isSame(note, at))
        .map((note) => (
          <p class="note-box">
            <span class="visually-hidden">Note: </span>
            {note.text}
          </p>
        ))}
      {notes.now.draft && <Writing notes={notes} />}
      {why.now.value && (
        <WhyBox
          asked={why.now.value}
          run={at.run}
          onAll={() => why.showAll()}
          onWhyNot={whyNotIn(store)}
          onClose={() => why.close()}
          {...actions}
        />
      )}
      <FindingCards findings={found.slice(0, 1)} run={at.run} isBrief {...actions} />
      {found.length > 1 && (
        <details class="more-findings">
          <summary>{counted(found.length - 1, "more finding")} in this interaction</summary>
          <FindingCards findings={found.slice(1)} run={at.run} isBrief {...actions} />
        </details>
      )}
      {found.length === 0 && index.state === "live" && (
        <Waiting view={first} app={app} actions={actions} />
      )}
    </>
  );
}

/** Where there is room for one pane only; what was found has its own place but when presenting. */
function PaneSwitch({ store, part, isFound }: Room & { part: Part; isFound: boolean }) {
  const shown = PARTS.filter(([each]) => each !== "found" || (presenting.value && isFound));
  return (
    <span class="choice pane-choice" role="group" aria-label="Shown below">
      {shown.map(([each, name]) => (
        <button
          key={each}
          type="button"
          aria-pressed={part === each}
          onClick={() => (store.view.part.value = each)}
        >
          {name}
        </button>
      ))}
    </span>
  );
}

function pointAt(store: Store, name: string, line: number) {
  const files = store.moment.shown.value?.view.files ?? [];
  const found = files.find(({ file }) => file === name);
  if (found) store.moment.pick(found.file_no, new Set([line]));
}

/** What is known of each run that is shown. */
function useViews(store: Store, runs: (number | null)[], version: number) {
  const [views, setViews] = useState<ReadonlyMap<number, RunView>>(new Map());
  const wanted = runs.filter((run) => run !== null);
  useEffect(() => {
    let isWanted = true;
    for (const run of wanted) {
      store.recording.data.view(run).asked.then(
        (view) => isWanted && setViews((known) => new Map(known).set(run, view)),
        () => {}, // the panes say what is wrong
      );
    }
    return () => {
      isWanted = false;
    };
  }, [wanted.join(), version]);
  return views;
}

/** Before the first interaction: what waits for one, and what to do. */
function Waiting({
  view,
  app,
  actions,
}: {
  view: RunView | undefined;
  app: App | null;
  actions: Actions;
}) {
  if (!view || view.waits.length === 0) return null;
  const [{ widget }] = view.waits as [RunView["waits"][number]];
  return (
    <section class="waiting" aria-label="What waits">
      {app?.state === "running" && (
        <p>
          <strong>Now use {widget ? <b>{widget}</b> : "a widget"} in the app:</strong> what it
          causes is told here.
        </p>
      )}
      <ul>
        {view.waits.map(({ text }) => (
          <li>{text.map((piece) => link(piece, view.n, actions))}</li>
        ))}
      </ul>
    </section>
  );
}
