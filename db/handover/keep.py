"""How much of a recording is kept: `200 runs`, `1 GB`, `7 days`. Loaded in the app's process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rerun_trace.tracer.errors import KeepError

FORMS = "200 runs, 1 GB, 7 days"
_FORM = re.compile(r"\s*(\d{1,9}(?:\.\d{1,3})?)\s*([A-Za-z]+)\s*", re.ASCII)
_BYTES = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, slots=True)
class Keep:
    """What a recording may hold. None: any number.

    `runs` are script runs, `size` is in bytes, `age_ns` is how long ago a run may have ended.
    `words` are the texts that it was made of.
    """

    runs: int | None = None
    size: int | None = None
    age_ns: int | None = None
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)


EVERYTHING = Keep()


def parse_keep(texts: str | Iterable[str]) -> Keep:
    """What `texts` ask for together; of two of a kind, the smaller counts. Raises KeepError."""
    runs, size, age_ns = [], [], []
    words = (texts,) if isinstance(texts, str) else tuple(texts)
    for text in words:
        match = _FORM.fullmatch(text)
        number, unit = (float(match[1]), match[2].lower()) if match else (0.0, "")
        one = unit.removesuffix("s")
        if one == "run" and number >= 1 and number == int(number):
            runs.append(int(number))
        elif unit in _BYTES and number:
            size.append(int(number * _BYTES[unit]))
        elif one in _SECONDS and number:
            age_ns.append(int(number * _SECONDS[one] * 10**9))
        else:
            raise KeepError(f"cannot keep {text!r}: write it like {FORMS}")
    return Keep(min(runs, default=None), min(size, default=None), min(age_ns, default=None), words)
