// Presenting: larger type, and one thing at a time, for a room of people. What the pages share of
// it: the class on the root, the key, and that a tab goes on presenting on its next page. What a
// page leaves out and enlarges is said in its own styles, below `:root.presenting`; the sizes are
// in base.css.

import { signal } from "@preact/signals";

const KEY = "rerun-trace-presenting";
const CLASS = "presenting"; // of the root

/** Whether the page presents. Change it by `present`. */
export const presenting = signal(false);

export function present(on: boolean) {
  presenting.value = on;
  document.documentElement.classList.toggle(CLASS, on);
  try {
    if (on) sessionStorage.setItem(KEY, "1");
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: it holds for this page only.
  }
}

/** Goes on as the tab's last page did. Call it before the page is drawn. */
export function goOnPresenting() {
  try {
    if (sessionStorage.getItem(KEY)) present(true);
  } catch {
    // Storage is switched off.
  }
}

/** The key that switches it. */
export const PRESENT_KEY = "p";
