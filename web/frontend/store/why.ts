// A question that was asked, and its answer.

import { batch, signal } from "@preact/signals";
import type { Api } from "../api/api";
import type { WhyAnswer } from "../api/answers";
import { message } from "../base/format";

/** What a person pointed at. `step` is the moment's; without it, the run's end is meant. */
export type Question = { not?: boolean } & (
  | { about: "element"; message: number }
  | { about: "run"; run: number }
  | { about: "line"; run: number; name: string; line: number; step?: number | undefined }
  | { about: "key" | "name"; run: number; name: string; step?: number | undefined }
);

/** How the server is asked; in a report, answers are kept by it: as in web/report/explaining.py. */
export function whyPath(question: Question) {
  const parts = [`about=${question.about}`];
  if ("run" in question) parts.push(`run=${question.run}`);
  if ("name" in question) parts.push(`name=${encodeURIComponent(question.name)}`);
  if ("line" in question) parts.push(`line=${question.line}`);
  if ("message" in question) parts.push(`message=${question.message}`);
  if ("step" in question && question.step !== undefined) parts.push(`step=${question.step}`);
  if (question.not) parts.push("not=1");
  return `/why?${parts.join("&")}`;
}

/** In a report, a line is asked about as it was at the run's end. */
export const withoutStep = (path: string) =>
  path.startsWith("/why?about=line&") ? path.replace(/&step=\d+/, "") : path;

/** Of an element that was asked why it is so: why it does not show the new value; else null. */
export const whyNot = (path: string) =>
  path.startsWith("/why?about=element&") && !path.endsWith("&not=1") ? `${path}&not=1` : null;

export interface Asked {
  path: string;
  answer: WhyAnswer | null;
  problem: string | null;
  /** Whether everything of the answer is shown. */
  isWhole: boolean;
}

export class Why {
  readonly now = signal<Asked | null>(null);
  /** What had the focus when it was asked. */
  #before: Element | null = null;

  constructor(readonly api: Api) {}

  ask(question: Question) {
    return this.askAt(whyPath(question));
  }

  async askAt(path: string) {
    if (!this.now.value) this.#before = document.activeElement;
    const asked = { path, answer: null, problem: null, isWhole: false };
    this.now.value = asked;
    let found: Partial<Asked>;
    try {
      found = { answer: await this.api.why(path) };
    } catch (error) {
      found = { problem: message(error) };
    }
    if (this.now.value === asked) this.now.value = { ...asked, ...found };
  }

  showAll() {
    if (this.now.value) this.now.value = { ...this.now.value, isWhole: true };
  }

  /** @returns whether there was something to close */
  close() {
    if (!this.now.value) return false;
    batch(() => (this.now.value = null));
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    this.#before = null;
    return true;
  }
}
