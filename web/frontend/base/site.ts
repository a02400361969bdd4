// What a page reaches beyond itself: answers, its own address, other pages, Graphviz, the frame of
// the replayed page. Here it is the server's; a report puts its own in their place
// (report/report.ts).

/** as of `fetch` */
export interface Answer {
  ok: boolean;
  statusText: string;
  json: () => Promise<any>;
  text: () => Promise<string>;
  arrayBuffer: () => Promise<ArrayBuffer>;
}

export interface Site {
  get: (path: string, how?: RequestInit) => Promise<Answer>;
  /** The query of the page's address, such as `?run=2`. */
  query: () => string;
  /** Puts another query into the address. */
  setQuery: (query: string) => void;
  /** Where a link to a path, or to another query of this page, has to lead. */
  address: (path: string) => string;
  /** Opens another page. */
  go: (path: string) => void;
  graphviz: () => Worker;
  /** The address of the frame that replays pages; undefined: `startFrame` fills it. */
  frame: (recording: number) => string | undefined;
  startFrame: (frame: HTMLIFrameElement, recording: number) => void;
  /** Why no page is replayed at all; empty: they are. */
  noReplay: string;
  /** Whether there is no server: the page is a file. */
  isReport: boolean;
}

export const site: Site = {
  get: (path, how) => fetch(path, how),
  query: () => location.search,
  setQuery: (query) => history.replaceState(null, "", query),
  address: (path) => path,
  go: (path) => location.assign(path),
  graphviz: () => new Worker(new URL("./graph-worker.js", import.meta.url), { type: "module" }),
  frame: (recording) => `/recordings/${recording}/replay/?embed=true`,
  startFrame: () => {},
  noReplay: "",
  isReport: false,
};
