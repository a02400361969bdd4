// Stands in for Streamlit's server: the front end's WebSocket ends here, and what it receives is
// handed in by the page around this frame. A classic script: it runs before Streamlit's own.

import * as marks from "./marks";
import * as message from "./message";

/** What the page around asks to show. `items` start with a `new_session`. */
interface Show {
  n: number;
  items: ({ bytes: Uint8Array; typed?: message.Typed } | { path: number[]; note: string })[];
  marks: marks.Request;
}

const KEYS: Record<string, boolean | null> = {
  __proto__: null,
  ArrowLeft: true,
  ArrowRight: true,
  ArrowUp: true,
  ArrowDown: true,
  Home: true,
  End: true,
  "?": true,
  d: true,
  f: true,
  p: true,
  Escape: true,
};
const BATCH = 500; // messages that are handed over at one go
const TYPED = "input, textarea, select, [contenteditable], [role=slider], [role=tab], canvas";
// The app's scripts run in this window later, and may change what they like in it. So these are
// taken now: with them nobody gets hold of the channel to the page around this frame.
const { apply } = Reflect;
const { parent } = window;
const post = MessagePort.prototype.postMessage;
const closest = Element.prototype.closest;
const getter = (of: object, name: string) =>
  Object.getOwnPropertyDescriptor(of, name)?.get ?? (() => undefined);
const [dataOf, sourceOf, portsOf] = ["data", "source", "ports"].map((name) =>
  getter(MessageEvent.prototype, name),
) as [() => any, () => any, () => any];
const pressed = ["key", "shiftKey", "altKey", "ctrlKey", "metaKey"].map((name) => ({
  name,
  get: getter(KeyboardEvent.prototype, name),
}));
const stop = Event.prototype.stopImmediatePropagation;
let port: MessagePort | null = null;
let socket: Socket | null = null;
let wanted: Show | null = null; // only the newest
let busy = false;
let count = 0;

class Socket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  url: string;
  readyState = Socket.CONNECTING;
  binaryType = "arraybuffer";
  on: Record<string, ((event: Event) => void) | null> = {};

  constructor(url: string) {
    super();
    this.url = url;
    setTimeout(() => {
      if (this.readyState !== Socket.CONNECTING) return;
      this.readyState = Socket.OPEN;
      socket = this;
      this.#tell(new Event("open"));
      if (!port) parent.postMessage({ rerunTrace: { kind: "ready" } }, "*"); // no secret
    }, 0);
  }

  /** Nobody listens: the page is a picture of the past. */
  send() {}

  close() {
    this.readyState = Socket.CLOSED;
    if (socket === this) socket = null;
  }

  receive(bytes: Uint8Array) {
    this.#tell(new MessageEvent("message", { data: bytes.slice().buffer }));
  }

  #tell(event: Event) {
    this.on[event.type]?.(event);
    this.dispatchEvent(event);
  }
}
for (const type of ["open", "message", "close", "error"]) {
  Object.defineProperty(Socket.prototype, `on${type}`, {
    get(this: Socket) {
      return this.on[type] ?? null;
    },
    set(this: Socket, listener: (event: Event) => void) {
      this.on[type] = listener;
    },
  });
}

function tell(message: object) {
  if (port) apply(post, port, [message]);
}

/** Lets the front end take up what it was given. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function work() {
  if (busy) return;
  busy = true;
  while (wanted && socket) {
    const show = wanted;
    wanted = null;
    try {
      await feed(socket, show);
      tell({ kind: "shown", n: show.n });
    } catch (error) {
      tell({ kind: "failed", n: show.n, text: String(error) });
    }
  }
  busy = false;
}

/**
 * A run of its own that writes the page of the moment: at its end, all else leaves the page.
 */
async function feed(socket: Socket, { items, marks: request }: Show) {
  count += 1;
  const run = `replay-${count}`;
  const [session, ...rest] = items;
  marks.hide();
  if (session && "bytes" in session) socket.receive(message.ofRun(session.bytes, run));
  socket.receive(message.status(true));
  // Deltas belong to the run that the front end shows at that time: it must have taken it up.
  await settled();
  await settled();
  const emptied = rest.flatMap((item) => ("bytes" in item ? message.emptied(item.bytes) : []));
  for (const [i, item] of rest.entries()) {
    if (i % BATCH === BATCH - 1) {
      tell({ kind: "busy" });
      await settled();
    }
    socket.receive(
      "bytes" in item
        ? message.ofRun(
            item.typed ? message.filled(item.bytes, item.typed, emptied) : item.bytes,
            run,
          )
        : message.filler(item.path, item.note, run),
    );
  }
  await settled();
  socket.receive(message.finished(run));
  socket.receive(message.status(false));
  await settled();
  await settled();
  marks.show(request, TOLD);
}

const TOLD = {
  write: (run: number, step: number) => tell({ kind: "write", run, step }),
  why: (message: number) => tell({ kind: "why", message }),
};

window.addEventListener(
  "message",
  (event) => {
    const asked = apply(sourceOf, event, []) === parent ? apply(dataOf, event, []) : null;
    if (asked?.rerunTrace?.kind !== "port") return;
    apply(stop, event, []); // it is not for Streamlit, nor for the app
    if (port) return;
    [port] = apply(portsOf, event, []);
    if (port) port.onmessage = (told) => hear(apply(dataOf, told, []));
  },
  { capture: true },
);

/** What the page around this frame says. */
function hear(asked: any) {
  if (asked.kind === "show") {
    wanted = asked;
    work();
  } else if (asked.kind === "marks") {
    marks.show(asked.marks, TOLD);
  } else if (asked.kind === "ping") {
    tell({ kind: "busy" });
  }
}

// The keys that move through time work from in here as well.
window.addEventListener("keydown", (event) => {
  if (!event.isTrusted) return; // a script pressed it
  const { target } = event;
  const typing = target instanceof Element ? apply(closest, target, [TYPED]) : null;
  const init: KeyboardEventInit = {};
  for (let i = 0; i < pressed.length; i++) {
    const each = pressed[i];
    if (each) (init as any)[each.name] = apply(each.get, event, []);
  }
  if (!KEYS[init.key ?? ""] || typing) return;
  event.preventDefault();
  tell({ kind: "key", init });
});

/**
 * Without an origin there is no storage, no cookie and no history: these forget and do
 * nothing.
 */
function storage() {
  const items: Map<string, string> = new Map();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      items.set(key, String(value));
    },
    removeItem: (key: string) => {
      items.delete(key);
    },
    clear: () => items.clear(),
    key: (index: number) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}
Object.defineProperty(window, "WebSocket", { value: Socket });
Object.defineProperty(window, "localStorage", { value: storage() });
Object.defineProperty(window, "sessionStorage", { value: storage() });
Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });
history.pushState = () => {};
history.replaceState = () => {};
