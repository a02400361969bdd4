// The panes below the timeline: source, page or graph or runs, and the facts or the search.

import type { FileCoverage } from "../api/answers";
import type { Shown } from "../api/rundata";
import type { RunIndex } from "../api/runindex";
import { Graph } from "../graphs/graph";
import { NoteList } from "../notes/notes";
import { Inspector } from "../panels/inspector";
import { RunTable } from "../panels/runtable";
import { SearchPanel } from "../panels/search";
import { SourcePanel } from "../panels/source";
import { PageView } from "../replay/pageview";
import { TABS } from "./address";
import type { Moment } from "./moments";
import { currentLine, isSame } from "./shown";
import type { State, Studio } from "./studio";

const MANY = 999_999_999; // more steps than a run can have
const NOTHING: Set<number> = new Set();

/** @param known  of the moment, or of the one before */
export function panes(studio: Studio, index: RunIndex, moment: Moment, known: Shown | null) {
  const { texts, picked, lit, tab, find, notes, runProblem } = studio.state;
  // Why nothing is known of this moment; then nothing of another one stands there.
  const problem = known && isSame(known.moment, moment) ? null : runProblem;
  const shown = problem === null ? known : null;
  const files = shown?.view.files ?? [];
  const current = shown && currentLine(shown);
  const fileNo =
    picked ??
    current?.file ??
    files.find((file) => file.halting_line !== null)?.file_no ??
    files[0]?.file_no;
  const isHere = current && current.file === fileNo;
  const actions = {
    onMoment: (to: { run: number; step: number | null }) => studio.choose(to.run, to.step),
    onLine: (name: string, line: number) => {
      const found = files.find(({ file }) => file === name);
      if (found) studio.setState({ picked: found.file_no, lit: new Set([line]) });
    },
  };
  return (
    <>
      <section class="pane pane-source" aria-label="Source">
        <SourcePanel
          files={files}
          run={moment.run}
          current={isHere ? current.line : null}
          lit={lit}
          shown={files.find((file) => file.file_no === fileNo) ?? null}
          text={texts.get(fileNo ?? 0) ?? null}
          detailed={shown?.view.detailed ?? true}
          problem={problem}
          onFile={(next) => {
            studio.setState({ picked: next, lit: NOTHING });
            studio.loadSource(next);
          }}
          onLine={(line) => studio.goToLine(fileNo ?? 0, line)}
        />
      </section>
      <section class="pane pane-views" aria-label="Views">
        <div class="tabs" role="tablist" aria-label="Views">
          {TABS.map(([key, name], i) => (
            <button
              type="button"
              role="tab"
              id={`tab-${key}`}
              aria-selected={tab === key}
              aria-controls="view"
              tabindex={tab === key ? 0 : -1}
              onClick={() => studio.setState({ tab: key })}
              onKeyDown={(event) => onTabKey(studio, event, i)}
            >
              {name}
              {key === "notes" && notes.list.length > 0 && (
                <>
                  {" "}
                  <span class="quiet">{notes.list.length}</span>
                </>
              )}
            </button>
          ))}
        </div>
        <div class="view" role="tabpanel" id="view" aria-labelledby={`tab-${tab}`}>
          {view(studio, index, moment, shown)}
        </div>
      </section>
      <section class="pane pane-facts" aria-label={find === null ? "Why" : "Search"}>
        {find === null ? (
          <Inspector
            shown={shown}
            notes={notes.list.filter((note) => isSame(note, moment))}
            problem={runProblem}
            fileNames={names(texts, files)}
            {...actions}
            onFind={() => studio.setState({ find: "" })}
            history={(key) => studio.api.stateHistory(key, index.session(moment.run))}
          />
        ) : (
          <SearchPanel
            api={studio.api}
            query={find}
            onQuery={(next) => studio.setState({ find: next })}
            onMoment={(run, step) => studio.choose(run, step)}
            onMarks={(marks) => studio.setState({ marks })}
            onClose={() => studio.closeSearch()}
          />
        )}
      </section>
      <p class="visually-hidden" role="status">
        {saying(moment, shown)}
      </p>
    </>
  );
}

function view(studio: Studio, index: RunIndex, moment: Moment, shown: Shown | null) {
  const { tab, graph, as } = studio.state;
  const { recording } = studio.props;
  const onMoment = (run: number, step: number | null) => studio.choose(run, step);
  if (tab === "runs") {
    return (
      <RunTable
        api={studio.api}
        details={studio.details}
        index={index}
        version={index.version}
        moment={moment}
        onMoment={onMoment}
      />
    );
  }
  if (tab === "notes") return <NoteList notes={studio.notes} moment={moment} />;
  if (tab === "graph") {
    const current = shown && currentLine(shown);
    return (
      <Graph
        api={studio.api}
        marker={index.marker}
        index={index}
        moment={moment}
        line={current?.line ?? null}
        file={current?.file ?? null}
        kind={graph}
        onKind={(next) => studio.setState({ graph: next })}
        onMoment={onMoment}
      />
    );
  }
  // How many steps a run has is known when it has ended; until then its newest moment is
  // everything so far.
  const isGoingOn = index.endedAt(moment.run) === null && moment.step === index.steps(moment.run);
  const at = isGoingOn ? { ...moment, step: MANY } : moment;
  const writes = (shown?.view.writes ?? []).filter((write) => write.step <= at.step);
  const lit = writes.filter((write) => write.step === at.step).at(-1)?.message ?? null;
  return (
    <PageView
      recording={recording}
      as={as}
      moment={at}
      writes={writes}
      lit={lit}
      onAs={(next) => studio.setState({ as: next })}
      onWrite={onMoment}
    />
  );
}

function onTabKey(studio: Studio, event: KeyboardEvent, index: number) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = by && TABS[(index + by + TABS.length) % TABS.length]?.[0];
  if (!next || event.shiftKey || event.altKey) return;
  event.preventDefault();
  studio.setState({ tab: next });
  document.getElementById(`tab-${next}`)?.focus();
}

const names = (texts: State["texts"], files: FileCoverage[]) =>
  new Map([...[...texts.values()], ...files].map(({ file_no, file }) => [file_no, file]));

/** The moment in words, for a screen reader. */
function saying(moment: Moment, shown: Shown | null) {
  if (!shown || !isSame(shown.moment, moment)) return "";
  const current = currentLine(shown);
  const file = shown.view.files.find((each) => each.file_no === current?.file)?.file;
  const where = current
    ? `step ${moment.step}, line ${current.line} of ${file}`
    : "before its first step";
  return `Run ${moment.run}, ${where}`;
}
