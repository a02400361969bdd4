// The page of a moment as a list: same order, labels and nesting. It is the text equivalent of the
// replayed page, and stands in for it where it cannot be replayed.

import { useState } from "preact/hooks";
import type { PageNode, PageOfMoment } from "../api/answers";
import { counted } from "../base/format";
import { WhyButton } from "../findings/whybox";

interface Branch {
  node: PageNode;
  inside: Branch[];
}

type OnWrite = (run: number, step: number) => void;
/** Asks why an element is as it is; null: there is no answer here. */
export type AskElement = (message: number) => (() => void) | null;

const MOST = 1000; // lines at first, and with each "more"
const ROOTS = ["page", "sidebar", "over the page", "below the page"];

const key = (path: number[]) => path.join();

/** What a person would call the node. */
export function nodeText({ element, label }: PageNode) {
  return label ? `${element.replaceAll("_", " ")} “${label}”` : element.replaceAll("_", " ");
}

/**
 * The nodes as a tree for each root of the page. Places that show nothing are left out.
 */
export function tree(nodes: PageNode[]): Map<number, Branch[]> {
  const blocks: Map<string, Branch> = new Map();
  const roots: Map<number, Branch[]> = new Map();
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

export function PageList({
  page,
  lit,
  onWrite,
  why,
  isWhole,
}: {
  page: PageOfMoment;
  lit: number | null;
  onWrite: OnWrite;
  why: AskElement;
  /** on paper nobody asks for more */
  isWhole: boolean;
}) {
  const [most, setMost] = useState(MOST);
  const until = page.nodes.findIndex(({ message }) => message === lit) + 1;
  const nodes = isWhole ? page.nodes : page.nodes.slice(0, Math.max(most, until));
  const left = page.nodes.length - nodes.length;
  const roots = [...tree(nodes)].sort(([a], [b]) => a - b);
  const item = ({ node, inside }: Branch): unknown => (
    <li key={key(node.path)}>
      <Line node={node} run={page.run} lit={node.message === lit} onWrite={onWrite} why={why} />
      {inside.length > 0 && <ul>{inside.map(item)}</ul>}
    </li>
  );
  return (
    <div class="page-list">
      {roots.map(([root, branches]) => (
        <section key={root} aria-label={ROOTS[root]}>
          {roots.length > 1 && <h3>{ROOTS[root] ?? "page"}</h3>}
          <ul>{branches.map(item)}</ul>
        </section>
      ))}
      {left > 0 && (
        <button onClick={() => setMost(nodes.length + MOST)}>
          {counted(left, "more line")}: show {Math.min(left, MOST).toLocaleString("en")}
        </button>
      )}
      {!roots.length && <p class="quiet empty">Nothing is on the page yet.</p>}
    </div>
  );
}

function Line({
  node,
  run,
  lit,
  onWrite,
  why,
}: {
  node: PageNode;
  run: number;
  lit: boolean;
  onWrite: OnWrite;
  why: AskElement;
}) {
  const ask = node.kind === "element" && node.step !== null ? why(node.message) : null;
  const unseen = node.fate === "discarded";
  const notes = [
    node.line && `line ${node.line}`,
    node.run !== run && `of run ${node.run}`,
    node.out_of_order && "▲ out of order",
    unseen && "never seen by the browser",
  ]
    .filter(Boolean)
    .join(" · ");
  const text = (
    <>
      <span class="name">{nodeText(node)}</span> <span class="quiet">{notes}</span>
    </>
  );
  const { step } = node;
  return (
    <span class="page-item" aria-current={lit || undefined}>
      <span class={`number ${unseen ? "unseen" : ""}`} data-block={node.kind === "block"}>
        {node.order ?? ""}
      </span>{" "}
      {step === null ? (
        <span>{text}</span>
      ) : (
        <button class="link" onClick={() => onWrite(node.run, step)}>
          {text}
        </button>
      )}
      {ask && <WhyButton question={`Why is ${nodeText(node)} so?`} onAsk={ask} />}
    </span>
  );
}
