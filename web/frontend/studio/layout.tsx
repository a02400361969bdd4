// How the room below the head is shared out: the timeline's height, the panes' sizes, one pane
// alone. Remembered for the person.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Splitter } from "../base/splitter";
import type { Pane } from "../store/view";
import { BOUNDS, LEAST_LANES, LEAST_VIEWS, type Sizes, sizesFrom, USUAL, within } from "./sizes";
import type { Room } from "./studio";

const KEY = "rerun-trace-panes";
const MOST_SESSIONS = 6; // that are all in sight at first

const sizes = signal(remembered());

const PAPER = 690; // CSS pixels between the margins of A4

/** In which colours the timeline is painted: on paper it keeps them. */
function noteColours() {
  if (matchMedia("print").matches) return;
  const { dataset } = document.documentElement;
  const isDark = dataset.theme ? dataset.theme === "dark" : DARK.matches;
  dataset.painted = isDark ? "dark" : "light";
}

const DARK = matchMedia("(prefers-color-scheme: dark)");
DARK.addEventListener("change", noteColours);
document.addEventListener("themechange", noteColours);
noteColours();

// A canvas is not painted anew for paper: it is made as wide as that, as it is.
addEventListener("beforeprint", () => {
  const width = document.querySelector(".timeline")?.clientWidth;
  if (!width) return;
  const { style } = document.documentElement;
  style.setProperty("--painted", `${width}px`);
  style.setProperty("--on-paper", String(Math.min(1, PAPER / width)));
});

function remembered(): Sizes {
  try {
    return sizesFrom(localStorage.getItem(KEY));
  } catch {
    return USUAL; // storage is switched off
  }
}

function lay(change: Partial<Sizes>) {
  sizes.value = { ...sizes.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(sizes.value));
  } catch {
    // The sizes then hold for this page only.
  }
}

/** The timeline, and the bar that changes its height. */
export function LanesPlace({ store, children }: Room & { children: ComponentChildren }) {
  const { lanes } = sizes.value;
  // Each app session has a lane: of many, some are scrolled to.
  const isLong = (store.now.value?.index.sessions.length ?? 0) > MOST_SESSIONS;
  const box = () => document.querySelector<HTMLElement>(".timeline-lanes");
  const most = () => box()?.scrollHeight ?? 1000;
  const now = lanes ?? box()?.clientHeight ?? 200;
  const set = (height: number) =>
    lay({ lanes: height >= most() ? null : Math.max(LEAST_LANES, Math.round(height)) });
  return (
    <>
      <div
        class={`lanes-place ${lanes !== null || isLong ? "is-cut" : ""}`}
        style={lanes === null ? {} : { "--lanes": `${lanes}px` }}
      >
        {children}
      </div>
      <Splitter
        label="Height of the timeline"
        axis="y"
        name="lanes"
        value={now}
        min={LEAST_LANES}
        max={Math.max(now, most())}
        unit="pixels"
        current={() => box()?.clientHeight ?? now}
        by={16}
        onValue={set}
        onDrag={(y, bar) => set((box()?.clientHeight ?? now) + y - bar.getBoundingClientRect().top)}
        onReset={() => lay({ lanes: null })}
      />
    </>
  );
}

interface Bar {
  name: string;
  label: string;
  axis: "x" | "y";
  value: number;
  bounds: [number, number];
  set: (value: number) => void;
}

/** Which of the bars are shown is the style sheet's: it depends on the room that there is. */
function barsOf({ source, facts, left, top }: Sizes): Bar[] {
  const most = 100 - LEAST_VIEWS;
  return [
    {
      name: "source",
      label: "Width of the source",
      axis: "x",
      value: source,
      bounds: [BOUNDS.source[0], Math.min(BOUNDS.source[1], most - facts)],
      set: (value) => lay({ source: value }),
    },
    {
      name: "facts",
      label: "Where the facts begin",
      axis: "x",
      value: 100 - facts,
      bounds: [Math.max(100 - BOUNDS.facts[1], source + LEAST_VIEWS), 100 - BOUNDS.facts[0]],
      set: (value) => lay({ facts: 100 - value }),
    },
    {
      name: "left",
      label: "Width of source and views",
      axis: "x",
      value: left,
      bounds: BOUNDS.left,
      set: (value) => lay({ left: value }),
    },
    {
      name: "top",
      label: "Height of the source",
      axis: "y",
      value: top,
      bounds: BOUNDS.top,
      set: (value) => lay({ top: value }),
    },
  ];
}

const USUALS: Record<string, Partial<Sizes>> = {
  source: { source: USUAL.source },
  facts: { facts: USUAL.facts },
  left: { left: USUAL.left },
  top: { top: USUAL.top },
};

/** The panes below the timeline, and the bars between them. */
export function Panes({ store, children }: Room & { children: ComponentChildren }) {
  const { source, facts, left, top } = sizes.value;
  const only = store.view.only.value;
  return (
    <div
      class="panes"
      data-only={only ?? undefined}
      style={{
        "--source": `${source}fr`,
        "--views": `${100 - source - facts}fr`,
        "--facts": `${facts}fr`,
        "--left": `${left}fr`,
        "--right": `${100 - left}fr`,
        "--top": `${top}fr`,
        "--bottom": `${100 - top}fr`,
      }}
    >
      {children}
      {only === null &&
        barsOf(sizes.value).map(({ name, label, axis, value, bounds, set }) => (
          <Splitter
            key={name}
            name={name}
            label={label}
            axis={axis}
            value={value}
            min={bounds[0]}
            max={bounds[1]}
            unit={axis === "x" ? "% of the width" : "% of the height"}
            by={2}
            onValue={(next) => set(within(next, bounds))}
            onDrag={(at, bar) => {
              const box = bar.parentElement?.getBoundingClientRect();
              if (!box) return;
              const share =
                axis === "x" ? (at - box.left) / box.width : (at - box.top) / box.height;
              set(within(100 * share, bounds));
            }}
            onReset={() => lay(USUALS[name] ?? {})}
          />
        ))}
    </div>
  );
}

const NAMES: Record<Pane, string> = { source: "source", views: "views", facts: "facts" };

/** Shows a pane alone, or all of them again. */
export function Alone({ store, pane }: Room & { pane: Pane }) {
  const { only } = store.view;
  const isAlone = only.value === pane;
  const label = isAlone ? "Show all panes" : `Show the ${NAMES[pane]} alone`;
  return (
    <button
      type="button"
      class="alone"
      aria-label={label}
      aria-pressed={isAlone}
      title={isAlone ? `${label} (Esc)` : label}
      onClick={() => (only.value = isAlone ? null : pane)}
    >
      <span aria-hidden="true">{isAlone ? "⤡" : "⤢"}</span>
    </button>
  );
}
