// What findings have in common where they are shown: levels, signs, moments, places. Pure.

import type { Finding, Findings } from "../api/answers";

export type Level = Finding["level"];

/** The worst first; a sign tells them apart without its colour. */
export const LEVELS: { level: Level; sign: string; name: string; title: string }[] = [
  { level: "fault", sign: "!", name: "Fault", title: "Faults" },
  { level: "hint", sign: "→", name: "Hint", title: "Hints" },
  { level: "note", sign: "i", name: "Note", title: "Worth knowing" },
];

export const signOf = (level: Level) => LEVELS.find((each) => each.level === level)?.sign ?? "";

export const nameOf = (level: Level) => LEVELS.find((each) => each.level === level)?.name ?? "";

const rank = (level: Level) => LEVELS.findIndex((each) => each.level === level);

export const worst = (a: Level, b: Level) => (rank(a) <= rank(b) ? a : b);

/** By level, the worst first; each level's own order stays. */
export const sorted = (findings: readonly Finding[]) =>
  [...findings].sort((a, b) => rank(a.level) - rank(b.level));

/** `step` null: the run's end */
export interface At {
  run: number;
  step: number | null;
}

/**
 * Where a finding is to be seen: its own line, or the first of its evidence that has a step.
 * @param within  runs that may be gone to; null where it is to be seen in none of them
 */
export function momentOf(finding: Finding): At;
export function momentOf(finding: Finding, within: readonly number[]): At | null;
export function momentOf({ run, file, line, evidence }: Finding, within?: readonly number[]) {
  const isWithin = (each: number) => !within || within.includes(each);
  const stepped = evidence.filter((each) => each.step > 0 && isWithin(each.run));
  const own =
    stepped.find((each) => each.run === run && each.file === file && each.line === line) ??
    stepped.find((each) => each.file === file && each.line === line) ??
    stepped.find((each) => each.run === run) ??
    stepped[0];
  if (own) return { run: own.run, step: own.step };
  return isWithin(run) ? { run, step: null } : null;
}

/** `app.py:7`; nothing without a line. */
export const placeText = (file: string | null, line: number | null) =>
  file && line ? `${file}:${line}` : "";

/** What was found in a run: for the timeline and the table of runs. */
export interface RunFound {
  level: Level;
  titles: string[];
}

export function foundInRuns({ findings, met }: Findings): Map<number, RunFound> {
  const byId = new Map(findings.map((each) => [each.id, each]));
  const found: Map<number, RunFound> = new Map();
  for (const { id, run } of met) {
    const finding = byId.get(id);
    if (!finding) continue;
    const title = `${nameOf(finding.level)}: ${plain(finding.title)}`;
    for (const n of new Set(run)) {
      const known = found.get(n);
      if (!known) found.set(n, { level: finding.level, titles: [title] });
      else {
        known.level = worst(known.level, finding.level);
        known.titles.push(title);
      }
    }
  }
  return found;
}

/** What is the worst that was found in each interaction. */
export function foundInInteractions({ findings, met }: Findings): Map<number, Level> {
  const levels = new Map(findings.map(({ id, level }) => [id, level]));
  const found: Map<number, Level> = new Map();
  for (const { id, interaction } of met) {
    const level = levels.get(id);
    if (!level) continue;
    for (const n of new Set(interaction)) found.set(n, worst(found.get(n) ?? level, level));
  }
  return found;
}

/** What a line of the source is marked with; `level` null: it is evidence only. */
export interface LineMark {
  level: Level | null;
  text: string;
  /** of the finding */
  id: number;
  /** what was seen at the line, with its place among what proves the finding: `① read here` */
  seen: string;
}

const ORDER = "①②③④⑤⑥⑦⑧⑨";

/**
 * The marks of a file's lines, from the findings of one interaction.
 * @param run  that is shown: what was seen in another one says so
 */
export function lineMarks(
  findings: readonly Finding[],
  file: string,
  run: number | null = null,
): Map<number, LineMark> {
  const marks: Map<number, LineMark> = new Map();
  for (const { id, evidence } of findings) {
    const placed = evidence.filter(({ line }) => line);
    placed.forEach((each, i) => {
      if (each.file !== file || !each.line) return;
      const known = marks.get(each.line);
      const own = plain(each.text);
      if (known && (known.id !== id || known.text.includes(own))) return;
      const text = known ? `${known.text}; ${own}` : own;
      const order = placed.length > 1 ? `${ORDER[i] ?? ""} ` : "";
      const inRun = run === null || run === each.run ? "" : ` in run ${each.run}`;
      marks.set(each.line, { level: null, text, id, seen: known?.seen ?? order + own + inRun });
    });
  }
  for (const finding of [...sorted(findings)].reverse()) {
    if (finding.file !== file || !finding.line) continue;
    const text = `${nameOf(finding.level)}: ${plain(finding.title)}`;
    const seen = marks.get(finding.line)?.seen ?? "";
    marks.set(finding.line, { level: finding.level, text, id: finding.id, seen });
  }
  return marks;
}

/** Without the marks around code. */
export const plain = (text: string) => text.replaceAll("`", "");
