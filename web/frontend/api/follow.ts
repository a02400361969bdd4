// Tells a page about changes of a live recording: by the server's events, or else by asking.

/** @typedef {import("./api").Changes} Changes */

const ASK = 700; // ms between two questions while there are no events
const AGAIN = 10; // questions until events are tried again

/**
 * Calls `onChange` at once, and whenever something was added, until the recording is not live any
 * more. `onProblem` gets a sentence while the server does not answer, then null.
 *
 * A hidden page is not told: browsers open only six connections to one server, for all tabs.
 * @param {import("./api").Api} api
 * @param {(changes: Changes) => void} onChange
 * @param {(problem: string | null) => void} onProblem
 * @returns {() => void}  stops it
 */
export function follow(api, onChange, onProblem) {
  let marker = "";
  let problem = "";
  let over = false;
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {EventSource | null} */
  let events = null;

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
  /** @param {string} text */
  const tell = (text) => {
    if (text !== problem) onProblem(text || null);
    problem = text;
  };
  /** @param {Changes} changes */
  const take = (changes) => {
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
