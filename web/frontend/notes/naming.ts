// The recording's name in the page's head: shown, and changed there.

import type { Api } from "../api/api";
import { message } from "../base/format";

/** Shows the name, or the app's when there is none. */
export function showName(name: string | null) {
  const title = document.getElementById("name");
  const app = title?.dataset.app ?? "";
  if (!title || title.hidden) return;
  title.textContent = name ?? app;
  title.dataset.named = name ?? "";
  const of = document.getElementById("named-app");
  if (of) of.hidden = name === null;
  document.title = document.title.replace(/^.*?(?=, recording \d+)/s, () => name ?? app);
}

/**
 * Lets a person change the name: a button beside it, and a field in its place.
 * @param longest  characters
 */
export function letRename(api: Api, longest: number) {
  const title = document.getElementById("name");
  if (!title || document.getElementById("rename")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.id = "rename";
  button.className = "quiet";
  button.textContent = "✎";
  button.title = "Name this recording";
  button.setAttribute("aria-label", "Name this recording");
  button.addEventListener("click", () => edit(api, title, button, longest));
  title.after(button);
}

function edit(api: Api, title: HTMLElement, button: HTMLButtonElement, longest: number) {
  const field = document.createElement("input");
  const said = document.createElement("span");
  Object.assign(field, {
    id: "name-field",
    maxLength: longest,
    value: title.dataset.named ?? "",
    placeholder: title.dataset.app ?? "",
  });
  field.setAttribute("aria-label", "Name of this recording");
  said.className = "error-text";
  said.setAttribute("role", "alert");
  let isOver = false;
  const close = () => {
    isOver = true;
    field.remove();
    said.remove();
    title.hidden = false;
    button.hidden = false;
    button.focus();
  };
  const save = async () => {
    if (isOver) return;
    try {
      const name = await api.rename(field.value);
      close();
      showName(name);
    } catch (error) {
      said.textContent = message(error);
    }
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the studio's keys
    if (event.key === "Enter" && !event.isComposing) save();
    else if (event.key === "Escape") close();
  });
  field.addEventListener("blur", () => !said.textContent && save());
  title.hidden = true;
  button.hidden = true;
  title.after(field, said);
  field.select();
  field.focus();
}
