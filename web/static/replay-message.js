// Edits the bytes of Streamlit's page messages (`ForwardMsg`, a protobuf message), without knowing
// more of them than the few fields named here. Their numbers are the same in every version.
// A classic script: it runs in the frame before anything of Streamlit's.
"use strict";

const ReplayMessage = (() => {
  const METADATA = 2, NEW_SESSION = 4, DELTA = 5, FINISHED = 6, STATUS = 9; // of ForwardMsg
  const PATH = 2, RUN = 6; // of its metadata
  const RUN_ID = 2, FRAGMENTS = 10; // of new_session, before the run's identity was in the metadata
  const ELEMENT = 3, EMPTY = 2, MARKDOWN = 29, BODY = 1;
  const BYTES = 2; // the wire type of texts and of messages within messages
  const FOUND = 0; // finished successfully

  /** @param {number} number */
  function varint(number) {
    const bytes = [];
    for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
    return [...bytes, number];
  }

  /**
   * One field that holds bytes: a text or a message.
   * @param {number} field
   * @param {number[] | Uint8Array} content
   */
  function bytes(field, content) {
    const head = [...varint(field * 8 + BYTES), ...varint(content.length)];
    return joined([Uint8Array.from(head), content]);
  }

  /** @param {(number[] | Uint8Array)[]} parts */
  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /**
   * The fields of a message: number, all of its bytes, and where its content starts in them.
   * @param {Uint8Array} message
   * @returns {{field: number, all: Uint8Array, content: Uint8Array}[]}
   */
  function fields(message) {
    const found = [];
    let at = 0;
    const number = () => {
      let value = 0, scale = 1, byte;
      do {
        if (at >= message.length) throw new Error("a page message ends early");
        byte = message[at++];
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte > 127);
      return value;
    };
    while (at < message.length) {
      const start = at;
      const tag = number(), wire = tag % 8;
      let from = at;
      if (wire === 0) number();
      else if (wire === 1) at += 8;
      else if (wire === 5) at += 4;
      else if (wire === BYTES) {
        const length = number();
        from = at;
        at += length;
      } else throw new Error(`a page message has a field of the unknown kind ${wire}`);
      found.push({
        field: Math.floor(tag / 8), all: message.subarray(start, at), content: message.subarray(from, at),
      });
    }
    return found;
  }

  /**
   * The message without the fields `without`, and with `added` at its end.
   * @param {Uint8Array} message
   * @param {number[]} without
   * @param {Uint8Array[]} added
   */
  function changed(message, without, added) {
    const kept = fields(message).filter((item) => !without.includes(item.field));
    return joined([...kept.map((item) => item.all), ...added]);
  }

  /** @param {string} text */
  const utf8 = (text) => new TextEncoder().encode(text);

  /** @param {string} run  the id of a run without fragments */
  const identity = (run) => bytes(RUN, bytes(1, utf8(run)));

  /**
   * The message as one of the app run `run`.
   * @param {Uint8Array} message
   * @param {string} run
   */
  function ofRun(message, run) {
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

  /**
   * The end of the run `run`: whatever is not of it leaves the page.
   * @param {string} run
   */
  function finished(run) {
    const status = Uint8Array.from([...varint(FINISHED * 8), FOUND]);
    return joined([bytes(METADATA, identity(run)), status]);
  }

  /**
   * Something in a place of the page that has nothing of the recording's: nothing, or a note.
   * @param {number[]} path
   * @param {string} note
   * @param {string} run
   */
  function filler(path, note, run) {
    const place = bytes(PATH, path.flatMap(varint));
    const element = note ? bytes(MARKDOWN, bytes(BODY, utf8(note))) : bytes(EMPTY, []);
    return joined([
      bytes(METADATA, joined([place, identity(run)])), bytes(DELTA, bytes(ELEMENT, element)),
    ]);
  }

  /**
   * Whether a script runs: the front end shows it, and waits for it.
   * @param {boolean} running
   */
  const status = (running) => bytes(STATUS, running ? [2 * 8, 1] : []);

  return { ofRun, finished, filler, status };
})();
