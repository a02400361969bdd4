// The panes below the timeline: source, page or graph or runs, and the facts or the search.

import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { FileCoverage, SourceText } from "../api/answers";
import { lineMarks, worst } from "../findings/levels";
import { Graph } from "../graphs/graph";
import { NoteList } from "../notes/notes";
import { Inspector } from "../panels/inspector";
import { RunTable } from "../panels/runtable";
import { SearchPanel } from "../panels/search";
import { hitsUpTo, soFar } from "../panels/sofar";
import { SourcePanel } from "../panels/source";
import { PageView } from "../replay/pageview";
import { type Tab, TABS } from "../store/address";
import { currentLine, isSame, isWithin } from "../store/shown";
import type { Store } from "../store/store";
import { excerpt } from "../story/excerpt";
import { askIn, FindingsTab, findingsOf, showCard, whyNotIn } from "./explained";
import { Alone } from "./layout";
import type { Room } from "./studio";

const MANY = 999_999_999; // more steps than a run can have
const NO_PART = { counts: null, sofar: null }; // the whole run is shown

/** What is known of the moment, or of the one before; and why nothing is of this one. */
function knownOf({ moment }: Store) {
  const shown = moment.shown.value;
  const isShown = shown !== null && isSame(shown.moment, moment.at.value);
  const problem = isShown ? null : moment.problem.value;
  // Where nothing is known of this moment, nothing of another one stands there.
  return { shown: problem === null ? shown : null, problem };
}

/** @param isStory  of a long file, the lines that matter */
export function Source({ store, isStory = false }: Room & { isStory?: boolean }) {
  const { recording, moment } = store;
  const found = useComputed(() => findingsOf(store)).value;
  const { shown, problem } = knownOf(store);
  const file = fileOf(store);
  const name = shown?.view.files.find((each) => each.file_no === file)?.file ?? "";
  const run = store.now.value?.moment.run ?? null;
  const marks = useMemo(() => lineMarks(found, name, run), [found, name, run]);
  const whole = store.view.whole;
  const isOpen = shown !== null && isWithin(shown) && !whole.value;
  const text = recording.texts.value.get(file ?? 0) ?? null;
  const { counts, sofar } = useMemo(() => {
    if (!isOpen || !shown) return NO_PART;
    const { view, window, moment: at } = shown;
    const ran = window ? hitsUpTo(window, at.step) : new Map();
    const counts = new Map([...ran].map(([no, lines]) => [no, lines.size] as const));
    const own = view.files.find((each) => each.file_no === file);
    return { counts, sofar: own && text ? soFar(own, text, ran) : null };
  }, [isOpen, shown, file, text]);
  const coverage = shown?.view.files.find((each) => each.file_no === file) ?? null;
  const line = shown && currentLine(shown);
  const at = line?.file === file ? line?.line : undefined;
  const lit = moment.lit.value;
  const kept = useMemo(() => {
    if (!isStory || !text) return null;
    const lines = [...marks.keys(), ...lit, at, coverage?.halting_line];
    return excerpt(text.lines, new Set(lines.filter((each) => each != null)));
  }, [isStory, text, marks, lit, at, coverage]);
  if (!store.now.value) return null;
  const { index, moment: now } = store.now.value;
  const step = now.step < index.steps(now.run) ? now.step : undefined;
  const ask = askIn(store);
  const files = shown?.view.files ?? [];
  const current = shown && currentLine(shown);
  const fileNo = file;
  return (
    <section class="pane pane-source" aria-label="Source">
      <Alone store={store} pane="source" />
      <SourcePanel
        files={files}
        run={now.run}
        current={current && current.file === fileNo ? current.line : null}
        lit={lit}
        shown={coverage}
        text={text}
        sofar={sofar}
        ran={counts}
        isWhole={whole.value}
        onWhole={(next) => (whole.value = next)}
        marks={marks}
        kept={kept}
        isTold={isStory}
        answers={store.findings.known.value?.asked}
        detailed={shown?.view.detailed ?? true}
        problem={problem}
        why={(line, ran) =>
          ask({
            about: "line",
            run: now.run,
            name,
            line,
            not: !ran,
            step: ran && current?.line === line ? step : undefined,
          })
        }
        onMark={(finding) => showCard(store, finding)}
        onFile={(next) => moment.pick(next)}
        onLine={(line) => moment.goToLine(fileNo ?? 0, line)}
      />
    </section>
  );
}

/** The number of the file that is shown. */
function fileOf(store: Store) {
  const { shown } = knownOf(store);
  const files = shown?.view.files ?? [];
  return (
    store.moment.picked.value ??
    (shown && currentLine(shown))?.file ??
    files.find((file) => file.halting_line !== null)?.file_no ??
    files[0]?.file_no
  );
}

export function Views({ store }: Room) {
  const tab = store.view.tab.value;
  const notes = store.notes.now.list.length;
  const { findings: found = [], runs } = store.findings.known.value ?? {};
  const worstOf = found.length ? found.map(({ level }) => level).reduce(worst) : null;
  return (
    <section class="pane pane-views" aria-label="Views">
      <Alone store={store} pane="views" />
      <div class="tabs" role="tablist" aria-label="Views" data-looked={runs}>
        {TABS.map(([key, name], i) => (
          <button
            type="button"
            role="tab"
            id={`tab-${key}`}
            aria-selected={tab === key}
            aria-controls="view"
            tabindex={tab === key ? 0 : -1}
            onClick={() => (store.view.tab.value = key)}
            onKeyDown={(event) => onTabKey(store, event, i)}
          >
            {name}
            {key === "notes" && notes > 0 && (
              <>
                {" "}
                <span class="quiet">{notes}</span>
              </>
            )}
            {key === "findings" && worstOf && (
              <>
                {" "}
                <span class={`count count-${worstOf}`} title="All findings (f)">
                  {found.length}
                </span>
              </>
            )}
          </button>
        ))}
      </div>
      <div class="view" role="tabpanel" id="view" aria-labelledby={`tab-${tab}`}>
        <Tabbed store={store} tab={tab} />
      </div>
    </section>
  );
}

function Tabbed({ store, tab }: Room & { tab: Tab }) {
  switch (tab) {
    case "runs":
      return <Runs store={store} />;
    case "notes":
      return <Notes store={store} />;
    case "findings":
      return <FindingsTab store={store} />;
    case "graph":
      return <Graphs store={store} />;
    case "page":
      return <Page store={store} />;
  }
}

function Runs({ store }: Room) {
  if (!store.now.value) return null;
  const { index, moment } = store.now.value;
  return (
    <RunTable
      api={store.api}
      details={store.details}
      index={index}
      version={index.version}
      moment={moment}
      found={store.findings.ofRuns.value}
      onMoment={(run, step) => store.moment.choose(run, step)}
    />
  );
}

function Notes({ store }: Room) {
  return store.now.value && <NoteList notes={store.notes} moment={store.now.value.moment} />;
}

function Graphs({ store }: Room) {
  if (!store.now.value) return null;
  const { index, moment } = store.now.value;
  const { shown } = knownOf(store);
  const current = shown && currentLine(shown);
  return (
    <Graph
      api={store.api}
      marker={index.marker}
      index={index}
      moment={moment}
      line={current?.line ?? null}
      file={current?.file ?? null}
      kind={store.view.graph.value}
      onKind={(next) => (store.view.graph.value = next)}
      onMoment={(run, step) => store.moment.choose(run, step)}
    />
  );
}

export function Page({ store }: Room) {
  if (!store.now.value) return null;
  const { index, moment } = store.now.value;
  // How many steps a run has is known when it has ended; until then its newest moment is
  // everything so far.
  const isGoingOn = index.endedAt(moment.run) === null && moment.step === index.steps(moment.run);
  const at = isGoingOn ? { ...moment, step: MANY } : moment;
  const { shown } = knownOf(store);
  const writes = (shown?.view.writes ?? []).filter((write) => write.step <= at.step);
  return (
    <PageView
      recording={store.number}
      as={store.view.as.value}
      moment={at}
      writes={writes}
      lit={writes.filter((write) => write.step === at.step).at(-1)?.message ?? null}
      onAs={(next) => (store.view.as.value = next)}
      onWrite={(run, step) => store.moment.choose(run, step)}
      why={(message) => askIn(store)({ about: "element", message })}
    />
  );
}

function onTabKey({ view }: Store, event: KeyboardEvent, index: number) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = by && TABS[(index + by + TABS.length) % TABS.length]?.[0];
  if (!next || event.shiftKey || event.altKey) return;
  event.preventDefault();
  view.tab.value = next;
  document.getElementById(`tab-${next}`)?.focus();
}

export function Facts({ store }: Room) {
  const find = store.view.find.value;
  return (
    <section class="pane pane-facts" aria-label={find === null ? "Why" : "Search"}>
      <Alone store={store} pane="facts" />
      {find === null ? <Why store={store} /> : <Search store={store} query={find} />}
    </section>
  );
}

function Why({ store }: Room) {
  const { recording, moment, notes, why } = store;
  const found = useComputed(() => findingsOf(store)).value;
  if (!store.now.value) return null;
  const { index, moment: at } = store.now.value;
  const { shown } = knownOf(store);
  const files = shown?.view.files ?? [];
  return (
    <Inspector
      shown={shown}
      notes={notes.now.list.filter((note) => isSame(note, at))}
      problem={moment.problem.value}
      fileNames={names(recording.texts.value, files)}
      onMoment={(to) => moment.choose(to.run, to.step)}
      onLine={(name, line) => {
        const found = files.find(({ file }) => file === name);
        if (found) moment.pick(found.file_no, new Set([line]));
      }}
      findings={found}
      isWhole={store.view.whole.value}
      asked={why.now.value}
      ask={askIn(store)}
      onAll={() => why.showAll()}
      onWhyNot={whyNotIn(store)}
      onCloseWhy={() => why.close()}
      onFind={() => store.view.search()}
      history={(key) => store.api.stateHistory(key, index.session(at.run))}
    />
  );
}

function Search({ store, query }: Room & { query: string }) {
  const { moment, view } = store;
  return (
    <SearchPanel
      api={store.api}
      query={query}
      onQuery={(next) => (view.find.value = next)}
      onMoment={(run, step) => moment.choose(run, step)}
      onMarks={(marks) => (view.marks.value = marks)}
      onClose={() => view.closeSearch()}
    />
  );
}

const names = (texts: ReadonlyMap<number, SourceText>, files: FileCoverage[]) =>
  new Map([...[...texts.values()], ...files].map(({ file_no, file }) => [file_no, file]));

/** The moment in words, for a screen reader. */
export function Saying({ store }: Room) {
  return (
    <p class="visually-hidden" role="status">
      {saying(store)}
    </p>
  );
}

function saying(store: Store) {
  const { shown } = knownOf(store);
  const moment = store.moment.at.value;
  if (!shown || !moment || !isSame(shown.moment, moment)) return "";
  const current = currentLine(shown);
  const file = shown.view.files.find((each) => each.file_no === current?.file)?.file;
  const where = current
    ? `step ${moment.step}, line ${current.line} of ${file}`
    : "before its first step";
  return `Run ${moment.run}, ${where}`;
}
