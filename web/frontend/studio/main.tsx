// Opens the studio in the page of a recording.

import { render } from "preact";
import { Studio } from "./studio";

/** Does nothing in other pages. */
export function start() {
  const place = document.getElementById("recording");
  if (!place) return;
  const { recording, app } = place.dataset;
  render(<Studio recording={Number(recording)} app={app ? JSON.parse(app) : null} />, place);
}

start();
