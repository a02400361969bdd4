"""Samples to begin with: offered where nothing is recorded yet, and recorded with one click.

What records them is handed in, for it starts processes. Without it none are offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.errors import HostError
from rerun_trace.web.models import answers
from rerun_trace.web.views.answering import answer
from rerun_trace.web.views.changing import refuse_others, sent


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that can be recorded: its name, and what it is called and shows."""

    name: str
    title: str
    text: str


class Samples(Protocol):
    """The samples. Both methods may be called from any thread."""

    def offered(self) -> Sequence[Sample]:
        """Those that there are."""

    def record(self, name: str) -> str | None:
        """Records one; returns the path of its page, or None while another one is recorded.

        Raises HostError when its app does not come to the end.
        """


def blueprint(samples: Samples | None) -> Blueprint:
    """The route that records a sample."""
    routes = Blueprint("samples", __name__)

    @routes.before_request
    def refuse() -> None:
        refuse_others("may record a sample")

    @routes.post("/api/samples")
    def record() -> ResponseReturnValue:
        name = sent("sample")["sample"]
        if samples is None or name not in [each.name for each in samples.offered()]:
            abort(404, "There is no such sample.")
        try:
            path = samples.record(name)
        except HostError as error:
            text = str(error)
            abort(500, f"{text[:1].upper()}{text[1:]}.")
        if path is None:
            abort(409, "A sample is being recorded already.")
        return answer(answers.SampleRecorded(path=path)), 201

    return routes
