// In a report: starts Streamlit's front end from files that the page around this frame hands in,
// and answers what it would ask its server. A classic script: it runs before Streamlit's own.

/**
 * `bytes` holds the files one after the other; `entry` is the script to start with. `host` is
 * what a server tells of itself; `media`, `component` and `page` (of another site) stand in
 * for what was not recorded.
 */
interface Files {
  entry: string;
  module: boolean;
  files: [string, string, number][];
  host: object;
  media: string;
  component: string;
  page: string;
  bytes: ArrayBuffer;
}
const HERE = "http://localhost/"; // where the front end believes to be
const addresses: Map<string, string> = new Map(); // of files, by their names
let host = {},
  noMedia = "",
  noComponent = "",
  noPage = "";

/** What a part of the front end is drawn with. */
const media = (name: string) => addresses.get(name) ?? "data:,";

/** The address, without an origin, that the front end or the app means. */
function asked(url: string | URL) {
  const { origin, pathname } = new URL(String(url), HERE);
  return origin === new URL(HERE).origin ? pathname : null;
}

// -- where it is --------------------------------------------------------------------------------
const place = new URL("?embed=true", HERE);
const location = {
  href: place.href,
  origin: place.origin,
  protocol: place.protocol,
  host: place.host,
  port: "",
  hostname: place.hostname,
  pathname: place.pathname,
  search: place.search,
  hash: "",
  ancestorOrigins: [],
  assign() {},
  replace() {},
  reload() {},
  toString: () => place.href,
};
for (const name of Object.keys(location)) {
  if (typeof Reflect.get(location, name) !== "string") continue;
  const value = Reflect.get(location, name);
  Object.defineProperty(location, name, { get: () => value, set: () => {} }); // it leads nowhere
}
for (const owner of [window, document]) {
  Object.defineProperty(owner, "rerunTraceLocation", { get: () => location, set: () => {} });
}
Object.defineProperty(window, "rerunTraceMedia", { value: media });

// -- what it asks its server -------------------------------------------------------------------
/** @returns the answer and its type */
function answer(url: string | URL): [string, string] | null {
  const path = asked(url) ?? "";
  if (path.endsWith("/_stcore/health")) return ["ok", "text/plain"];
  if (path.endsWith("/_stcore/host-config")) return [JSON.stringify(host), "application/json"];
  return null;
}

const fetchOf = window.fetch;
window.fetch = async (what: RequestInfo | URL, init?: RequestInit) => {
  const url = what instanceof Request ? what.url : String(what);
  if (/^(data|blob):/.test(url)) return fetchOf(what, init);
  const [text, type] = answer(url) ?? [];
  if (text === undefined) throw new TypeError("a recording has no server");
  return new Response(text, { headers: { "Content-Type": type ?? "" } });
};

class Asked extends EventTarget {
  url: string | URL | undefined;
  type: string | undefined;

  readyState = 0;
  status = 0;
  statusText = "";
  response = "";
  responseText = "";
  responseType = "";
  responseURL = "";
  timeout = 0;
  withCredentials = false;
  upload = new EventTarget();

  open(_method: string, url: string | URL) {
    this.url = url;
    this.readyState = 1;
  }

  setRequestHeader() {}

  getAllResponseHeaders() {
    return this.type ? `content-type: ${this.type}\r\n` : "";
  }

  getResponseHeader(name: string) {
    return name.toLowerCase() === "content-type" ? (this.type ?? null) : null;
  }

  abort() {}

  send() {
    setTimeout(() => {
      const [text, type] = answer(this.url ?? "") ?? [];
      this.type = type;
      this.readyState = 4;
      if (text !== undefined) {
        Object.assign(this, {
          status: 200,
          statusText: "OK",
          responseText: text,
          responseURL: String(this.url),
        });
        this.response = this.responseType === "json" ? JSON.parse(text) : text;
      }
      for (const name of ["readystatechange", text === undefined ? "error" : "load", "loadend"]) {
        const event = new Event(name);
        (this as any)[`on${name}`]?.(event);
        this.dispatchEvent(event);
      }
    }, 0);
  }
}
Object.defineProperty(window, "XMLHttpRequest", { value: Asked });

// -- what the page shows -----------------------------------------------------------------------
/**
 * What is shown in place of something from the server that the page names: it was not
 * recorded.
 * @returns the attribute to set
 */
function inPlace(element: Element, name: string, value: string): [string, string] {
  if (name !== "src" || /^(data|blob|about|javascript):/.test(value)) return [name, value];
  const path = asked(value) ?? "";
  if (element instanceof HTMLIFrameElement) {
    return ["srcdoc", path.includes("/component") ? noComponent : noPage];
  }
  if (!path.includes("/media/")) return [name, value];
  return [name, `data:image/svg+xml,${encodeURIComponent(noMedia)}`];
}
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
  setAttribute.call(this, ...inPlace(this, name, String(value)));
};
for (const { prototype } of [
  HTMLImageElement,
  HTMLMediaElement,
  HTMLSourceElement,
  HTMLIFrameElement,
]) {
  const { get } = Object.getOwnPropertyDescriptor(prototype, "src") ?? {};
  Object.defineProperty(prototype, "src", {
    get,
    configurable: true,
    enumerable: true,
    set(this: Element, value: string) {
      this.setAttribute("src", value);
    },
  });
}

// -- its files ----------------------------------------------------------------------------------
/** Where webpack adds a script or a style sheet to the page. */
const append = Node.prototype.appendChild;
Node.prototype.appendChild = function <T extends Node>(this: Node, node: T): T {
  const name =
    node instanceof HTMLScriptElement
      ? node.getAttribute("src")?.match(/static\/js\/(.+)$/)?.[1]
      : null;
  if (!name || !(node instanceof HTMLScriptElement)) return append.call(this, node) as any;
  const address = addresses.get(name);
  if (address) {
    node.src = address;
    append.call(this, node);
  } else {
    setTimeout(() => node.dispatchEvent(new Event("error")), 0);
  }
  return node;
};

function start({ entry, module, files, bytes, ...more }: Files) {
  ({ host, media: noMedia, component: noComponent, page: noPage } = more);
  const styles: Map<string, Uint8Array> = new Map();
  let at = 0;
  for (const [name, type, length] of files) {
    const data = new Uint8Array(bytes, at, length);
    at += length;
    if (type === "text/css") styles.set(name, data);
    else addresses.set(name, URL.createObjectURL(new Blob([data], { type })));
  }
  for (const [name, data] of styles) {
    const style = document.createElement("style");
    style.dataset.href = `static/css/${name}`; // webpack looks for it by this
    style.textContent = new TextDecoder()
      .decode(data)
      .replace(/rerun-trace-media:([^)]+)/g, (_, file) => media(file));
    document.head.append(style);
  }
  const first = document.createElement("script");
  if (module) {
    const scripts = [...addresses].filter(([name]) => name.endsWith(".js"));
    const imports = Object.fromEntries(
      scripts.map(([name, address]) => [`streamlit/${name}`, address]),
    );
    const map = document.createElement("script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports });
    document.head.append(map);
    first.type = "module";
    first.textContent = `import ${JSON.stringify(`streamlit/${entry}`)};`;
  } else {
    first.src = media(entry);
  }
  document.head.append(first);
}

window.addEventListener("message", (event) => {
  const handed = event.source === window.parent ? event.data?.rerunTrace : null;
  if (handed?.kind !== "files") return;
  event.stopImmediatePropagation();
  start(handed);
});
addEventListener("DOMContentLoaded", () =>
  window.parent.postMessage({ rerunTrace: { kind: "open" } }, "*"),
);

export {};
