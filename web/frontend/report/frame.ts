// The frame of the replayed page in a report: Streamlit's front end, from the file. What happens in
// the frame is in replay/offline.ts.

import type { Parts } from "./parts";

/** `files`: name, media type and length of each; they come one after the other. */
interface FrameHead {
  document: string;
  entry: string;
  module: boolean;
  files: [string, string, number][];
  left_out: string[];
  host: object;
  media: string;
  component: string;
  page: string;
}

/** Fills a frame: its page at once, its files as soon as it asks for them. */
export async function fillFrame(frame: HTMLIFrameElement, parts: Parts) {
  const all = await parts.bytes("frame");
  const end = all.indexOf(10);
  const { document: page, ...head }: FrameHead = JSON.parse(
    new TextDecoder().decode(all.subarray(0, end)),
  );
  const handIn = (event: MessageEvent) => {
    if (!frame.isConnected) window.removeEventListener("message", handIn);
    if (event.source !== frame.contentWindow || event.data?.rerunTrace?.kind !== "open") return;
    window.removeEventListener("message", handIn);
    const bytes = all.slice(end + 1).buffer;
    // To whatever origin: it has none. All of it is Streamlit's.
    frame.contentWindow?.postMessage({ rerunTrace: { kind: "files", ...head, bytes } }, "*", [
      bytes,
    ]);
  };
  window.addEventListener("message", handIn);
  frame.srcdoc = page;
}
