// How large the panes are: what is usual, what is allowed, what was kept. Pure.

/**
 * Percent of the panes' room. Side by side: the source and the facts, the views have the rest.
 * Where it is narrower: the left column, and the source's part of it. `lanes`: CSS pixels, null: as
 * high as they are
 */
export interface Sizes {
  source: number;
  facts: number;
  left: number;
  top: number;
  lanes: number | null;
}

export type Share = Exclude<keyof Sizes, "lanes">;

// The source gets 60 characters of code: at 1440 CSS pixels, also beside the app.
export const USUAL: Sizes = { source: 41, facts: 28, left: 60, top: 52, lanes: null };
export const BOUNDS: Record<Share, [number, number]> = {
  source: [15, 70],
  facts: [15, 60],
  left: [20, 80],
  top: [15, 85],
};
export const LEAST_VIEWS = 12; // percent
export const LEAST_LANES = 56; // CSS pixels

export const within = (value: number, [min, max]: [number, number]) =>
  Math.min(max, Math.max(min, value));

/** What was kept, as far as it makes sense. */
export function sizesFrom(text: string | null): Sizes {
  try {
    const kept = JSON.parse(text ?? "{}");
    const found = { ...USUAL };
    for (const key of Object.keys(BOUNDS) as Share[]) {
      if (Number.isFinite(kept[key])) found[key] = within(kept[key], BOUNDS[key]);
    }
    if (found.source + found.facts > 100 - LEAST_VIEWS) return USUAL;
    if (kept.lanes >= LEAST_LANES) found.lanes = kept.lanes;
    return found;
  } catch {
    return USUAL;
  }
}
