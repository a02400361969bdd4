// What a page reaches beyond itself: answers, its own address, other pages, Graphviz, the frame of
// the replayed page. Here it is the server's; a report puts its own in their place (report/report.ts).

/**
 * @typedef {{ok: boolean, statusText: string, json: () => Promise<any>, text: () => Promise<string>,
 *   arrayBuffer: () => Promise<ArrayBuffer>}} Answer  as of `fetch`
 */

export const site = {
  /** @type {(path: string, how?: RequestInit) => Promise<Answer>} */
  get: (path, how) => fetch(path, how),

  /** The query of the page's address, such as `?run=2`. */
  query: () => location.search,

  /** Puts another query into the address. @param {string} query */
  setQuery(query) {
    history.replaceState(null, "", query);
  },

  /** Where a link to a path, or to another query of this page, has to lead. @param {string} path */
  address: (path) => path,

  /** Opens another page. @param {string} path */
  go(path) {
    location.assign(path);
  },

  /** @type {() => Worker} */
  graphviz: () => new Worker(new URL("./graph-worker.js", import.meta.url), { type: "module" }),

  /** The address of the frame that replays pages; undefined: `startFrame` fills it. @type {(recording: number) => string | undefined} */
  frame: (recording) => `/recordings/${recording}/replay/?embed=true`,

  /** @type {(frame: HTMLIFrameElement, recording: number) => void} */
  startFrame: () => {},

  /** Why no page is replayed at all; empty: they are. */
  noReplay: "",

  /** Whether there is no server: the page is a file. */
  isReport: false,
};
