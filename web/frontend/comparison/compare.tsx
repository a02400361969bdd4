// One interaction of a comparison at a time, chosen with the mouse or the arrow keys; the graphs.

import { render } from "preact";
import { Api } from "../api/api";
import { site } from "../base/site";
import { Drawing } from "../graphs/drawing";
import { shareComparison } from "./share";

let buttons: HTMLButtonElement[] = [];
let bands: HTMLElement[] = [];

function show(chosen: HTMLButtonElement, remember: boolean) {
  const n = chosen.dataset.show ?? "";
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button === chosen));
    button.tabIndex = button === chosen ? 0 : -1;
  }
  for (const band of bands) {
    band.hidden = band.dataset.band !== n;
    if (!band.hidden) drawGraphs(band);
  }
  if (remember) site.setQuery(`?interaction=${n}`);
}

/** Draws the graphs of one interaction, from top to bottom, once. */
function drawGraphs(band: HTMLElement) {
  for (const place of band.querySelectorAll("[data-graph]:empty")) {
    if (!(place instanceof HTMLElement)) continue;
    const { graph: recording, first, last } = place.dataset;
    const load = async () => {
      const dot = await new Api(Number(recording)).causes(null, `&first=${first}&last=${last}`);
      return dot.replace("rankdir=LR", "rankdir=TB"); // a column is higher than wide
    };
    const onTarget = (target: URLSearchParams) => site.go(`/recordings/${recording}?${target}`);
    render(
      <Drawing
        load={load}
        version=""
        label="Graph of what caused what"
        mark={() => null}
        onTarget={onTarget}
      />,
      place,
    );
  }
}

function onKey(event: KeyboardEvent) {
  const at = buttons.findIndex((button) => button.tabIndex === 0);
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const next = buttons[steps[event.key] ?? -1];
  if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  show(next, true);
  next.focus();
}

/** Does nothing in other pages. */
export function start() {
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  buttons = all("button[data-show]").filter((each) => each instanceof HTMLButtonElement);
  bands = all("[data-band]").filter((each) => each instanceof HTMLElement);
  for (const button of buttons) {
    button.addEventListener("click", () => show(button, true));
    button.addEventListener("keydown", onKey);
  }
  const asked = new URLSearchParams(site.query()).get("interaction");
  const first =
    buttons.find((button) => button.dataset.show === asked) ??
    buttons.find((button) => "key" in button.dataset);
  if (first) show(first, false);
  if (bands.length) shareComparison(bands);
}

start();
