// Rows of a source of which some are folded.

import { counted } from "../base/format";

/**
 * The rows that are kept, with one in the place of each stretch that is not.
 * @param kept  numbers of lines, from 1; null: all
 * @param onWhole  a person wants to see all of them
 */
export function folded(
  rows: unknown[],
  kept: ReadonlySet<number> | null | undefined,
  onWhole: () => void,
) {
  if (!kept) return rows;
  return rows.flatMap((row, i) => {
    if (kept.has(i + 1)) return [row];
    if (i > 0 && !kept.has(i)) return [];
    let last = i + 1;
    while (last < rows.length && !kept.has(last + 1)) last++;
    return [
      <tr key={`fold ${i}`} class="fold">
        <td colspan={3}>
          <button type="button" class="link" title="Show the whole file" onClick={onWhole}>
            ⋯ {counted(last - i, "line")}
          </button>
        </td>
      </tr>,
    ];
  });
}
