"""Keeps secrets out of a recording, by the name a value has and by the value itself.

Three different questions. Does a *name* look secret? Then the value is not looked at. Does a *text*
hold a value that is known to be secret (a password that was typed, an entry of `st.secrets`), or
something made of one: a part, another case, an encoding, a hash (`secret_forms`)? Does what stands
beside a value give it away, as in a header or a URL (`secret_places`)? All are answered before
anything is cut or stored. What is made of a secret in other ways is followed by `marks`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from threading import Lock
from typing import Any, Final

from ..model import HIDDEN as HIDDEN
from ..model import MASKED
from .secret_forms import MIN_LENGTH, decoded, encoded, forms_of, is_ordinary
from .secret_index import Hit, SecretIndex, merged
from .secret_names import SECRET_NAMES, flat, looks_secret
from .secret_places import may_hold, places, query_places
from .secret_spans import outside_of_ids, without

_CACHED_NAMES: Final = 4096
_TREE_DEPTH: Final = 12
_TELLING_DIGITS: Final = 6  # a number of fewer is anybody's: it marks no name that holds it
_ENVIRONMENT_LENGTH: Final = 6
_WORKING_FOLDERS: Final = frozenset({"PWD", "OLDPWD"})

UNKNOWN: Final = 1
"""The bit of a secret that is not known by its value."""


class Redactor:
    """Knows which names look secret and which values are secret. Safe to use from any thread.

    `names` adds parts of names to `SECRET_NAMES`; case and separators do not matter. Secrets are
    numbered as they become known, after `taken`; in sets of them, which are numbers, each is a bit.
    """

    active: bool
    """Whether any secret value is known."""

    hides: bool
    """Whether any name that looks secret was asked for."""

    def __init__(self, names: Iterable[str] = (), taken: int = 0) -> None:
        self.active = self.hides = False
        self._taken = taken
        self._parts = (*SECRET_NAMES, *filter(None, map(flat, names)))
        self._names: dict[str, bool] = {}
        self._numbers: dict[str, int] = {}  # of secrets, by their text
        self._short: dict[str, int] = {}  # too short to look for inside of a text; by bit
        self._telling = 0  # secrets that no other value is likely to hold
        self._index = SecretIndex()
        self._lock = Lock()
        self.salt = os.urandom(16)
        """For hashes of what may hold a secret: nobody can try out what was hashed."""

    @property
    def reach(self) -> int:
        """Length of the longest form of a known secret; 0 without secrets.

        Who masks only a piece of a text must read this many characters further and throw them away.
        """
        return self._index.reach

    def hides_name(self, name: str) -> bool:
        """Whether a value of this name must not be shown. Anything but a str has no name."""
        if type(name) is not str:
            return False
        hidden = self._names.get(name)
        if hidden is None:
            hidden = looks_secret(name, self._parts)
            if len(self._names) >= _CACHED_NAMES:
                self._names.clear()
            self._names[name] = hidden
            if hidden:
                self.hides = True
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

    def add_spellings(self, number: Any, spellings: Iterable[str]) -> None:
        """Other ways to write a number that was added, with no other digit beside it."""
        text = _text_of(number)
        known = self._numbers.get(text) if text is not None else None
        if known is not None:
            for spelling in spellings:
                if len(spelling) >= MIN_LENGTH:
                    self._index.add_number(encoded(spelling), 1 << known)

    @property
    def known(self) -> int:
        """How many secrets are known by their value."""
        return len(self._numbers)

    def add_environment(self, environment: Mapping[str, str]) -> None:
        """Add the values whose names look secret, except folders, files and everyday words."""
        self._add(
            [
                value
                for name, value in environment.items()
                if name not in _WORKING_FOLDERS
                and len(value) >= _ENVIRONMENT_LENGTH
                and value[:1] not in "/~."
                and not is_ordinary(value)
                and looks_secret(name, self._parts)
            ]
        )

    # Masks

    def stand_in(self, value: Any) -> str:
        """What is shown for a value that must not be: its number, when it is a known secret."""
        text = _text_of(value)
        number = self._numbers.get(text) if text is not None else None
        return HIDDEN if number is None else MASKED.format(number)

    def bits_of(self, value: Any) -> int:
        """The set of secrets that this value is: of one, or `UNKNOWN`."""
        text = _text_of(value)
        number = self._numbers.get(text, 0) if text is not None else 0
        return 1 << number

    def mask(self, secrets: int) -> str:
        """What stands for something made of these secrets: one's number, where it is one."""
        known = secrets & ~UNKNOWN
        if known and not known & (known - 1):
            return MASKED.format(known.bit_length() - 1)
        return MASKED.replace(" {}", "")

    def text(self, text: str) -> str:
        """The text with masks for known secrets, what is made of them, and what names give away."""
        return self.mask_text(text)[0]

    def mask_text(self, text: str) -> tuple[str, int]:
        """The masked text, and the set of secrets that stood in it whole.

        The set leaves out those that another value may well contain too, such as `admin`.
        """
        size = len(text)
        if size < MIN_LENGTH:
            bit = self._short.get(text, 0)
            return (self.mask(bit), bit) if bit else (text, 0)
        beside = may_hold(text)
        if not self.active and not beside:
            return text, 0
        data = encoded(text)
        found = outside_of_ids(self._index.hits(data), data) if self.active else []
        given = without(places(data, self.hides_name), found) if beside else []
        if not found and not given:
            return text, 0
        if given:
            self.hides = True
        parts, done, whole = [], 0, 0
        for start, end, secrets, wholly in sorted([*found, *given]):
            parts.append(data[done:start])
            parts.append((self.mask(secrets) if secrets else HIDDEN).encode())
            done, whole = end, whole | wholly
        parts.append(data[done:])
        return decoded(b"".join(parts)), whole & self._telling

    def source(self, text: str) -> str:
        """A source text, in which only whole secrets are masked, line by line.

        It was written before anybody typed something; lines keep their numbers.
        """
        if not self.active:
            return text
        data = encoded(text)
        parts, done = [], 0
        for start, end, secrets, _ in merged(self._index.hits(data, whole_only=True)):
            lines = data[start:end].count(b"\n")
            parts += [data[done:start], self.mask(secrets).encode(), b"\n" * lines]
            done = end
        return decoded(b"".join([*parts, data[done:]])) if parts else text

    def query(self, text: str) -> str:
        """A query string, with or without its `?`, without values that their names give away."""
        masked = self.text(text)
        data = encoded(masked)
        for start, end in sorted(query_places(data, self.hides_name), reverse=True):
            data = data[:start] + HIDDEN.encode() + data[end:]
        return decoded(data)

    def data(self, data: bytes) -> bytes:
        """The bytes with the same masked by `*`, at unchanged length.

        Numbers are looked for without regard to the digits around them: in a binary format the
        neighbour may be a length or a tag that happens to be a digit.
        """
        found: list[Hit] = []
        if self.active:
            found = outside_of_ids(self._index.hits(data, digits_apart=False), data)
        spans = [(start, end) for start, end, *_ in found]
        spans += places(data, self.hides_name)
        if not spans:
            return data
        self.hides = True
        hidden = bytearray(data)
        for start, end in spans:
            hidden[start:end] = b"*" * (end - start)
        return bytes(hidden)

    def _add(self, values: list[Any]) -> None:
        for value in values:
            text = _text_of(value)
            if not text or text in self._numbers or text.isspace():
                continue
            is_number = type(value) is not str and type(value) is not bytes
            if is_number and sum(char.isdigit() for char in text) < MIN_LENGTH:
                continue
            with self._lock:
                if text in self._numbers:
                    continue
                number = self._taken + len(self._numbers) + 1
                bit = 1 << number
                self._numbers[text] = number
                if is_number:
                    self._index.add_number(text.encode(), bit)
                    if sum(char.isdigit() for char in text) >= _TELLING_DIGITS:
                        self._telling |= bit
                else:
                    for short in {text, text.strip()}:
                        if len(short) < MIN_LENGTH:
                            self._short[short] = self._short.get(short, 0) | bit
                    if len(text) >= MIN_LENGTH:
                        self._index.add(forms_of(text), bit)
                    if not is_ordinary(text):
                        self._telling |= bit
                self.active = True


def _text_of(value: Any) -> str | None:
    """A value as it is written, a number without its sign; None when it is no secret's type."""
    kind = type(value)
    if kind is str:
        text: str = value
        return text
    if kind is bytes:
        return decoded(value)
    if kind is float or kind is Decimal or (kind is int and value.bit_length() <= 1024):
        return str(value).lstrip("-")
    return None


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
