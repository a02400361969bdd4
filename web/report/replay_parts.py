"""What replays the pages in a report: Streamlit's own front end, and the page messages."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rerun_trace.web.replay import streamlit_files as frontend
from rerun_trace.web.report.assemble import Frame
from rerun_trace.web.report.frame import GRAPHVIZ, NOTICE, frame, is_serif
from rerun_trace.web.report.libraries import needed
from rerun_trace.web.report.packing import Part, dumps, part

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

FRAME = "frame"  # ids of parts; `frontend/report/frame.ts` looks for them
BODIES = "bodies"
NO_REPLAY = "This report was made {}, so the page is a list."
_LARGE = 200_000  # bytes of page messages, deflated at once


class Replay:
    """The replay of some recordings, by the Streamlit that is installed."""

    def __init__(self, store: TraceStore, recordings: Sequence[int]) -> None:
        """Raises FileNotFoundError or ValueError where there is no front end to take."""
        self._store = store
        self._sizes: dict[str, int] = {}
        self._serif = False
        kinds: set[str] = set()
        for number in recordings:
            kinds |= store.elements(number)
        libraries = needed(kinds, self._look(recordings))
        notice = f"{NOTICE} {GRAPHVIZ}" if "Graphviz" in libraries else NOTICE
        packed = _packed(frontend.folder(), libraries, self._serif)
        self.frame = Frame([packed], [("Streamlit's front end", notice)])

    def room(self, hash: str) -> int:
        """How many bytes a page message takes in the file, at the most."""
        return self._sizes.get(hash, 0)

    def bodies(self, hashes: Collection[str]) -> list[Part]:
        """The page messages with these hashes, many to a part, and where each of them is."""
        places: dict[str, tuple[int, int, int]] = {}  # number of the part, start and length
        parts: list[Part] = []
        piece = bytearray()
        for hash, body in self._store.named_bodies(hashes):
            places[hash] = (len(parts), len(piece), len(body))
            piece += body
            if len(piece) > _LARGE:
                parts.append(part(f"{BODIES}-{len(parts)}", bytes(piece)))
                piece.clear()
        parts.append(part(f"{BODIES}-{len(parts)}", bytes(piece)))
        return [part(BODIES, dumps(places)), *parts]

    def _look(self, recordings: Sequence[int]) -> Iterator[bytes]:
        """All page messages, whose sizes and fonts are noted on the way."""
        for number in recordings:
            for hash, body in self._store.message_bodies(number):
                if hash not in self._sizes:
                    self._sizes[hash] = len(zlib.compress(body, 1)) * 5 // 4
                    self._serif = self._serif or is_serif(body)
                    yield body


@functools.lru_cache(4)  # a folder of reports has the same few
def _packed(installed: Path | None, libraries: frozenset[str], serif: bool) -> Part:
    return part(FRAME, frame(libraries, serif=serif).content())


def replay_of(store: TraceStore, recordings: Sequence[int]) -> Replay | str:
    """What replays the recordings' pages; or why they are shown as lists, as a sentence."""
    installed = frontend.version()
    recorded = sorted({store.recording(number).streamlit for number in recordings})
    if not installed:
        return NO_REPLAY.format("where Streamlit is not installed")
    if installed not in recorded:
        versions = " and ".join(recorded)
        return NO_REPLAY.format(f"with Streamlit {installed} of an app recorded with {versions}")
    try:
        return Replay(store, recordings)
    except (FileNotFoundError, ValueError) as error:
        return NO_REPLAY.format(f"without replay ({error})")
