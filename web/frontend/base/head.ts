// The head of a recording's page, which the server made and this keeps true.

import { STATES } from "./words";

/** The state and the limits in the page's head, which the server made. */
export function showState({ state, limits }: { state: string; limits: string[] }) {
  const badge = document.getElementById("state");
  if (badge) {
    badge.textContent = STATES[state] ?? state;
    badge.className = `badge state-${state.replace(" ", "-")}`;
  }
  const place = document.getElementById("limits");
  if (place) {
    place.hidden = limits.length === 0;
    place.querySelector("ul")?.replaceChildren(
      ...limits.map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
  }
}

/** What keeps the recording from being written; nothing when it is. */
export function showTrouble(trouble: { state: string; text: string } | null) {
  const place = document.getElementById("trouble");
  if (!place || place.textContent === (trouble?.text ?? "")) return;
  place.textContent = trouble?.text ?? "";
  place.hidden = trouble === null;
}
