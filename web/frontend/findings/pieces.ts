// The sentences of findings and answers, cut into pieces: code, and places to go to. Pure.

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "line"; text: string; line: number }
  | { kind: "run"; text: string; run: number }
  | { kind: "place"; text: string; file: string; line: number };

const PARTS = new RegExp(
  [
    "`([^`]+)`",
    "\\b([Ll]ine (\\d+))\\b",
    "\\b([Rr]un (\\d+))\\b",
    "([\\w./-]+\\.py):(\\d+)",
    "(?<=\\b[Ll]ines (?:\\d+(?:, | and ))*)(\\d+)\\b", // each of several
  ].join("|"),
  "g",
);

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, code, lineText, line, runText, run, file, fileLine, another] = match;
    if (match.index > at) pieces.push({ kind: "text", text: text.slice(at, match.index) });
    at = match.index + whole.length;
    if (code !== undefined) pieces.push(codeOf(code));
    else if (lineText) pieces.push({ kind: "line", text: whole, line: Number(line) });
    else if (runText) pieces.push({ kind: "run", text: whole, run: Number(run) });
    else if (file) pieces.push({ kind: "place", text: whole, file, line: Number(fileLine) });
    else pieces.push({ kind: "line", text: whole, line: Number(another) });
  }
  if (at < text.length) pieces.push({ kind: "text", text: text.slice(at) });
  return pieces;
}

function codeOf(text: string): Piece {
  const [, file, line] = /^([\w./-]+\.py):(\d+)$/.exec(text) ?? [];
  return file ? { kind: "place", text, file, line: Number(line) } : { kind: "code", text };
}
