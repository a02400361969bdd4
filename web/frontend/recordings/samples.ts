// The samples that an empty list offers: recorded with one click, and opened.

import type { SampleRecorded } from "../api/documents";
import { message } from "../base/format";
import { ask } from "./asking";

export function offerSamples() {
  const place = document.getElementById("samples");
  if (!place) return;
  const buttons = [...place.querySelectorAll("button")];
  const said = place.querySelector(".said")!;
  const problem = place.querySelector("[role=alert]")!;
  const record = async (button: HTMLButtonElement) => {
    for (const each of buttons) each.disabled = true;
    problem.textContent = "";
    said.textContent = `Recording ${button.textContent}: it opens when it is done …`;
    try {
      const { path } = await ask<SampleRecorded>("/api/samples", "POST", { sample: button.value });
      location.assign(path);
    } catch (error) {
      said.textContent = "";
      problem.textContent = message(error);
      for (const each of buttons) each.disabled = false;
      button.focus();
    }
  };
  for (const button of buttons) button.addEventListener("click", () => record(button));
}
