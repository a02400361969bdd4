// What the program held at a moment, folded from a window of steps: calls and variables. Pure.

import type { StepWindow } from "../api/answers";

/**
 * the value holds after `step`; `by` is the step of the statement that set it, which may have
 * made calls since; `before`: the value before that, null: there was none, undefined: not
 * known here
 */
interface Variable {
  name: string;
  scope: string;
  text: string | null;
  step: number;
  by: number;
  before: string | null | undefined;
}

/** `line`: of the last step in this call; null when that lies before the window */
interface Call {
  n: number;
  function: string;
  file: number;
  line: number | null;
  thread: number;
  variables: Variable[];
}

/**
 * The calls that step `step` is inside of, innermost first, each with its variables.
 * @param step  1-based, within the window
 */
export function callsAt(window: StepWindow, step: number): Call[] {
  const index = step - window.first;
  const current = window.steps.frame[index];
  if (current === undefined) return [];
  const frames = new Map(window.frames.map((frame) => [frame.n, frame]));
  const calls: Map<number, Call> = new Map();
  for (let n = current; n && !calls.has(n);) {
    const frame = frames.get(n);
    if (!frame) break;
    calls.set(n, {
      n,
      function: frame.function,
      file: frame.file,
      line: null,
      thread: frame.thread,
      variables: [],
    });
    n = frame.parent;
  }
  for (let i = index, missing = calls.size; i >= 0 && missing > 0; i--) {
    const call = calls.get(window.steps.frame[i] ?? 0);
    if (!call || call.line !== null) continue;
    call.line = window.steps.line[i] ?? null;
    missing--;
  }
  for (const [n, call] of calls) call.variables = variablesOf(window, n, step);
  return [...calls.values()];
}

/** @returns in the order in which they first got a value */
function variablesOf(window: StepWindow, frame: number, step: number): Variable[] {
  const { base, changes } = window;
  const found: Map<string, Variable> = new Map();
  for (const [of, name, scope, text, at] of base) {
    if (of === frame) found.set(name, { name, scope, text, step: at, by: at, before: undefined });
  }
  for (let i = 0; i < changes.step.length; i++) {
    const at = changes.step[i] ?? 0;
    if (at > step) break;
    const name = changes.name[i];
    if (changes.frame[i] !== frame || name === undefined) continue;
    const text = changes.text[i] ?? null;
    const old = found.get(name);
    const before = old ? (old.step === at ? old.before : old.text) : null;
    found.set(name, {
      name,
      scope: changes.scope[i] ?? "local",
      text,
      step: at,
      by: lastStepIn(window, frame, at),
      before,
    });
  }
  return [...found.values()].filter((variable) => variable.text !== null || variable.step === step);
}

/** The last step of a call up to step `at`, or `at` when there is none in the window. */
function lastStepIn({ first, steps }: StepWindow, frame: number, at: number) {
  for (let i = at - first; i >= 0; i--) if (steps.frame[i] === frame) return i + first;
  return at;
}
