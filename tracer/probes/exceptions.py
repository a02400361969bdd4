"""What is recorded of an exception in the app, without running code of the user's."""

from __future__ import annotations

import sys
import traceback

from ..capture.place import NOWHERE, Place
from ..capture.recorder import Recorder
from ..capture.values import snapshot


def user_place(error: BaseException, recorder: Recorder) -> Place:
    """The statement of the user's that an exception came through last."""
    if isinstance(error, SyntaxError) and error.filename:
        return Place(recorder.scope.relative(error.filename), error.lineno)
    place = NOWHERE
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        # A function that only ran on a thread that was not watched was not met before.
        table = recorder.code.table(code) or recorder.hooks.code_seen(code, trace.tb_frame)
        if table is not None:
            line = table.of.get(trace.tb_lineno) or trace.tb_lineno
            place = Place(table.file, line, table.name)
        trace = trace.tb_next
    return place


_CONTROL = ("RerunException", "StopException")  # of Streamlit's, by which a run ends


def is_control(error: BaseException) -> bool:
    """Whether an exception is Streamlit's own way to end a run, and no error."""
    return type(error).__name__ in _CONTROL


def message_of(error: BaseException) -> str:
    """An exception's message, without running code of the user's: from its arguments."""
    if type(error) is SyntaxError or type(error) is IndentationError:
        return error.msg  # its arguments hold the place as well, with the full path
    # Past any property of the same name in the user's class.
    arguments = BaseException.args.__get__(error)  # type: ignore[attr-defined]
    if len(arguments) == 1 and type(arguments[0]) is str:
        return arguments[0][:2000]
    if len(arguments) == 1 and type(arguments[0]) is _missing_name():
        return str(arguments[0])[:2000]
    return ", ".join(snapshot(item) for item in arguments[:5])


def _missing_name() -> object:
    """Newer versions' message for a name that Streamlit has not: it is made when it is shown."""
    return vars(sys.modules["streamlit"]).get("_MissingStreamlitAttributeMessage", ())


def traceback_text(error: BaseException) -> str:
    """The traceback without values; the exception itself is named apart."""
    lines = traceback.format_tb(error.__traceback__)
    if isinstance(error, SyntaxError):
        lines += [f'  File "{error.filename}", line {error.lineno}\n']
    return "".join(lines)[-20_000:]
