"""What the two ways of watching Python run have in common (`engines.py` chooses between them).

An engine turns the interpreter's events into calls of `Hooks`: code entered and left, statements
about to run. It also reports when *watched* code objects, such as Streamlit's own functions, are
entered and left. It knows neither Streamlit nor what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, Protocol

from ..source.statements import CodeTable


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A code object to watch without changing it. Each handler may be left out.

    `enter` sees the frame before its first line; `leave` sees it with the value it returns;
    `unwind` sees it with the exception that leaves it. Handlers must not raise into the app:
    what they raise ends the recording.
    """

    code: CodeType  # kept alive: probes are found by id(code)
    enter: Callable[[FrameType], None] | None = None
    leave: Callable[[FrameType, Any], None] | None = None
    unwind: Callable[[FrameType, BaseException], None] | None = None


class Hooks(Protocol):
    """What an engine calls. `frame` is only valid during the call: keep nothing of it."""

    def code_seen(self, code: CodeType, frame: FrameType) -> CodeTable | None:
        """Decide about a code object that was not met before; None: never report it again."""
        ...

    def ignores_file(self, filename: str) -> bool:
        """Whether no code object of this file will ever be of interest."""
        ...

    def entered(self, frame: FrameType, table: CodeTable, resumed: bool) -> bool:
        """A call of the user's code begins. True: its calls may be switched off for this run."""
        ...

    def line(self, frame: FrameType, table: CodeTable, line: int) -> bool:
        """A line is about to run. True: this line may be switched off for the rest of the run."""
        ...

    def left(self, frame: FrameType, table: CodeTable, value: object, how: str) -> bool:
        """A call ends: `how` is `return`, `yield` or `raise` (then `value` is None).

        True: the ends of its calls may be switched off for this run.
        """
        ...

    def lost_sight(self) -> bool:
        """Somebody took the engine's place: what this thread ran since, or runs, is not reported.

        Returns whether the thread is one that runs scripts.
        """
        ...

    def blinded(self) -> None:
        """The same on all threads."""
        ...

    def failed(self, error: BaseException) -> None:
        """Something of ours raised. The engine stops at once; the app goes on."""
        ...


class Engine(Protocol):
    """Watches running code. One engine at a time may be started in a process."""

    name: str

    def start(self, hooks: Hooks, probes: Iterable[Probe]) -> None:
        """Begin. Raises EngineUnavailable when the interpreter's slot is taken."""
        ...

    def stop(self) -> None:
        """End, and leave the interpreter as it was found. Safe to call twice."""
        ...

    def rearm(self, tables: Iterable[CodeTable]) -> None:
        """Report everything of these code objects again that was switched off."""
        ...

    def look(self) -> None:
        """See whether somebody took the engine's place, and take up again what was given up.

        Called from any thread, a few times a second and before a script run's thread starts.
        """
        ...
