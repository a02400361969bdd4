// What the server answers: the documents, and names for parts of them. Times are nanoseconds on the
// recording's clock.

import type { RunView, SourceText } from "./documents";

export type * from "./documents";

/** Where a line is. */
export interface Place {
  file: string | null;
  line: number | null;
}

/** Pygments' short class name, and text */
export type Token = SourceText["lines"][number][number];

/** What a widget takes keys for. */
export type Keyboard = RunView["keyboard"];
