// Made by `python -m rerun_trace.documents`: change the forms in Python.

/** What goes when some recordings are deleted. */
export interface Going {
  /** those of them that can be deleted */
  recordings: number[];
  /** sentences */
  lines: string[];
  /** which cannot, and why */
  stays: string | null;
}

/** The app that was started together with the page. */
export interface App {
  state: "ended" | "none" | "running" | "starting";
  /** the one that it writes, or wrote last */
  recording: number | null;
  /** where this browser finds the app */
  url: string | null;
  /** how its process ended: a sentence */
  ended: string | null;
  trouble: Trouble | null;
  may_restart: boolean;
}

/** What keeps the recording from being written. */
export interface Trouble {
  state: string;
  text: string;
}

/** One interaction of all variants. */
export interface ComparedInteraction {
  n: number;
  title: string;
  steps: BeatStep[];
  /** null: the variant has no such interaction */
  sides: (Side | null)[];
  figures: Row[];
}

/** One step of all variants: beats that are alike. */
export interface BeatStep {
  /** such as `the click`, `heading drawn` */
  name: string;
  /** null: the variant waits */
  beats: (Beat | null)[];
}

/** One telling event of a variant, in a sentence, with its moment. */
export interface Beat {
  kind: BeatKind;
  text: string;
  /** null: nothing ran */
  run: number | null;
  step: number;
  /** where it happened; null: no statement did it */
  file_no: number | null;
  line: number | null;
  /** the browser never got it */
  lost: boolean;
  /** the run that starts with it */
  starts: number | null;
  /** the page message of an element */
  message: number | null;
}

/** What happened. */
export type BeatKind = "arrives" | "callback" | "element" | "halted" | "key" | "more" | "place" | "run_ends" | "run_starts";

/** A variant in one interaction. */
export interface Side {
  runs: RunBlock[];
  /** how many runs are left out, in words */
  more: string | null;
  /** number of the first run; null: nothing ran */
  first: number | null;
  last: number | null;
  files: MarkedFile[];
  strip: Strip;
  orders: RunOrder[];
}

/** A run, as a block. The others of a long chain are in `more` of its side. */
export interface RunBlock {
  n: number;
  outcome: Outcome;
  callbacks: string[];
  text: string;
}

/** How a script run ended. */
export type Outcome = "compile_error" | "completed" | "error" | "rerun" | "running" | "stopped" | "superseded" | "switched";

/** The statements of one file, ascending. */
export interface MarkedFile {
  file_no: number;
  file: string;
  marks: Mark[];
}

/** What became of a statement in an interaction, by its first line. */
export interface Mark {
  line: number;
  kind: "again" | "callback" | "halting" | "not-run" | "ran" | "unknown";
  count: string;
  note: string;
}

/** The runs on a time scale that all variants share. */
export interface Strip {
  title: string;
  bars: Bar[];
  width: number;
  height: number;
  /** the same without a picture */
  words: string;
  more: string | null;
  /** the time at the scale's right end */
  end: string;
}

/** A run in the strip: its box, its callbacks' boxes within, its label, its trigger's arrow. */
export interface Bar {
  run: number;
  outcome: Outcome;
  x: number;
  width: number;
  y: number;
  label: string;
  label_x: number;
  /** an SVG path */
  arrow: string;
  /** x and width */
  callbacks: [number, number][];
}

/** The elements of one run. `lost`: the browser does not show them any more. */
export interface RunOrder {
  run: number;
  heading: string;
  lost: boolean;
  items: Written[];
  height: number;
  words: string;
  more: string | null;
}

/** One element: `number` in the order of writing, its place there and in reading order. */
export interface Written {
  number: number;
  y: number;
  text: string;
  text_y: number;
  /** an SVG path from the number to the text */
  line: string;
  crosses: boolean;
}

/** One figure of all variants. */
export interface Row {
  label: string;
  cells: Cell[];
}

/** One value of a row of figures. */
export interface Cell {
  text: string;
  spread: string;
  best: boolean;
}

/** A comparison, without what belongs to an interaction. */
export interface Compared {
  title: string;
  variants: Variant[];
  /** what each one was, in order */
  interactions: string[];
  /** the one in which the variants differ most */
  key: number;
  repeats: string;
  pages: FinalPages;
  total: Row[];
}

/** One variant. `recording` is the one that is shown. */
export interface Variant {
  name: string;
  verdict: string;
  failed: boolean;
  note: string | null;
  /** null: there is none to show */
  recording: number | null;
}

/** Whether all end with the same page. */
export interface FinalPages {
  text: string;
  equal: boolean;
  differences: string[];
}

/** What "Share" offers. */
export interface Shared {
  /** for files' names */
  stem: string;
  /** where the report file is */
  report: string | null;
  /** Markdown */
  story: string;
  /** Markdown about the run */
  issue?: string;
  /** with a graph that Gitea draws */
  small_issue?: string | null;
}

/** How far a recording has come. */
export interface Changes {
  /** differs as soon as anything was added */
  marker: string;
  /** `live`, `complete` or `broken off` */
  state: string;
  /** what was left out */
  limits: string[];
  /** changes of the name and the notes */
  edits: number;
  total: Total;
}

/** How many there are. */
export interface Total {
  runs: number;
  interactions: number;
}

/** What is wrong in a recording, as far as it has come. */
export interface Findings {
  /** grows with whatever is different */
  version: number;
  /** how many were looked at */
  runs: number;
  /** the same fault met again is one */
  findings: Finding[];
  met: Met[];
  /** of the newest interactions, and of those that were asked for */
  own: FoundIn[];
  /** in a report: the questions that have an answer there */
  asked?: string[];
}

/** A claim that the recording proves. */
export interface Finding {
  id: number;
  /** never changes once released; names its page */
  code: string;
  /** such as `stale-read` */
  kind: string;
  /** `fault`: the app does what its author cannot have meant; `hint`: there is a better way; `note`: worth knowing */
  level: "fault" | "hint" | "note";
  /** events say so, or the syntax tree was needed to conclude */
  certainty: "inferred" | "observed";
  interaction: number;
  run: number;
  /** relative to the app's folder; null: not known */
  file: string | null;
  /** from 1; null: not known */
  line: number | null;
  /** other places of the same fault */
  also: [string, number][];
  /** how often it was met */
  times: number;
  /** at most 60 characters */
  title: string;
  /** one to three sentences */
  text: string;
  evidence: Evidence[];
  remedy: string | null;
  /** null: there is none about it */
  docs: Reference | null;
  /** whether a patch can be made */
  patchable: boolean;
}

/** What proves a clause of a finding: a moment, with the line that it is about. */
export interface Evidence {
  run: number;
  /** 0: before the run's first one */
  step: number;
  /** relative to the app's folder; null: not known */
  file: string | null;
  /** from 1; null: not known */
  line: number | null;
  text: string;
}

/** A page of Streamlit's documentation. */
export interface Reference {
  title: string;
  /** empty: not known */
  url: string;
}

/** Where a finding was met: the newest 2,000 places. */
export interface Met {
  /** of the finding */
  id: number;
  interaction: number[];
  run: number[];
}

/** What was found in an interaction: values and moments are those of this time. */
export interface FoundIn {
  interaction: number;
  findings: Finding[];
}

/** All runs and interactions in numbers. */
export interface Index {
  /** differs as soon as anything was added */
  marker: string;
  /** `live`, `complete` or `broken off` */
  state: string;
  /** what was left out */
  limits: string[];
  /** changes of the name and the notes */
  edits: number;
  total: Total;
  has_callbacks: boolean;
  has_threads: boolean;
  /** what the digits of a column stand for */
  words: Record<string, string[]>;
  runs: RunColumns;
  interactions: InteractionColumns;
}

/** All runs in numbers, packed. */
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

/** All interactions in numbers, packed. */
export interface InteractionColumns {
  n: number[];
  at: number[];
  session: number[];
  came_by: string;
}

/** How many findings a recording has, by level. */
export interface Levels {
  fault: number;
  hint: number;
  note: number;
}

/** The name of a recording, and the notes on its moments. */
export interface Notes {
  name: string | null;
  notes: Note[];
  /** whether this browser may */
  may_change: boolean;
  longest: Longest;
}

export interface Note {
  n: number;
  run: number;
  /** 0: before the run's first one */
  step: number;
  at_ns: number;
  text: string;
  written_at: string;
}

/** Characters that are kept. */
export interface Longest {
  note: number;
  name: number;
}

/** One run in full. */
export interface RunView {
  n: number;
  app_session: number;
  kind: RunKind;
  script: string;
  fragments: string[];
  outcome: Outcome;
  /** how it ended, in words */
  end: string;
  /** what started it, in words */
  cause: string;
  trigger: Trigger;
  interaction: number;
  started_ns: number;
  ended_ns: number | null;
  /** in words */
  duration: string;
  detailed: boolean;
  steps: number;
  dropped_steps: number;
  blind_step: number | null;
  /** sentences */
  story: Piece[][];
  /** what it drew and changed, in a line */
  brief: Piece[];
  /** what made it start after the run before; else empty */
  because: Piece[];
  /** of a load: what did not run yet, and what it waits for */
  waits: Wait[];
  /** its interaction, counted: `1 click` */
  gesture: string;
  /** what the widget that was used takes keys for */
  keyboard: "arrows" | "none" | "text";
  callbacks: Callback[];
  requests: Request[];
  state_writes: StateWrite[];
  writes: Write[];
  errors: RunError[];
  cache: CacheAccess[];
  files: FileCoverage[];
}

/** Whether a script run executes the whole app or only fragments of it. */
export type RunKind = "app" | "fragment";

/** What started the run: the number of an interaction or of a run. */
export interface Trigger {
  type: TriggerType;
  number: number;
}

/** Whether a run was started by an interaction or by an earlier run's rerun request. */
export type TriggerType = "interaction" | "rerun";

/** A part of a sentence, and what it points at. */
export interface Piece {
  text: string;
  run?: number;
  step?: number;
  file?: string | null;
  line?: number | null;
}

/** Lines that wait for a person to use a widget. */
export interface Wait {
  /** its label */
  widget: string;
  text: Piece[];
}

export interface Callback {
  run: number;
  function: string;
  file: string;
  line: number;
  started_ns: number;
  ended_ns: number;
  step: number;
  widget_id: string | null;
  label: string | null;
  error: string | null;
  arguments: [string, string][];
  closure: [string, string][];
}

export interface Request {
  run: number;
  at_ns: number;
  step: number;
  file: string | null;
  line: number | null;
  function: string | null;
  scope: string;
  allowed: boolean;
  refusal: string | null;
}

export interface StateWrite {
  key: string;
  op: StateOp;
  /** null: absent */
  old: string | null;
  /** null: absent */
  new: string | null;
  run: number;
  step: number;
  at_ns: number;
  file: string | null;
  line: number | null;
}

/** What happened to a key of `st.session_state`. */
export type StateOp = "cleanup" | "delete" | "in_place" | "set" | "widget";

export interface Write {
  run: number;
  at_ns: number;
  step: number;
  message: number;
  path: number[];
  kind: string;
  element: string;
  label: string;
  out_of_order: boolean;
  file: string | null;
  line: number | null;
  widget_id: string | null;
  fragment: string | null;
  shows: string | null;
  widget: number | null;
  value: string | null;
  fate: string;
}

export interface RunError {
  run: number;
  at_ns: number;
  step: number;
  type: string;
  message: string;
  traceback: string;
  file: string | null;
  line: number | null;
}

export interface CacheAccess {
  run: number;
  at_ns: number;
  step: number;
  function: string;
  cache: string;
  hit: boolean;
  duration_ns: number;
  file: string | null;
  line: number | null;
  /** in words */
  duration: string;
}

/** What of a file a run executed. */
export interface FileCoverage {
  file_no: number;
  file: string;
  /** line, hits, whether there were more */
  executed: [number, number, boolean][];
  /** line, reason */
  not_run: [number, string][];
  halting_line: number | null;
  halting_text: string | null;
}

/** The next step at a line, if there is one. */
export interface StepAt {
  step: number | null;
}

/** The page when a step has just been executed. */
export interface PageOfMoment {
  run: number;
  step: number;
  as: "sent" | "written";
  /** what to give the front end, in order */
  feed: (FedMessage | FedGap)[];
  /** in page order */
  nodes: PageNode[];
  /** what is shown, in words */
  text: string;
  /** something may be missing */
  partial: boolean;
  /** what became of some messages is not known yet */
  pending: boolean;
  /** Streamlit's, of the recording and as installed here */
  versions: [string, string];
}

/** An element or block on the page. */
export interface PageNode {
  path: number[];
  kind: string;
  element: string;
  label: string;
  message: number;
  run: number;
  step: number | null;
  file: string | null;
  line: number | null;
  /** which of its run's writes, from 1; null: an earlier run's */
  order: number | null;
  out_of_order: boolean;
  fate: string;
  visible: boolean;
}

/** Session state when a run began, and the run's writes. */
export interface RunState {
  before: StateValue[];
  writes: StateWrite[];
}

/** A key of session state, and what wrote it. */
export interface StateValue {
  key: string;
  value: string;
  run: number;
  step: number;
  op: StateOp;
  file: string | null;
  line: number | null;
}

/** Up to 1,000 steps of a run. */
export interface StepWindow {
  first: number;
  last: number;
  total: number;
  steps: StepColumns;
  /** the calls that are spoken of, callers included */
  frames: Frame[];
  /** values from before `first` */
  base: [number, string, string, string, number][];
  changes: ValueChanges;
  /** the lines that ran before `first` */
  before: LineHits;
}

export interface StepColumns {
  at_ns: number[];
  file: number[];
  line: number[];
  frame: number[];
}

/** A call. */
export interface Frame {
  n: number;
  /** 0: nobody of the user's code called it */
  parent: number;
  function: string;
  file: number;
  line: number;
  thread: number;
}

export interface ValueChanges {
  step: number[];
  frame: number[];
  name: string[];
  scope: string[];
  /** null: the variable was deleted */
  text: (string | null)[];
}

/** How often lines ran. */
export interface LineHits {
  file: number[];
  line: number[];
  hits: number[];
}

/** A part of what was found. */
export interface FoundPage {
  results: Found[];
  /** the `after` to go on with */
  next: string | null;
  /** how far the search came */
  searched: string;
}

/** A moment that was searched for. */
export interface Found {
  kind: string;
  run: number;
  /** null: the run's end */
  step: number | null;
  at_ns: number;
  title: string;
  detail: string;
}

/** A file as it was executed. */
export interface SourceText {
  file_no: number;
  file: string;
  /** Pygments' short class name, and text */
  lines: [string, string][][];
  /** line -> the line of the statement that it goes on */
  continued: Record<string, number>;
}

/** How often a key was written, and its newest writes, newest first. */
export interface KeyHistory {
  key: string;
  total: number;
  writes: StateWrite[];
}

/** What the timeline shows of the runs in sight, beyond the index. */
export interface Timeline {
  interactions: Titles;
  callbacks: Callbacks;
  threads: Threads;
  requests: Requests;
  errors: Errors;
  writes: Writes;
  state_writes: StateWrites;
  rests: Rests;
}

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

/** Spans of the app's own threads. */
export interface Threads {
  run: number[];
  /** numbered in their run */
  thread: number[];
  function: string[];
  started_ns: number[];
  ended_ns: number[];
  steps: number[];
  /** the first of its `steps` */
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
  op: StateOp[];
  line: (number | null)[];
}

/** What runs that ended early left out. */
export interface Rests {
  run: number[];
  text: string[];
}

/** The answer to a why or why not: the way back to its newest cause, nearest first. */
export interface WhyAnswer {
  question: string;
  /** the links to read first: five at most */
  first: WhyLink[];
  links: WhyLink[];
  /** what else it came from */
  more: WhyLink[];
}

/** One thing that happened, as a sentence with its moment. */
export interface WhyLink {
  text: string;
  run: number | null;
  /** 0: before the run's first one, or no step */
  step: number;
  file: string | null;
  line: number | null;
  value: string | null;
  /** nothing of the recording leads further back */
  end: boolean;
}

export interface FedMessage {
  n: number;
  /** of its content */
  hash: string;
  typed?: Typed;
}

/** What a person typed or picked. */
export interface Typed {
  element: string;
  value: unknown;
}

/** A place to fill. */
export interface FedGap {
  path: number[];
  note: string;
}

/** What was deleted. */
export interface Deleted {
  /** with how much space that gave back */
  text: string;
}

/** A sample that was recorded. */
export interface SampleRecorded {
  /** of its page */
  path: string;
}
