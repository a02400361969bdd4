"""How answers are kept in a report: packed where they repeat, deflated, and as text. Pure."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import sub
from typing import Any

# Base 85 without what means something in HTML: `</script` and `<!--` cannot come up.
_SAFE = str.maketrans("<>&", ",.:")
ALPHABET = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
).translate(_SAFE)


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the file that is inflated at once: its text, and its bytes' numbers."""

    id: str
    text: str
    raw: int  # inflated
    length: int  # as they are in the text

    @property
    def size(self) -> int:
        return len(self.text)


def part(id: str, data: bytes | str) -> Part:
    raw = data.encode() if isinstance(data, str) else data
    packed = zlib.compress(raw, 6)
    return Part(id, encode(packed), len(raw), len(packed))


def encode(data: bytes) -> str:
    """Bytes as text that may stand in HTML; report/parts.ts has the other way."""
    return base64.b85encode(data, pad=True).decode("ascii").translate(_SAFE)


def joined(answers: Mapping[str, str]) -> str:
    """Answers by their path, each a JSON text, as one."""
    return "{" + ",".join(f"{dumps(path)}:{text}" for path, text in answers.items()) + "}"


def pack_steps(text: str) -> str:
    """A window of steps, with its times as differences: they are mostly alike."""
    window = json.loads(text)
    if "steps" not in window:
        return text
    times = window["steps"]["at_ns"]
    window["steps"]["at_ns"] = list(map(sub, times, [0, *times]))
    return dumps(window)


def pack_moments(moments: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """Answers that hold from some step on, each list item of them that is no number once.

    Ascending by step. What stands in lists of objects repeats from answer to answer.
    """
    items: list[str] = []
    known: dict[str, int] = {}

    def number(item: Any) -> int:
        text = dumps(item)
        if text not in known:
            known[text] = len(items)
            items.append(text)
        return known[text]

    packed = []
    for step, answer in moments:
        lists = {
            name: [number(item) for item in value]
            for name, value in answer.items()
            if isinstance(value, list) and value and isinstance(value[0], dict)
        }
        rest = {name: value for name, value in answer.items() if name not in lists}
        packed.append([step, rest, lists])
    return {"items": [json.loads(text) for text in items], "moments": packed}
