// How the moment is looked at: which tab, which graph, what is searched for.

import { batch, signal } from "@preact/signals";
import type { Kind } from "../graphs/graph";
import type { Mark } from "../panels/search";
import type { Mode } from "../timeline/timescale";
import { type Address, type As, type Room, type Tab } from "./address";
import type { Level } from "./moments";

/** A pane of the details. */
export type Pane = "source" | "views" | "facts";
/** A part of a story. */
export type Part = "found" | "source" | "page";
export const PARTS: [Part, string][] = [
  ["found", "What is wrong"],
  ["source", "Source"],
  ["page", "Page"],
];

const KEY = "rerun-trace-view";

export class View {
  /** The story first, or all details; as a person left it. */
  readonly room = signal<Room>("story");
  /** Of a story, where there is room for one only. */
  readonly part = signal<Part>("source");
  readonly tab = signal<Tab>("page");
  readonly graph = signal<Kind>("cause");
  readonly as = signal<As>("sent");
  /** What is searched for; null: the search is closed. */
  readonly find = signal<string | null>(null);
  /** What the search found, for the timeline. */
  readonly marks = signal<Mark[]>([]);
  readonly mode = signal<Mode>("bursts");
  /** By what the moment moves. */
  readonly level = signal<Level>("step");
  /** Whether the list of keys is open, or that of the signs. */
  readonly help = signal(false);
  readonly legend = signal(false);
  /** Whether a moment within a run is shown with what its whole run did. */
  readonly whole = signal(false);
  /** The pane that alone is shown; null: all are. */
  readonly only = signal<Pane | null>(null);

  constructor(address: Address) {
    this.room.value = address.room ?? remembered();
    this.take(address);
  }

  /** Shows the story or the details from now on. */
  enter(room: Room) {
    this.room.value = room;
    try {
      localStorage.setItem(KEY, room);
    } catch {
      // It then holds for this page only.
    }
  }

  /** Shows a tab of the details. */
  open(tab: Tab) {
    batch(() => {
      this.room.value = "details";
      this.tab.value = tab;
    });
  }

  /** What an address says of it. */
  take({ tab, graph, as, find }: Address) {
    batch(() => {
      this.tab.value = tab;
      this.graph.value = graph;
      this.as.value = as;
      this.find.value = find;
    });
  }

  /** @returns whether there was one pane alone */
  showAll() {
    const isAlone = this.only.value !== null;
    this.only.value = null;
    return isAlone;
  }

  search() {
    batch(() => {
      this.room.value = "details"; // what is found stands there
      this.find.value ??= "";
    });
  }

  /** @returns whether there was something to close */
  closeSearch() {
    const isOpen = this.find.value !== null;
    batch(() => {
      this.find.value = null;
      this.marks.value = [];
    });
    return isOpen;
  }
}

function remembered(): Room {
  try {
    return localStorage.getItem(KEY) === "details" ? "details" : "story";
  } catch {
    return "story";
  }
}
