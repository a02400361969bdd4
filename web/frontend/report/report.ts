// The program of a report: the same pages as the server's, with answers that are in the file. What
// comes after the number sign of the address says which page, and which moment:
// `#/recordings/3?run=2&step=4`.

import { site } from "../base/site";
import { start as startRecording } from "../studio/main";
import { type Held, ReportAnswers } from "./answers";
import { fillFrame } from "./frame";
import { Parts } from "./parts";

interface Shown {
  title: string;
  kind: string;
  styles: string[];
  body: string;
}

interface Start {
  first: string;
  /** of all pages, but for what is needed before anything is unpacked: by name */
  sheets: Record<string, string>;
  noReplay: string;
  pages: Record<string, Shown>;
  recordings: Record<string, Held>;
}

const parts = new Parts();

/**
 * What the address asks for.
 * @returns path and query
 */
function asked(): [string, string] {
  const [path = "", query] = location.hash.slice(1).split(/(?=\?)/s);
  return [path, query ?? ""];
}

function open(start: Start, startOthers: () => void) {
  const [asking] = asked();
  const path = asking in start.pages ? asking : start.first;
  const page = start.pages[path];
  if (!page) return;
  const answers = new ReportAnswers(parts, start.recordings);
  site.get = (asking) => answers.get(asking);
  site.query = () => asked()[1];
  let isLeft = false;
  site.setQuery = (query) => {
    if (!isLeft) history.replaceState(null, "", `#${path}${query}`);
  };
  site.address = (to) => `#${to.startsWith("?") ? path : ""}${to}`;
  site.go = (to) => {
    location.hash = to;
  };
  site.graphviz = graphviz;
  site.frame = () => undefined;
  site.startFrame = (frame) => {
    fillFrame(frame, parts); // a page that is not shown in time says so
  };
  site.noReplay = start.noReplay;
  site.isReport = true;
  // Another page begins anew; the studio goes to another moment by itself. It must not hear of an
  // address that is not its own, and put its own in the place of it.
  for (const change of ["popstate", "hashchange"]) {
    window.addEventListener(change, (event) => {
      if (asked()[0] === path && page.kind === "recording-page") return;
      event.stopImmediatePropagation();
      isLeft = true;
      location.reload();
    });
  }
  show(page, start);
  startRecording();
  startOthers();
}

function show(page: Shown, { pages, sheets }: Start) {
  const paths = new Set(Object.keys(pages));
  document.title = page.title;
  document.body.className = page.kind;
  for (const name of page.styles) {
    const sheet = document.createElement("style");
    sheet.dataset.sheet = name;
    sheet.textContent = sheets[name] ?? "";
    document.head.append(sheet);
  }
  const place = document.querySelector(".report-page");
  if (!place) return;
  place.innerHTML = page.body;
  for (const link of place.querySelectorAll("a")) {
    const to = link.getAttribute("href") ?? "";
    if (to.startsWith("#")) link.addEventListener("click", jump);
    else if (paths.has(to)) link.href = `#${to}`;
    else link.removeAttribute("href"); // it leads to what is not in the report
  }
  document.dispatchEvent(new Event("pageshown"));
}

/** A link within the page does not change what is shown. */
function jump(event: MouseEvent) {
  event.preventDefault();
  const link = event.currentTarget as HTMLAnchorElement;
  const target = document.getElementById((link.getAttribute("href") ?? "").slice(1));
  if (!target) return;
  target.tabIndex = -1;
  target.focus();
}

/**
 * The worker that draws graphs. It is there at once, and gets what it needs as soon as that is
 * unpacked.
 */
function graphviz() {
  const worker = new Waiting();
  const code = parts
    .text("worker")
    .then((text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  Promise.all([code, parts.raw("graphviz")]).then(
    ([url, bytes]) => worker.become(new Worker(url), bytes),
    (error) => worker.dispatchEvent(new ErrorEvent("error", { error })),
  );
  return worker as unknown as Worker;
}

/** Stands for a worker that is not there yet. */
class Waiting extends EventTarget {
  messages: unknown[] = [];
  worker: Worker | null = null;

  become(worker: Worker, bytes: Uint8Array) {
    worker.addEventListener("message", ({ data }) =>
      this.dispatchEvent(new MessageEvent("message", { data })),
    );
    worker.addEventListener("error", () => this.dispatchEvent(new ErrorEvent("error")));
    worker.postMessage({ graphviz: bytes, size: parts.size("graphviz") });
    for (const message of this.messages) worker.postMessage(message);
    this.worker = worker;
  }

  postMessage(message: unknown) {
    if (this.worker) this.worker.postMessage(message);
    else this.messages.push(message);
  }
}

/** @param startOthers  pages of other kinds than recordings, where the report has any */
export function begin(startOthers: () => void = () => {}) {
  parts.json("start").then((start: Start) => open(start, startOthers));
}
