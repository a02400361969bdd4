"""What is measured in the browser. Times are taken inside the page, in ms."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

ROUNDS = 5
STEPS = 50
FRAMES = 240  # at 60 a second: four seconds
PATIENCE = 30_000  # ms, for each question

# In every page. `said` names the moment once its line is lit; `painted` is the time after the frame
# that follows the one in which `is` held. Waiting by polling a text would need eval, which the
# page's policy forbids.
WATCH = """
window.watch = {
  said: () => document.querySelector("p.visually-hidden[role=status]")?.textContent ?? "",
  isDrawn: () => Boolean(document.querySelector(".timeline-canvas canvas")?.dataset.newest
    && document.querySelector(".code tbody tr") && watch.said()),
  isTold: () => Boolean(document.querySelector(".chips .chip") && watch.said()
    && document.querySelector(".run-brief")?.textContent
    && document.querySelector(".story-body .code tbody tr")),
  painted: (is) => new Promise((resolve) => {
    const look = () => is()
      ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
      : requestAnimationFrame(look);
    look();
  }),
  steps: [],
};
// The page takes the view out of its address.
watch.first = watch.painted(location.search.includes("view=story") ? watch.isTold : watch.isDrawn);
addEventListener("keydown", (event) => {
  const before = watch.said();
  watch.steps.push(watch.painted(() => watch.said() && watch.said() !== before)
    .then((time) => time - event.timeStamp));
}, true);
"""
JUMPED = """
async ([run, step]) => {
  const before = watch.said();
  const begin = performance.now();
  history.pushState(null, "", `?view=details&run=${run}&step=${step}`);
  dispatchEvent(new PopStateEvent("popstate"));
  return await watch.painted(() => watch.said() && watch.said() !== before) - begin;
}
"""
# Turns the wheel over the lanes for some frames; answers the gaps between frames.
TURNED = """
async ([frames, zooms]) => {
  const canvas = document.querySelector(".timeline-canvas canvas");
  const { left, top, width } = canvas.getBoundingClientRect();
  const gaps = [];
  let before = await new Promise(requestAnimationFrame);
  for (let i = 0; i < frames; i++) {
    const back = i % 120 < 60 ? 1 : -1;
    canvas.dispatchEvent(new WheelEvent("wheel", {
      deltaX: zooms ? 0 : 2 * back, deltaY: zooms ? -30 * back : 0,
      clientX: left + width / 2, clientY: top + 60, bubbles: true, cancelable: true,
    }));
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - before);
    before = now;
  }
  return gaps;
}
"""
IN_TIME = """
(arg) => Promise.race([
  Promise.resolve().then(() => (WHAT)(arg)),
  new Promise((_, refuse) => {
    setTimeout(() => refuse(new Error("not within PATIENCE ms")), PATIENCE);
  }),
])
"""


def ask(page: Page, what: str, arg: Any = None) -> Any:
    """What the JavaScript function `what` answers; an error when it takes too long."""
    return page.evaluate(IN_TIME.replace("WHAT", what).replace("PATIENCE", str(PATIENCE)), arg)


@contextmanager
def page_at(browser: Browser, address: str) -> Iterator[tuple[Page, float]]:
    """The studio at an address, in a fresh browser context, and when it was drawn."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(address)
        yield page, ask(page, "() => watch.first")
    finally:
        context.close()


def first_paints(browser: Browser, address: str) -> str:
    """From the navigation's start until all of a view is there; nothing cached."""
    times = []
    for _ in range(ROUNDS):
        with page_at(browser, address) as (_page, time):
            times.append(time)
    return _spread(times)


def steps(browser: Browser, address: str, after_ms: int) -> str:
    """Pressing the arrow again and again, from some time after the first paint on."""
    with page_at(browser, address) as (page, _):
        page.wait_for_timeout(after_ms)
        times: list[float] = []
        for number in range(STEPS):
            page.keyboard.press("ArrowRight")
            times.append(ask(page, "(number) => watch.steps[number]", number))
    return f"p50 {_quantile(times, 0.5):.0f} ms, p95 {_quantile(times, 0.95):.0f} ms"


def jumps(browser: Browser, address: str, moments: Sequence[tuple[int, int]]) -> str:
    """To moments that neither the page nor the server has shown before."""
    with page_at(browser, address) as (page, _):
        return _spread([ask(page, JUMPED, list(moment)) for moment in moments])


def frames(browser: Browser, address: str, what: str) -> str:
    """Gaps between frames while the wheel zooms or pans, and what of a frame the page is busy."""
    with page_at(browser, address) as (page, _):
        clock = page.context.new_cdp_session(page)
        clock.send("Performance.enable", {"timeDomain": "threadTicks"})
        fit = page.get_by_role("button", name="Fit", exact=True)
        if fit.is_enabled():
            fit.click()
        if what == "pan":  # there must be something to pan to
            page.get_by_role("button", name="Zoom in").click()
        begin = _busy(clock)
        gaps: list[float] = ask(page, TURNED, [FRAMES, what == "zoom"])
        busy = (_busy(clock) - begin) / FRAMES
    rate = 1000 / statistics.mean(gaps)
    return f"{rate:.0f} a second, p95 {_quantile(gaps, 0.95):.0f} ms, {busy:.1f} ms of work each"


def _busy(clock: CDPSession) -> float:
    """Processor time of the page's main thread so far, in ms."""
    metrics = clock.send("Performance.getMetrics")["metrics"]
    return next(1000 * float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ms ({min(times):.0f}-{max(times):.0f})"


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
