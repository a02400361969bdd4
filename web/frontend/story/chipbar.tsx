// The interactions as chips: the chosen one is told below.

import { Component, createRef } from "preact";
import type { Details } from "../api/details";
import type { RunIndex } from "../api/runindex";
import { count, counted, symbol } from "../base/format";
import { LEVELS, type Level, signOf, worst } from "../findings/levels";
import type { Chosen } from "../store/chosen";
import { type Chip, chipsOf, placeOf, windowOf } from "./chips";

interface Props {
  index: RunIndex;
  /** of the index: it grows in place */
  version: number;
  details: Details;
  /** that is told */
  interaction: number;
  session: number;
  /** what was found, by interaction */
  found: ReadonlyMap<number, Level>;
  isLive: boolean;
  onInteraction: Chosen["toInteraction"];
}

const AROUND = 30; // chips on each side of the chosen one
const MOST_SIGNS = 3;

export class ChipBar extends Component<Props> {
  bar = createRef<HTMLElement>();
  leave: () => void = () => {};

  componentDidMount() {
    // With their names, chips are of another width.
    this.leave = this.props.details.listen(() => this.forceUpdate(() => this.reveal()));
    this.reveal();
  }

  componentWillUnmount() {
    this.leave();
  }

  componentDidUpdate({ interaction, version }: Props) {
    if (interaction !== this.props.interaction || version !== this.props.version) this.reveal();
  }

  /** Only the bar moves: scrollIntoView would move the page as well. */
  reveal() {
    const bar = this.bar.current;
    const chip = bar?.querySelector("[aria-current]");
    if (!bar || !chip) return;
    const [own, frame] = [chip.getBoundingClientRect(), bar.getBoundingClientRect()];
    if (own.left < frame.left) bar.scrollLeft -= frame.left - own.left + 40;
    else if (own.right > frame.right) bar.scrollLeft += own.right - frame.right + 40;
  }

  render({ index, details, interaction, session, found, isLive, onInteraction }: Props) {
    const chips = chipsOf(index, session);
    const place = placeOf(chips, interaction);
    const { from, to } = windowOf(chips, place, AROUND);
    const shown = chips.slice(from, to);
    for (const { first } of shown) {
      const run = index.firstRun[first];
      if (run) details.want(index, run, run);
    }
    const edge = (at: number, text: string) => {
      const chip = chips[at];
      return chip && <Edge text={text} onClick={() => onInteraction(chip.last)} />;
    };
    return (
      <nav class="chips" aria-label="Interactions" ref={this.bar}>
        {from > 0 && edge(from - 1, `… ${count(from)} earlier`)}
        {shown.map((chip, i) => (
          <ChipButton
            key={`${chip.kind} ${chip.first}`}
            chip={chip}
            index={index}
            title={(n) => details.title(n)}
            interaction={from + i === place ? interaction : null}
            level={levelOf(chip, found)}
            onClick={() => onInteraction(chip.last)}
          />
        ))}
        {to < chips.length && edge(to, `${count(chips.length - to)} later …`)}
        {isLive && to === chips.length && <span class="quiet next">next: use the app</span>}
      </nav>
    );
  }
}

function Edge({ text, onClick }: { text: string; onClick: () => void }) {
  return (
    <button type="button" class="chip edge" onClick={onClick}>
      {text}
    </button>
  );
}

function levelOf({ first, last }: Chip, found: ReadonlyMap<number, Level>) {
  let level: Level | null = null;
  for (let n = first; n <= last; n++) {
    const own = found.get(n);
    if (own) level = level ? worst(level, own) : own;
  }
  return level;
}

interface ChipProps {
  chip: Chip;
  index: RunIndex;
  title: (interaction: number) => string | undefined;
  /** of this chip; null: another one is told */
  interaction: number | null;
  level: Level | null;
  onClick: () => void;
}

function ChipButton({ chip, index, title, interaction, level, onClick }: ChipProps) {
  const { kind, first } = chip;
  const found = level && LEVELS.find((each) => each.level === level);
  return (
    <button
      type="button"
      class={`chip chip-${kind}`}
      aria-current={interaction === null ? undefined : "true"}
      onClick={onClick}
    >
      <span class="chip-name">{nameOf(chip, interaction, title)}</span>
      {kind === "one" && <Runs index={index} interaction={first} />}
      {found && (
        <span class={`sign sign-${found.level}`} title={found.name}>
          <span aria-hidden="true">{signOf(found.level)}</span>
          <span class="visually-hidden"> {found.name.toLowerCase()}</span>
        </span>
      )}
    </button>
  );
}

function nameOf({ kind, first, count: many }: Chip, at: number | null, title: ChipProps["title"]) {
  if (kind === "timers")
    return at === null ? counted(many, "tick") : `tick ${count(at - first + 1)} of ${count(many)}`;
  if (kind === "session") return `another tab: ${count(many)}`;
  return title(first) ?? `interaction ${first}`;
}

/** A small sign for each run. */
function Runs({ index, interaction }: { index: RunIndex; interaction: number }) {
  const many = index.runCount(interaction);
  return (
    <span class="chip-runs">
      <span class="visually-hidden">{counted(many, "run")}</span>
      <span aria-hidden="true">
        {many === 0 && "–"}
        {index.runsOf(interaction, MOST_SIGNS).map((run) => (
          <span class={`outcome-${index.outcome(run)}`}>{symbol(index.outcome(run))}</span>
        ))}
        {many > MOST_SIGNS && `+${count(many - MOST_SIGNS)}`}
      </span>
    </span>
  );
}
