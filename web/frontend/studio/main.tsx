// Opens the studio in the page of a recording.

import { render } from "preact";
import { goOnPresenting } from "../base/presenting";
import { shareStudio } from "../share/sharestudio";
import { Store } from "../store/store";
import { actionsOf, onKey } from "./keys";
import { RoomSwitch, Studio } from "./studio";

/** Does nothing in other pages. */
export function start() {
  const place = document.getElementById("recording");
  if (!place) return;
  const { recording, app } = place.dataset;
  const store = new Store(Number(recording));
  goOnPresenting();
  render(<Studio store={store} app={app ? JSON.parse(app) : null} />, place);
  const rooms = document.getElementById("rooms");
  if (rooms) render(<RoomSwitch store={store} />, rooms);
  const actions = actionsOf(store);
  window.addEventListener("keydown", (event) => onKey(event, actions));
  shareStudio(store);
  store.start();
}

start();
