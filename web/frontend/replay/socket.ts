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

const KEYS = new Set([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "?",
  "f",
  "p",
  "Escape",
]);
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
      tell({ kind: "ready" });
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
  window.parent.postMessage({ rerunTrace: message }, "*"); // nothing in it is secret
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
  for (const item of rest) {
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

window.addEventListener("message", (event) => {
  const asked = event.source === window.parent ? event.data?.rerunTrace : null;
  if (!asked) return;
  if (asked.kind === "show") {
    wanted = asked;
    work();
  } else if (asked.kind === "marks") {
    marks.show(asked.marks, TOLD);
  }
  event.stopImmediatePropagation(); // it is not for Streamlit
});

// The keys that move through time work from in here as well.
window.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const typing = target?.closest(
    "input, textarea, select, [contenteditable], [role=slider], [role=tab], canvas",
  );
  if (!KEYS.has(event.key) || typing) return;
  event.preventDefault();
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  tell({ kind: "key", init: { key, shiftKey, altKey, ctrlKey, metaKey } });
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
