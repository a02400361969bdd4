// Opens the studio in the page of a recording.

import { Studio } from "./studio.js";
import { html, render } from "./view.js";

const place = document.getElementById("recording");
if (place) {
  const { recording, app } = place.dataset;
  render(html`<${Studio} recording=${Number(recording)} app=${app ? JSON.parse(app) : null} />`, place);
}
