// The app that was started together with this page: how it is, and its restart.

import type { App } from "./answers";

const POLL = 1000; // ms

/**
 * Tells how the app is, again and again; null when rerun-trace does not answer any more.
 * @returns ends it
 */
export function watchApp(tell: (app: App | null) => void): () => void {
  let goesOn = true;
  const ask = async () => {
    const app = await fetch("/api/live").then(
      (answer) => (answer.ok ? answer.json() : null),
      () => null,
    );
    if (!goesOn) return;
    tell(app);
    setTimeout(() => goesOn && ask(), POLL);
  };
  ask();
  return () => {
    goesOn = false;
  };
}

/** Asks for a restart; returns why it was refused, or null. */
export async function restartApp(): Promise<string | null> {
  try {
    const answer = await fetch("/api/live/restart", { method: "POST" });
    return answer.ok ? null : (await answer.json()).error;
  } catch {
    return "rerun-trace does not answer any more.";
  }
}
