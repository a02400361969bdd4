// The runs of an interaction as blocks of equal width: what each did, the page as it left it, and
// between them what made the next one start.

import type { RunView } from "../api/answers";
import type { RunIndex } from "../api/runindex";
import { count, symbol } from "../base/format";
import { type Actions, link } from "../panels/facts";
import { Picture } from "../replay/picture";

interface Props extends Actions {
  recording: number;
  index: RunIndex;
  /** numbers of runs; null: others are between */
  runs: (number | null)[];
  views: ReadonlyMap<number, RunView>;
  chosen: number;
}

export function RunBlocks({ recording, index, runs, views, chosen, ...actions }: Props) {
  let slot = 0;
  return (
    <ol class="run-blocks" aria-label="Script runs">
      {runs.map((run, i) => {
        const before = runs[i - 1] ?? null;
        if (run === null) {
          const [from, to] = [runs[i - 1] ?? 0, runs[i + 1] ?? 0];
          return (
            <li key="gap" class="run-gap quiet">
              <span>
                run {count(from + 1)} … {count(to - 1)}
              </span>
            </li>
          );
        }
        return (
          <>
            {before !== null && (
              <li key={`between ${i}`} class="run-between">
                <Between view={views.get(run)} actions={actions} />
              </li>
            )}
            <Block
              key={`slot ${slot++}`}
              recording={recording}
              index={index}
              run={run}
              view={views.get(run)}
              isChosen={run === chosen}
              actions={actions}
            />
          </>
        );
      })}
    </ol>
  );
}

function Between({ view, actions }: { view: RunView | undefined; actions: Actions }) {
  return (
    <>
      <span class="arrow" aria-hidden="true">
        →
      </span>
      <span>{view?.because.map((piece) => link(piece, view.n, actions))}</span>
    </>
  );
}

interface BlockProps {
  recording: number;
  index: RunIndex;
  run: number;
  view: RunView | undefined;
  isChosen: boolean;
  actions: Actions;
}

function Block({ recording, index, run, view, isChosen, actions }: BlockProps) {
  const outcome = index.outcome(run);
  const step = index.steps(run);
  const name = index.kind(run) === "fragment" ? "Fragment run" : "Run";
  return (
    <li
      class={`run-block outcome-${outcome}`}
      aria-current={isChosen ? "step" : undefined}
      aria-label={`${name} ${run}`}
    >
      <button
        type="button"
        class="run-name"
        title="Go to the end of this run"
        onClick={() => actions.onMoment({ run, step: null })}
      >
        {symbol(outcome)} {name} {count(run)} <span class="run-end">{view?.end}</span>
      </button>
      <Picture recording={recording} run={run} step={step} stamp={`${outcome} ${step}`} />
      <p class="run-brief">{view?.brief.map((piece) => link(piece, run, actions))}</p>
    </li>
  );
}
