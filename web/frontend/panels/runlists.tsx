// What a run did besides running lines: writes to the page, callbacks, rerun requests, caches.

import type { RunView } from "../api/answers";
import { FATES, SIGNS } from "../base/words";
import { type Actions, list, place } from "./facts";

/**
 * @param step  of the moment
 * @param isOpen  what comes later has not happened yet
 */
export function lists(run: RunView, step: number, isOpen: boolean, actions: Actions) {
  const isToCome = (item: { step: number }) => isOpen && item.step > step;
  /** What the moment's step did is marked; what is still to come is paler. */
  const when = (item: { step: number }) =>
    item.step === step && step > 0 ? "now" : item.step > step && step < run.steps ? "later" : "";
  return (
    <>
      {list(
        "Writes to the page",
        run.writes,
        ["#", "element", "place", "line", "browser"],
        when,
        (item, i) => [
          <button
            type="button"
            class="link"
            title="Go to the step that wrote it"
            aria-label={`Go to write ${i + 1}`}
            onClick={() => actions.onMoment({ run: run.n, step: item.step })}
          >
            {i + 1}
          </button>,
          <>
            {item.element}
            {item.label && (
              <>
                {" "}
                <strong>{item.label}</strong>
              </>
            )}
            {item.out_of_order && (
              <>
                {" "}
                <span class="mark" title="It lands above something written before">
                  {SIGNS.out_of_order} out of order
                </span>
              </>
            )}
          </>,
          <code class="place">{item.path.join(".")}</code>,
          place(item, run.n, actions),
          isToCome(item) ? (
            <span class="place">{FATES.come}</span>
          ) : (
            <span class={item.fate === "discarded" ? "lost" : "place"}>
              {FATES[item.fate] ?? item.fate}
            </span>
          ),
        ],
      )}
      {list("Callbacks", run.callbacks, ["function", "widget", "defined at"], when, (item) => [
        <>
          <code>{item.function}()</code>
          {item.error && !isToCome(item) && (
            <>
              {" "}
              <span class="error-text">✕ {item.error}</span>
            </>
          )}
        </>,
        item.label ?? "–",
        place({ ...item, step: item.step + 1 }, run.n, actions),
      ])}
      {list("Rerun requests", run.requests, ["call", "scope", "where"], when, (item) => [
        <>
          <code>{item.scope === "page" ? "st.switch_page" : "st.rerun"}</code>
          {!item.allowed && !isToCome(item) && (
            <>
              {" "}
              <span class="error-text">✕ refused{item.refusal && `: ${item.refusal}`}</span>
            </>
          )}
        </>,
        item.scope,
        place(item, run.n, actions),
      ])}
      {list("Caches", run.cache, ["function", "result", "took", "called at"], when, (item) => [
        <code>{item.function}()</code>,
        isToCome(item) ? FATES.come : item.hit ? "✓ hit" : "○ miss",
        isToCome(item) ? "" : item.duration,
        place(item, run.n, actions),
      ])}
    </>
  );
}
