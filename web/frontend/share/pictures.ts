// Pictures of what is shown: the timeline as PNG, a graph as SVG, each with its background and a
// legend.

import { outcomeText, symbol } from "../base/format";
import { FONT, paint, paintCursor, type Scene, SMALL } from "../timeline/draw";

const SCALE = 2; // of the PNG: sharp in a document
const [EDGE, HEAD, NAMES, FOOT] = [16, 34, 100, 30]; // CSS pixels
/** What a style sheet gives to a shape, and a file has to say itself. */
const LOOKS = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
];

/** The lanes in sight, with their names, and what the colours mean. */
export function timelinePicture(timeline: { scene: () => Scene }, title: string): Promise<Blob> {
  const scene = timeline.scene();
  const { model, width, palette } = scene;
  const canvas = document.createElement("canvas");
  canvas.width = (width + NAMES + 2 * EDGE) * SCALE;
  canvas.height = (HEAD + model.height + FOOT) * SCALE;
  const ctx = canvas.getContext("2d");
  if (!ctx) return Promise.reject(new Error("This browser cannot draw the picture."));
  // The lanes are painted on a canvas of their own: painting begins with clearing.
  const lanes = document.createElement("canvas");
  [lanes.width, lanes.height] = [width * SCALE, model.height * SCALE];
  const own = lanes.getContext("2d") as CanvasRenderingContext2D;
  own.scale(SCALE, SCALE);
  paint(own, scene);
  paintCursor(own, scene);

  ctx.fillStyle = palette.paper ?? "#fff";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.scale(SCALE, SCALE);
  ctx.drawImage(lanes, EDGE + NAMES, HEAD, width, model.height);
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.ink ?? "";
  ctx.font = `600 ${FONT.replace("12px", "14px")}`;
  ctx.fillText(title, EDGE, HEAD / 2 + 2, width + NAMES);
  ctx.font = FONT;
  ctx.fillStyle = palette.muted ?? "";
  for (const { title: name, top, height } of model.lanes)
    ctx.fillText(name, EDGE, HEAD + top + height / 2, NAMES - 8);
  legend(ctx, scene, HEAD + model.height + FOOT / 2);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("This browser cannot draw the picture."))),
      "image/png",
    );
  });
}

function legend(ctx: CanvasRenderingContext2D, { model, palette, width, view }: Scene, y: number) {
  const { index, scale } = model;
  const outcomes: Set<string> = new Set();
  for (let run = 1; run <= index.count; run++) outcomes.add(index.outcome(run));
  ctx.font = SMALL;
  let x = EDGE + NAMES;
  for (const outcome of outcomes) {
    const text = `${symbol(outcome)} ${outcomeText(outcome, null)}`;
    ctx.fillStyle = palette[outcome] ?? "";
    ctx.fillRect(x, y - 5, 10, 10);
    ctx.fillStyle = palette.muted ?? "";
    ctx.fillText(text, x + 15, y);
    x += ctx.measureText(text).width + 34;
  }
  const cut = scale.mode !== "true" && scale.count > 1 && view ? "// idle time cut" : "";
  if (cut && x + ctx.measureText(cut).width < width + NAMES) ctx.fillText(cut, x, y);
}

/**
 * A drawing of Graphviz as a file of its own: its colours are the page's, and nothing in it
 * leads anywhere.
 */
export function graphPicture(drawn: SVGSVGElement, title: string): Blob {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const before = [drawn, ...drawn.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, i) => {
    const own = before[i];
    if (own && node.matches("path, polygon, polyline, ellipse, text")) {
      const style = getComputedStyle(own);
      for (const look of LOOKS) {
        const value = style.getPropertyValue(look);
        if (value && value !== "auto" && !(look === "opacity" && value === "1"))
          node.setAttribute(look, value);
      }
    } else if (own?.matches("g")) {
      const { opacity } = getComputedStyle(own);
      if (opacity !== "1") node.setAttribute("opacity", opacity);
    }
    for (const name of [
      "class",
      "style",
      "id",
      "href",
      "xlink:href",
      "data-target",
      "tabindex",
      "role",
      "aria-current",
      "aria-label",
    ])
      node.removeAttribute(name);
  });
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  const { x, y, width, height } = drawn.viewBox.baseVal;
  const paper = getComputedStyle(document.body);
  const foot = 34;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${x} ${y} ${width} ${height + foot}`);
  copy.setAttribute("width", `${Math.ceil((width * 4) / 3)}`);
  copy.setAttribute("height", `${Math.ceil(((height + foot) * 4) / 3)}`);
  const back = shape("rect", { x, y, width, height: height + foot, fill: paper.backgroundColor });
  copy.prepend(back);
  const small = {
    x: x + 8,
    fill: paper.color,
    "font-family": "system-ui, sans-serif",
    "font-size": 8.5,
  };
  const name = shape("text", { ...small, y: y + height + 10, "font-weight": 600 });
  name.textContent = title;
  const signs = shape("text", { ...small, y: y + height + 24 });
  signs.textContent = legendOf(copy);
  copy.append(name, signs);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

/** The signs that are in a drawing, in words. */
function legendOf(svg: SVGSVGElement) {
  const text = [...svg.querySelectorAll("text")].map((each) => each.textContent).join(" ");
  const outcomes = ["completed", "rerun", "switched", "stopped", "superseded", "error"];
  const signs = outcomes.filter((outcome) => text.includes(symbol(outcome)));
  return [
    ...signs.map((outcome) => `${symbol(outcome)} ${outcomeText(outcome, null)}`),
    "dashed: did not run",
  ].join(" · ");
}

function shape(name: string, attributes: Record<string, string | number>) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
