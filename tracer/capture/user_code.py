"""The user's code as it is met: which files and code objects it is, and what is known of each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import CodeType, FrameType

from ..model import Source
from ..source.lines import FileStatements, file_statements
from ..source.statements import (
    CodeTable,
    code_blocks,
    code_table,
    compile_source,
    is_inlined,
    read_source,
)
from .place import NOWHERE, Place
from .scope import Scope

_new = tuple.__new__  # a named tuple's own constructor is a Python function


class UserCode:
    """Tables of the code objects that the scope admits, found by identity.

    `announce` is told each source text before anything of it is recorded.
    """

    def __init__(self, announce: Callable[[Source], None]) -> None:
        self._announce = announce
        self._tables: dict[int, CodeTable] = {}
        self._files: dict[str, tuple[str, int, FileStatements]] = {}  # path -> text, number, ...
        self._file_count = 0
        self._lock = threading.Lock()

    def table(self, code: CodeType) -> CodeTable | None:
        """The table of a code object of the user's, if it was met."""
        return self._tables.get(id(code))

    def meet(self, code: CodeType, scope: Scope, since_run: int) -> CodeTable | None:
        """The table of a code object, made when it is met first; None when it is not the user's.

        `since_run` is the first run that can have executed the file's text.
        """
        decision = scope.decide(code.co_filename)
        if not decision.traced or is_inlined(code):
            return None
        with self._lock:
            known = self._tables.get(id(code))
            if known is None:
                number, statements = self._file(code, decision.name, decision.reason, since_run)
                count = len(self._tables) + 1
                known = code_table(code, statements, decision.name, number, count)
                self._tables[id(code)] = known
            return known

    def place(self, frame: FrameType | None) -> Place:
        """The innermost statement of the user's at or below a frame."""
        while frame is not None:
            table = self._tables.get(id(frame.f_code))
            if table is not None:
                line = table.of.get(frame.f_lineno) or frame.f_lineno
                return _new(Place, (table.file, line, table.name))
            frame = frame.f_back
        return NOWHERE

    def _file(
        self, code: CodeType, name: str, reason: str, since_run: int
    ) -> tuple[int, FileStatements]:
        path = code.co_filename
        known = self._files.get(path)
        if known is not None and code.co_name != "<module>":
            return known[1], known[2]
        text = read_source(path)
        if known is not None and known[0] == text:
            return known[1], known[2]
        statements = file_statements(text)
        module = code if code.co_name == "<module>" else compile_source(text, path)
        self._file_count += 1
        self._files[path] = (text, self._file_count, statements)
        blocks = code_blocks(module, statements) if module is not None else ()
        self._announce(Source(self._file_count, name, text, reason, blocks, since_run))
        return self._file_count, statements
