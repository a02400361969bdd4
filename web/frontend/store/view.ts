// How the moment is looked at: which tab, which graph, what is searched for.

import { batch, signal } from "@preact/signals";
import type { Kind } from "../graphs/graph";
import type { Mark } from "../panels/search";
import type { Mode } from "../timeline/timescale";
import type { Address, As, Tab } from "./address";
import type { Level } from "./moments";

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
  /** Whether the list of keys is open. */
  readonly help = signal(false);

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

  search() {
    this.find.value ??= "";
  }

  closeSearch() {
    batch(() => {
      this.find.value = null;
      this.marks.value = [];
    });
  }
}
