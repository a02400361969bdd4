"""The samples that come along: three ways to update a header, for who has recorded nothing yet."""

from __future__ import annotations

import ast
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .tracer.errors import HostError
from .web.views.samples import Sample

if TYPE_CHECKING:
    from .db.store import TraceStore

_APPS = ("rerun.py", "callback.py", "container.py")
_SCENARIO = "compare/header.toml"
_IDLE_TIMEOUT_S = 30.0
ALL = "all"


def folder() -> Path:
    """Where the samples are: in the package, into which `setup.py` puts them, or beside it."""
    package = Path(__file__).resolve().parent
    inside = package / "samples"
    return inside if inside.is_dir() else package.parent / "samples"


def apps() -> tuple[str, ...]:
    """The paths of the samples."""
    return tuple(str(folder() / app) for app in _APPS)


def scenario() -> str:
    """The path of the scenario that fits all of them: the first load, and a click."""
    return str(folder() / _SCENARIO)


class DemoSamples:
    """Records the samples for the pages over `store`."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._at_work = threading.Lock()

    def offered(self) -> Sequence[Sample]:
        """Each of the samples, and all of them as a comparison."""
        every = "Compare the three: the same click, side by side."
        return (*(_sample(Path(app)) for app in apps()), Sample(ALL, "All three", every))

    def record(self, name: str) -> str | None:
        """Drives a sample, or all; returns the path of its page. None while another one is.

        Raises HostError when its app does not come to the end.
        """
        if not self._at_work.acquire(blocking=False):
            return None
        try:
            return self._record(name)
        finally:
            self._at_work.release()

    def _record(self, name: str) -> str:
        # Not at the top: the pages start no later for the samples that they offer.
        from . import comparing
        from .tracer.driver.scenario import load_scenario

        plan = load_scenario(scenario())
        variants = [
            replace(each, scenario=plan.for_variant(each.name))
            for each in comparing.name_variants(apps())
            if name in (each.name, ALL)
        ]
        if name != ALL:
            variants = [replace(each, name="") for each in variants]  # there is nothing to compare
        driven = comparing.drive_variants(
            variants,
            db=self._store.address,
            engine="auto",
            idle_timeout_s=_IDLE_TIMEOUT_S,
        )
        failed = [each.failed for each in driven if each.failed is not None]
        if failed:
            raise HostError(f"the sample was not recorded to its end: {failed[0]}")
        if name == ALL:
            return f"/comparisons/{comparing.keep(self._store, plan, variants, driven)}"
        return f"/recordings/{driven[0].recordings[0]}"


def _sample(path: Path) -> Sample:
    """A sample, with what the first sentence of its script says of it."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return Sample(path.stem, path.name, said.partition("\n\n")[0].replace("\n", " "))
