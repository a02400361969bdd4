// The panes below the timeline: source, page or graph or runs, and the facts or the search.

import { TABS } from "./address";
import { Graph } from "../graphs/graph";
import { Inspector } from "../panels/inspector";
import { NoteList } from "../notes/notes";
import { PageView } from "../replay/pageview";
import { RunTable } from "../panels/runtable";
import { SearchPanel } from "../panels/search";
import { currentLine, isSame } from "./shown";
import { SourcePanel } from "../panels/source";
import { html } from "../base/view";

/**
 * @typedef {import("./studio").Studio} Studio
 * @typedef {import("./studio").State} State
 * @typedef {import("./moments").Moment} Moment
 * @typedef {import("../api/rundata").Shown} Shown
 * @typedef {import("../api/runindex").RunIndex} RunIndex
 * @typedef {import("../panels/search").Mark} Mark
 */

const MANY = 999_999_999; // more steps than a run can have
/** @type {Set<number>} */
const NOTHING = new Set();

/**
 * @param {Studio} studio
 * @param {RunIndex} index
 * @param {Moment} moment
 * @param {Shown | null} known  of the moment, or of the one before
 */
export function panes(studio, index, moment, known) {
  const { texts, picked, lit, tab, find, notes, runProblem } = studio.state;
  // Why nothing is known of this moment; then nothing of another one stands there.
  const problem = known && isSame(known.moment, moment) ? null : runProblem;
  const shown = problem === null ? known : null;
  const files = shown?.view.files ?? [];
  const current = shown && currentLine(shown);
  const fileNo = picked ?? current?.file ?? files.find((file) => file.halting_line !== null)?.file_no ?? files[0]?.file_no;
  const isHere = current && current.file === fileNo;
  const actions = {
    onMoment: (/** @type {{run: number, step: number | null}} */ to) => studio.choose(to.run, to.step),
    onLine: (/** @type {string} */ name, /** @type {number} */ line) => {
      const found = files.find(({ file }) => file === name);
      if (found) studio.setState({ picked: found.file_no, lit: new Set([line]) });
    },
  };
  return html`
    <section class="pane pane-source" aria-label="Source">
      <${SourcePanel} files=${files} run=${moment.run} current=${isHere ? current.line : null} lit=${lit}
        shown=${files.find((file) => file.file_no === fileNo) ?? null} text=${texts.get(fileNo ?? 0) ?? null}
        detailed=${shown?.view.detailed ?? true} problem=${problem}
        onFile=${(/** @type {number} */ next) => {
          studio.setState({ picked: next, lit: NOTHING });
          studio.loadSource(next);
        }}
        onLine=${(/** @type {number} */ line) => studio.goToLine(fileNo ?? 0, line)} />
    </section>
    <section class="pane pane-views" aria-label="Views">
      <div class="tabs" role="tablist" aria-label="Views">
        ${TABS.map(([key, name], i) => html`<button type="button" role="tab" id=${`tab-${key}`}
          aria-selected=${tab === key} aria-controls="view" tabindex=${tab === key ? 0 : -1}
          onClick=${() => studio.setState({ tab: key })}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => onTabKey(studio, event, i)}>${name}${key === "notes" && notes.list.length > 0
            && html` <span class="quiet">${notes.list.length}</span>`}</button>`)}
      </div>
      <div class="view" role="tabpanel" id="view" aria-labelledby=${`tab-${tab}`}>${view(studio, index, moment, shown)}</div>
    </section>
    <section class="pane pane-facts" aria-label=${find === null ? "Why" : "Search"}>
      ${find === null
        ? html`<${Inspector} shown=${shown} notes=${notes.list.filter((note) => isSame(note, moment))} problem=${runProblem} fileNames=${names(texts, files)} ...${actions}
            onFind=${() => studio.setState({ find: "" })}
            history=${(/** @type {string} */ key) => studio.api.stateHistory(key, index.session(moment.run))} />`
        : html`<${SearchPanel} api=${studio.api} query=${find}
            onQuery=${(/** @type {string} */ next) => studio.setState({ find: next })}
            onMoment=${(/** @type {number} */ run, /** @type {number | null} */ step) => studio.choose(run, step)}
            onMarks=${(/** @type {Mark[]} */ marks) => studio.setState({ marks })} onClose=${() => studio.closeSearch()} />`}
    </section>
    <p class="visually-hidden" role="status">${saying(moment, shown)}</p>`;
}

/**
 * @param {Studio} studio
 * @param {RunIndex} index
 * @param {Moment} moment
 * @param {Shown | null} shown
 */
function view(studio, index, moment, shown) {
  const { tab, graph, as } = studio.state;
  const { recording } = studio.props;
  const onMoment = (/** @type {number} */ run, /** @type {number | null} */ step) => studio.choose(run, step);
  if (tab === "runs") {
    return html`<${RunTable} api=${studio.api} details=${studio.details} index=${index} version=${index.version} moment=${moment} onMoment=${onMoment} />`;
  }
  if (tab === "notes") return html`<${NoteList} notes=${studio.notes} moment=${moment} />`;
  if (tab === "graph") {
    const current = shown && currentLine(shown);
    return html`<${Graph} api=${studio.api} marker=${index.marker} index=${index} moment=${moment}
      line=${current?.line ?? null} file=${current?.file ?? null} kind=${graph}
      onKind=${(/** @type {import("../graphs/graph").Kind} */ next) => studio.setState({ graph: next })} onMoment=${onMoment} />`;
  }
  // How many steps a run has is known when it has ended; until then its newest moment is everything so far.
  const isGoingOn = index.endedAt(moment.run) === null && moment.step === index.steps(moment.run);
  const at = isGoingOn ? { ...moment, step: MANY } : moment;
  const writes = (shown?.view.writes ?? []).filter((write) => write.step <= at.step);
  const lit = writes.filter((write) => write.step === at.step).at(-1)?.message ?? null;
  return html`<${PageView} recording=${recording} as=${as} moment=${at} writes=${writes} lit=${lit}
    onAs=${(/** @type {"sent" | "written"} */ next) => studio.setState({ as: next })} onWrite=${onMoment} />`;
}

/** @param {Studio} studio @param {KeyboardEvent} event @param {number} index */
function onTabKey(studio, event, index) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = by && TABS[(index + by + TABS.length) % TABS.length]?.[0];
  if (!next || event.shiftKey || event.altKey) return;
  event.preventDefault();
  studio.setState({ tab: next });
  document.getElementById(`tab-${next}`)?.focus();
}

/** @param {State["texts"]} texts @param {import("../api/api").FileCoverage[]} files */
const names = (texts, files) =>
  new Map([...[...texts.values()], ...files].map(({ file_no, file }) => [file_no, file]));

/** The moment in words, for a screen reader. @param {Moment} moment @param {Shown | null} shown */
function saying(moment, shown) {
  if (!shown || !isSame(shown.moment, moment)) return "";
  const current = currentLine(shown);
  const file = shown.view.files.find((each) => each.file_no === current?.file)?.file;
  return `Run ${moment.run}, ${current ? `step ${moment.step}, line ${current.line} of ${file}` : "before its first step"}`;
}
