"""The second observer: what a Streamlit app did, seen without any code of the product's.

A trace function notes which lines run, and `ScriptRunner.on_event` which runs there are, how they
end and what they send. `StatementMap` turns lines into statements: events within one statement that
follow each other in the same call are one, and so is the way back to a `with` line when its block
ends. Where `sys.settrace` is taken, the events come from `sys.monitoring`.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.session_state import SessionState

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_RERUN = inspect.unwrap(st.rerun).__code__
_SET = SessionState.__setitem__.__code__
_THROWING = (_RERUN, inspect.unwrap(st.stop).__code__, _SET)
_CONTROL = ("RerunException", "StopException")
_PLAIN = (int, bool, str, float, type(None), list, tuple, dict)
Line = tuple[str, int]


def texts(values: dict[str, Any]) -> dict[str, str]:
    """The values whose text is certain."""
    return {name: repr(value) for name, value in values.items() if type(value) in _PLAIN}


class StatementMap:
    """`of[line]`: the first line of the statement; `until[line]`: where its `with` block ends."""

    def __init__(self, text: str) -> None:
        self.of: dict[int, int] = {}
        self.until: dict[int, int] = {}
        self.headers: set[int] = set()  # of functions with a body below them, and of classes
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.stmt | ast.ExceptHandler):
                first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
                below = getattr(node, "cases", None) or getattr(node, "body", None)
            elif isinstance(node, ast.match_case):
                first, below = node.pattern.lineno, node.body
            else:
                continue
            end = getattr(node, "end_lineno", None) or first
            last = max(first, _top(below[0]) - 1) if below else end
            self.of.update(dict.fromkeys(range(first, last + 1), first))
            if isinstance(node, ast.With | ast.AsyncWith):
                self.until[first] = node.end_lineno or first
            if isinstance(node, ast.ClassDef) or (
                isinstance(node, ast.FunctionDef) and node.body[0].lineno > last
            ):
                self.headers.add(first)

    def executable(self, code: CodeType) -> set[int]:
        """The statements that have code, in a module's code and all that is defined in it."""
        lines = {self.of.get(line or 0, 0) for _, _, line in code.co_lines()}
        inner = [
            const
            for const in code.co_consts
            # Up to Python 3.11, definitions in dead code leave their own code behind.
            if isinstance(const, CodeType) and self.of.get(const.co_firstlineno) in lines
        ]
        return lines.union(*map(self.executable, inner)) - {0}


def _top(node: ast.stmt | ast.match_case) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


@dataclass
class SeenRun:
    """One script run. `end` is the name of the `ScriptRunnerEvent`; `left_by` the exception that
    left the outermost function of the app's, the last time that one was left."""

    page: str
    fragments: list[str]
    script: str = ""
    lines: list[Line] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    messages: list[tuple[Any, Line | None]] = field(default_factory=list)
    at_message: list[dict[str, str]] = field(default_factory=list)  # plain keys, no widgets'
    thrown: list[tuple[str, Line | None]] = field(default_factory=list)  # by st.rerun, st.stop
    refused: list[tuple[str, Line | None]] = field(default_factory=list)  # writes of keys
    reruns: list[Line | None] = field(default_factory=list)
    callbacks: list[tuple[str, int]] = field(default_factory=list)
    arguments: list[dict[str, Any]] = field(default_factory=list)  # of the callbacks, by name
    query: str = ""  # of the address, when it started
    state: dict[str, Any] = field(default_factory=dict)
    end: str = ""
    left_by: str | None = None
    placeholders: set[int] = field(default_factory=set)  # of the messages, by index: st.write's own
    overtaken: bool = False  # a newer script thread was made before this run had ended


class _Call:
    """One call of a function of the app's: where it is now."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.statement = 0


class Observer:
    """Everything that happens to the app in `folder` within `watching()`."""

    def __init__(self, folder: str) -> None:
        self.runs: list[SeenRun] = []
        self.modules: dict[str, CodeType] = {}
        self._folder = os.path.realpath(folder) + os.sep
        self._maps: dict[str, StatementMap] = {}
        self.by_thread: dict[int, SeenRun] = {}  # of the script threads that are alive

    def statements(self, path: str) -> StatementMap:
        if path not in self._maps:
            with open(path, encoding="utf-8") as file:
                self._maps[path] = StatementMap(file.read())
        return self._maps[path]

    @contextlib.contextmanager
    def watching(self, tool: str) -> Iterator[Observer]:
        """Observe with `settrace` or `monitoring`, whichever the product leaves free."""
        begin = ScriptRunner.__init__

        def connected(runner: Any, *args: Any, **options: Any) -> None:
            begin(runner, *args, **options)
            runner.on_event.connect(self._event)
            for run in self.runs:
                run.overtaken |= not run.end

        ScriptRunner.__init__ = connected
        try:
            with _tracing(self) if tool == "settrace" else _monitoring(self):
                yield self
        finally:
            ScriptRunner.__init__ = begin

    # What runs

    def is_users(self, code: CodeType) -> bool:
        return code.co_filename.startswith(self._folder) and code.co_name not in _COMPREHENSIONS

    def begins(self, frame: FrameType) -> _Call:
        code = frame.f_code
        if code.co_name == "<module>":
            self.modules[self.name(code.co_filename)] = code
            self._run().script = self._run().script or self.name(code.co_filename)
        caller = frame.f_back
        if caller is not None and caller.f_code.co_name == "call_callback":
            self._run().callbacks.append((code.co_qualname, code.co_firstlineno))
            names = code.co_varnames[: code.co_argcount]
            self._run().arguments.append({n: frame.f_locals[n] for n in names})
        return _Call(code)

    def line(self, call: _Call, frame: FrameType) -> None:
        statements, before = self.statements(call.code.co_filename), call.statement
        statement = statements.of.get(frame.f_lineno, 0)
        is_header = statement == statements.of.get(call.code.co_firstlineno)
        if not statement or statement == before:
            return
        if is_header and call.code.co_name[0] != "<" and statement in statements.headers:
            return  # a class's own name, or a function with nothing in it: no statement of its own
        if before and call.code.co_name == "<module>" and frame.f_lineno == 1:
            return  # Streamlit's import for its "magic" stands on line 1, wherever it is put
        if call.code.co_name == "<lambda>" and self._users_line(frame.f_back) == (
            self.name(call.code.co_filename),
            statement,
        ):
            return  # called by the statement that it is a part of
        call.statement = statement
        if not statement < before <= statements.until.get(statement, 0):
            run = self._run()
            run.lines.append((self.name(call.code.co_filename), statement))
            run.threads.add(threading.get_ident())

    def is_outermost(self, frame: FrameType) -> bool:
        """Whether Streamlit called this function of the app's, and no other function of it."""
        return self._users_line(frame.f_back) is None

    def left(self, error: str | None) -> None:
        run = self.by_thread.get(threading.get_ident())
        if run is not None:
            run.left_by = error

    def rerun_called(self, frame: FrameType) -> None:
        self._run().reruns.append(self._users_line(frame.f_back))

    def threw(self, frame: FrameType, error: BaseException) -> None:
        """`st.rerun`, `st.stop` or a write of session state ends with an exception."""
        line, name, run = self._users_line(frame.f_back), type(error).__name__, self._run()
        if frame.f_code is _SET:
            run.refused.append((str(frame.f_locals["user_key"]), line))
        elif name in _CONTROL and not _is_below(frame, "call_callback"):
            replaced = error.__context__
            if run.thrown and type(replaced).__name__ == name == run.thrown[-1][0]:
                run.thrown.pop()  # the app asked again, on the first one's way out
            run.thrown.append((name, line))

    def _run(self) -> SeenRun:
        return self.by_thread.get(threading.get_ident()) or self.runs[-1]

    def name(self, path: str) -> str:
        return path.removeprefix(self._folder).replace(os.sep, "/")

    def _users_line(self, frame: FrameType | None) -> Line | None:
        while frame is not None and not frame.f_code.co_filename.startswith(self._folder):
            frame = frame.f_back
        if frame is None:
            return None
        path = frame.f_code.co_filename
        return self.name(path), self.statements(path).of.get(frame.f_lineno, 0)

    def _is_placeholder(self, message: Any, frame: FrameType | None) -> bool:
        """Whether `st.write` made an empty place, below a line of the app's, to fill it itself."""
        if message.delta.new_element.WhichOneof("type") != "empty":
            return False
        while frame is not None and not frame.f_code.co_filename.startswith(self._folder):
            if frame.f_code.co_filename.endswith(os.path.join("elements", "write.py")):
                return True
            frame = frame.f_back
        return False

    # What Streamlit says

    def _event(self, runner: Any, event: Any, **told: Any) -> None:
        ident = threading.get_ident()
        if event.name == "SCRIPT_STARTED":
            fragments = list(told.get("fragment_ids_this_run") or ())
            page = told["page_script_hash"]
            before = [run.script for run in self.runs if fragments and run.page == page]
            self.by_thread[ident] = SeenRun(page, fragments, before[-1] if before else "")
            context = get_script_run_ctx()
            assert context is not None
            self.by_thread[ident].query = context.query_string
            self.runs.append(self.by_thread[ident])
        elif event.name == "ENQUEUE_FORWARD_MSG":
            frame, message = sys._getframe(1), told["forward_msg"]
            if self._is_placeholder(message, frame):
                self._run().placeholders.add(len(self._run().messages))
            self._run().messages.append((message, self._users_line(frame)))
            state = runner._session_state._state
            self._run().at_message.append(texts(state._old_state | state._new_session_state))
        elif event.name == "SHUTDOWN":
            self.by_thread.pop(ident, None)
        elif ident in self.by_thread:
            self.by_thread[ident].state = dict(runner._session_state._state.filtered_state)
            self.by_thread[ident].end = event.name


def _is_below(frame: FrameType | None, function: str) -> bool:
    """Older versions take what `st.rerun` throws in a callback themselves."""
    while frame is not None and frame.f_code.co_name != function:
        frame = frame.f_back
    return frame is not None


@contextlib.contextmanager
def _tracing(observer: Observer) -> Iterator[None]:
    def start(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is _RERUN:
            observer.rerun_called(frame)
        if frame.f_code in _THROWING:
            frame.f_trace_lines = False
            return thrown
        if not observer.is_users(frame.f_code):
            return None
        if frame.f_back is not None and observer.is_outermost(frame):
            frame.f_back.f_trace = back
        # A generator that goes on has its trace function from before.
        return frame.f_trace or local(observer.begins(frame))

    def thrown(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "exception":
            observer.threw(frame, arg[1])
        return thrown

    def local(call: _Call) -> Any:
        def trace(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "line":
                observer.line(call, frame)
            return trace

        return trace

    def back(frame: FrameType, event: str, arg: Any) -> None:
        # The function's own events do not say what leaves it: a `with` or `finally` on the way out
        # raises again without one.
        frame.f_trace = None
        observer.left(arg[0].__name__ if event == "exception" else None)

    threading.settrace(start)  # the app runs on threads that are started from now on
    try:
        yield
    finally:
        threading.settrace(None)


@contextlib.contextmanager
def _monitoring(observer: Observer) -> Iterator[None]:
    monitoring: Any = vars(sys)["monitoring"]
    events, tool = monitoring.events, monitoring.DEBUGGER_ID
    calls: dict[int, _Call] = {}

    def start(code: CodeType, offset: int) -> Any:
        frame = sys._getframe(1)
        if code is _RERUN:
            return observer.rerun_called(frame)
        if not observer.is_users(code):
            return monitoring.DISABLE
        calls[id(frame)] = observer.begins(frame)
        return None

    def line(code: CodeType, number: int) -> Any:
        if not observer.is_users(code):
            return monitoring.DISABLE
        frame = sys._getframe(1)
        return observer.line(calls[id(frame)], frame)

    def returns(code: CodeType, offset: int, value: Any) -> Any:
        return left(sys._getframe(1), None) if observer.is_users(code) else monitoring.DISABLE

    def unwinds(code: CodeType, offset: int, error: BaseException) -> Any:
        if code in _THROWING:
            return observer.threw(sys._getframe(1), error)
        return left(sys._getframe(1), type(error).__name__)

    def left(frame: FrameType, error: str | None) -> None:
        if observer.is_users(frame.f_code):
            calls.pop(id(frame), None)
            if observer.is_outermost(frame):
                observer.left(error)

    handlers = {events.PY_START: start, events.LINE: line}
    handlers |= {events.PY_RETURN: returns, events.PY_UNWIND: unwinds}
    monitoring.use_tool_id(tool, "truth")
    for event, handler in handlers.items():
        monitoring.register_callback(tool, event, handler)
    monitoring.set_events(tool, sum(handlers))
    monitoring.restart_events()
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        for event in handlers:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
