// The page of a comparison: all variants side by side, stepped together beat by beat.

import { effect } from "@preact/signals";
import { Component, createRef, render } from "preact";
import { goOnPresenting, present, PRESENT_KEY, presenting } from "../base/presenting";
import { onKey } from "../studio/keys";
import { Column } from "./column";
import { Lesson } from "./lesson";
import { Panels } from "./panels";
import { shareComparison } from "./share";
import { Stepper } from "./stepper";
import { fitting } from "./stepping";

const LEAST = 300; // px; narrower columns are not readable
const BY = 80; // px that Shift and an arrow scroll the code

class Page extends Component<{ lesson: Lesson }> {
  place = createRef<HTMLDivElement>();
  watcher = new ResizeObserver(() => this.measure());

  componentDidMount() {
    if (this.place.current) this.watcher.observe(this.place.current);
    this.measure();
  }

  componentWillUnmount() {
    this.watcher.disconnect();
  }

  measure() {
    const { lesson } = this.props;
    const width = this.place.current?.clientWidth ?? 0;
    const count = lesson.compared.value?.variants.length ?? 1;
    lesson.fits.value = fitting(width, LEAST, count);
  }

  componentDidUpdate() {
    this.measure();
  }

  render({ lesson }: { lesson: Lesson }) {
    const compared = lesson.compared.value;
    const interaction = lesson.interaction.value;
    const isPresenting = presenting.value;
    const columns = !isPresenting || lesson.look.value === "columns";
    const shown = lesson.shown.value;
    const slots = Math.max(1, ...(interaction?.sides.map((side) => side?.runs.length ?? 0) ?? []));
    return (
      <div class="lesson" ref={this.place}>
        {lesson.problem.value && (
          <p class="banner" role="alert">
            {lesson.problem.value}
          </p>
        )}
        {!compared && !lesson.problem.value && <p class="empty quiet">Loading the comparison …</p>}
        {compared && <Bar lesson={lesson} />}
        {compared && columns && (
          <div
            class="columns"
            style={{ "--columns": shown.length, "--slots": slots }}
            role="group"
            aria-label="Variants side by side"
          >
            {shown.map((index) => {
              const variant = compared.variants[index];
              return variant && <Column key={index} {...{ lesson, index, variant, slots }} />;
            })}
          </div>
        )}
        {compared && compared.interactions.length === 0 && (
          <p class="empty">No interaction was recorded: there is nothing to step through.</p>
        )}
        {compared && <Panels lesson={lesson} />}
        <Stepper lesson={lesson} />
      </div>
    );
  }
}

/** Which variants are in sight, when not all fit; what the marks mean; blocks or a time scale. */
function Bar({ lesson }: { lesson: Lesson }) {
  const variants = lesson.compared.value?.variants ?? [];
  const shown = lesson.shown.value;
  const fits = shown.length === variants.length;
  if (fits && presenting.value) return null;
  return (
    <div class="lesson-bar">
      {!fits && (
        <span class="buttons" role="group" aria-label="Variants in sight">
          {variants.map(({ name }, index) => (
            <button
              key={index}
              type="button"
              aria-pressed={shown.includes(index)}
              onClick={() => lesson.show(index)}
            >
              {name}
            </button>
          ))}
        </span>
      )}
      {!presenting.value && (
        <>
          <label class="switch">
            <input
              type="checkbox"
              checked={lesson.strips.value}
              onChange={(event) => (lesson.strips.value = event.currentTarget.checked)}
            />{" "}
            runs on one time scale
          </label>
          <ul class="legend" aria-label="Marks of lines">
            <li class="again">2× ran again</li>
            <li class="halting">■ ends a run</li>
            <li class="callback">ƒ callback</li>
            <li class="not-run">– not run</li>
          </ul>
          {fits && (
            <span class="quiet end optional">← → step · Alt + ← → interaction · p presents</span>
          )}
        </>
      )}
    </div>
  );
}

function scrollCode(by: number) {
  for (const pane of document.querySelectorAll(".source .lines")) pane.scrollBy({ left: by });
}

function actionsOf(lesson: Lesson): Record<string, () => void> {
  return {
    ArrowLeft: () => lesson.move(-1),
    ArrowRight: () => lesson.move(1),
    "Alt+ArrowLeft": () => lesson.moveInteraction(-1),
    "Alt+ArrowRight": () => lesson.moveInteraction(1),
    "Shift+ArrowLeft": () => scrollCode(-BY),
    "Shift+ArrowRight": () => scrollCode(BY),
    Home: () => lesson.toStep(0),
    End: () => lesson.toStep(Infinity),
    [PRESENT_KEY]: () => present(!presenting.value),
    Escape: () => present(false),
  };
}

/** Does nothing in other pages. */
export function start() {
  const place = document.getElementById("lesson");
  if (!place) return;
  const lesson = new Lesson(Number(place.dataset.comparison));
  goOnPresenting();
  place.replaceChildren();
  render(<Page lesson={lesson} />, place);
  lesson.start();
  const actions = actionsOf(lesson);
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !presenting.value) return;
    onKey(event, actions);
  });
  window.addEventListener("popstate", () => lesson.toAddress());
  const button = document.getElementById("present");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => present(!presenting.value));
    effect(() => {
      button.textContent = presenting.value ? "Presenting" : "Present";
      button.setAttribute("aria-pressed", String(presenting.value));
      if (!presenting.value) lesson.look.value = "columns";
    });
  }
  shareComparison(lesson);
}

start();
