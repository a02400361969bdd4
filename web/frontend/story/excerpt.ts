// Which lines of a long file a story shows: those that matter, with the headers that they hang on
// and a few lines around. Pure.

import type { Token } from "../api/answers";

const ROOM = 10; // rows, those of folds among them: what a low window shows without scrolling
const AROUND = [6, 5, 4, 3, 2, 1, 0]; // lines, as many as there is room for
const SHORTEST_FOLD = 3; // lines: fewer are not worth folding

/**
 * @param important  1-based
 * @returns 1-based; null: all of them
 */
export function excerpt(
  lines: readonly (readonly Token[])[],
  important: ReadonlySet<number>,
): ReadonlySet<number> | null {
  if (lines.length <= ROOM || important.size === 0) return null;
  const tried = AROUND.map((around) => keptOf(lines, important, around));
  const kept = tried.find((each) => rowsOf(each, lines.length) <= ROOM) ?? tried.at(-1);
  if (!kept) return null;
  return kept.size === lines.length ? null : kept;
}

/** How many rows there are, with one for each stretch that is folded. */
function rowsOf(kept: ReadonlySet<number>, lines: number) {
  let folds = 0;
  for (let line = 1; line <= lines; line++) {
    if (!kept.has(line) && (line === 1 || kept.has(line - 1))) folds++;
  }
  return kept.size + folds;
}

function keptOf(
  lines: readonly (readonly Token[])[],
  important: ReadonlySet<number>,
  around: number,
) {
  const kept: Set<number> = new Set();
  for (const line of important) {
    for (let near = line - around; near <= line + around; near++) {
      if (near >= 1 && near <= lines.length) kept.add(near);
    }
    for (const header of headersOf(lines, line)) kept.add(header);
  }
  for (let line = 1; line <= lines.length; line++) {
    if (kept.has(line)) continue;
    let end = line;
    while (end < lines.length && !kept.has(end + 1)) end++;
    if (end - line + 1 < SHORTEST_FOLD) for (let each = line; each <= end; each++) kept.add(each);
    line = end;
  }
  return kept;
}

/** The lines above that are indented less, from the inside out: what a line stands in. */
function headersOf(lines: readonly (readonly Token[])[], line: number) {
  const found = [];
  let own = indentOf(lines[line - 1]);
  for (let above = line - 1; above >= 1 && own > 0; above--) {
    const indent = indentOf(lines[above - 1]);
    if (indent >= own) continue;
    own = indent;
    found.push(above);
  }
  return found;
}

/** Of a blank line Infinity. */
function indentOf(tokens: readonly Token[] | undefined) {
  const text = (tokens ?? []).map(([, part]) => part).join("");
  const at = text.search(/\S/);
  return at < 0 ? Infinity : at;
}
