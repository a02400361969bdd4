"""What the page says of findings, and the answers to why and why not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import convert

from rerun_trace.tracer.explain.finding import Finding
from rerun_trace.tracer.explain.why.chain import Chain, ChainLink
from rerun_trace.tracer.render.findings import finding_forms
from rerun_trace.web.models import answers

MOST_MET = 2_000  # places of one finding that are named
NEWEST = 3  # interactions that are told in full without being asked for


def findings_view(
    version: int,
    runs: int,
    found: Sequence[Finding],
    met: Mapping[int, Sequence[Finding]],
    asked: Collection[int] = (),
) -> answers.Findings:
    """All findings; where each was met; and in full what was met in the newest interactions.

    `met` is by interaction; `asked` are further interactions that are told in full.
    """
    places: dict[int, dict[tuple[int, int], None]] = {}
    for interaction, each in ((n, each) for n in met for each in met[n]):
        places.setdefault(each.id, {})[interaction, each.run] = None
    told = {*sorted(n for n in met if met[n])[-NEWEST:], *asked}
    return answers.Findings(
        version=version,
        runs=runs,
        findings=finding_forms(found),
        met=[_met(each.id, list(places.get(each.id, ()))) for each in found],
        own=[
            answers.FoundIn(interaction=n, findings=finding_forms(met.get(n, ())))
            for n in sorted(told)
        ],
    )


def _met(number: int, places: Sequence[tuple[int, int]]) -> answers.Met:
    kept = places[-MOST_MET:]
    return answers.Met(id=number, interaction=[n for n, _ in kept], run=[run for _, run in kept])


def chain_form(chain: Chain) -> answers.WhyAnswer:
    """The answer to a question."""
    return answers.WhyAnswer(
        question=chain.question,
        first=[_link(link) for link in chain.first],
        links=[_link(link) for link in chain.links],
        more=[_link(link) for link in chain.more],
    )


def _link(link: ChainLink) -> answers.WhyLink:
    return convert(link.document(), answers.WhyLink)
