// Joins what a live recording has added to what is known already.

/** @typedef {import("./api.js").Timeline} Timeline */

/**
 * `known` up to the first run and interaction of `news`, then `news`.
 * @param {Timeline} known
 * @param {Timeline} news
 * @returns {Timeline}
 */
export function merge(known, news) {
  const run = news.runs.n[0] ?? Infinity;
  const interaction = news.interactions.n[0] ?? Infinity;
  return {
    ...news,
    interactions: join(known.interactions, news.interactions, known.interactions.n, interaction),
    runs: join(known.runs, news.runs, known.runs.n, run),
    callbacks: join(known.callbacks, news.callbacks, known.callbacks.run, run),
    requests: join(known.requests, news.requests, known.requests.run, run),
    errors: join(known.errors, news.errors, known.errors.run, run),
  };
}

/**
 * Lists of equal length, cut before the first item whose number is not below `first`.
 * @template {Record<string, unknown[]>} T
 * @param {T} known
 * @param {T} news
 * @param {number[]} numbers
 * @param {number} first
 * @returns {T}
 */
function join(known, news, numbers, first) {
  const at = numbers.findIndex((number) => number >= first);
  const end = at < 0 ? numbers.length : at;
  const entries = Object.keys(news).map((key) => [key, [...(known[key] ?? []).slice(0, end), ...(news[key] ?? [])]]);
  return /** @type {T} */ (Object.fromEntries(entries));
}
