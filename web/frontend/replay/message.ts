// Edits the bytes of Streamlit's page messages (`ForwardMsg`, a protobuf message), without knowing
// more of them than the few fields named here. Their numbers are the same in every version.

import { PbfReader, PbfWriter } from "pbf";

/** What a person had typed or picked in a widget. */
export interface Typed {
  element: string;
  value: any;
}

const HASH = 1,
  METADATA = 2,
  NEW_SESSION = 4,
  DELTA = 5,
  FINISHED = 6,
  STATUS = 9; // of ForwardMsg
const RUNNING = 2; // of the status
const PATH = 2,
  RUN = 6; // of its metadata
const RUN_ID = 2,
  FRAGMENTS = 10; // of new_session, before the run's identity was in the metadata
const ELEMENT = 3,
  EMPTY = 2,
  MARKDOWN = 29,
  BODY = 1;
const BLOCK = 6,
  FORM = 5,
  FORM_ID = 1,
  CLEARS = 2; // of a delta, of its block, of its form
const CONTENT = 1,
  ICON = 3; // of an option of a button group
const BYTES = 2; // the wire type of texts and of messages within messages
const FOUND = 0; // finished successfully

/**
 * Widgets that can be given a value: their field of an element; the fields of the value, of
 * the flag that makes the front end take it, of the options; and of the value as text, since
 * options are told by text.
 */
const WIDGETS: Record<
  string,
  { field: number; value: number; flag: number; options?: number; text?: number }
> = {
  checkbox: { field: 20, value: 6, flag: 7 },
  slider: { field: 21, value: 10, flag: 11, options: 13, text: 18 },
  text_area: { field: 22, value: 8, flag: 9 },
  radio: { field: 23, value: 7, flag: 8, options: 4, text: 13 },
  text_input: { field: 24, value: 8, flag: 9 },
  selectbox: { field: 25, value: 7, flag: 8, options: 4, text: 13 },
  time_input: { field: 26, value: 6, flag: 7 },
  date_input: { field: 27, value: 9, flag: 10 },
  multiselect: { field: 28, value: 7, flag: 8, options: 4, text: 14 },
  number_input: { field: 32, value: 19, flag: 20 },
  color_picker: { field: 35, value: 6, flag: 7 },
  button_group: { field: 55, value: 7, flag: 8, options: 2, text: 14 },
  date_time_input: { field: 62, value: 8, flag: 9 },
  feedback: { field: 63, value: 6, flag: 7 },
};

/** A message that is written field by field. */
function made(write: (out: PbfWriter) => void): Uint8Array {
  const out = new PbfWriter();
  write(out);
  return out.finish();
}

/** One field that holds bytes: a text or a message. */
const bytes = (field: number, content: Uint8Array) =>
  made((out) => out.writeBytesField(field, content));

function joined(parts: Uint8Array[]) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * The fields of a message: number, all of its bytes, and its content.
 */
function fields(message: Uint8Array): { field: number; all: Uint8Array; content: Uint8Array }[] {
  const found = [];
  const reader = new PbfReader(message);
  try {
    while (reader.pos < message.length) {
      const start = reader.pos;
      const tag = reader.readVarint();
      let content = message.subarray(reader.pos, reader.pos);
      if (tag % 8 === BYTES) content = reader.readBytes();
      else reader.skip(tag);
      if (reader.pos > message.length) throw new RangeError();
      const all = message.subarray(start, reader.pos);
      found.push({ field: Math.floor(tag / 8), all, content });
    }
  } catch {
    throw new Error("a page message is damaged");
  }
  return found;
}

/** The message without the fields `without`, and with `added` at its end. */
function changed(message: Uint8Array, without: number[], added: Uint8Array[]) {
  const kept = fields(message).filter((item) => !without.includes(item.field));
  return joined([...kept.map((item) => item.all), ...added]);
}

/** The content of a message within a message. */
function inside(message: Uint8Array | undefined, path: number[]) {
  return path.reduce(
    (part, field) => part && fields(part).find((item) => item.field === field)?.content,
    message,
  );
}

const scalar = (field: number, value: number | boolean | string, isDouble: boolean) =>
  made((out) => {
    if (typeof value === "string") out.writeStringField(field, value);
    else if (isDouble) out.writeDoubleField(field, Number(value));
    else out.writeVarintField(field, Number(value));
  });

/** The forms that the submit empties, in a message: what was typed in them is gone. */
export function emptied(message: Uint8Array) {
  const form = inside(message, [DELTA, BLOCK, FORM]);
  const id = form && inside(form, [FORM_ID]);
  return id && inside(form, [CLEARS]) ? [text(id)] : [];
}

/**
 * The message of a widget, as if the script had set what a person typed; unchanged where it
 * set a value.
 * @param empty  forms that are empty again
 */
export function filled(message: Uint8Array, { element, value }: Typed, empty: string[]) {
  const known = WIDGETS[element];
  const delta = inside(message, [DELTA]);
  const outer = inside(delta, [ELEMENT]);
  const widget = known && inside(outer, [known.field]);
  if (!delta || !outer || !widget) return message;
  const own = fields(widget);
  if (
    own.some(
      (item) =>
        item.field === known.flag || (empty.length > 0 && empty.includes(text(item.content))),
    )
  )
    return message;
  const options = own
    .filter((item) => item.field === known.options)
    .map(({ content }) =>
      text(
        element !== "button_group"
          ? content
          : (inside(content, [CONTENT]) ?? inside(content, [ICON]) ?? new Uint8Array()),
      ),
    );
  const given = Array.isArray(value) ? value : value === null ? [] : [value];
  const values = element === "slider" && options.length === 0 ? given.map(position) : given;
  const isDouble = element === "number_input" || element === "slider";
  const added =
    options.length === 0
      ? values.map((item) => scalar(known.value, item, isDouble))
      : values.flatMap((item) => [
          ...(options.includes(item) ? [scalar(known.value, options.indexOf(item), isDouble)] : []),
          bytes(known.text ?? 0, utf8(String(item))),
        ]);
  added.push(made((out) => out.writeBooleanField(known.flag, true)));
  const set = bytes(known.field, changed(widget, [known.value, known.text ?? known.value], added));
  const whole = bytes(ELEMENT, changed(outer, [known.field], [set]));
  // The front end keeps an element whose hash it has: with another value it is another one.
  const hash = `${text(inside(message, [HASH]) ?? new Uint8Array())} ${JSON.stringify(value)}`;
  return changed(
    message,
    [HASH, DELTA],
    [bytes(HASH, utf8(hash)), bytes(DELTA, changed(delta, [ELEMENT], [whole]))],
  );
}

/** A slider's place: of a date or a time, which we know as text, microseconds. */
function position(value: number | string) {
  if (typeof value === "number") return value;
  const moment = value.includes("-") ? value : `2000-01-01T${value}`;
  return Date.parse(moment.includes("T") ? `${moment}Z` : moment) * 1000;
}

const text = (content: Uint8Array) => new TextDecoder().decode(content);

const utf8 = (text: string) => new TextEncoder().encode(text);

/** @param run  the id of a run without fragments */
const identity = (run: string) => bytes(RUN, bytes(1, utf8(run)));

/** The message as one of the app run `run`. */
export function ofRun(message: Uint8Array, run: string) {
  const parts = fields(message);
  const metadata = parts.find((item) => item.field === METADATA)?.content ?? new Uint8Array();
  const session = parts.find((item) => item.field === NEW_SESSION);
  const added = [bytes(METADATA, changed(metadata, [RUN], [identity(run)]))];
  if (session) {
    const id = bytes(RUN_ID, utf8(run));
    added.push(bytes(NEW_SESSION, changed(session.content, [RUN_ID, FRAGMENTS], [id])));
  }
  return changed(message, session ? [METADATA, NEW_SESSION] : [METADATA], added);
}

/** The end of the run `run`: whatever is not of it leaves the page. */
export function finished(run: string) {
  const status = made((out) => out.writeVarintField(FINISHED, FOUND));
  return joined([bytes(METADATA, identity(run)), status]);
}

/**
 * Something in a place of the page that has nothing of the recording's: nothing, or a note.
 */
export function filler(path: number[], note: string, run: string) {
  const place = made((out) => out.writePackedVarint(PATH, path));
  const element = note ? bytes(MARKDOWN, bytes(BODY, utf8(note))) : bytes(EMPTY, new Uint8Array());
  return joined([
    bytes(METADATA, joined([place, identity(run)])),
    bytes(DELTA, bytes(ELEMENT, element)),
  ]);
}

/** Whether a script runs: the front end shows it, and waits for it. */
export const status = (running: boolean) =>
  bytes(
    STATUS,
    made((out) => running && out.writeBooleanField(RUNNING, true)),
  );
