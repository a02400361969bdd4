// Pieces that the panels are made of: links to moments, values, tables of facts.

import type { ComponentChildren } from "preact";
import type { Piece, Place } from "../api/answers";
import { site } from "../base/site";
import type { Question } from "../store/why";

/** `step` null: the run's end */
export interface Actions {
  /** the run's own file: lines of it are named without their file */
  script?: string;
  onMoment: (moment: { run: number; step: number | null }) => void;
  onLine: (file: string, line: number) => void;
}

/** Asks a question; null: there is no answer to it here. */
export type Ask = (question: Question) => (() => void) | null;

const MOST_ROWS = 200; // more are counted, not listed: the page stays quick

/**
 * A piece of a sentence; what it speaks of is a moment to go to, or else a line to show.
 * @param own  the run that the sentence is about
 */
export function link(
  { text, run, step, file, line }: Piece,
  own: number,
  { onMoment, onLine }: Actions,
) {
  if (run !== undefined || step !== undefined) {
    const to = { run: run ?? own, step: step ?? null };
    const query = `?run=${to.run}${to.step === null ? "" : `&step=${to.step}`}`;
    return (
      <a
        href={site.address(query)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onMoment(to);
        }}
      >
        {text}
      </a>
    );
  }
  if (!file || !line) return text;
  return (
    <button
      type="button"
      class="link"
      title={`${file}, line ${line}`}
      onClick={() => onLine(file, line)}
    >
      {text}
    </button>
  );
}

/** Such as `line 7`, or `helper.py, line 7` of another file than the run's own. */
export const placeText = (file: string | null, line: number, script: string | undefined) =>
  file && script !== undefined && file !== script ? `${file}, line ${line}` : `line ${line}`;

/** Where something happened. */
export function place(
  { file, line, step }: Place & { step?: number },
  run: number,
  actions: Actions,
) {
  if (line === null) return <span class="quiet">no line</span>;
  return link(
    {
      text: placeText(file, line, actions.script),
      file,
      line,
      ...(step === undefined ? {} : { step }),
    },
    run,
    actions,
  );
}

export const value = (text: string | null) =>
  text === null ? <span class="quiet">absent</span> : <code>{text}</code>;

/** @param kind  a class for the row */
export function list<T>(
  title: string,
  items: T[],
  heads: string[],
  kind: (item: T) => string,
  cells: (item: T, i: number) => ComponentChildren[],
) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <span class="quiet">{items.length}</span>
      </h3>
      <table class="facts">
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.slice(0, MOST_ROWS).map((item, i) => (
            <tr class={kind(item)}>
              {cells(item, i).map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > MOST_ROWS && <p class="quiet note">and {items.length - MOST_ROWS} more</p>}
    </section>
  );
}
