// The page of a moment as a list: same order, labels and nesting. It is the text equivalent of the
// replayed page, and stands in for it where it cannot be replayed.

import { html } from "../base/view";

/**
 * One element or block on the page. `order`: which of its run's writes it is (1-based), or null if
 * it is of an earlier run.
 * @typedef {{path: number[], kind: string, element: string, label: string, message: number,
 *   run: number, step: number | null, file: string | null, line: number | null,
 *   order: number | null, out_of_order: boolean, fate: string, visible: boolean}} PageNode
 */
/**
 * `feed`: messages, and places that need a filler. `versions`: Streamlit's, of the recording and as
 * it is installed. `partial`: something may be missing; `pending`: not all fates are known yet.
 * @typedef {{run: number, step: number, as: string,
 *   feed: ({n: number, hash: string, typed?: ReplayTyped} | {path: number[], note: string})[], nodes: PageNode[],
 *   text: string, partial: boolean, pending: boolean, versions: [string, string]}} PageOfMoment
 */
/** @typedef {{node: PageNode, inside: Branch[]}} Branch */
/** @typedef {(run: number, step: number) => void} OnWrite */

const ROOTS = ["page", "sidebar", "over the page", "below the page"];

/** @param {number[]} path */
const key = (path) => path.join();

/**
 * What a person would call the node.
 * @param {PageNode} node
 */
export function nodeText({ element, label }) {
  return label ? `${element.replaceAll("_", " ")} “${label}”` : element.replaceAll("_", " ");
}

/**
 * The nodes as a tree for each root of the page. Places that show nothing are left out.
 * @param {PageNode[]} nodes
 * @returns {Map<number, Branch[]>}
 */
export function tree(nodes) {
  /** @type {Map<string, Branch>} */
  const blocks = new Map();
  /** @type {Map<number, Branch[]>} */
  const roots = new Map();
  for (const node of nodes) {
    if (node.kind === "element" && !node.visible) continue;
    const branch = { node, inside: [] };
    if (node.kind === "block") blocks.set(key(node.path), branch);
    const around = blocks.get(key(node.path.slice(0, -1)));
    const list = around?.inside ?? roots.get(node.path[0]) ?? [];
    list.push(branch);
    if (!around) roots.set(node.path[0], list);
  }
  return roots;
}

/** @param {{page: PageOfMoment, lit: number | null, onWrite: OnWrite}} props */
export function PageList({ page, lit, onWrite }) {
  const roots = [...tree(page.nodes)].sort(([a], [b]) => a - b);
  /** @param {Branch} branch @returns {unknown} */
  const item = ({ node, inside }) => html`<li key=${key(node.path)}>
    <${Line} node=${node} run=${page.run} lit=${node.message === lit} onWrite=${onWrite} />
    ${inside.length > 0 && html`<ul>${inside.map(item)}</ul>`}
  </li>`;
  return html`<div class="page-list">
    ${roots.map(([root, branches]) => html`<section key=${root} aria-label=${ROOTS[root]}>
      ${roots.length > 1 && html`<h3>${ROOTS[root] ?? "page"}</h3>`}
      <ul>${branches.map(item)}</ul>
    </section>`)}
    ${!roots.length && html`<p class="quiet empty">Nothing is on the page yet.</p>`}
  </div>`;
}

/** @param {{node: PageNode, run: number, lit: boolean, onWrite: OnWrite}} props */
function Line({ node, run, lit, onWrite }) {
  const unseen = node.fate === "discarded";
  const notes = [
    node.line && `line ${node.line}`,
    node.run !== run && `of run ${node.run}`,
    node.out_of_order && "▲ out of order",
    unseen && "never seen by the browser",
  ].filter(Boolean).join(" · ");
  const text = html`<span class="name">${nodeText(node)}</span> <span class="quiet">${notes}</span>`;
  const { step } = node;
  return html`<span class="page-item" aria-current=${lit || undefined}>
    <span class=${`number ${unseen ? "unseen" : ""}`} data-block=${node.kind === "block"}>${node.order ?? ""}</span>${" "}
    ${step === null ? html`<span>${text}</span>`
      : html`<button class="link" onClick=${() => onWrite(node.run, step)}>${text}</button>`}
  </span>`;
}
