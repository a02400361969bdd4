// How the moment is looked at: which tab, which graph, what is searched for.

import { batch, signal } from "@preact/signals";
import type { Kind } from "../graphs/graph";
import type { Mark } from "../panels/search";
import type { Mode } from "../timeline/timescale";
import type { Address, As, Tab } from "./address";
import type { Level } from "./moments";

export type Pane = "source" | "views" | "facts";

export class View {
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
    this.take(address);
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
    this.find.value ??= "";
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
