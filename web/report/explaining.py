"""What a report holds of findings, and the questions of why and why not that it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from rerun_trace.tracer.model import WriteKind
from rerun_trace.web.report.answers import Answers
from rerun_trace.web.report.packing import dumps
from rerun_trace.web.report.read_ahead import ReadAhead

FINDINGS = "/findings"
_MOST_OWN = 200  # interactions whose findings are told with the values of their time
_MOST_ASKED = 600  # questions
_MOST_SIZE = 600_000  # characters of all answers to questions; deflated, they are a tenth of it
_NEWEST = 20  # runs whose lines and elements are asked about, beside those with findings
_PLAIN = "-_.!~*'()"  # what encodeURIComponent leaves as it is


def explaining(reads: ReadAhead, answers: Answers, recording: int) -> dict[str, str]:
    """The findings and the answers, by path: JSON texts."""
    api = f"/api/recordings/{recording}"
    text = answers.json(api + FINDINGS)
    findings = json.loads(text)
    if "refused" in findings:
        return {FINDINGS: text}
    met = sorted({n for each in findings["met"] for n in each["interaction"]})[-_MOST_OWN:]
    if met:
        asked = f"{FINDINGS}?interactions={','.join(map(str, met))}"
        findings = json.loads(answers.json(api + asked))
    found: dict[str, str] = {}
    size = 0
    for path in _questions(reads, answers, recording, findings):
        if len(found) >= _MOST_ASKED or size >= _MOST_SIZE:
            break
        if path in found:
            continue
        answer = answers.json(api + path)
        if "refused" not in json.loads(answer):
            found[path] = answer
            size += len(answer)
    findings["asked"] = list(found)
    return {FINDINGS: dumps(findings), **found}


def _questions(
    reads: ReadAhead, answers: Answers, recording: int, findings: dict[str, Any]
) -> Iterator[str]:
    """What a reader asks first: of findings, of runs, then of the newest runs' lines and pages.

    The paths are those of store/why.ts, letter by letter.
    """
    every = [*findings["findings"], *(f for own in findings["own"] for f in own["findings"])]
    last = reads.counts(recording)["runs"]
    newest = range(last, max(0, last - _NEWEST), -1)
    ran: dict[int, set[tuple[str, int]]] = {}
    for finding in every:
        for place in (finding, *finding["evidence"]):
            n, file, line = place["run"], place["file"], place["line"]
            if not (0 < n <= last and file and line):
                continue
            if n not in ran:
                ran[n] = {(c.file, c.line) for c in reads.line_counts(recording, n) if c.hits}
            yield _of_line(n, file, line, (file, line) in ran[n])
    runs = list(dict.fromkeys([*sorted({finding["run"] for finding in every}), *newest]))
    yield from (f"/why?about=run&run={n}" for n in runs)
    for n in runs:
        for write in reads.container_writes(recording, n):
            if write.kind is not WriteKind.TRANSIENT:
                yield f"/why?about=element&message={write.message}"
    for n in runs:
        for key in dict.fromkeys(write.key for write in reads.state_writes(recording, n)):
            yield f"/why?about=key&run={n}&name={_text(key)}"
    for n in newest:
        view = json.loads(answers.json(f"/api/recordings/{recording}/runs/{n}"))
        for file in view.get("files", ()):  # none of a run that cannot be read
            for line, *_ in file["executed"]:
                yield _of_line(n, file["file"], line, True)
            for line, _ in file["not_run"]:
                yield _of_line(n, file["file"], line, False)


def _of_line(run: int, file: str, line: int, ran: bool) -> str:
    """Why a line ran, or why not."""
    asked = f"/why?about=line&run={run}&name={_text(file)}&line={line}"
    return asked if ran else f"{asked}&not=1"


def _text(name: str) -> str:
    return quote(name, safe=_PLAIN)
