"""What to write instead where an exception ended a run."""

from __future__ import annotations

from ..model import Outcome, RunError
from .run import Run

_MOST_MESSAGE = 90
_NETWORK = ("ConnectionError", "Timeout", "HTTPError", "URLError", "SSLError", "gaierror")


def first_line(message: str) -> str:
    """The first line of a message, for a sentence."""
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    first = first.replace("**", "").rstrip(".")
    return first if len(first) <= _MOST_MESSAGE else first[: _MOST_MESSAGE - 1].rstrip() + "…"


def remedy(run: Run, error: RunError, known: dict[str, str]) -> str:
    """What to write instead. `known` are the values of the names that the line reads."""
    program = run.history.program_of_file(error.file, run.n) if error.line else None
    code = program.code(error.line) if program and error.line else ""
    state = "st.session_state has no" in error.message
    if run.record.outcome is Outcome.COMPILE_ERROR:
        return f"Correct line {error.line}." if error.line else "Correct the script."
    if state:
        key = error.message.partition('"')[2].partition('"')[0] or "the key"
        return (
            f'Set `{key}` before it is read, where the script begins: `if "{key}" not in '
            f"st.session_state: st.session_state.{key} = …`. A key is also gone when its widget "
            "was not drawn in the run before."
        )
    if error.type == "ZeroDivisionError":
        zero = [name for name, text in known.items() if text in ("0", "0.0")]
        name = f"`{zero[0]}`" if zero else "the divisor"
        return f"Divide only when {name} is not 0, and say in words what else to choose."
    if error.type in ("KeyError", "IndexError"):
        return (
            f"Check before line {error.line} that it is there (`in`, `.get(…)`, `len(…)`), and say "
            "on the page what is missing."
        )
    if error.type in ("TypeError", "AttributeError") and "NoneType" in error.message:
        none = [name for name, text in known.items() if text == "None"]
        name = f"`{none[0]}`" if none else "the value"
        return (
            f"Go on only when {name} is there: `if … is None: st.stop()` above line {error.line}. "
            "Widgets without a choice and uploads without a file give None."
        )
    if error.type.startswith("Streamlit"):
        where = f"the call in line {error.line}" if error.line else "what the app is made of"
        return (
            f"Streamlit refuses {where} as it stands. Change what it is given, or where it is "
            "called: the exception on the page says which."
        )
    return _of_library(run, error) or _of_values(error, code)


def _of_library(run: Run, error: RunError) -> str | None:
    """For what is not the app's alone: packages, Streamlit's own names, the network."""
    if error.type == "ModuleNotFoundError":
        module = error.message.partition("'")[2].partition("'")[0].partition(".")[0]
        return (
            f"Install the package that `{module or 'it'}` belongs to in the environment that "
            f"Streamlit runs in, or correct the name in line {error.line}."
        )
    if error.type == "ImportError":
        return "Install what the message names, or a version of the package that has it."
    if error.type == "AttributeError" and "module 'streamlit'" in error.message:
        hint = first_line(error.message.partition(". ")[2])
        version = run.history.info.streamlit
        return f"Streamlit {version} has no such name." + (f" {hint}." if hint else "")
    if error.type.endswith(_NETWORK):
        return (
            f"Catch {error.type} around line {error.line}, and say on the page that the address "
            "cannot be reached; `@st.cache_data(ttl=…)` on the function asks it less often."
        )
    return None


def _of_values(error: RunError, code: str) -> str:
    if code.startswith("raise"):
        return (
            f"The app raises it itself. If a person is to read it, write `st.error(…)` and "
            f"`st.stop()` there; or catch {error.type} around the call."
        )
    where = f"`{code}`" if code else "the line"
    return (
        f"Keep the value out that {where} cannot take, by a widget's limits or an `if` above it; "
        f"or catch {error.type} around it, and say on the page what to do."
    )
