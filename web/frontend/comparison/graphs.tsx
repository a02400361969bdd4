// The graphs of what caused what, all to one scale.

import { Component } from "preact";
import { Api } from "../api/api";
import { presenting } from "../base/presenting";
import { site } from "../base/site";
import { Drawing } from "../graphs/drawing";
import { beside } from "./beside";
import type { Lesson } from "./lesson";

const EDGE = (8.2 * 4) / 3; // px; the smallest letters of a graph at its own size
const LEAST = 0.9; // of a graph's own size: smaller is not readable
const LEAST_LETTERS = 16; // px, while presenting
const BY = 1.25;

interface Props {
  lesson: Lesson;
}

/** `fits`: by variant, how much of its own size its column has room for */
interface State {
  fits: Map<number, number>;
  zoom: number;
}

export class Graphs extends Component<Props, State> {
  state: State = { fits: new Map(), zoom: 1 };

  /** As large as the narrowest column has room for, if that can be read. */
  scale() {
    const least = presenting.value ? LEAST_LETTERS / EDGE : LEAST;
    const room = Math.min(...this.props.lesson.shown.value.map((i) => this.state.fits.get(i) ?? 1));
    return Math.max(least, Math.min(room, least * 1.2)) * this.state.zoom;
  }

  zoom(by: number) {
    this.setState({ zoom: Math.min(4, Math.max(0.5, this.state.zoom * by)) });
  }

  render({ lesson }: Props) {
    const interaction = lesson.interaction.value;
    const scale = this.scale();
    return (
      <>
        <span class="buttons" role="group" aria-label="Size of the graphs">
          <button type="button" aria-label="Smaller" onClick={() => this.zoom(1 / BY)}>
            −
          </button>
          <button type="button" aria-label="Larger" onClick={() => this.zoom(BY)}>
            +
          </button>
        </span>
        {beside(lesson, ({ name, recording }, index) => {
          const side = interaction?.sides[index];
          if (recording === null || !side || side.first === null)
            return <p class="quiet">No script run.</p>;
          const { first, last } = side;
          const load = async () => {
            const dot = await new Api(recording).causes(null, `&first=${first}&last=${last}`);
            return dot.replace("rankdir=LR", "rankdir=TB"); // a column is higher than wide
          };
          return (
            <div data-variant={name} data-graph={recording}>
              <Drawing
                load={load}
                version={`${recording} ${first} ${last}`}
                label={`Graph of what caused what in ${name}`}
                mark={() => null}
                onTarget={(target) => site.go(`/recordings/${recording}?${target}`)}
                scale={scale}
                onFit={(fit) => {
                  if (this.state.fits.get(index) === fit) return;
                  this.setState(({ fits }) => ({ fits: new Map([...fits, [index, fit]]) }));
                }}
              />
            </div>
          );
        })}
      </>
    );
  }
}
