"""What the explainer claims of a recording, set against what the second observer saw of the app.

Checked are the claims that an observer can check: an element that shows an old value is on the page
at rest, and its key had another value when it was drawn; a write was refused; an exception that
should have ended the run was caught; a key was dropped. Of the last three it also counts what the
observer saw and nothing is claimed of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from rerun_trace.tracer.explain.finding import Finding
from truth.observer import Line, Observer, SeenRun, texts
from truth.page import final_page, told

STALE, REFUSED, SWALLOWED = "stale-read", "write-after-widget", "swallowed-control-exception"
DROPPED = "key-dropped"


@dataclass(frozen=True)
class Claims:
    """What is claimed, and what was seen. `rests`: the last runs of the interactions, if known."""

    findings: Sequence[Finding]
    observer: Observer
    received: Sequence[bytes]  # by the browser, in order
    rests: frozenset[int]

    def untrue(self) -> Iterator[str]:
        """What is claimed and was not seen, or was seen and is not claimed, in words."""
        checks = {STALE: self._stale, REFUSED: self._refused, SWALLOWED: self._swallowed}
        checks[DROPPED] = self._dropped
        for finding in self.findings:
            check = checks.get(finding.kind.name)
            wrong = check(finding) if check else None
            if wrong:
                yield f"{finding.kind.name} at {finding.file}:{finding.line}: {wrong}"
        yield from self._not_claimed()

    # What is claimed

    def _stale(self, finding: Finding) -> str | None:
        run, key = self._run(finding), _subject(finding)
        drawn = [n for n, (_, line) in enumerate(run.messages) if line == _place(finding)]
        if self.rests and finding.run not in self.rests:
            return f"another run followed run {finding.run}"
        shown = final_page(self._received_until(finding.run))
        if not any(_is_delta(run, n) and told(run.messages[n][0]) in shown for n in drawn):
            return "nothing of that line is on the page"
        in_the_end = texts(run.state).get(key)
        if all(run.at_message[n].get(key) == in_the_end for n in drawn):
            return f"{key} had its last value, {in_the_end}, already"
        return None

    def _refused(self, finding: Finding) -> str | None:
        refused = (_subject(finding), _place(finding)) in self._run(finding).refused
        return None if refused else "no write was refused"

    def _swallowed(self, finding: Finding) -> str | None:
        run = self._run(finding)
        taker, place = finding.evidence[1], _place(finding)
        if place not in [line for _, line in run.thrown]:
            return "nothing was thrown there"
        # A `with` is left without a step of its own.
        begin = run.lines.index(place) if place in run.lines else len(run.lines)
        looked = run.lines if taker.text.startswith("`with") else run.lines[begin:]
        if (taker.file, taker.line) not in looked:
            return "the handler did not run"
        return None

    def _dropped(self, finding: Finding) -> str | None:
        key, number = _subject(finding), finding.evidence[1].run
        before, after = self.observer.runs[number - 2 : number]
        old = texts(before.state).get(key)
        if key in after.state:
            return f"{key} is still there after run {number}"
        if key not in before.state:
            return f"{key} was not there before run {number}"
        return None if old is None or old in finding.text else f"{key} was {old}"

    # What was seen

    def _not_claimed(self) -> Iterator[str]:
        refused = {(_subject(f), _place(f)) for f in self._of(REFUSED)}
        caught = {place for f in self._of(SWALLOWED) for place in (_place(f), *f.also)}
        dropped = {(_subject(f), f.evidence[1].run) for f in self._of(DROPPED)}
        dropped_keys = {key for key, _ in dropped}
        first: dict[str, str] = {}
        for number, run in enumerate(self.observer.runs, 1):
            for key, line in run.refused:
                if (key, line) not in refused:
                    yield f"run {number}: the write of {key} at {line} was refused"
            # Whatever was thrown last ends the run, unless the app caught it.
            ended = run.end == "SCRIPT_STOPPED_FOR_RERUN"
            reruns = [line for name, line in run.thrown if name == "RerunException"]
            for line in reruns[:-1] if ended else reruns:
                if line not in caught:
                    yield f"run {number}: the rerun that line {line} threw was caught"
            for key, text in texts(run.state).items():
                first.setdefault(key, text)
            following = self.observer.runs[number : number + 1]
            for key, text in texts(run.state).items() if following else ():
                gone = key not in following[0].state and key.startswith("w")
                if gone and text != first[key] and key not in dropped_keys:
                    yield f"run {number + 1}: {key} was dropped, which was {text}"

    # Looking things up

    def _run(self, finding: Finding) -> SeenRun:
        return self.observer.runs[finding.run - 1]

    def _of(self, kind: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind.name == kind]

    def _received_until(self, run: int) -> list[bytes]:
        """The messages that the browser had when the next run began."""
        found: list[bytes] = []
        begun = 0
        for data in self.received:
            begun += ForwardMsg.FromString(data).WhichOneof("type") == "new_session"
            if begun > run:
                break
            found.append(data)
        return found


def _place(finding: Finding) -> Line | None:
    return None if finding.file is None or finding.line is None else (finding.file, finding.line)


def _subject(finding: Finding) -> str:
    """The key that a finding is about."""
    same: Any = finding.same
    return str(same[0] if isinstance(same, tuple) else same)


def _is_delta(run: SeenRun, n: int) -> bool:
    return bool(run.messages[n][0].WhichOneof("type") == "delta")
