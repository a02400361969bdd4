// The page's address: it names the moment and the view, so that a reload or a link shows the same.

import { site } from "../base/site";
import type { Kind as GraphKind } from "../graphs/graph";

/** The page as the browser had it, or also what a rerun discarded. */
export type As = "sent" | "written";
export type Room = "story" | "details";
export type Tab = "page" | "graph" | "runs" | "notes" | "findings";

/**
 * `step` null: the run's end; `find`: what is searched for, null: the search is closed; `room`
 * null: as it was left
 */
export interface Address {
  room: Room | null;
  run: number | null;
  step: number | null;
  tab: Tab;
  graph: GraphKind;
  as: As;
  find: string | null;
}

export const TABS: [Tab, string][] = [
  ["page", "Page"],
  ["graph", "Graph"],
  ["runs", "Runs"],
  ["notes", "Notes"],
  ["findings", "Findings"],
];
const PAUSE = 150; // ms; browsers refuse more than some hundred changes of the address in a row

export function readAddress(): Address {
  const query = new URLSearchParams(site.query());
  const number = (name: string) => {
    const text = query.get(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  };
  const tab =
    TABS.find(([key]) => key === query.get("tab"))?.[0] ?? (query.has("graph") ? "graph" : "page");
  const room = query.get("view");
  // A tab, or what is searched for, is to be seen in the details only.
  const isInDetails = ["tab", "graph", "find"].some((name) => query.has(name));
  return {
    room: room === "story" || room === "details" ? room : isInDetails ? "details" : null,
    run: number("run"),
    step: number("step"),
    tab,
    graph: query.get("graph") === "flow" ? "flow" : "cause",
    as: query.get("as") === "written" ? "written" : "sent",
    find: query.get("find"),
  };
}

export function addressText({ run, step, tab, graph, as, find }: Omit<Address, "room">) {
  const query = new URLSearchParams();
  if (run !== null) query.set("run", String(run));
  if (run !== null && step !== null) query.set("step", String(step));
  if (tab !== "page") query.set("tab", tab);
  if (tab === "graph" && graph !== "cause") query.set("graph", graph);
  if (as !== "sent") query.set("as", as);
  if (find !== null) query.set("find", find);
  return `?${query}`;
}

let timer = 0;
let last = 0;

/** At once, unless it changed a moment ago. */
export function writeAddress(address: Omit<Address, "room">) {
  const text = addressText(address);
  const write = () => {
    last = performance.now();
    if (text !== site.query()) site.setQuery(text);
  };
  clearTimeout(timer);
  const rest = last + PAUSE - performance.now();
  if (rest > 0) timer = window.setTimeout(write, rest);
  else write();
}
