// What of a run has happened by a moment: which lines ran, how often, and what is decided already.
// Pure.

import type { FileCoverage, SourceText, StepWindow } from "../api/answers";

/**
 * Of one file, up to a moment within its run. `hits`: lines that ran, by number; `passed`: lines
 * that did not run, of which it is certain by now that they never will in this run
 */
export interface SoFar {
  hits: ReadonlyMap<number, string>;
  passed: ReadonlySet<number>;
}

/** How often lines ran: file_no -> line -> times. */
export type Hits = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * How often lines ran up to a step, itself included.
 * @param step  1-based, within the window; 0: none did
 */
export function hitsUpTo({ first, steps, before }: StepWindow, step: number): Hits {
  const found: Map<number, Map<number, number>> = new Map();
  if (step === 0) return found;
  const add = (file: number | undefined, line: number | undefined, times: number) => {
    if (file === undefined || line === undefined) return;
    const hits = found.get(file) ?? new Map<number, number>();
    found.set(file, hits.set(line, (hits.get(line) ?? 0) + times));
  };
  before.line.forEach((line, i) => add(before.file[i], line, before.hits[i] ?? 0));
  for (let i = 0; i <= step - first; i++) add(steps.file[i], steps.line[i], 1);
  return found;
}

export function soFar(coverage: FileCoverage, text: SourceText, ran: Hits): SoFar {
  const found = ran.get(coverage.file_no);
  const hits: Map<number, string> = new Map();
  for (const [line, total, capped] of coverage.executed) {
    const count = found?.get(line);
    // Of a line that ran too often, steps are kept up to its limit.
    if (count) hits.set(line, capped && count >= total ? `${count}+` : `${count}`);
  }
  return { hits, passed: passed(coverage, text, hits) };
}

/** Clauses go on with the statement above them. */
const CLAUSE = /^(elif|else|except|finally|case)\b/;
/** What stands inside runs whenever somebody calls it, if ever. */
const DEFINES = /^(@|def\b|async def\b|class\b)/;
const BEGINS = /^[^\s#)\]}]/;

/**
 * A file's own statements run from top to bottom: when a later one of them ran, nothing of an
 * earlier one can run any more, but for what it defines.
 */
function passed(coverage: FileCoverage, text: SourceText, hits: ReadonlyMap<number, string>) {
  const starts: number[] = []; // of the file's own statements, ascending
  const defining: Set<number> = new Set();
  text.lines.forEach((tokens, i) => {
    const line = tokens.map(([, part]) => part).join("");
    if (!BEGINS.test(line) || text.continued[i + 1] !== undefined || CLAUSE.test(line)) return;
    starts.push(i + 1);
    if (DEFINES.test(line)) defining.add(i + 1);
  });
  let newest = 0; // the last of them that ran
  for (const start of starts) if (hits.has(start)) newest = start;
  const found: Set<number> = new Set();
  let own = 0;
  for (const [line] of coverage.not_run) {
    while ((starts[own + 1] ?? Infinity) <= line) own++;
    const start = starts[own] ?? Infinity;
    if (start < newest && (line === start || !defining.has(start))) found.add(line);
  }
  return found;
}
