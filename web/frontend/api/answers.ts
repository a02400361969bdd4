// What the server answers. Times are nanoseconds on the recording's clock.

export interface RunColumns {
  n: number[];
  started: number[];
  took: number[];
  session: number[];
  interaction: number[];
  trigger: number[];
  steps: number[];
  halted_line: number[];
  kind: string;
  outcome: string;
  trigger_type: string;
}

export interface InteractionColumns {
  n: number[];
  at: number[];
  session: number[];
}

export type Index = Changes & {
  has_callbacks: boolean;
  has_threads: boolean;
  words: Record<string, string[]>;
  runs: RunColumns;
  interactions: InteractionColumns;
};

export interface Titles {
  n: number[];
  title: string[];
}

export interface Callbacks {
  run: number[];
  function: string[];
  started_ns: number[];
  ended_ns: number[];
  step: number[];
  error: (string | null)[];
}

/** `step`: the first of its `steps` */
export interface Threads {
  run: number[];
  thread: number[];
  function: string[];
  started_ns: number[];
  ended_ns: number[];
  steps: number[];
  step: number[];
}

export interface Requests {
  run: number[];
  at_ns: number[];
  step: number[];
  line: (number | null)[];
  scope: string[];
  allowed: boolean[];
}

export interface Errors {
  run: number[];
  at_ns: number[];
  step: number[];
  type: string[];
  line: (number | null)[];
}

export interface Writes {
  run: number[];
  at_ns: number[];
  step: number[];
  element: string[];
  label: string[];
  out_of_order: boolean[];
  line: (number | null)[];
  fate: string[];
}

export interface StateWrites {
  run: number[];
  at_ns: number[];
  step: number[];
  key: string[];
  op: string[];
  line: (number | null)[];
}

export interface Changes {
  marker: string;
  state: string;
  limits: string[];
  edits: number;
  total: { runs: number; interactions: number };
}

export interface Timeline {
  interactions: Titles;
  callbacks: Callbacks;
  threads: Threads;
  requests: Requests;
  errors: Errors;
  writes: Writes;
  state_writes: StateWrites;
  rests: { run: number[]; text: string[] };
}

export interface Piece {
  text: string;
  run?: number;
  step?: number;
  file?: string | null;
  line?: number | null;
}

export interface FileCoverage {
  file_no: number;
  file: string;
  executed: [number, number, boolean][];
  not_run: [number, string][];
  halting_line: number | null;
  halting_text: string | null;
}

export interface Place {
  file: string | null;
  line: number | null;
}

export type StepPlace = Place & { step: number };

export type Callback = StepPlace & { function: string; label: string | null; error: string | null };

export type Request = StepPlace & { scope: string; allowed: boolean; refusal: string | null };

export type StateWrite = Place & {
  key: string;
  op: string;
  old: string | null;
  new: string | null;
};

export type Write = StepPlace & {
  path: number[];
  kind: string;
  element: string;
  label: string;
  out_of_order: boolean;
  fate: string;
  message: number;
};

export type RunError = StepPlace & { type: string; message: string; traceback: string };

export type CacheAccess = StepPlace & {
  function: string;
  cache: string;
  hit: boolean;
  duration: string;
};

export interface RunView {
  n: number;
  app_session: number;
  kind: string;
  script: string;
  fragments: string[];
  outcome: string;
  end: string;
  cause: string;
  interaction: number;
  started_ns: number;
  ended_ns: number | null;
  duration: string;
  detailed: boolean;
  steps: number;
  dropped_steps: number;
  story: Piece[][];
  callbacks: Callback[];
  requests: Request[];
  state_writes: StateWrite[];
  writes: Write[];
  errors: RunError[];
  cache: CacheAccess[];
  files: FileCoverage[];
}

/** `parent` 0: nobody of the user's code called it */
export interface Frame {
  n: number;
  parent: number;
  function: string;
  file: number;
  line: number;
  thread: number;
}

export interface StepColumns {
  at_ns: number[];
  file: number[];
  line: number[];
  frame: number[];
}

/** `text` null: the variable was deleted */
export interface ValueChanges {
  step: number[];
  frame: number[];
  name: string[];
  scope: string[];
  text: (string | null)[];
}

/** frame, name, scope, text, step */
export type BaseValue = [number, string, string, string, number];

export interface StepWindow {
  first: number;
  last: number;
  total: number;
  steps: StepColumns;
  frames: Frame[];
  base: BaseValue[];
  changes: ValueChanges;
}

export type StateValue = Place & {
  key: string;
  value: string;
  run: number;
  step: number;
  op: string;
};

export type PlacedStateWrite = StateWrite & { run: number; step: number; at_ns: number };

export interface RunState {
  before: StateValue[];
  writes: PlacedStateWrite[];
}

export interface KeyHistory {
  key: string;
  total: number;
  writes: PlacedStateWrite[];
}

/** `step` null: the run's end */
export interface Found {
  kind: string;
  run: number;
  step: number | null;
  at_ns: number;
  title: string;
  detail: string;
}

export interface FoundPage {
  results: Found[];
  next: string | null;
  searched: string;
}

export interface Note {
  n: number;
  run: number;
  step: number;
  at_ns: number;
  text: string;
  written_at: string;
}

export interface Notes {
  name: string | null;
  notes: Note[];
  may_change: boolean;
  longest: { note: number; name: number };
}

/** Pygments' short class name, and text */
export type Token = [string, string];

/** `continued`: lines that go on with the statement of an earlier line */
export interface SourceText {
  file_no: number;
  file: string;
  lines: Token[][];
  continued: Record<string, number>;
}
