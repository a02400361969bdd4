// Findings and questions in the studio: what belongs to the moment, what can be asked, the list.

import { useComputed } from "@preact/signals";
import { useEffect, useReducer } from "preact/hooks";
import { cardId } from "../findings/card";
import { plain, sorted } from "../findings/levels";
import { FindingList } from "../findings/list";
import { Sign } from "../findings/pieceview";
import type { Ask } from "../panels/facts";
import type { Store } from "../store/store";
import { whyNot, whyPath } from "../store/why";
import type { Room } from "./studio";

/** Asks a question about the recording; null: there is no answer to it here. */
export const askIn =
  ({ findings, why, view }: Store): Ask =>
  (question) =>
    findings.canAsk(whyPath(question))
      ? () => {
          view.closeSearch(); // the answer stands where the search does
          why.ask(question);
        }
      : null;

/** Asks the opposite of what was asked last; null: there is none. */
export function whyNotIn({ findings, why }: Store) {
  const path = why.now.value && whyNot(why.now.value.path);
  return path !== null && findings.canAsk(path) ? () => void why.askAt(path) : null;
}

/** What was found in the interaction of the shown run. */
export function findingsOf({ findings, now }: Store) {
  if (!now.value) return [];
  const { index, moment } = now.value;
  return sorted(findings.of(index.interactionOf(moment.run)));
}

/** To the finding's card, which stands beside the source. */
export function showCard({ view }: Store, finding: number) {
  view.closeSearch();
  const card = () => document.getElementById(cardId(finding));
  requestAnimationFrame(() => {
    card()?.scrollIntoView({ block: "nearest" });
    card()?.focus({ preventScroll: true });
  });
}

/** The worst finding of the interaction, where its card is a long way down. */
export function FirstFinding({ store }: Room) {
  const found = useComputed(() => findingsOf(store)).value;
  const [first, ...others] = found;
  if (!first) return null;
  return (
    <button type="button" class="first-finding" onClick={() => showCard(store, first.id)}>
      <Sign level={first.level} />
      <span>
        {plain(first.title)}
        {others.length > 0 && <span class="quiet"> and {others.length} more</span>}
      </span>
    </button>
  );
}

export function FindingsTab({ store }: Room) {
  const { findings, details, now } = store;
  const at = now.value;
  const known = findings.known.value;
  // The names of interactions come in blocks, with all else of their runs.
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => details.listen(() => redraw(undefined)), [details]);
  useEffect(() => {
    if (at) for (const { run } of known?.findings ?? []) details.want(at.index, run, run);
  }, [known, at?.index.version]);
  return (
    <FindingList
      found={known}
      problem={findings.problem.value}
      interaction={at && at.index.interactionOf(at.moment.run)}
      title={(n) => details.title(n) ?? null}
      onMoment={(to) => store.moment.choose(to.run, to.step)}
    />
  );
}
