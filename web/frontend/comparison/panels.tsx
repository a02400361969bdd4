// What is below the columns: figures, the order of writing, graphs, findings. While presenting, one
// of them stands in their place.

import { Component, type ComponentChildren, type ComponentType } from "preact";
import type { Findings, Row, Variant } from "../api/answers";
import { Api } from "../api/api";
import { message } from "../base/format";
import { presenting } from "../base/presenting";
import { site } from "../base/site";
import { FindingCards } from "../findings/card";
import { beside } from "./beside";
import { Orders } from "./drawings";
import { Graphs } from "./graphs";
import type { Lesson, Look } from "./lesson";

interface Props {
  lesson: Lesson;
}

/** name of each, and what it is */
const PANELS: [Exclude<Look, "columns">, string, ComponentType<Props>][] = [
  ["figures", "Figures", Figures],
  ["order", "Order of writing", OrderPanel],
  ["graphs", "Graphs of what caused what", Graphs],
  ["findings", "Findings", FindingPanel],
];

export function Panels({ lesson }: Props) {
  if (presenting.value) {
    const found = PANELS.find(([look]) => look === lesson.look.value);
    if (!found) return null;
    const [look, name, Panel] = found;
    return (
      <section class={`panel panel-${look}`} aria-label={name}>
        <h2>{name}</h2>
        <Panel lesson={lesson} />
      </section>
    );
  }
  return (
    <div class="panels">
      {PANELS.map(([look, name, Panel]) => (
        <Fold key={look} look={look} name={name}>
          {() => <Panel lesson={lesson} />}
        </Fold>
      ))}
    </div>
  );
}

interface FoldProps {
  look: Look;
  name: string;
  children: () => ComponentChildren;
}

/** What is in it is made when it is opened. */
class Fold extends Component<FoldProps, { open: boolean }> {
  state = { open: false };

  render({ look, name, children }: FoldProps, { open }: { open: boolean }) {
    return (
      <details
        class={`panel panel-${look}`}
        onToggle={(event) => this.setState({ open: event.currentTarget.open })}
      >
        <summary>{name}</summary>
        {open && children()}
      </details>
    );
  }
}

function Figures({ lesson }: Props) {
  const compared = lesson.compared.value;
  const interaction = lesson.interaction.value;
  if (!compared) return null;
  return (
    <div class="sideways" role="region" aria-label="Figures" tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <td />
            {compared.variants.map(({ name }) => (
              <th key={name} scope="col" class="figure">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {interaction && (
          <Rows
            title={`Interaction ${interaction.title}`}
            rows={interaction.figures}
            variants={compared.variants}
          />
        )}
        <Rows title="All interactions" rows={compared.total} variants={compared.variants} />
      </table>
      <p class="quiet">★ the best of its row, where less is better for everybody</p>
    </div>
  );
}

function Rows({ title, rows, variants }: { title: string; rows: Row[]; variants: Variant[] }) {
  return (
    <tbody>
      <tr class="title">
        <th scope="rowgroup" colSpan={variants.length + 1}>
          {title}
        </th>
      </tr>
      {rows.map(({ label, cells }) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          {cells.map(({ text, spread, best }, i) => (
            <td key={i} class={`figure${best ? " best" : ""}`}>
              {text}
              {spread && <span class="quiet"> {spread}</span>}
              {best && (
                <span class="star" role="img" aria-label="best">
                  {" "}
                  ★
                </span>
              )}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function OrderPanel({ lesson }: Props) {
  return (
    <>
      <p class="quiet">Numbers: as it was written. Names: as the page reads, from top to bottom.</p>
      {beside(lesson, (_, index) => (
        <Orders orders={lesson.interaction.value?.sides[index]?.orders ?? []} />
      ))}
    </>
  );
}

function FindingPanel({ lesson }: Props) {
  return beside(lesson, ({ recording }) =>
    recording === null ? (
      <p class="quiet">There is no recording to show.</p>
    ) : (
      <FoundIn key={recording} recording={recording} />
    ),
  );
}

interface FoundState {
  found: Findings | null;
  problem: string;
}

class FoundIn extends Component<{ recording: number }, FoundState> {
  state: FoundState = { found: null, problem: "" };

  componentDidMount() {
    new Api(this.props.recording).findings([]).then(
      (found) => this.setState({ found }),
      (error) => this.setState({ problem: message(error) }),
    );
  }

  render({ recording }: { recording: number }, { found, problem }: FoundState) {
    if (problem) return <p class="error-text">{problem}</p>;
    if (!found) return <p class="quiet">Looking at what was recorded …</p>;
    if (found.findings.length === 0) return <p class="quiet">Nothing looked wrong.</p>;
    const to = (query: string) => site.go(`/recordings/${recording}${query}`);
    return (
      <FindingCards
        findings={found.findings}
        run={0}
        onMoment={({ run, step }) => to(`?run=${run}${step === null ? "" : `&step=${step}`}`)}
        onLine={() => to("")}
      />
    );
  }
}
