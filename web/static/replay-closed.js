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

  /** A frame's own page, after what closes its ways out. @param {string} html */
  const guarded = (html) => (html.includes(guard) ? html : html.replace(/^\s*(<!doctype[^>]*>)?/i, (start) => start + guard));

  /** Links by which a browser asks for something before anyone wants it. */
  const HINTS = /\b(?:dns-prefetch|preconnect|prefetch|prerender|preload|modulepreload)\b/i;

  /** @param {Element} element */
  function close(element) {
    if (element instanceof HTMLIFrameElement && element.hasAttribute("srcdoc")) {
      const html = element.getAttribute("srcdoc") ?? "";
      if (guarded(html) !== html) setAttribute.call(element, "srcdoc", guarded(html));
    } else if (element instanceof HTMLLinkElement && HINTS.test(element.rel)) element.remove();
    else if (element instanceof HTMLScriptElement && element.type === "speculationrules") element.remove();
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

  const changes = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes" && target instanceof Element) close(target);
      for (const node of addedNodes) {
        if (node instanceof Element) [node, ...node.querySelectorAll("iframe, link, script")].forEach(close);
      }
    }
  });
  const watched = { subtree: true, childList: true, attributes: true, attributeFilter: ["srcdoc", "rel", "type", "href"] };
  changes.observe(document, watched);
  const attachShadow = Element.prototype.attachShadow;
  /** @this {Element} @param {ShadowRootInit} init */
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    changes.observe(root, watched);
    return root;
  };
})();
