// What the program held at a moment, folded from a window of steps: calls and variables. Pure.

/**
 * @typedef {import("../api/api").StepWindow} StepWindow
 * @typedef {{name: string, scope: string, text: string | null, step: number, by: number,
 *   before: string | null | undefined}} Variable
 *   the value holds after `step`; `by` is the step of the statement that set it, which may have made
 *   calls since; `before`: the value before that, null: there was none, undefined: not known here
 * @typedef {{n: number, function: string, file: number, line: number | null, thread: number,
 *   variables: Variable[]}} Call
 *   `line`: of the last step in this call; null when that lies before the window
 */

/**
 * The calls that step `step` is inside of, innermost first, each with its variables.
 * @param {StepWindow} window
 * @param {number} step  1-based, within the window
 * @returns {Call[]}
 */
export function callsAt(window, step) {
  const index = step - window.first;
  const current = window.steps.frame[index];
  if (current === undefined) return [];
  const frames = new Map(window.frames.map((frame) => [frame.n, frame]));
  /** @type {Map<number, Call>} */
  const calls = new Map();
  for (let n = current; n && !calls.has(n); ) {
    const frame = frames.get(n);
    if (!frame) break;
    calls.set(n, { n, function: frame.function, file: frame.file, line: null, thread: frame.thread, variables: [] });
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

/**
 * @param {StepWindow} window
 * @param {number} frame
 * @param {number} step
 * @returns {Variable[]} in the order in which they first got a value
 */
function variablesOf(window, frame, step) {
  const { base, changes } = window;
  /** @type {Map<string, Variable>} */
  const found = new Map();
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
    found.set(name, { name, scope: changes.scope[i] ?? "local", text, step: at, by: lastStepIn(window, frame, at), before });
  }
  return [...found.values()].filter((variable) => variable.text !== null || variable.step === step);
}

/**
 * The last step of a call up to step `at`, or `at` when there is none in the window.
 * @param {StepWindow} window
 * @param {number} frame
 * @param {number} at
 */
function lastStepIn({ first, steps }, frame, at) {
  for (let i = at - first; i >= 0; i--) if (steps.frame[i] === frame) return i + first;
  return at;
}
