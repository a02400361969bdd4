// Tells a page about changes of a live recording: by the server's events, or else by asking.

import type { Changes } from "./answers";
import type { Api } from "./api";

const ASK = 700; // ms between two questions while there are no events
const AGAIN = 10; // questions until events are tried again

/**
 * Calls `onChange` at once, and whenever something was added, until the recording is not live
 * any more. `onProblem` gets a sentence while the server does not answer, then null.
 *
 * A hidden page is not told: browsers open only six connections to one server, for all tabs.
 * @returns stops it
 */
export function follow(
  api: Api,
  onChange: (changes: Changes) => void,
  onProblem: (problem: string | null) => void,
): () => void {
  let marker = "";
  let problem = "";
  let over = false;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let events: EventSource | null = null;

  const rest = () => {
    clearTimeout(timer);
    events?.close();
    events = null;
  };
  const stop = () => {
    over = true;
    rest();
    document.removeEventListener("visibilitychange", start);
  };
  const tell = (text: string) => {
    if (text !== problem) onProblem(text || null);
    problem = text;
  };
  const take = (changes: Changes) => {
    if (over) return;
    tell("");
    if (changes.state !== "live") stop();
    if (changes.marker === marker) return;
    marker = changes.marker;
    onChange(changes);
  };
  const ask = async () => {
    try {
      take(await api.changes());
    } catch (error) {
      if (!over) tell(error instanceof Error ? error.message : String(error));
    }
    asked += 1;
    if (!over && !document.hidden) timer = setTimeout(asked % AGAIN ? ask : listen, ASK);
  };
  const listen = () => {
    events = new EventSource(`${api.base}/events`);
    events.onmessage = (event) => take(JSON.parse(event.data));
    events.onerror = () => {
      rest();
      if (!over) ask();
    };
  };
  const start = () => {
    rest();
    if (!over && !document.hidden) listen();
  };

  document.addEventListener("visibilitychange", start);
  start();
  return stop;
}
