"""Which of the places found in a text are masked: they may overlap, or stand in an id. Pure."""

from __future__ import annotations

import re
from typing import Final

from .secret_index import Hit, merged

# Ids that others refer to, and masks: a part that stands in one by chance stays.
_IDS: Final = re.compile(
    rb"\$\$ID-[0-9a-f]{32}-?|\[secret(?: \d+)?\]|\(hidden\)|[0-9a-f]{32,}"
    rb"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_IN_ID: Final = 8  # bytes; of that much it is no chance


def outside_of_ids(hits: list[Hit], data: bytes) -> list[Hit]:
    """What was found, as places that do not touch, but for what stands in an id by chance."""
    if not hits:
        return hits
    found = merged(hits)
    for name in _IDS.finditer(data):
        start, end = name.span()
        is_ours = name[0][:1] in (b"$", b"[", b"(")
        kept = []
        for hit in found:
            if hit.start >= end or hit.end <= start:
                kept.append(hit)
            elif is_ours:
                if hit.start < start:
                    kept.append(hit._replace(end=start))
                if hit.end > end:
                    kept.append(hit._replace(start=end))
            elif hit.end - hit.start >= _IN_ID or hit.start < start or hit.end > end:
                kept.append(hit)
        found = kept
    return found


def without(spans: list[tuple[int, int]], hits: list[Hit]) -> list[Hit]:
    """What is left of the places that the hits do not cover, as hits of no secret."""
    if not spans:
        return []
    left = [(hit.start, hit.end) for hit in merged(Hit(*span, 0, 0) for span in spans)]
    for hit in hits:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, hit.start)), (max(start, hit.end), end))
            if piece[0] < piece[1]
        ]
    return [Hit(start, end, 0, 0) for start, end in left]
