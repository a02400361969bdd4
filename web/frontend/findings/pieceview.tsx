// Sentences with their places as links, and the sign of a level.

import { nameOf, signOf, type Level } from "./levels";
import { piecesOf } from "./pieces";

/** What leads to a place; null: it is not known where it is. */
export interface Places {
  line: (line: number) => (() => void) | null;
  run: (run: number) => (() => void) | null;
  place: (file: string, line: number) => (() => void) | null;
}

export function Sentence({ text, places }: { text: string; places: Places }) {
  return (
    <>
      {piecesOf(text).map((piece) => {
        if (piece.kind === "code") return <code>{piece.text}</code>;
        const go =
          piece.kind === "line"
            ? places.line(piece.line)
            : piece.kind === "run"
              ? places.run(piece.run)
              : piece.kind === "place"
                ? places.place(piece.file, piece.line)
                : null;
        if (!go) return piece.text;
        return (
          <button type="button" class="link" onClick={go}>
            {piece.text}
          </button>
        );
      })}
    </>
  );
}

/** The sign of a level, with its name for who does not see it. */
export function Sign({ level }: { level: Level }) {
  return (
    <span class={`sign sign-${level}`} title={nameOf(level)}>
      <span aria-hidden="true">{signOf(level)}</span>
      <span class="visually-hidden">{nameOf(level)}: </span>
    </span>
  );
}
