// The keyboard: which key does what, and the list of them that `?` opens.

import { Component } from "preact";
import { PRESENT_KEY, present, presenting } from "../base/presenting";
import { type Tab, TABS } from "../store/address";
import type { Store } from "../store/store";
import { PARTS, type View } from "../store/view";

/** keys, and what they do */
const LIST: [string, string][] = [
  ["← →", "one step back or forward"],
  ["Shift + ← →", "to the previous or next write to the page"],
  ["Alt + ← →", "to the end of the previous or next script run"],
  ["Shift + Alt + ← →", "to the previous or next interaction"],
  ["Home End", "to the first moment; to the newest, and follow it"],
  ["Space", "pause or resume following a live app"],
  ["/", "search"],
  ["m", "write a note at this moment"],
  ["d", "story or details"],
  ["p", "present: larger, one thing at a time (1 2 3: what is wrong, source, page)"],
  ["f", "all findings; again: back to the page"],
  ["1 2 3 4 5", "page, graph, list of runs, notes, findings"],
  ["w", "page as sent or as written"],
  ["r", "what has happened by the moment, or in the whole run"],
  ["l", "legend: what the signs mean"],
  ["+ − 0", "zoom the timeline in, out, show all (when it has the focus)"],
  ["?", "this list"],
  ["Esc", "close what is open; show all panes again"],
];

/**
 * The studio's actions by key; keys typed into a field, or used by a control that has the
 * focus, are left alone.
 * @param actions  by the name that `nameOf` gives
 */
export function onKey(event: KeyboardEvent, actions: Record<string, () => void>) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (
    target.closest(
      "input:not([type=checkbox], [type=radio]), textarea, select, " +
        "[role=tablist], [role=radiogroup], dialog",
    )
  )
    return;
  if (event.key === " " && target.closest("button, a, summary, input")) return;
  const action = actions[nameOf(event)];
  if (!action) return;
  event.preventDefault();
  action();
}

/** What each key does in a studio, by the name that `nameOf` gives. */
export function actionsOf({
  recording,
  moment,
  view,
  notes,
  why,
}: Store): Record<string, () => void> {
  const numbered = TABS.map(([tab], i) => [String(i + 1), () => choose(tab, i)] as const);
  const choose = (tab: Tab, i: number) => {
    if (!presenting.value) view.open(tab);
    else view.part.value = PARTS[i]?.[0] ?? view.part.value;
  };
  return {
    ArrowLeft: () => moment.move(-1, "step"),
    ArrowRight: () => moment.move(1, "step"),
    "Shift+ArrowLeft": () => moment.move(-1, "write"),
    "Shift+ArrowRight": () => moment.move(1, "write"),
    "Alt+ArrowLeft": () => moment.move(-1, "run"),
    "Alt+ArrowRight": () => moment.move(1, "run"),
    "Shift+Alt+ArrowLeft": () => moment.move(-1, "interaction"),
    "Shift+Alt+ArrowRight": () => moment.move(1, "interaction"),
    Home: () => moment.toFirst(),
    End: () => moment.follow(true),
    " ": () => recording.index?.state === "live" && moment.follow(!moment.follows.value),
    "/": () => view.search(),
    "?": () => (view.help.value = true),
    w: () => (view.as.value = view.as.value === "sent" ? "written" : "sent"),
    m: () => notes.write(),
    [PRESENT_KEY]: () => startPresenting(view),
    d: () => view.enter(view.room.value === "story" ? "details" : "story"),
    f: () => view.open(view.tab.value === "findings" ? "page" : "findings"),
    r: () => (view.whole.value = !view.whole.value),
    l: () => (view.legend.value = true),
    Escape: () => why.close() || view.closeSearch() || view.showAll(),
    ...Object.fromEntries(numbered),
  };
}

/** The story for a room of people, or back. */
export function startPresenting(view: View) {
  present(!presenting.value);
  view.part.value = presenting.value ? "found" : "source";
  if (presenting.value) view.room.value = "story";
}

/** Such as `Shift+Alt+ArrowLeft`; characters as they are. */
export function nameOf({ key, shiftKey, altKey }: KeyboardEvent) {
  const isCharacter = key.length === 1;
  return `${shiftKey && !isCharacter ? "Shift+" : ""}${altKey ? "Alt+" : ""}${key}`;
}

export class KeyHelp extends Component<{ onClose: () => void }> {
  componentDidMount() {
    (this.base as HTMLDialogElement).showModal();
  }

  render({ onClose }: { onClose: () => void }) {
    return (
      <dialog class="key-help" aria-labelledby="key-help-title" onClose={onClose}>
        <h2 id="key-help-title">Keys</h2>
        <dl>
          {LIST.map(([keys, what]) => (
            <div>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    );
  }
}
