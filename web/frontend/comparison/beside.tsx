// Something of each variant in sight, side by side, as the columns above are.

import type { ComponentChildren } from "preact";
import type { Variant } from "../api/answers";
import type { Lesson } from "./lesson";

/** One part for each variant in sight, side by side. */
export function beside(lesson: Lesson, of: (variant: Variant, index: number) => ComponentChildren) {
  const variants = lesson.compared.value?.variants ?? [];
  return (
    <div class="beside" style={{ "--columns": lesson.shown.value.length }}>
      {lesson.shown.value.map((index) => {
        const variant = variants[index];
        return (
          variant && (
            <section key={index} aria-label={variant.name}>
              <h3>{variant.name}</h3>
              {of(variant, index)}
            </section>
          )
        );
      })}
    </div>
  );
}
