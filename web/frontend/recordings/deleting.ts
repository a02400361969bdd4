// Chooses recordings, and deletes them: asked once, with what goes.

import type { Deleted, Going } from "../api/documents";
import { counted, message } from "../base/format";
import { ask } from "./asking";
import type { Row } from "./rows";

const SAID = "rerun-trace-deleted"; // what was deleted, for the page that is loaded after it

const boxOf = (row: Row) => row.element.querySelector<HTMLInputElement>(".choose input")!;

/**
 * @returns to be called when other rows are shown: what is hidden is not chosen
 */
export function letDelete(rows: readonly Row[]): () => void {
  const button = document.querySelector<HTMLButtonElement>("#delete");
  const all = document.querySelector<HTMLInputElement>("#all");
  if (!button || !all) return () => {};
  const shown = () => rows.filter((row) => !row.element.hidden);
  const chosen = () => shown().filter((row) => boxOf(row).checked);
  const update = () => {
    for (const row of rows) if (row.element.hidden) boxOf(row).checked = false;
    const number = chosen().length;
    button.disabled = number === 0;
    button.textContent = number ? `Delete ${counted(number, "recording")} …` : "Delete …";
    all.checked = number > 0 && number === shown().length;
    all.indeterminate = number > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const row of shown()) boxOf(row).checked = all.checked;
    update();
  });
  for (const row of rows) boxOf(row).addEventListener("change", update);
  button.addEventListener("click", () => confirm(chosen().map((row) => row.id)));
  update(); // the browser keeps boxes that were ticked, when one comes back to the page
  return update;
}

async function confirm(ids: number[]) {
  const dialog = document.querySelector<HTMLDialogElement>("#deleting")!;
  const list = dialog.querySelector("ul")!;
  const problem = dialog.querySelector("[role=alert]")!;
  const [no, yes] = dialog.querySelectorAll("button");
  list.replaceChildren();
  problem.textContent = "";
  yes.hidden = true;
  no.onclick = () => dialog.close();
  dialog.showModal();
  try {
    const going = await ask<Going>(`/api/going?recordings=${ids.join(",")}`);
    for (const line of going.lines) list.append(item(line));
    problem.textContent = going.stays ?? "";
    yes.hidden = going.recordings.length === 0;
    yes.disabled = false;
    yes.onclick = () => remove(going.recordings, yes, problem);
  } catch (error) {
    problem.textContent = message(error);
  }
}

async function remove(recordings: number[], yes: HTMLButtonElement, problem: Element) {
  yes.disabled = true;
  try {
    const { text } = await ask<Deleted>("/api/recordings", "DELETE", { recordings });
    try {
      sessionStorage.setItem(SAID, text);
    } catch {} // storage is switched off: then the list alone shows it
    location.reload();
  } catch (error) {
    problem.textContent = message(error);
    yes.disabled = false;
  }
}

function item(text: string) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

/** What was deleted just before this page was loaded. */
export function sayDeleted() {
  const place = document.getElementById("said");
  try {
    const said = sessionStorage.getItem(SAID);
    sessionStorage.removeItem(SAID);
    if (!said || !place) return;
    place.textContent = said;
    place.focus();
  } catch {} // storage is switched off
}
