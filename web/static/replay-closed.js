// In a report: closes the ways out of the frame that no policy covers, for whatever the recorded app
// runs in it. It hands itself on to the frames in this one. A classic script: it runs before all others.
"use strict";

(() => {
  const me = document.currentScript?.textContent ?? "";
  const guard = `<script>${me}<\/script>`;

  /** Names that a page would reach others by, and that the policy knows nothing of. */
  const GONE = [
    "RTCPeerConnection", "webkitRTCPeerConnection", "mozRTCPeerConnection", "RTCDataChannel", "RTCIceTransport",
    "RTCIceGatherer", "RTCQuicTransport", "WebTransport", "WebSocketStream", "EventSource", "TCPSocket", "UDPSocket",
    "SharedWorker", "PaymentRequest", "PresentationRequest", "RemotePlayback", "BackgroundFetchManager",
  ];
  for (const name of GONE) {
    if (!(name in window)) continue;
    Object.defineProperty(window, name, {
      value: class { constructor() { throw new TypeError(`a recording has no ${name}`); } },
      writable: false, configurable: false,
    });
  }
  Object.defineProperty(window, "open", { value: () => null, writable: false, configurable: false });
  Object.defineProperty(Navigator.prototype, "sendBeacon", { value: () => false, writable: false, configurable: false });

  /** Links by which a browser reaches others before anyone wants it. */
  const HINTS = /\b(?:dns-prefetch|preconnect|prefetch|prerender|preload|modulepreload)\b/i;
  const START = /^\s*(<!doctype[^>]*>)?/i;
  const INNER = "iframe, frame, link, script, template[shadowrootmode]";

  /** A frame's own page, after what closes its ways out. @param {string} html */
  const guarded = (html) => cleaned(html.replace(guard, "")).replace(START, (start) => start + guard);

  /** The same page without what a parser acts on before a script can. @param {string} html */
  function cleaned(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const closed = [...page.querySelectorAll(INNER)].filter(close);
    if (closed.length === 0) return html;
    return (/^\s*<!doctype/i.test(html) ? "<!doctype html>" : "") + page.documentElement.outerHTML;
  }

  /**
   * Whether it had to be changed. A frame can show nothing but a page of its own: the policy.
   * @param {Element} element
   */
  function close(element) {
    if (element.localName === "iframe" || element.localName === "frame") {
      const html = element.getAttribute("srcdoc");
      const safe = guarded(html ?? "");
      if (html === safe) return false;
      setAttribute.call(element, "srcdoc", safe);
    } else if (element instanceof HTMLLinkElement && HINTS.test(element.rel)) element.remove();
    else if (element instanceof HTMLScriptElement && element.type === "speculationrules") element.remove();
    else if (element instanceof HTMLTemplateElement) element.removeAttribute("shadowrootmode");
    else return false;
    return true;
  }

  const setAttribute = Element.prototype.setAttribute;
  /** @this {Element} @param {string} name @param {string} value */
  Element.prototype.setAttribute = function (name, value) {
    const isPage = this instanceof HTMLIFrameElement && String(name).toLowerCase() === "srcdoc";
    setAttribute.call(this, name, isPage ? guarded(String(value)) : value);
  };
  const { get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "srcdoc") ?? {};
  Object.defineProperty(HTMLIFrameElement.prototype, "srcdoc", {
    get, configurable: true, enumerable: true,
    /** @this {Element} @param {string} value */
    set(value) { this.setAttribute("srcdoc", value); },
  });

  for (const name of ["write", "writeln"]) {
    const write = Reflect.get(Document.prototype, name);
    /** @this {Document} @param {...string} parts */
    const clean = function (...parts) {
      const html = parts.join("");
      write.call(this, /<(?:link|i?frame|template)/i.test(html) ? cleaned(html) : html);
    };
    Object.defineProperty(Document.prototype, name, { value: clean });
  }
  for (const owner of [Element.prototype, ShadowRoot.prototype]) {
    Object.defineProperty(owner, "setHTMLUnsafe", {
      /** @this {Element} @param {string} html */
      value(html) { this.innerHTML = html; }, // without shadow roots that nobody watches
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
  const watched = { subtree: true, childList: true, attributes: true, attributeFilter: ["src", "srcdoc", "rel", "type", "href"] };
  changes.observe(document, watched);
  const attachShadow = Element.prototype.attachShadow;
  /** @this {Element} @param {ShadowRootInit} init */
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    changes.observe(root, watched);
    return root;
  };
})();
