// Turns DOT text into SVG text, away from the page's own thread. Graphviz is WebAssembly.

import { instance } from "@viz-js/viz";

const viz = instance();

self.onmessage = async ({ data: { id, dot } }: MessageEvent<{ id: number; dot: string }>) => {
  try {
    self.postMessage({ id, svg: (await viz).renderString(dot, { format: "svg", engine: "dot" }) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};
