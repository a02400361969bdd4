// Where the frame that shows the page gets Streamlit's front end from: the server, or the report that
// this page is. See replay-offline.js for what a report hands in.

/**
 * `files`: name, media type and length of each file in `bytes`, which holds them one after the other.
 * @typedef {{document: string, entry: string, module: boolean, files: [string, string, number][],
 *   left_out: string[], host: object, media: string, component: string, page: string}} FrameHead
 */

/** @type {(() => Promise<Uint8Array>) | null} */
let held = null;

/**
 * From now on frames are made of what this page holds: a line of JSON, and the files.
 * @param {() => Promise<Uint8Array>} read
 */
export function holdFrame(read) {
  held = read;
}

/** The address of the frame's page; none where this page holds it. @param {number} recording */
export const frameAddress = (recording) => (held ? undefined : `/recordings/${recording}/replay/?embed=true`);

/**
 * Fills the frame with what this page holds, if it does; call the function that comes back when the
 * frame asks for its files.
 * @param {HTMLIFrameElement} element
 * @returns {Promise<() => void>}
 */
export async function fillFrame(element) {
  if (!held) return () => {};
  const all = await held();
  const end = all.indexOf(10);
  /** @type {FrameHead} */
  const { document, left_out: _, ...head } = JSON.parse(new TextDecoder().decode(all.subarray(0, end)));
  element.srcdoc = document;
  return () => {
    const bytes = all.slice(end + 1).buffer;
    element.contentWindow?.postMessage({ rerunTrace: { kind: "files", ...head, bytes } }, "*", [bytes]);
  };
}
