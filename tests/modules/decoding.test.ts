// What is packed is unpacked: the parts of a report, Streamlit's page messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as message from "../../web/frontend/replay/message";
import { decode } from "../../web/frontend/report/parts";

const text = (content: string) => [...new TextEncoder().encode(content)];
/** A field of a message that holds bytes. */
const field = (number: number, content: number[]) => {
  const tag = number * 8 + 2;
  const head = tag > 127 ? [(tag % 128) | 128, Math.floor(tag / 128)] : [tag];
  return [...head, content.length, ...content];
};

test("base 85 becomes bytes, and the rest of the last word is cut off", () => {
  assert.deepEqual([...decode("00000", 4)], [0, 0, 0, 0]);
  assert.deepEqual([...decode("0000100000", 5)], [0, 0, 0, 1, 0]);
  assert.deepEqual([...decode("", 0)], []);
  // The largest word, in which every digit counts.
  let [word, digits] = [0xffffffff, ""];
  const alphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";
  for (let i = 0; i < 5; i++) {
    digits = alphabet[word % 85] + digits;
    word = Math.floor(word / 85);
  }
  assert.deepEqual([...decode(digits, 4)], [255, 255, 255, 255]);
});

test("a message belongs to another run, and keeps the rest of itself", () => {
  const delta = field(5, field(3, field(29, field(1, text("hi")))));
  const place = field(2, [0, 3]);
  const of = field(6, field(1, text("recorded")));
  const changed = message.ofRun(
    Uint8Array.from([...field(1, text("hash")), ...field(2, [...place, ...of]), ...delta]),
    "shown",
  );
  const wanted = field(2, [...place, ...field(6, field(1, text("shown")))]);
  assert.deepEqual([...changed], [...field(1, text("hash")), ...delta, ...wanted]);
});

test("a widget gets what a person typed, unless the script had set a value", () => {
  const input = (more: number[]) =>
    Uint8Array.from([
      ...field(1, text("h")),
      ...field(5, field(3, field(24, [...field(2, text("Name")), ...more]))),
    ]);
  const typed = { element: "text_input", value: "Ada" };
  const filled = message.filled(input([]), typed, []);
  const bytes = [...filled].join();
  assert.ok(bytes.includes(field(8, text("Ada")).join()));
  assert.ok(bytes.includes(field(1, text('h "Ada"')).join()), "another hash: it is drawn anew");
  const flag = [(9 * 8) | 0, 1];
  assert.ok(bytes.includes(flag.join()));
  const set = input(flag);
  assert.equal(message.filled(set, typed, []), set);
  // A form that was emptied shows nothing of what was typed in it.
  const inForm = input(field(5, text("form")));
  assert.equal(message.filled(inForm, typed, ["form"]), inForm);
  // What is no such widget stays as it is.
  assert.equal(message.filled(set, { element: "chat_input", value: "x" }, []), set);
});

test("a broken message is refused", () => {
  assert.throws(() => message.ofRun(Uint8Array.of(10, 200), "run"), /damaged/);
  assert.throws(() => message.ofRun(Uint8Array.of(11), "run"), /damaged/);
});
