"""Sequences of page messages in a form that two runs of one app can be compared in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Named anew in every process, run or session: what they name is compared, not the names.
_RANDOM = {"sessionId", "scriptRunId", "runId", "hash", "cacheable"}
_COUNTED = re.compile(r"\b((?:param|view)_)\d+")  # Altair numbers them through the process
_HEX = re.compile(r"[0-9a-f]{24,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STYLER = re.compile(r"[0-9a-f]{5}")
_ROWS = ("add_rows", "arrow_add_rows")
_WHOLE = 100_000  # what is longer, such as a large table, is compared by its checksum
_SHOWN = 80


def canonical(messages: Sequence[bytes]) -> list[Any]:
    """The sequence without what only Streamlit's own timing decides.

    Streamlit flushes its queue every 10 ms, wherever the script is. If two writes to one place wait
    in the queue together, only the second is sent, in the first one's turn; and what a run wrote
    before a rerun is sent or not. Two untraced runs differ in this. So: of each run what a queue
    sends that is flushed once, at the run's end; and nothing of a run that was halted.
    """
    runs: list[list[Any]] = [[]]
    waiting: dict[tuple[int, ...], tuple[int, str]] = {}  # place -> the last write in it, its kind
    for data in messages:
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "new_session":
            runs.append([])
            waiting = {}
        plain = _normal(MessageToDict(message))
        kind = message.delta.WhichOneof("type")
        if kind is not None and kind not in _ROWS:
            place = tuple(message.metadata.delta_path)
            n, before = waiting.get(place, (-1, ""))
            # A block may have children by then, so that Streamlit never replaces it.
            if before not in ("", "add_block") and kind in ("new_element", "add_block"):
                runs[-1][n] = plain
            else:
                n = len(runs[-1])
                runs[-1].append(plain)
            waiting[place] = (n, kind)
        else:
            runs[-1].append(plain)
    return [plain for run in runs if not any(map(_halted, run)) for plain in run]


def first_difference(one: Sequence[Any], other: Sequence[Any]) -> str | None:
    """Where two canonical sequences part, in one line; None when they are equal."""
    for n, (left, right) in enumerate(zip(one, other, strict=False), 1):
        found = _part(left, right, "")
        if found is not None:
            return f"message {n}{found}"
    if len(one) != len(other):
        longer = "first" if len(one) > len(other) else "second"
        extra = (one if len(one) > len(other) else other)[min(len(one), len(other))]
        return f"{len(one)} messages, {len(other)} messages: only the {longer} has {_cut(extra)}"
    return None


def errors_shown(sequence: Sequence[Any]) -> list[str]:
    """The classes of the exceptions that the page showed, in order."""
    found = (
        each.get("delta", {}).get("newElement", {}).get("exception", {}).get("type")
        for each in sequence
    )
    return [name for name in found if name]


def _part(left: Any, right: Any, where: str) -> str | None:
    if isinstance(left, dict) and isinstance(right, dict):
        pairs = [(f".{key}", left.get(key), right.get(key)) for key in {**left, **right}]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(f"[{n}]", *both) for n, both in enumerate(zip(left, right, strict=True))]
    else:
        return None if left == right else f"{where}: {_cut(left)} is not {_cut(right)}"
    parts = (_part(a, b, where + name) for name, a, b in pairs)
    return next((part for part in parts if part is not None), None)


def _cut(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _halted(message: dict[str, Any]) -> bool:
    return message.get("scriptFinished") == "FINISHED_EARLY_FOR_RERUN"


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        named = _unnamed(value) if "displayValues" in value else value
        plain = {k: _normal(v) for k, v in named.items() if k not in _RANDOM}
        return {k: v for k, v in plain.items() if v != {}}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if not isinstance(value, str):
        return value
    text = _COUNTED.sub(r"\1N", _HEX.sub("<hex>", value))
    if len(text) <= _WHOLE:
        return text
    return f"<{len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:16]}>"


def _unnamed(styler: dict[str, Any]) -> dict[str, Any]:
    """A table's style without the name that pandas draws for it, unless it was given one."""
    name = styler.get("uuid", "")
    if not _STYLER.fullmatch(name):
        return styler
    styles = styler.get("styles", "").replace(f"T_{name}", "T_")
    return styler | {"uuid": "", "styles": styles}
