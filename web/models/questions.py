"""What the pages ask of an explained recording: plain data, to be answered elsewhere. Pure.

Each is called with the explainer and its version, and gives back the answer as JSON, as it is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from msgspec import to_builtins

from rerun_trace.tracer.documents.form import Form
from rerun_trace.tracer.explain.explainer import Explainer
from rerun_trace.tracer.explain.why.answer import why
from rerun_trace.tracer.explain.why.asking import About, question_about
from rerun_trace.tracer.explain.why.why_not import why_not
from rerun_trace.web.models.findings import chain_form, findings_view


@dataclass(frozen=True)
class FindingsAsked:
    """All findings. `interactions` are told in full, beside the newest."""

    interactions: tuple[int, ...] = ()

    def __call__(self, explainer: Explainer, version: int) -> bytes:
        runs = len(explainer.history.runs)
        found, met = explainer.findings(), explainer.met()
        return _json(findings_view(version, runs, found, met, self.interactions))


@dataclass(frozen=True)
class WhyAsked:
    """Why something is as it is, or why not; see `question_about`. Raises UnknownSubject."""

    about: About
    is_not: bool = False
    run: int | None = None
    step: int = 0
    name: str = ""
    message: int = 0
    line: int = 0

    def __call__(self, explainer: Explainer, version: int) -> bytes:
        history = explainer.history
        question = question_about(
            history,
            self.about,
            run=self.run,
            step=self.step,
            name=self.name,
            message=self.message,
            line=self.line,
        )
        return _json(chain_form((why_not if self.is_not else why)(history, question)))


def _json(form: Form) -> bytes:
    # Not msgspec's encoder: it refuses lone surrogates and long integers.
    return json.dumps(to_builtins(form), separators=(",", ":")).encode()
