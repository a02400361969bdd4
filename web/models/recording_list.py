"""The list of recordings: what its page shows of each, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rerun_trace.db.reading.overview import RecordingSummary
from rerun_trace.tracer.model import RecordingInfo
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.recordings import apps_of, path_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording in the list. `found_by` is what its text filter looks through, in small letters.

    `is_shown` is whether it passes the filters.
    """

    info: RecordingInfo
    interactions: int
    runs: int
    errors: int
    notes: int
    length: str
    state: str
    versions: str
    app_path: str
    found_by: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class App:
    """An app that there are recordings of: where its script was, what it is called here."""

    path: str
    name: str
    recordings: int


def listed(
    summaries: Sequence[RecordingSummary],
    state_of: Callable[[RecordingInfo, int], str],
    app: str = "",
    text: str = "",
) -> list[Listed]:
    """The recordings as the page shows them; `app` is a path, `text` words that all must occur."""
    asked = text.lower().split()
    found = []
    for each in summaries:
        info = each.info
        versions = f"Streamlit {info.streamlit} · Python {info.python}"
        state = state_of(info, each.duration_ns)
        parts = (info.name, path_of(info), info.variant, state, info.engine, versions, f"{info.id}")
        found_by = " ".join(filter(None, parts)).lower()
        found.append(
            Listed(
                info=info,
                interactions=each.interactions,
                runs=each.runs,
                errors=each.errors,
                notes=each.notes,
                length=words.duration(each.duration_ns),
                state=state,
                versions=versions,
                app_path=path_of(info),
                found_by=found_by,
                is_shown=app in ("", path_of(info)) and all(word in found_by for word in asked),
            )
        )
    return found


def apps(recordings: Sequence[Listed]) -> list[App]:
    """The apps to choose from, by name."""
    paths = [each.app_path for each in recordings]
    names = apps_of(each.info for each in recordings)
    made = [App(path, name, paths.count(path)) for path, name in names.items()]
    return sorted(made, key=lambda app: app.name.lower())


def exact(at: datetime) -> str:
    """A moment for a page without scripts, which do not know the browser's zone."""
    return at.strftime("%Y-%m-%d %H:%M UTC")
