// What the server would answer, from what is in the report. Which routes there are:
// web/report/routes.py.

import { Bodies } from "./bodies";
import { search } from "./search";

/**
 * Where the answers about some runs are; with `steps`, those about some steps of one.
 * @typedef {{id: string, runs: number[], steps?: [number, number]}} Place
 * @typedef {{places: Place[], missing: string}} Held  `missing`: what is not in the report, in words
 * @typedef {{items: unknown[], moments: [number, Record<string, unknown>, Record<string, number[]>][]}} Moments
 */

const KEPT = 24; // parts; each is below a MB
const WINDOW = 1000; // steps; as in api/rundata.ts

export class ReportAnswers {
  /**
   * @param {import("./parts").Parts} parts
   * @param {Record<string, Held>} recordings
   */
  constructor(parts, recordings) {
    this.parts = parts;
    this.recordings = recordings;
    this.bodies = new Bodies(parts);
    /** The parts used last, the newest at the end. @type {Map<string, Promise<Record<string, any>>>} */
    this.kept = new Map();
    /** By recording: the parts of each run. @type {Map<string, Map<number, Place[]>>} */
    this.placesOf = new Map();
  }

  /**
   * The answer at a path of the server's.
   * @param {string} path
   * @returns {Promise<import("../base/site").Answer>}
   */
  async get(path) {
    try {
      const found = await this.#find(path);
      const refused = /** @type {{refused?: string} | null} */ (found)?.refused;
      if (refused !== undefined) throw new Error(refused);
      return answerOf(found);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { ...answerOf({ error: text }), ok: false, statusText: text };
    }
  }

  /** @param {string} path @returns {Promise<unknown>} */
  async #find(path) {
    const [, recording = "", rest = ""] = /^\/api\/recordings\/(\d+)(.*)$/s.exec(path) ?? [];
    const [name = "", text = ""] = rest.split(/\?(.*)/s);
    const query = new URLSearchParams(text);
    if (!(recording in this.recordings)) throw new Error(`Recording ${recording} is not in this report.`);
    if (name === "/search") return search(this, recording, query);
    const [, run, what] = /^\/runs\/(\d+)(.*)$/.exec(name) ?? [];
    if (run !== undefined) return this.#ofRun(recording, Number(run), what ?? "", query, rest);
    if (name === "/graph.dot") return this.#graph(recording, query, rest);
    if (name.startsWith("/bodies/")) return this.bodies.get(name.slice("/bodies/".length));
    const found = (await this.base(recording))[rest];
    if (found !== undefined) return found;
    if (name === "/state/history") return { key: query.get("key"), total: 0, writes: [] };
    throw new Error(`This report has no answer to ${name}.`);
  }

  /** @param {string} recording */
  base(recording) {
    return this.#part(`r${recording}`);
  }

  /** The numbers of the runs whose contents are here, ascending. @param {string} recording */
  runs(recording) {
    return [...this.#places(recording).keys()].sort((a, b) => a - b);
  }

  /**
   * @param {string} recording
   * @param {number} run
   * @param {string} what
   * @param {URLSearchParams} query
   * @param {string} path
   */
  async #ofRun(recording, run, what, query, path) {
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
   * @param {string} recording
   * @param {number} run
   */
  async ofRun(recording, run) {
    const place = this.#places(recording).get(run)?.find((each) => !each.steps);
    if (!place) throw new Error(`The contents of run ${run} are not in this report. ${this.missing(recording)}`);
    return this.#part(place.id);
  }

  /** What is not in the report, in words. @param {string} recording */
  missing(recording) {
    return this.recordings[recording]?.missing ?? "";
  }

  /**
   * @param {string} recording
   * @param {number} run
   * @param {number} at
   * @returns {Promise<import("../api/api").StepWindow>}
   */
  async steps(recording, run, at) {
    const first = Math.floor((Math.max(at, 1) - 1) / WINDOW) * WINDOW + 1;
    const path = `/runs/${run}/steps?at=${first}`;
    const own = (await this.ofRun(recording, run))[path];
    const place = this.#places(recording).get(run)?.find(({ steps: [low, high] = [1, 0] }) => low <= first && first <= high);
    const found = own ?? (place && (await this.#part(place.id))[path]);
    if (found?.refused) throw new Error(found.refused);
    if (!found) throw new Error(`The steps from ${first} on of run ${run} are not in this report. ${this.missing(recording)}`);
    return found;
  }

  /** @param {string} recording @param {number} run @param {URLSearchParams} query */
  async #stepAt(recording, run, query) {
    const file = Number(query.get("file_no") ?? 1);
    const lines = new Set((query.get("line") ?? "").split(",").map(Number));
    const after = Number(query.get("after") ?? 0);
    const { total } = await this.steps(recording, run, 1);
    /** @param {number} from @returns {Promise<number | null>} the first such step after it */
    const find = async (from) => {
      for (let at = from + 1; at <= total; ) {
        const { first, last, steps } = await this.steps(recording, run, at);
        for (let step = Math.max(at, first); step <= last; step++) {
          if (steps.file[step - first] === file && lines.has(steps.line[step - first] ?? 0)) return step;
        }
        at = last + 1;
      }
      return null;
    };
    return (await find(after)) ?? (after ? find(0) : null);
  }

  /** @param {string} recording @param {URLSearchParams} query @param {string} path */
  async #graph(recording, query, path) {
    const run = Number(query.get("run") ?? query.get("keep"));
    if (query.get("kind") === "flow") {
      const found = (await this.ofRun(recording, run))[path];
      if (found === undefined) throw new Error(`The control flow of run ${run} is not in this report.`);
      return found;
    }
    const base = await this.base(recording);
    if (path in base) return base[path];
    const { graphs, of } = base["/graph.dot?kind=cause"];
    return graphs[of[run] ?? 0];
  }

  /** @param {string} recording */
  #places(recording) {
    const known = this.placesOf.get(recording);
    if (known) return known;
    /** @type {Map<number, Place[]>} */
    const found = new Map();
    for (const place of this.recordings[recording]?.places ?? []) {
      for (const run of place.runs) found.set(run, [...(found.get(run) ?? []), place]);
    }
    this.placesOf.set(recording, found);
    return found;
  }

  /** @param {string} id */
  #part(id) {
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

/** Times of steps are kept as differences. @param {Record<string, any>} answers */
function unpacked(answers) {
  for (const [path, answer] of Object.entries(answers)) {
    if (!path.includes("/steps?") || answer.refused) continue;
    let time = 0;
    answer.steps.at_ns = answer.steps.at_ns.map((/** @type {number} */ by) => (time += by));
  }
  return answers;
}

/**
 * The page at a step, from those at all steps of its run.
 * @param {{more: object, sent: Moments, written: Moments} | {refused: string}} packed
 * @param {URLSearchParams} query
 */
function pageAt(packed, query) {
  if ("refused" in packed) return packed;
  const { more, sent, written } = packed;
  const step = Number(query.get("step"));
  const { items, moments } = query.get("as") === "written" ? written : sent;
  const [, rest, lists] = moments.filter(([from]) => from <= step).at(-1) ?? moments[0] ?? [0, {}, {}];
  const filled = Object.entries(lists).map(([name, numbers]) => [name, numbers.map((n) => items[n])]);
  const text = String(rest.text).replace("{step}", String(step));
  return { ...rest, ...Object.fromEntries(filled), text, step, ...more };
}

/** @param {unknown} value @returns {import("../base/site").Answer} */
const answerOf = (value) => ({
  ok: true,
  statusText: "",
  json: async () => value,
  text: async () => String(value),
  arrayBuffer: async () => /** @type {Uint8Array<ArrayBuffer>} */ (value).slice().buffer,
});
