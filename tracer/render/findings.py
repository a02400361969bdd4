"""Findings as documents have them. Their form is in `tracer/documents/facts.py`."""

from __future__ import annotations

from collections.abc import Iterable

from ..documents import facts as forms
from ..explain.finding import Evidence, Finding


def finding_forms(found: Iterable[Finding]) -> list[forms.Finding]:
    """The findings, in their order."""
    return [finding_form(each) for each in found]


def finding_form(found: Finding) -> forms.Finding:
    """One finding."""
    kind, page = found.kind, found.kind.docs
    return forms.Finding(
        id=found.id,
        code=kind.code,
        kind=kind.name,
        level=found.weight.value,
        certainty=found.certainty.value,
        interaction=found.interaction,
        run=found.run,
        file=found.file,
        line=found.line,
        also=list(found.also),
        times=found.times,
        title=found.title,
        text=found.text,
        evidence=[_evidence(each) for each in found.evidence],
        remedy=found.remedy or None,
        docs=forms.Reference(title=page.title, url=page.url) if page.title else None,
        patchable=kind.patchable,
    )


def _evidence(evidence: Evidence) -> forms.Evidence:
    return forms.Evidence(
        run=evidence.run,
        step=evidence.step,
        file=evidence.file,
        line=evidence.line,
        text=evidence.text,
    )
