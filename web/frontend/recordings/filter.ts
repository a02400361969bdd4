// Filters the list by app and by text, while one types; the address keeps what was asked for.

import { counted } from "../base/format";
import { passes, type Row } from "./rows";

/** @param told  is called when other rows are shown */
export function letFilter(rows: readonly Row[], told: () => void) {
  const form = document.querySelector<HTMLFormElement>("#filter");
  if (!form) return;
  const app = form.querySelector<HTMLSelectElement>("[name=app]")!;
  const text = form.querySelector<HTMLInputElement>("[name=q]")!;
  const show = () => {
    let shown = 0;
    for (const row of rows) {
      const isShown = passes(row, app.value, text.value);
      row.element.hidden = !isShown;
      shown += Number(isShown);
    }
    const all = counted(rows.length, "recording");
    const what = shown === rows.length ? all : `${shown.toLocaleString("en")} of ${all}`;
    document.getElementById("shown")!.textContent = `${what}, newest first`;
    document.getElementById("none")!.hidden = shown > 0;
    const asked = new URLSearchParams(
      [...new FormData(form)].flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
    );
    history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}`);
    told();
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The browser may have kept what was typed, when one comes back to the page.
  if (app.value || text.value) show();
}
