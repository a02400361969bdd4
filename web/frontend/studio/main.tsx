// Opens the studio in the page of a recording.

import { Studio } from "./studio";
import { html, render } from "../base/view";

/** Does nothing in other pages. */
export function start() {
  const place = document.getElementById("recording");
  if (!place) return;
  const { recording, app } = place.dataset;
  render(html`<${Studio} recording=${Number(recording)} app=${app ? JSON.parse(app) : null} />`, place);
}

start();
