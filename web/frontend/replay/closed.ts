// Closes the ways out of the frame that no policy covers, for whatever the recorded app runs in
// it. It hands itself on to the frames in this one. A classic script: it runs before all others.

const me = document.currentScript?.textContent ?? "";
const guard = `<script>${me}<\/script>`;
const [SMALL, CAPITAL] = ["<!doctype", "<!DOCTYPE"];
// Taken before the app's scripts run, which may change what they like in this window.
const { apply } = Reflect;
const cut = String.prototype.slice;
/** What stands in for a component, on the studio's own site; nothing in a report. */
const OWN = /^https?:$/.test(location.protocol) ? new URL("component/", location.href).href : null;
function isOwn(address: string | null) {
  if (OWN === null || address === null) return false;
  try {
    return new URL(address, document.baseURI).href.startsWith(OWN);
  } catch {
    return false; // it is none
  }
}

/** Names that a page would reach others by, and that the policy knows nothing of. */
const GONE = [
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "mozRTCPeerConnection",
  "RTCDataChannel",
  "RTCIceTransport",
  "RTCIceGatherer",
  "RTCQuicTransport",
  "WebTransport",
  "WebSocketStream",
  "EventSource",
  "TCPSocket",
  "UDPSocket",
  "SharedWorker",
  "PaymentRequest",
  "PresentationRequest",
  "RemotePlayback",
  "BackgroundFetchManager",
];
for (const name of GONE) {
  if (!(name in window)) continue;
  Object.defineProperty(window, name, {
    value: class {
      constructor() {
        throw new TypeError(`a recording has no ${name}`);
      }
    },
    writable: false,
    configurable: false,
  });
}
Object.defineProperty(window, "open", {
  value: () => null,
  writable: false,
  configurable: false,
});
Object.defineProperty(Navigator.prototype, "sendBeacon", {
  value: () => false,
  writable: false,
  configurable: false,
});

/** Links by which a browser reaches others before anyone wants it. */
const HINTS = /\b(?:dns-prefetch|preconnect|prefetch|prerender|preload|modulepreload)\b/i;
const INNER = "iframe, frame, link, meta, script, template[shadowrootmode]";

/** Where a page's doctype ends. Letter by letter: expressions are the app's to change. */
function startOf(page: string) {
  let at = 0;
  while (page[at] === " " || page[at] === "\n" || page[at] === "\t" || page[at] === "\r") at++;
  for (let i = 0; i < SMALL.length; i++, at++)
    if (page[at] !== SMALL[i] && page[at] !== CAPITAL[i]) return 0;
  while (at < page.length && page[at] !== ">") at++;
  return at + 1;
}

/** A frame's own page, after what closes its ways out. */
function guarded(html: string) {
  const start = startOf(html);
  const end = start + guard.length;
  const has = apply(cut, html, [start, end]) === guard;
  const bare = has ? apply(cut, html, [0, start]) + apply(cut, html, [end]) : html;
  const page = cleaned(bare);
  const at = startOf(page);
  return apply(cut, page, [0, at]) + guard + apply(cut, page, [at]);
}

/** The same page without what a parser acts on before a script can. */
function cleaned(html: string) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const closed = [...page.querySelectorAll(INNER)].filter(close);
  if (closed.length === 0) return html;
  return (/^\s*<!doctype/i.test(html) ? "<!doctype html>" : "") + page.documentElement.outerHTML;
}

/**
 * Whether it had to be changed. A frame can show nothing but a page of its own: the policy.
 */
function close(element: Element) {
  if (element.localName === "iframe" || element.localName === "frame") {
    const html = element.getAttribute("srcdoc");
    if (html === null && isOwn(element.getAttribute("src"))) return false;
    const safe = guarded(html ?? "");
    if (html === safe && !element.hasAttribute("src")) return false;
    apply(setAttribute, element, ["srcdoc", safe]);
    element.removeAttribute("src");
  } else if (element instanceof HTMLLinkElement && HINTS.test(element.rel)) element.remove();
  else if (element instanceof HTMLScriptElement && element.type === "speculationrules")
    element.remove();
  else if (element instanceof HTMLMetaElement && /refresh/i.test(element.httpEquiv))
    element.remove();
  else if (element.hasAttribute("shadowrootmode")) element.removeAttribute("shadowrootmode");
  else return false;
  return true;
}

const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
  const of = this instanceof HTMLIFrameElement ? String(name).toLowerCase() : "";
  // An address in a frame is connected to before the policy is asked.
  if (of === "src" && !isOwn(String(value)))
    apply(setAttribute, this, ["srcdoc", guarded(this.getAttribute("srcdoc") ?? "")]);
  else apply(setAttribute, this, [name, of === "srcdoc" ? guarded(String(value)) : value]);
};
for (const name of ["src", "srcdoc"]) {
  const { get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, name) ?? {};
  Object.defineProperty(HTMLIFrameElement.prototype, name, {
    get,
    configurable: true,
    enumerable: true,
    set(this: Element, value: string) {
      this.setAttribute(name, value);
    },
  });
}

const inert = document.createElement("template");
const { get: htmlOf, set: setHtml } =
  Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML") ?? {};
/** A piece of a page. */
function cleanedPiece(html: unknown) {
  if (!/<(?:link|meta|i?frame)/i.test(String(html))) return html;
  if (setHtml) apply(setHtml, inert, [html]);
  const closed = [...inert.content.querySelectorAll(INNER)].filter(close);
  return closed.length && htmlOf ? apply(htmlOf, inert, []) : html;
}
for (const [owner, name] of [
  [Element, "innerHTML"],
  [Element, "outerHTML"],
  [ShadowRoot, "innerHTML"],
] as const) {
  const { get, set } = Object.getOwnPropertyDescriptor(owner.prototype, name) ?? {};
  Object.defineProperty(owner.prototype, name, {
    get,
    configurable: true,
    enumerable: true,
    set(html: string) {
      if (set) apply(set, this, [cleanedPiece(html)]);
    },
  });
}
const insert = Element.prototype.insertAdjacentHTML;
Element.prototype.insertAdjacentHTML = function (
  this: Element,
  where: InsertPosition,
  html: string,
) {
  apply(insert, this, [where, String(cleanedPiece(html))]);
};

for (const name of ["write", "writeln"]) {
  const write = Reflect.get(Document.prototype, name);
  const clean = function (this: Document, ...parts: string[]) {
    const html = parts.join("");
    apply(write, this, [/<(?:link|meta|i?frame|template)/i.test(html) ? cleaned(html) : html]);
  };
  Object.defineProperty(Document.prototype, name, { value: clean });
}
for (const owner of [Element.prototype, ShadowRoot.prototype]) {
  Object.defineProperty(owner, "setHTMLUnsafe", {
    value(this: Element, html: string) {
      this.innerHTML = html;
    }, // without shadow roots that nobody watches
  });
}

const changes = new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === "attributes" && target instanceof Element) close(target);
    for (const node of addedNodes) {
      if (node instanceof Element) [node, ...node.querySelectorAll(INNER)].forEach(close);
    }
  }
});
const watched = {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["src", "srcdoc", "rel", "type", "href"],
};
changes.observe(document, watched);
const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (this: Element, init: ShadowRootInit) {
  const root = apply(attachShadow, this, [init]);
  changes.observe(root, watched);
  return root;
};

export {};
