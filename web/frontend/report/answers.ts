// What the server would answer, from what is in the report. Which routes there are:
// web/report/routes.py.

import type { StepWindow } from "../api/answers";
import type { Answer } from "../base/site";
import { packed } from "../replay/batch";
import { withoutStep } from "../store/why";
import { Bodies } from "./bodies";
import type { Parts } from "./parts";
import { search } from "./search";

/** Where the answers about some runs are; with `steps`, those about some steps of one. */
interface Place {
  id: string;
  runs: number[];
  steps?: [number, number];
}

/** `missing`: what is not in the report, in words */
export interface Held {
  places: Place[];
  missing: string;
}

interface Moments {
  items: unknown[];
  moments: [number, Record<string, unknown>, Record<string, number[]>][];
}

const KEPT = 24; // parts; each is below a MB
const COMPARED = 50; // interactions of a comparison in a part; as in web/report/compared.py
const WINDOW = 1000; // steps; as in api/rundata.ts

export class ReportAnswers {
  parts: Parts;
  recordings: Record<string, Held>;
  bodies: Bodies;
  /** The parts used last, the newest at the end. */
  kept: Map<string, Promise<Record<string, any>>> = new Map();
  /** By recording: the parts of each run. */
  placesOf: Map<string, Map<number, Place[]>> = new Map();

  constructor(parts: Parts, recordings: Record<string, Held>) {
    this.parts = parts;
    this.recordings = recordings;
    this.bodies = new Bodies(parts);
  }

  /** The answer at a path of the server's. */
  async get(path: string): Promise<Answer> {
    try {
      const found = await this.#find(path);
      const refused = (found as { refused?: string } | null)?.refused;
      if (refused !== undefined) throw new Error(refused);
      return answerOf(found);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { ...answerOf({ error: text }), ok: false, statusText: text };
    }
  }

  async #find(path: string): Promise<unknown> {
    const [, compared] = /^\/api\/comparisons\/\d+(.*)$/.exec(path) ?? [];
    if (compared !== undefined) return this.#ofComparison(compared);
    const [, recording = "", rest = ""] = /^\/api\/recordings\/(\d+)(.*)$/s.exec(path) ?? [];
    const [name = "", text = ""] = rest.split(/\?(.*)/s);
    const query = new URLSearchParams(text);
    if (!(recording in this.recordings))
      throw new Error(`Recording ${recording} is not in this report.`);
    if (name === "/search") return search(this, recording, query);
    const [, run, what] = /^\/runs\/(\d+)(.*)$/.exec(name) ?? [];
    if (run !== undefined) return this.#ofRun(recording, Number(run), what ?? "", query, rest);
    if (name === "/graph.dot") return this.#graph(recording, query, rest);
    if (name === "/bodies") {
      const hashes = (query.get("of") ?? "").split(",");
      return packed(await Promise.all(hashes.map((hash) => this.bodies.get(hash))));
    }
    const base = await this.base(recording);
    // All that is there is told at once.
    const found = base[name === "/findings" ? name : rest] ?? base[withoutStep(rest)];
    if (found !== undefined) return found;
    if (name === "/why")
      throw new Error("This report has no answer to that: ask where the recording is.");
    if (name === "/state/history") return { key: query.get("key"), total: 0, writes: [] };
    throw new Error(`This report has no answer to ${name}.`);
  }

  /** The comparison's own; its interactions are in parts of some each. */
  async #ofComparison(path: string) {
    const n = /^\/interactions\/(\d+)$/.exec(path)?.[1];
    const id = n === undefined ? "compared" : `compared-${Math.floor(Number(n) / COMPARED)}`;
    const found = (await this.#part(id))[path];
    if (found === undefined) throw new Error("This report has no answer to that.");
    return found;
  }

  base(recording: string) {
    return this.#part(`r${recording}`);
  }

  /** The numbers of the runs whose contents are here, ascending. */
  runs(recording: string) {
    return [...this.#places(recording).keys()].sort((a, b) => a - b);
  }

  async #ofRun(recording: string, run: number, what: string, query: URLSearchParams, path: string) {
    if (what === "/at") return { step: await this.#stepAt(recording, run, query) };
    if (what === "/steps") return this.steps(recording, run, Number(query.get("at") ?? 1));
    const answers = await this.ofRun(recording, run);
    if (what === "/page") return pageAt(answers[`/runs/${run}/page`], query);
    const found = answers[path];
    if (found === undefined) throw new Error(`This report has no answer to ${path}.`);
    return found;
  }

  /**
   * What is here about a run, but for the steps of a long one. Throws when it is not here.
   */
  async ofRun(recording: string, run: number) {
    const place = this.#places(recording)
      .get(run)
      ?.find((each) => !each.steps);
    if (!place)
      throw new Error(
        `The contents of run ${run} are not in this report. ${this.missing(recording)}`,
      );
    return this.#part(place.id);
  }

  /** What is not in the report, in words. */
  missing(recording: string) {
    return this.recordings[recording]?.missing ?? "";
  }

  async steps(recording: string, run: number, at: number): Promise<StepWindow> {
    const first = Math.floor((Math.max(at, 1) - 1) / WINDOW) * WINDOW + 1;
    const path = `/runs/${run}/steps?at=${first}`;
    const own = (await this.ofRun(recording, run))[path];
    const place = this.#places(recording)
      .get(run)
      ?.find(({ steps: [low, high] = [1, 0] }) => low <= first && first <= high);
    const found = own ?? (place && (await this.#part(place.id))[path]);
    if (found?.refused) throw new Error(found.refused);
    if (!found)
      throw new Error(
        `The steps from ${first} on of run ${run} are not in this report. ` +
          this.missing(recording),
      );
    return found;
  }

  async #stepAt(recording: string, run: number, query: URLSearchParams) {
    const file = Number(query.get("file_no") ?? 1);
    const lines = new Set((query.get("line") ?? "").split(",").map(Number));
    const after = Number(query.get("after") ?? 0);
    const { total } = await this.steps(recording, run, 1);
    /** @returns the first such step after it */
    const find = async (from: number): Promise<number | null> => {
      for (let at = from + 1; at <= total;) {
        const { first, last, steps } = await this.steps(recording, run, at);
        for (let step = Math.max(at, first); step <= last; step++) {
          if (steps.file[step - first] === file && lines.has(steps.line[step - first] ?? 0))
            return step;
        }
        at = last + 1;
      }
      return null;
    };
    return (await find(after)) ?? (after ? find(0) : null);
  }

  async #graph(recording: string, query: URLSearchParams, path: string) {
    const run = Number(query.get("run") ?? query.get("keep"));
    if (query.get("kind") === "flow") {
      const found = (await this.ofRun(recording, run))[path];
      if (found === undefined)
        throw new Error(`The control flow of run ${run} is not in this report.`);
      return found;
    }
    const base = await this.base(recording);
    if (path in base) return base[path];
    const { graphs, of } = base["/graph.dot?kind=cause"];
    return graphs[of[run] ?? 0];
  }

  #places(recording: string) {
    const known = this.placesOf.get(recording);
    if (known) return known;
    const found: Map<number, Place[]> = new Map();
    for (const place of this.recordings[recording]?.places ?? []) {
      for (const run of place.runs) found.set(run, [...(found.get(run) ?? []), place]);
    }
    this.placesOf.set(recording, found);
    return found;
  }

  #part(id: string) {
    const part = this.kept.get(id) ?? this.parts.json(id).then(unpacked);
    this.kept.delete(id);
    this.kept.set(id, part);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return part;
  }
}

/** Times of steps are kept as differences. */
function unpacked(answers: Record<string, any>) {
  for (const [path, answer] of Object.entries(answers)) {
    if (!path.includes("/steps?") || answer.refused) continue;
    let time = 0;
    answer.steps.at_ns = answer.steps.at_ns.map((by: number) => (time += by));
  }
  return answers;
}

/** The page at a step, from those at all steps of its run. */
function pageAt(
  packed: { more: object; sent: Moments; written: Moments } | { refused: string },
  query: URLSearchParams,
) {
  if ("refused" in packed) return packed;
  const { more, sent, written } = packed;
  const step = Number(query.get("step"));
  const { items, moments } = query.get("as") === "written" ? written : sent;
  const [, rest, lists] = moments.filter(([from]) => from <= step).at(-1) ??
    moments[0] ?? [0, {}, {}];
  const filled = Object.entries(lists).map(([name, numbers]) => [
    name,
    numbers.map((n) => items[n]),
  ]);
  const text = String(rest.text).replace("{step}", String(step));
  return { ...rest, ...Object.fromEntries(filled), text, step, ...more };
}

const answerOf = (value: unknown): Answer => ({
  ok: true,
  statusText: "",
  json: async () => value,
  text: async () => String(value),
  arrayBuffer: async () => (value as Uint8Array<ArrayBuffer>).slice().buffer,
});
