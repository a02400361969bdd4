// What is known of the chosen moment, in short questions. Pure.

import type { Shown } from "../api/rundata";
import type { Moment } from "./moments";

export const isSame = (a: Moment | null, b: Moment | null) =>
  a !== null && b !== null && a.run === b.run && a.step === b.step;

/** Whether the run goes on after the moment: what comes then is known, and has not happened yet. */
export const isWithin = ({ moment, view }: Shown) => moment.step < view.steps;

/** The line that the moment's step executed. */
export function currentLine({ moment: { step }, window }: Shown) {
  if (!window || step === 0) return null;
  const line = window.steps.line[step - window.first];
  const file = window.steps.file[step - window.first];
  return line === undefined || file === undefined ? null : { file, line };
}

/** When the moment's step began; ns. */
export const atNs = ({ moment: { step }, window, view }: Shown) =>
  (window && step > 0 ? window.steps.at_ns[step - window.first] : undefined) ?? view.started_ns;

/** The files to have at hand: the one of the moment, and the first one of the run. */
export const filesOf = (shown: Shown) =>
  [
    currentLine(shown)?.file,
    shown.view.files.find((file) => file.halting_line !== null)?.file_no,
    shown.view.files[0]?.file_no,
  ].filter((no) => no !== undefined);
