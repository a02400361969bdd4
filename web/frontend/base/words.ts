// Made by `python -m rerun_trace.documents`: change the forms in Python.

/** A run's outcome, told apart without its colour. */
export const SYMBOLS = {
  "running": "◌",
  "completed": "✓",
  "rerun": "↻",
  "switched": "⇢",
  "stopped": "■",
  "superseded": "»",
  "error": "✕",
  "compile_error": "✕",
} as Record<string, string>;

/** How a run ended, without the place. */
export const ENDED = {
  "running": "not ended",
  "completed": "completed",
  "rerun": "halted by a rerun",
  "switched": "left for another page",
  "stopped": "stopped",
  "superseded": "superseded",
  "error": "error",
  "compile_error": "could not be compiled",
} as Record<string, string>;

/** Outcomes that no statement brought about. */
export const NOWHERE = ["compile_error", "completed", "running"];

/** The state of a recording. */
export const STATES = {
  "live": "● live",
  "stopped": "■ recording stopped",
  "complete": "✓ complete",
  "broken off": "✕ broken off",
} as Record<string, string>;

/** Signs in the source, in tables and on the timeline. */
export const SIGNS = {
  "current": "▶",
  "halting": "■",
  "not_run": "·",
  "out_of_order": "▲",
  "changed": "●",
  "evidence": "●",
  "callback": "ƒ",
  "delivered": "✓",
  "discarded": "✕",
} as Record<string, string>;

/** What the marks of a source line stand for. */
export const SOURCE = {
  "current": "the line that the moment's step executed",
  "ran": "how often the line has run; 12+: at least 12 times",
  "not_run": "hatched: the line did not run, and the reason stands beside it",
  "halting": "the run ended at this line",
  "evidence": "something that was found hangs on this line",
  "come": "no sign: the line has not run yet, or holds nothing to run",
} as Record<string, string>;

/** What the marks of tables stand for. */
export const FACTS = {
  "changed": "changed: by this step, or in this run",
  "delivered": "the element reached the browser",
  "discarded": "the browser never saw it: a rerun came first",
  "come": "paler, “to come”: later in this run than the moment",
  "out_of_order": "it lands above something that was written before",
} as Record<string, string>;

/** What became of a write to the page, as tables say it. */
export const FATES = {
  "delivered": "✓ delivered",
  "discarded": "✕ discarded",
  "come": "to come",
} as Record<string, string>;

/** The timeline's lanes. */
export const LANES = {
  "interactions": "interactions",
  "app": "app runs",
  "fragment": "fragment runs",
  "callbacks": "callbacks",
  "threads": "threads",
  "writes": "writes",
  "state": "state writes",
  "session": "session",
} as Record<string, string>;

/** What is drawn in them. */
export const LANE_MEANINGS = {
  "interactions": "what came from the browser; it begins at the left edge of its box",
  "app": "runs of the whole script; an arc leads from the cause to its run",
  "fragment": "runs of a fragment alone",
  "callbacks": "functions that ran before the script did",
  "threads": "threads that the app started itself",
  "writes": "elements sent to the page; a hollow one never reached the browser",
  "state": "writes to st.session_state",
  "session": "another browser tab; click its name to see it in full",
  "rest": "hatched, dashed: the part of the script that a run which ended early left out",
  "break": "slanted strokes: idle time is cut out",
} as Record<string, string>;
