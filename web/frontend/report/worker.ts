// The worker that draws a report's graphs. Graphviz comes with the first message, packed; see
// web/report/program.py.

import type { Viz } from "@viz-js/viz";

import { unlzma } from "./lzma";

const SHAPE = { lc: 3, lp: 0, pb: 0 }; // as in web/report/program.py
const PIECE = 8192; // characters that are made at once

// The script puts it there.
const scope: { viz?: { instance: () => Promise<Viz> } } & typeof globalThis = self;

let put: (viz: Promise<Viz>) => void = () => {};
const viz = new Promise<Viz>((resolve) => {
  put = resolve;
});

self.onmessage = async ({ data }: MessageEvent) => {
  if (data.graphviz) {
    const bytes = unlzma(data.graphviz, data.size, SHAPE);
    let text = "";
    for (let i = 0; i < bytes.length; i += PIECE)
      text += String.fromCharCode(...bytes.subarray(i, i + PIECE));
    (0, eval)(text);
    if (scope.viz) put(scope.viz.instance());
    return;
  }
  try {
    self.postMessage({
      id: data.id,
      svg: (await viz).renderString(data.dot, { format: "svg", engine: "dot" }),
    });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error) });
  }
};
