// The worker that draws a report's graphs. Graphviz comes with the first message, packed; see
// web/report/program.py.

import { unlzma } from "./lzma";

const SHAPE = { lc: 3, lp: 0, pb: 0 }; // as in web/report/program.py
const PIECE = 8192; // characters that are made at once

/** @type {{instance: () => Promise<{renderString: (dot: string, how: object) => string}>} | undefined} */
// @ts-expect-error  the script puts it there
self.viz = undefined;
/** @type {((viz: any) => void)} */
let put = () => {};
const viz = new Promise((resolve) => {
  put = resolve;
});

self.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  if (data.graphviz) {
    const bytes = unlzma(data.graphviz, data.size, SHAPE);
    let text = "";
    for (let i = 0; i < bytes.length; i += PIECE) text += String.fromCharCode(...bytes.subarray(i, i + PIECE));
    (0, eval)(text);
    // @ts-expect-error  the script puts it there
    put(self.viz.instance());
    return;
  }
  try {
    self.postMessage({ id: data.id, svg: (await viz).renderString(data.dot, { format: "svg", engine: "dot" }) });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error) });
  }
};
