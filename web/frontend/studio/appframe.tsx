// The live app in a frame beside its recording: how it is, its restart, and the frame's width.

import { Component } from "preact";
import type { App, Keyboard } from "../api/answers";
import { restartApp, watchApp } from "../api/liveapp";
import { showTrouble } from "../base/head";

/**
 * `app`: how it was when the page was made; `follow`: go on to the app's next recording by
 * itself; `used`: the widget that was used last; `isReady`: it is known which app sessions
 * there were; `onFrame`: the app is loaded into the frame
 */
interface Props {
  app: App;
  recording: number;
  follow: boolean;
  used: { keyboard: Keyboard } | null;
  isReady: boolean;
  onFrame: () => void;
}

/**
 * `width` in percent of the window; `loads` counts how often the frame was loaded anew;
 * `hasKeys`: the app has the keyboard
 */
interface State {
  app: App | null;
  loads: number;
  problem: string | null;
  width: number;
  isHidden: boolean;
  isDragged: boolean;
  hasKeys: boolean;
}

const KEY = "rerun-trace-app-frame";
const [NARROWEST, USUAL, WIDEST] = [15, 30, 70];
// As a part of the page: without it, the app would have the head and the padding of a page of its
// own.
const EMBEDDED = "embed=true&embed_options=show_toolbar";
// What the app may ask the user for in a tab of its own, it may in the frame.
const ALLOWED =
  "camera; microphone; geolocation; clipboard-read; clipboard-write; fullscreen; autoplay; " +
  "display-capture";

export class AppFrame extends Component<Props, State> {
  state: State;
  leave: () => void = () => {};
  noteFocus: () => void;
  hasRestarted = false; // who restarts the app wants to see it, too

  constructor(props: Props) {
    super(props);
    this.state = {
      app: props.app,
      loads: 0,
      problem: null,
      isDragged: false,
      hasKeys: false,
      ...remembered(),
    };
    this.noteFocus = () =>
      this.setState({ hasKeys: document.activeElement?.closest(".app-place iframe") != null });
  }

  componentDidMount() {
    window.addEventListener("blur", this.noteFocus); // all that is told of a click into the frame
    window.addEventListener("focus", this.noteFocus);
    this.leave = watchApp((app) => {
      // An app that runs again writes another recording than the one of this page.
      if (app) showTrouble(app.recording === this.props.recording ? app.trouble : null);
      if (JSON.stringify(app) !== JSON.stringify(this.state.app)) this.setState({ app });
    });
  }

  componentWillUnmount() {
    this.leave();
    window.removeEventListener("blur", this.noteFocus);
    window.removeEventListener("focus", this.noteFocus);
  }

  componentDidUpdate(before: Props) {
    const { app } = this.state;
    const { used } = this.props;
    if (used && used !== before.used) this.#giveBack(used.keyboard);
    if (this.goesOn() && app) location.assign(`/recordings/${app.recording}`);
  }

  /**
   * Whether the app runs, and writes another recording than the one that this page shows.
   */
  isElsewhere() {
    const { app } = this.state;
    return app?.state === "running" && app.recording !== this.props.recording;
  }

  /** Whether this page is to show the app's next recording by itself. */
  goesOn() {
    return this.isElsewhere() && (this.props.follow || this.hasRestarted);
  }

  lay(change: { width?: number; isHidden?: boolean }) {
    const { width, isHidden } = { ...this.state, ...change };
    const kept = { width: Math.min(WIDEST, Math.max(NARROWEST, width)), isHidden };
    this.setState(kept);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // The width then holds for this page only.
    }
  }

  async restart() {
    const problem = await restartApp();
    this.hasRestarted = problem === null;
    this.setState({ problem });
  }

  #onFrame = (frame: HTMLIFrameElement | null) => {
    if (frame) this.props.onFrame();
  };

  takeKeys() {
    (document.activeElement as HTMLElement | null)?.blur();
    window.focus();
    this.setState({ hasKeys: false });
  }

  /**
   * After a click in the app, the keys move through time again; who types there goes on typing.
   * Whether a slider was dragged or moved by its keys is not told: the pointer says it.
   */
  #giveBack(keyboard: Keyboard) {
    const frame = document.activeElement;
    if (!frame?.matches(".app-place iframe")) return;
    if (keyboard === "none" || (keyboard === "arrows" && frame.matches(":hover"))) this.takeKeys();
  }

  onSplitterKey(event: KeyboardEvent) {
    const widths: Record<string, number> = {
      ArrowLeft: this.state.width - 2,
      ArrowRight: this.state.width + 2,
      Home: NARROWEST,
      End: WIDEST,
    };
    const width = widths[event.key];
    if (width === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return;
    event.preventDefault(); // elsewhere, arrows move through time
    this.lay({ width });
  }

  onDrag(event: PointerEvent) {
    if (this.state.isDragged) this.lay({ width: (event.clientX / window.innerWidth) * 100 });
  }

  render(_props: Props, { app, width, isHidden, isDragged, hasKeys }: State) {
    const word = app
      ? { none: "ended", starting: "starting …", running: "running", ended: "ended" }[app.state]
      : "ended";
    const url = app?.url ?? null;
    return (
      <aside
        class={`app-frame ${isHidden ? "is-hidden" : ""} ${isDragged ? "is-dragged" : ""}`}
        style={{ "--app-width": `${width}vw` }}
        aria-label="The app"
      >
        <div class="app-column">
          <div class="panel-bar">
            {!isHidden && (
              <>
                <h2>The app</h2>
                <span class="quiet" role="status">
                  {word}
                </span>
                <span class="buttons end">
                  {url && (
                    <a
                      class="button"
                      href={url}
                      target="_blank"
                      rel="noopener"
                      title="Open the app in a tab of its own"
                    >
                      Open<span class="visually-hidden"> the app</span> ↗
                    </a>
                  )}
                  {app?.state === "running" && (
                    <button
                      type="button"
                      title="Load the app's page again: a new app session"
                      onClick={() => this.setState(({ loads }) => ({ loads: loads + 1 }))}
                    >
                      Reload
                    </button>
                  )}
                  {app?.state === "running" && app.may_restart && (
                    <button
                      type="button"
                      title="Restart the app: a new process and a new recording"
                      onClick={() => this.restart()}
                    >
                      Restart
                    </button>
                  )}
                </span>
              </>
            )}
            <button
              type="button"
              aria-expanded={!isHidden}
              aria-label={isHidden ? "Show the app" : "Hide the app"}
              title={isHidden ? "Show the app" : "Hide the app"}
              onClick={() => this.lay({ isHidden: !isHidden })}
            >
              {isHidden ? "▸" : "◂"}
            </button>
          </div>
          <div class="app-place" hidden={isHidden}>
            {this.renderPlace()}
          </div>
          {app?.state === "running" && !isHidden && (
            <p class="app-keys quiet">
              <span aria-hidden="true">⌨ </span>
              {/* One button in any case: it must not go while it is pressed. */}
              <button
                type="button"
                class={hasKeys ? "link keys" : "link keys away"}
                tabindex={hasKeys ? 0 : -1}
                title="Move through time with the keys again"
                onClick={() => this.takeKeys()}
              >
                {hasKeys
                  ? "The app has the keys: take them back"
                  : "The arrow keys move through time"}
              </button>
            </p>
          )}
        </div>
        {!isHidden && (
          <div
            class="app-splitter"
            role="separator"
            tabindex={0}
            aria-orientation="vertical"
            aria-label="Width of the app"
            aria-valuenow={Math.round(width)}
            aria-valuemin={NARROWEST}
            aria-valuemax={WIDEST}
            aria-valuetext={`${Math.round(width)} % of the window`}
            title="Drag, or use the arrow keys"
            onKeyDown={(event) => this.onSplitterKey(event)}
            onDblClick={() => this.lay({ width: USUAL })}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              this.setState({ isDragged: true });
            }}
            onPointerMove={(event) => this.onDrag(event)}
            onLostPointerCapture={() => this.setState({ isDragged: false })}
          ></div>
        )}
      </aside>
    );
  }

  renderPlace() {
    const { app, loads, problem } = this.state;
    const said = problem && (
      <p class="banner" role="alert">
        {problem}
      </p>
    );
    if (!app || app.state === "none") {
      return (
        <p class="empty" role="status">
          rerun-trace has ended, and the app with it. Its recording is kept.
        </p>
      );
    }
    if (app.state === "starting")
      return (
        <>
          {said}
          <p class="empty" role="status">
            The app is starting …
          </p>
        </>
      );
    if (app.state === "ended") {
      return (
        <>
          {said}
          <div class="empty">
            <p role="alert">{app.ended}</p>
            {app.may_restart ? (
              <>
                <button type="button" onClick={() => this.restart()}>
                  Restart the app
                </button>
                <p class="quiet">It starts again at the same address, with a new recording.</p>
              </>
            ) : (
              <p class="quiet">It can be restarted on the machine where it ran.</p>
            )}
          </div>
        </>
      );
    }
    if (!app.url) return <p class="empty">The app answers only on the machine where it runs.</p>;
    if (this.goesOn())
      return (
        <p class="empty" role="status">
          The app runs again …
        </p>
      );
    return (
      <>
        {said}
        {this.isElsewhere() && (
          <p class="app-notice" role="status">
            The app runs again as recording {app.recording}:{" "}
            <a href={`/recordings/${app.recording}`}>go there</a>
          </p>
        )}
        {app.url.startsWith("https:") && (
          <p class="app-notice quiet">
            If the frame stays empty, open the app in a tab once and accept its certificate.
          </p>
        )}
        {this.props.isReady && (
          <iframe
            key={`${app.recording}-${loads}`}
            ref={this.#onFrame}
            title="The app"
            src={`${app.url}/?${EMBEDDED}`}
            allow={ALLOWED}
          ></iframe>
        )}
      </>
    );
  }
}

function remembered(): { width: number; isHidden: boolean } {
  try {
    const { width, isHidden } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return {
      width: width >= NARROWEST && width <= WIDEST ? width : USUAL,
      isHidden: isHidden === true,
    };
  } catch {
    return { width: USUAL, isHidden: false };
  }
}
