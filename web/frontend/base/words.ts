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
