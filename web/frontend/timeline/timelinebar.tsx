// What is around the timeline's canvas: the bar above it, the names of its lanes, what the pointer
// is told.

import type { RunIndex } from "../api/runindex";
import { counted } from "../base/format";
import type { Lane } from "./lanes";
import type { Mode } from "./timescale";

/** zoom by null: show everything */
interface Props {
  index: RunIndex;
  session: number | null;
  mode: Mode;
  canZoomOut: boolean;
  onMode: (mode: Mode) => void;
  onSession: (session: number) => void;
  onZoom: (by: number | null) => void;
  onLegend?: (() => void) | undefined;
}

const MODES: [Mode, string][] = [
  ["bursts", "Readable"],
  ["busy", "Idle time cut"],
  ["true", "True time"],
];

const chosen = (event: Event) => (event.target as HTMLSelectElement).value;

export function TimelineBar({
  index,
  session,
  mode,
  canZoomOut,
  onMode,
  onSession,
  onZoom,
  onLegend,
}: Props) {
  return (
    <div class="timeline-bar">
      <p class="quiet">
        {counted(index.interactions, "interaction")}, {counted(index.count, "script run")}
      </p>
      {index.sessions.length > 1 && (
        <label class="quiet">
          <span>App session</span>
          <select
            aria-label="App session"
            value={session ?? undefined}
            onChange={(event) => onSession(Number(chosen(event)))}
          >
            {index.sessions.map((each) => (
              <option value={each}>session {each}</option>
            ))}
          </select>
        </label>
      )}
      <label
        class="quiet"
        title="Readable: pauses are cut out, and long bursts of activity are squeezed"
      >
        <span>Time scale</span>
        <select
          aria-label="Time scale"
          value={mode}
          onChange={(event) => onMode(chosen(event) as Mode)}
        >
          {MODES.map(([value, name]) => (
            <option value={value}>{name}</option>
          ))}
        </select>
      </label>
      <span class="buttons" role="group" aria-label="Zoom">
        <button
          type="button"
          onClick={() => onZoom(1 / 0.6)}
          disabled={!canZoomOut}
          aria-label="Zoom out"
          title="Zoom out (-)"
        >
          −
        </button>
        <button
          type="button"
          onClick={() => onZoom(0.6)}
          aria-label="Zoom in"
          title="Zoom in (+, or turn the wheel)"
        >
          +
        </button>
        <button
          type="button"
          onClick={() => onZoom(null)}
          disabled={!canZoomOut}
          title="Show everything (0)"
        >
          Fit
        </button>
      </span>
      {onLegend && (
        <button type="button" onClick={onLegend} title="What the signs mean (l)">
          Legend
        </button>
      )}
    </div>
  );
}

export function LaneNames({
  lanes,
  onSession,
}: {
  lanes: readonly Lane[];
  onSession: (session: number) => void;
}) {
  return (
    <ul class="lane-names">
      {lanes.map(({ key, title, height, session }) => (
        <li
          class={`lane-${key}`}
          style={{ height: `${height}px` }}
          aria-hidden={key === "session" ? undefined : "true"}
        >
          {key === "session" ? (
            <button type="button" class="link" onClick={() => onSession(session)}>
              {title}
            </button>
          ) : (
            title
          )}
        </li>
      ))}
    </ul>
  );
}

export function Tip({
  tip,
  isLeft,
}: {
  tip: { x: number; y: number; lines: string[] };
  isLeft: boolean;
}) {
  return (
    <div
      class={`tip ${isLeft ? "tip-left" : ""}`}
      aria-hidden="true"
      style={{ left: `${tip.x}px`, top: `${tip.y}px` }}
    >
      {tip.lines.map((line, i) => (
        <div class={i ? "" : "tip-title"}>{line}</div>
      ))}
    </div>
  );
}
