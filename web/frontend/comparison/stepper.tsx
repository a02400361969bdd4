// The bar that steps all variants together.

import { presenting } from "../base/presenting";
import type { Lesson, Look } from "./lesson";
import { standing } from "./stepping";

const MOST_CHIPS = 8; // more interactions are a list to choose from
const LOOKS: [Look, string][] = [
  ["columns", "Steps"],
  ["figures", "Figures"],
  ["order", "Order"],
  ["graphs", "Graphs"],
  ["findings", "Findings"],
];

export function Stepper({ lesson }: { lesson: Lesson }) {
  const interaction = lesson.interaction.value;
  const compared = lesson.compared.value;
  if (!interaction || !compared) return null;
  const at = lesson.step.value;
  const count = interaction.steps.length;
  const isFirst = at === 0 && interaction.n === 0;
  const isLast = at === count - 1 && interaction.n === compared.interactions.length - 1;
  const place = `step ${at + 1} of ${count}`;
  const name = interaction.steps[at]?.name ?? "";
  return (
    <footer class="lesson-stepper" role="group" aria-label="Steps">
      <span class="buttons">
        <button
          type="button"
          aria-label="One step back"
          title="One step back (←)"
          disabled={isFirst}
          onClick={() => lesson.move(-1)}
        >
          ◀
        </button>
        <button
          type="button"
          aria-label="One step on"
          title="One step on (→)"
          disabled={isLast}
          onClick={() => lesson.move(1)}
        >
          ▶
        </button>
      </span>
      <span class="place">
        {place}: <strong>{name}</strong>
      </span>
      <progress aria-hidden="true" max={Math.max(1, count - 1)} value={at} />
      <Interactions lesson={lesson} />
      {presenting.value && (
        <span class="buttons looks" role="group" aria-label="What is shown">
          {LOOKS.map(([look, text]) => (
            <button
              key={look}
              type="button"
              aria-pressed={lesson.look.value === look}
              onClick={() => (lesson.look.value = look)}
            >
              {text}
            </button>
          ))}
        </span>
      )}
      <span class="visually-hidden" role="status">
        {place}: {name}.{" "}
        {lesson.shown.value
          .map((index) => {
            const { beat, isNew, isDone } = standing(interaction.steps, index, at);
            const said = isNew ? beat?.text : isDone ? "done." : "waits.";
            return `${compared.variants[index]?.name}: ${said}`;
          })
          .join(" ")}
      </span>
    </footer>
  );
}

function Interactions({ lesson }: { lesson: Lesson }) {
  const titles = lesson.compared.value?.interactions ?? [];
  const n = lesson.interaction.value?.n ?? 0;
  if (titles.length > (presenting.value ? 3 : MOST_CHIPS))
    return (
      <label class="interactions">
        <span class="quiet">Interaction</span>{" "}
        <select
          value={n}
          onChange={(event) => lesson.go(Number(event.currentTarget.value), 0)}
          aria-label="Interaction"
        >
          {titles.map((title, i) => (
            <option key={i} value={i}>
              {title}
            </option>
          ))}
        </select>
      </label>
    );
  return (
    <span class="buttons interactions" role="group" aria-label="Interaction">
      {titles.map((title, i) => (
        <button
          key={i}
          type="button"
          aria-pressed={i === n}
          onClick={() => lesson.go(i, 0)}
          title="Alt + ← →"
        >
          {title}
        </button>
      ))}
    </span>
  );
}
