"""Keeps secrets out of a recording, by the name a value has and by the value itself.

Two different questions: does a *name* look secret (then the value is not looked at), and does a
*text* contain a value that is known to be secret (a password that was typed, an entry of
`st.secrets`). Both are answered before anything is cut or stored.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from threading import Lock
from typing import Any, Final, NamedTuple
from urllib.parse import quote, quote_plus

from ..model import HIDDEN as HIDDEN

SECRET_NAMES: Final = (
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credential",
)
"""Parts of names that look secret, in lower case and without separators."""

# `auth` as a part would hide every `author`: these count as whole words only.
_SECRET_WORDS: Final = frozenset({"auth", "oauth", "authorization", "bearer", "otp"})
# A tokenizer is not a token.
_HARMLESS: Final = re.compile(r"tokeni[sz]\w*")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SEPARATORS: Final = re.compile(r"[\W_]+")

_MIN_LENGTH: Final = 4  # characters of a string, digits of a number
_CACHED_NAMES: Final = 4096
_TREE_DEPTH: Final = 12


class _Known(NamedTuple):
    """The known secrets, replaced as a whole so that readers need no lock."""

    whole: frozenset[str] = frozenset()  # too short to look for inside of a text
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    data: tuple[bytes, ...] = ()
    reach: int = 0


class Redactor:
    """Knows which names look secret and which values are secret. Safe to use from any thread.

    `names` adds parts of names to `SECRET_NAMES`; case and separators do not matter.
    """

    active: bool
    """Whether any secret value is known. While False, `text` and `data` have nothing to do."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.active = False
        extra = (_SEPARATORS.sub("", name).lower() for name in names)
        self._parts = (*SECRET_NAMES, *(part for part in extra if part))
        self._names: dict[str, bool] = {}
        self._known = _Known()
        self._lock = Lock()

    @property
    def reach(self) -> int:
        """Length in characters of the longest form of a known secret; 0 without secrets.

        Who masks only a piece of a text must read this much further and throw it away again.
        """
        return self._known.reach

    def hides_name(self, name: str) -> bool:
        """Whether a value of this name must not be shown. Anything but a str has no name."""
        if type(name) is not str:
            return False
        hidden = self._names.get(name)
        if hidden is None:
            hidden = self._looks_secret(name)
            if len(self._names) >= _CACHED_NAMES:
                self._names.clear()
            self._names[name] = hidden
        return hidden

    def add_secret(self, value: Any) -> None:
        """Mask this str, bytes or number from now on; values of other types are left alone.

        A string of fewer than 4 characters is masked only where it is the whole value, a number
        of fewer than 4 digits never: they would hide half of every page.
        """
        self._add([value])

    def add_secrets(self, tree: Any) -> None:
        """Add every value in nested mappings and sequences of built-in types (not the keys)."""
        leaves: list[Any] = []
        _collect(tree, leaves, _TREE_DEPTH)
        self._add(leaves)

    def text(self, text: str) -> str:
        """The text with every known secret, plain or escaped, replaced by `HIDDEN`."""
        known = self._known
        if len(text) < _MIN_LENGTH and text in known.whole:
            return HIDDEN
        spans = [span for form in known.texts for span in _spans(text, form)]
        for number in known.numbers:
            spans += [span for span in _spans(text, number) if _stands_alone(text, *span)]
        if not spans:
            return text
        parts, done = [], 0
        for start, end in _merged(spans):
            parts += [text[done:start], HIDDEN]
            done = end
        parts.append(text[done:])
        return "".join(parts)

    def data(self, data: bytes) -> bytes:
        """The bytes with every known secret overwritten by `*`, at unchanged length.

        Numbers are looked for without regard to the digits around them: in a binary format the
        neighbour may be a length or a tag that happens to be a digit.
        """
        spans = [span for form in self._known.data for span in _spans(data, form)]
        if not spans:
            return data
        masked = bytearray(data)
        for start, end in _merged(spans):
            masked[start:end] = b"*" * (end - start)
        return bytes(masked)

    def _looks_secret(self, name: str) -> bool:
        flat = _HARMLESS.sub("", _SEPARATORS.sub("", name).lower())
        if any(part in flat for part in self._parts):
            return True
        return any(word.lower() in _SECRET_WORDS for word in _WORD.findall(name))

    def _add(self, values: list[Any]) -> None:
        whole: set[str] = set()
        texts: set[str] = set()
        numbers: set[str] = set()
        for value in values:
            kind = type(value)
            if kind is bytes:
                value = value.decode("utf-8", "surrogateescape")
                kind = str
            if kind is str and len(value) >= _MIN_LENGTH:
                texts |= _forms(value)
            elif kind is str and value:
                whole.add(value)
            elif kind is int or kind is float or kind is Decimal:
                number = _number(value)
                if number is not None:
                    numbers.add(number)
        if not (whole or texts or numbers):
            return
        with self._lock:
            old = self._known
            texts |= set(old.texts)
            numbers |= set(old.numbers)
            forms = texts | numbers
            self._known = _Known(
                whole=old.whole | whole,
                texts=tuple(sorted(texts)),
                numbers=tuple(sorted(numbers)),
                data=tuple(sorted({_encoded(form) for form in forms})),
                reach=max((len(form) for form in forms), default=0),
            )
            self.active = True


def _collect(tree: Any, leaves: list[Any], depth: int) -> None:
    kind = type(tree)
    if kind is dict:
        children = list(tree.values())
    elif kind is list or kind is tuple or kind is set or kind is frozenset:
        children = list(tree)
    else:
        leaves.append(tree)
        return
    if depth > 0:
        for child in children:
            _collect(child, leaves, depth - 1)


def _forms(secret: str) -> set[str]:
    """The ways a secret is written in source text, JSON, HTML, a URL and a bytes literal."""
    raw = _encoded(secret)
    forms = {
        secret,
        repr(secret)[1:-1],
        repr(raw)[2:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
    }
    # Percent escapes may be written in either case.
    forms |= {re.sub("%[0-9A-F]{2}", lambda hit: hit[0].lower(), form) for form in list(forms)}
    # A literal inside of a literal: the text of a container that was shown as text.
    forms |= {form.replace("\\", "\\\\") for form in list(forms)}
    return forms


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _number(value: int | float | Decimal) -> str | None:
    """The number as it is written, without its sign; None when too short or unreasonably long."""
    if type(value) is int and value.bit_length() > 1024:
        return None
    text = str(value).lstrip("-")
    return text if sum(char.isdigit() for char in text) >= _MIN_LENGTH else None


def _spans(text: Any, form: Any) -> list[tuple[int, int]]:
    """Every place of a str in a str, or of bytes in bytes; they may overlap."""
    spans = []
    start = text.find(form)
    while start >= 0:
        spans.append((start, start + len(form)))
        start = text.find(form, start + 1)
    return spans


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending spans that neither overlap nor touch: two secrets side by side are one mask."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
