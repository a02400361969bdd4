"""Streamlit's functions that are watched, under the names they have in each version.

Streamlit's inside is no API. This table is the only list of what we rely on; `rerun-trace doctor`
shows what of it the installed version has. Checked on 1.40.0 and 1.67.0.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType
from typing import Any

_RUNTIME = "streamlit.runtime"
_FRAGMENTS = (
    f"{_RUNTIME}.fragment:MemoryFragmentStorage.lookup "
    f"{_RUNTIME}.fragment:MemoryFragmentStorage.get"
)
_ERROR_HANDLERS = (
    "streamlit.error_util:handle_user_script_exception "
    "streamlit.error_util:handle_uncaught_app_exception"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One fact's code object. `places` are `module:qualified.name`, first found wins.

    `needed`: without it a recording would be wrong; others only lose what `gives` names.
    """

    name: str
    gives: str
    places: tuple[str, ...]
    needed: bool = True


WATCHED: tuple[Watched, ...] = tuple(
    Watched(name, gives, tuple(places.split()), needed)
    for name, gives, places, needed in (
        ("session.init", "app sessions", f"{_RUNTIME}.app_session:AppSession.__init__", True),
        ("session.shutdown", "app sessions", f"{_RUNTIME}.app_session:AppSession.shutdown", False),
        (
            "session.backmsg",
            "interactions",
            f"{_RUNTIME}.app_session:AppSession.handle_backmsg",
            True,
        ),
        (
            "session.rerun",
            "interactions",
            f"{_RUNTIME}.app_session:AppSession.request_rerun",
            True,
        ),
        (
            "session.edited",
            "source edits",
            f"{_RUNTIME}.app_session:AppSession._on_source_file_changed",
            False,
        ),
        (
            "session.event",
            "messages of a run's start and end",
            f"{_RUNTIME}.app_session:AppSession._handle_scriptrunner_event_on_event_loop",
            True,
        ),
        (
            "session.enqueue",
            "page messages",
            f"{_RUNTIME}.app_session:AppSession._enqueue_forward_msg",
            True,
        ),
        (
            "requests.rerun",
            "triggers of runs",
            f"{_RUNTIME}.scriptrunner_utils.script_requests:ScriptRequests.request_rerun",
            True,
        ),
        (
            "requests.batch",
            "st.rerun in a callback (Streamlit 1.63+)",
            f"{_RUNTIME}.scriptrunner_utils.script_requests:ScriptRequests.request_rerun_batch",
            False,
        ),
        (
            "requests.stop",
            "stopped and superseded runs",
            f"{_RUNTIME}.scriptrunner_utils.script_requests:ScriptRequests.request_stop",
            True,
        ),
        (
            "requests.yield",
            "triggers of runs",
            f"{_RUNTIME}.scriptrunner_utils.script_requests:ScriptRequests.on_scriptrunner_yield",
            True,
        ),
        (
            "requests.ready",
            "triggers of runs",
            f"{_RUNTIME}.scriptrunner_utils.script_requests:ScriptRequests.on_scriptrunner_ready",
            True,
        ),
        (
            "runner.thread",
            "script threads",
            f"{_RUNTIME}.scriptrunner.script_runner:ScriptRunner._run_script_thread",
            True,
        ),
        (
            "runner.run",
            "compile errors",
            f"{_RUNTIME}.scriptrunner.script_runner:ScriptRunner._run_script",
            True,
        ),
        (
            "runner.finished",
            "ends of runs",
            f"{_RUNTIME}.scriptrunner.script_runner:ScriptRunner._on_script_finished",
            True,
        ),
        (
            "runner.bytecode",
            "the script that runs, compile errors",
            f"{_RUNTIME}.scriptrunner.script_cache:ScriptCache.get_bytecode",
            True,
        ),
        (
            "runner.exec",
            "outcomes",
            f"{_RUNTIME}.scriptrunner.exec_code:exec_func_with_error_handling",
            True,
        ),
        (
            "context.reset",
            "starts of runs",
            f"{_RUNTIME}.scriptrunner_utils.script_run_context:ScriptRunContext.reset",
            True,
        ),
        (
            "context.body",
            "where callbacks end and the script begins",
            f"{_RUNTIME}.scriptrunner_utils.script_run_context:ScriptRunContext.on_script_start",
            True,
        ),
        (
            "session.written",
            "container writes",
            f"{_RUNTIME}.app_session:AppSession._on_scriptrunner_event",
            True,
        ),
        ("st.rerun", "rerun requests", "streamlit.commands.execution_control:rerun", True),
        ("st.stop", "stopped runs", "streamlit.commands.execution_control:stop", True),
        (
            "st.switch_page",
            "page switches",
            "streamlit.commands.execution_control:switch_page",
            True,
        ),
        (
            "state.callback",
            "callbacks",
            f"{_RUNTIME}.state.session_state:WStates.call_callback",
            True,
        ),
        (
            "state.read",
            "the lines that change a value of session state in place",
            f"{_RUNTIME}.state.safe_session_state:SafeSessionState.__getitem__",
            False,
        ),
        (
            "state.contains",
            "questions whether a key of session state is there",
            f"{_RUNTIME}.state.safe_session_state:SafeSessionState.__contains__",
            False,
        ),
        (
            "state.triggers",
            "values of buttons with a key after their run",
            f"{_RUNTIME}.state.session_state:SessionState._reset_triggers",
            False,
        ),
        (
            "fragment.lookup",
            "fragments that were gone",
            _FRAGMENTS,
            False,
        ),
        (
            "state.set",
            "session state",
            f"{_RUNTIME}.state.session_state:SessionState.__setitem__",
            True,
        ),
        (
            "state.delete",
            "session state",
            f"{_RUNTIME}.state.session_state:SessionState.__delitem__",
            True,
        ),
        (
            "state.cleanup",
            "keys that Streamlit removes",
            f"{_RUNTIME}.state.session_state:SessionState._remove_stale_widgets",
            False,
        ),
        (
            "queue.enqueue",
            "delivered or discarded",
            f"{_RUNTIME}.forward_msg_queue:ForwardMsgQueue.enqueue",
            True,
        ),
        (
            "queue.clear",
            "delivered or discarded",
            f"{_RUNTIME}.forward_msg_queue:ForwardMsgQueue.clear",
            True,
        ),
        (
            "runtime.send",
            "delivered or discarded",
            f"{_RUNTIME}.runtime:Runtime._send_message",
            True,
        ),
        (
            "cache.get",
            "cache hits and misses",
            f"{_RUNTIME}.caching.cache_utils:CachedFunc._get_or_create_cached_value",
            False,
        ),
        (
            "cache.hit",
            "cache hits and misses",
            f"{_RUNTIME}.caching.cache_utils:CachedFunc._handle_cache_hit",
            False,
        ),
        (
            "error",
            "errors in the script",
            _ERROR_HANDLERS,
            True,
        ),
        ("secrets", "masking of st.secrets", f"{_RUNTIME}.secrets:Secrets._parse", True),
        ("thread", "threads of the user's", "threading:Thread.start", False),
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the installed Streamlit has of one watched fact; `code` is None when it is missing."""

    watched: Watched
    code: CodeType | None
    place: str | None


def find_codes() -> dict[str, Found]:
    """Look every watched code object up in the installed Streamlit."""
    return {watched.name: _find(watched) for watched in WATCHED}


def _find(watched: Watched) -> Found:
    for place in watched.places:
        module, _, path = place.partition(":")
        try:
            target: Any = functools.reduce(
                inspect.getattr_static, path.split("."), importlib.import_module(module)
            )
        except (ImportError, AttributeError):
            continue
        code = code_of(target)
        if code is not None:
            return Found(watched, code, place)
    return Found(watched, None, None)


def code_of(target: Any) -> CodeType | None:
    """The code object behind a function, method, partial or decorated function.

    Only looks at exact built-in kinds of callables, so that nothing of the user's runs.
    """
    while True:
        kind = type(target)
        if kind is functools.partial:
            target = target.func
        elif kind is MethodType or kind is staticmethod or kind is classmethod:
            target = target.__func__
        elif kind is FunctionType:
            inner = target.__dict__.get("__wrapped__")
            if inner is None:
                code: CodeType = target.__code__
                return code
            target = inner
        else:
            return None
