// The legend: what the signs of the pages mean, with the same words and signs that draw them.

import { Component, type ComponentChildren } from "preact";
import { ENDED, FACTS, LANE_MEANINGS, LANES, SIGNS, SOURCE, SYMBOLS } from "../base/words";
import { LEVELS } from "../findings/levels";

type Row = [sign: ComponentChildren, meaning: string];

const signed = (meanings: Record<string, string>): Row[] =>
  Object.entries(meanings).map(([key, meaning]) => [
    <span class={`legend-sign legend-${key}`}>{SIGNS[key] ?? ""}</span>,
    meaning,
  ]);

const GROUPS: [string, Row[]][] = [
  [
    "How a run ended",
    Object.entries(SYMBOLS).map(([outcome, sign]) => [
      <span class={`legend-sign outcome-${outcome}`}>{sign}</span>,
      ENDED[outcome] ?? outcome,
    ]),
  ],
  ["Source", signed(SOURCE)],
  ["Tables", signed(FACTS)],
  [
    "Timeline",
    Object.entries(LANE_MEANINGS).map(([key, meaning]) => [
      <strong class={`legend-lane legend-${key}`}>{LANES[key] ?? ""}</strong>,
      meaning,
    ]),
  ],
  [
    "Findings",
    LEVELS.map(({ level, sign, title }) => [
      <span class={`sign sign-${level}`}>{sign}</span>,
      title,
    ]),
  ],
];

export class Legend extends Component<{ onClose: () => void }> {
  componentDidMount() {
    (this.base as HTMLDialogElement).showModal();
  }

  render({ onClose }: { onClose: () => void }) {
    return (
      <dialog class="key-help legend" aria-labelledby="legend-title" onClose={onClose}>
        <h2 id="legend-title">Legend</h2>
        <div class="legend-groups">
          {GROUPS.map(([title, rows]) => (
            <section>
              <h3>{title}</h3>
              <dl>
                {rows.map(([sign, meaning]) => (
                  <div>
                    <dt>{sign}</dt>
                    <dd>{meaning}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    );
  }
}
