// Numbers the writes of a run on the page, over the elements that they put there.

/** One write that is on the page. `path` is its place. */
interface Mark {
  path: number[];
  block: boolean;
  order: number | null;
  message: number;
  run: number;
  step: number;
  text: string;
  out_of_order: boolean;
  unseen: boolean;
}

/** `lit` is the number of the message whose element is outlined. */
export interface Request {
  numbers: boolean;
  /** whether a click on an element asks why it is so */
  asks: boolean;
  lit: number | null;
  /** the page is one of several side by side, and small: its margins are too */
  bare: boolean;
  writes: Mark[];
}

interface Told {
  write: (run: number, step: number) => void;
  why: (message: number) => void;
}

const ELEMENTS = '[data-testid="stElementContainer"], .element-container';
const SIZE = 22; // px
const SLOW_MS = 20;
const layer = document.createElement("div");
layer.id = "rerun-trace-marks";
layer.setAttribute("role", "group");
layer.setAttribute("aria-label", "Writes of the run, in order");

/** `drawn`: its number and its frame, from when it is in sight for the first time. */
interface Shown {
  mark: Mark;
  path: string;
  drawn: { badge: HTMLButtonElement | null; frame: HTMLElement } | null;
}

let shown: Shown[] = [];
/** The same in the order of writing, as whoever tabs through the numbers goes. */
let inOrder: Shown[] = [];
let make: (mark: Mark) => HTMLButtonElement | null = () => null;
let known: Map<string, Element> | null = null; // until the page changes
let spent = 0; // ms, on looking for the places last
let lit: number | null = null;
let isSought = false; // whether the lit element is still to be scrolled to
let pointed: string | null = null;
let drawing = false;

/**
 * React's own record of a part of the page (its fiber); its `memoizedProps` hold Streamlit's
 * node.
 */
interface Fiber {
  return: Fiber | null;
  memoizedProps: any;
  stateNode: any;
}
function fiber(element: Element): Fiber | null {
  const key = Object.keys(element).find((name) => name.startsWith("__reactFiber$"));
  return key ? (element as any)[key] : null;
}

/**
 * Place -> the element that shows it. Streamlit writes no places into its page; but each
 * element's node knows the place that it was sent to, and the blocks around it are its node's
 * ancestors, one for each number of the place. What is not certain is left out.
 */
function places(): Map<string, Element> {
  const found: Map<string, Element | null> = new Map();
  const add = (path: string, element: Element) => {
    const other = found.get(path);
    if (other === undefined || (other && !visible(other))) found.set(path, element);
    else if (other !== element && visible(element)) found.set(path, null);
  };
  for (const element of document.querySelectorAll(ELEMENTS)) {
    let at = fiber(element);
    while (at && !at.memoizedProps?.node) at = at.return;
    const path: number[] | undefined = at?.memoizedProps.node.metadata?.deltaPath;
    if (!at || !path?.length) continue;
    add(path.join(), element);
    const blocks = around(at, element);
    if (blocks.length !== path.length - 1) continue;
    blocks.forEach((block, i) => {
      const place = path.slice(0, path.length - 1 - i).join();
      if (found.get(place) !== block) add(place, block);
    });
  }
  const certain = [...found].filter(([, element]) => element);
  return new Map(certain as [string, Element][]);
}

/** The outermost elements of the blocks around an element, from the inside out. */
function around(inner: Fiber, element: Element) {
  const nodes = [],
    roots = [];
  let host = element;
  for (let at = inner.return; at; at = at.return) {
    const node = at.memoizedProps?.node;
    if (node?.children && node !== nodes.at(-1)) {
      nodes.push(node);
      roots.push(host);
    } else if (node?.children) {
      roots[roots.length - 1] = host;
    }
    if (at.stateNode instanceof Element) host = at.stateNode;
  }
  return roots;
}

const visible = (element: Element) => element.getClientRects().length > 0;

function badge(mark: Mark, asks: boolean, told: Told) {
  const button = document.createElement("button");
  button.textContent = `${mark.out_of_order ? "▲" : ""}${mark.order}`;
  button.className = mark.unseen ? "unseen" : "";
  button.dataset.block = String(mark.block);
  const notes = [mark.out_of_order && "out of order", mark.unseen && "never seen by the browser"];
  const said = [`write ${mark.order}: ${mark.text}`, ...notes.filter(Boolean)].join(", ");
  const text = asks ? `Why is it so? ${said}` : said;
  button.title = text;
  button.setAttribute("aria-label", text);
  button.addEventListener("click", ({ isTrusted }) => {
    if (!isTrusted) return; // a script of the app's clicked
    asks ? told.why(mark.message) : told.write(mark.run, mark.step);
  });
  for (const type of ["pointerenter", "focus"]) {
    button.addEventListener(type, () => point(mark.path.join()));
  }
  for (const type of ["pointerleave", "blur"]) button.addEventListener(type, () => point(null));
  return button;
}

/**
 * Scrolls what is around an element, inside of this frame alone, as far as it takes to see it.
 */
function reveal(element: Element) {
  for (let outer = element.parentElement; outer; outer = outer.parentElement) {
    if (
      outer.scrollHeight <= outer.clientHeight ||
      !/auto|scroll/.test(getComputedStyle(outer).overflowY)
    )
      continue;
    const [box, view] = [element.getBoundingClientRect(), outer.getBoundingClientRect()];
    if (box.top >= view.top && box.bottom <= view.bottom) continue;
    // Above it: the number of something tall is seen.
    const room = Math.max(SIZE, (view.height - box.height) / 2);
    outer.scrollBy({ top: box.top - view.top - room, behavior: "instant" });
  }
}

function point(path: string | null) {
  pointed = path;
  draw();
}

/** Everything to its place; what cannot be found or seen is hidden. */
function draw() {
  drawing = false;
  const where: Map<string, Element> = shown.length ? placesNow() : new Map();
  const sought = isSought && where.get(shown.find(({ mark }) => mark.message === lit)?.path ?? "");
  if (sought && visible(sought)) {
    isSought = false;
    reveal(sought);
  }
  // Read first, then written: each read after a write has the whole page laid out anew.
  const boxes = shown.map(({ path }) => boxInSight(where.get(path)));
  const inSight = new Set(shown.filter((_, i) => boxes[i]));
  addNumbers(inSight);
  shown.forEach(({ mark, path, drawn }, i) => {
    if (!drawn) return;
    drawn.frame.hidden = !boxes[i] || (path !== pointed && mark.message !== lit);
    if (drawn.badge) drawn.badge.hidden = !boxes[i];
  });
  const widths = shown.map(({ drawn }, i) => (boxes[i] && drawn?.badge?.offsetWidth) || 0);
  const taken: [number, number][] = [];
  shown.forEach(({ drawn }, i) => {
    const box = boxes[i];
    if (!box || !drawn) return;
    const { badge, frame } = drawn;
    Object.assign(frame.style, {
      left: `${box.left - 4}px`,
      top: `${box.top - 4}px`,
      width: `${box.width + 8}px`,
      height: `${box.height + 8}px`,
    });
    if (!badge) return;
    const width = widths[i] ?? 0;
    const left = Math.max(2, box.left - width - 4);
    let top = Math.max(2, box.top + Math.min(0, (box.height - SIZE) / 2));
    // A block begins where its first element does: its number goes above that one's.
    while (taken.some(([x, y]) => Math.abs(x - left) < width && Math.abs(y - top) < SIZE))
      top -= SIZE + 1;
    taken.push([left, top]);
    Object.assign(badge.style, { left: `${left}px`, top: `${top}px` });
  });
}

/** What is in sight for the first time gets its number, at its place among the others. */
function addNumbers(inSight: Set<Shown>) {
  let after: Element | null = null;
  for (const each of [...inOrder].reverse()) {
    if (!each.drawn && inSight.has(each)) {
      each.drawn = { badge: make(each.mark), frame: document.createElement("div") };
      if (each.drawn.badge) layer.insertBefore(each.drawn.badge, after);
      layer.insertBefore(each.drawn.frame, each.drawn.badge ?? after);
    }
    after = each.drawn?.frame ?? after;
  }
}

/** The places, looked for again only when the page has changed. */
function placesNow() {
  const begin = performance.now();
  known ??= places();
  spent = performance.now() - begin;
  return known;
}

/** Where an element is, if any of it is in the window. */
function boxInSight(element: Element | undefined): DOMRect | null {
  const box = element?.getBoundingClientRect();
  if (!box || box.width <= 0 || box.bottom <= 0 || box.right <= 0) return null;
  return box.top < innerHeight && box.left < innerWidth ? box : null;
}

function redraw() {
  if (drawing) return;
  drawing = true;
  // While a page of thousands comes in, most of the time is left to it.
  if (spent > SLOW_MS && !known) setTimeout(draw, 5 * spent);
  else requestAnimationFrame(draw);
}

/** The innermost of the marked elements at a point of the window. */
function under(x: number, y: number) {
  const where = placesNow();
  let found: { mark: Mark; path: string } | null = null;
  let least = Infinity;
  for (const { mark, path } of shown) {
    const box = mark.block ? undefined : where.get(path)?.getBoundingClientRect();
    if (!box || x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
    const size = box.width * box.height;
    if (size < least) [found, least] = [{ mark, path }, size];
  }
  return found;
}

/** While it is asked: the pointer outlines an element, and a click asks why it is so. */
function pane(told: Told) {
  const cover = document.createElement("div");
  cover.className = "asks";
  cover.addEventListener("pointermove", ({ clientX, clientY }) => {
    const path = under(clientX, clientY)?.path ?? null;
    if (path !== pointed) point(path);
  });
  cover.addEventListener("pointerleave", () => point(null));
  cover.addEventListener("click", ({ clientX, clientY, isTrusted }) => {
    if (!isTrusted) return;
    const found = under(clientX, clientY);
    if (found) told.why(found.mark.message);
  });
  // What is below it scrolls on.
  cover.addEventListener("wheel", ({ clientX, clientY, deltaX, deltaY }) => {
    for (let below = beneath(clientX, clientY); below; below = below.parentElement) {
      const { scrollHeight, clientHeight } = below;
      if (scrollHeight > clientHeight && /auto|scroll/.test(getComputedStyle(below).overflowY))
        return below.scrollBy({ left: deltaX, top: deltaY, behavior: "instant" });
    }
  });
  return cover;
}

const beneath = (x: number, y: number) =>
  document.elementsFromPoint(x, y).find((each) => !layer.contains(each)) ?? null;

export function show(request: Request, told: Told) {
  document.documentElement.classList.toggle("rerun-trace-numbers", request.numbers);
  document.documentElement.classList.toggle("rerun-trace-bare", request.bare);
  isSought = request.lit !== null && (isSought || request.lit !== lit);
  lit = request.lit;
  pointed = null;
  make = (mark) =>
    request.numbers && mark.order !== null ? badge(mark, request.asks, told) : null;
  inOrder = [...request.writes]
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((mark) => ({ mark, path: mark.path.join(), drawn: null }));
  layer.replaceChildren(...(request.asks ? [pane(told)] : []));
  // Drawn from the inside out.
  shown = [...inOrder].sort(
    (a, b) =>
      Number(a.mark.block) - Number(b.mark.block) || b.mark.path.length - a.mark.path.length,
  );
  draw();
}

export function hide() {
  shown = inOrder = [];
  layer.replaceChildren();
}

document.addEventListener("DOMContentLoaded", () => {
  document.body.append(layer);
  const changes = new MutationObserver((records) => {
    if (!records.some((record) => !layer.contains(record.target))) return;
    known = null;
    redraw();
  });
  changes.observe(document.body, { subtree: true, childList: true, attributes: true });
  addEventListener("scroll", redraw, { capture: true, passive: true });
  addEventListener("resize", redraw);
  document.addEventListener("load", redraw, true);
});
