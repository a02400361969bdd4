"""Finds every form of every known secret in a text, in one pass that costs little without a hit.

The first four bytes of each form are a number. A text is read as such numbers, four times, each
time one byte further: when none of them begins a form, which C code finds out, that is all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from struct import unpack_from
from typing import Final, NamedTuple

from .secret_forms import DIGEST_HEAD, Forms

_WORD: Final = 4  # bytes


class Hit(NamedTuple):
    """A place in the bytes. `secrets`: whose, as bits; `whole`: which of them stand there whole."""

    start: int
    end: int
    secrets: int
    whole: int


class SecretIndex:
    """The forms of secrets, by their first bytes. One thread adds; any thread may look.

    Nothing is ever taken out, and a beginning is added after what it leads to.
    """

    def __init__(self) -> None:
        self._begin: set[int] = set()
        self._sizes: dict[bytes, tuple[int, ...]] = {}  # of forms, by their first bytes
        self._parts: dict[bytes, int] = {}
        self._whole: dict[bytes, int] = {}
        self._numbers: set[bytes] = set()  # of the whole ones
        self._digests: dict[bytes, tuple[bytes, int]] = {}  # by their first bytes
        self.reach = 0  # bytes of the longest form

    def add(self, forms: Forms, secret: int) -> None:
        """Look for these forms, of at least four bytes, from now on; `secret` is its bit."""
        for kept, added in ((self._whole, forms.whole), (self._parts, forms.parts)):
            for form in added:
                kept[form] = kept.get(form, 0) | secret
                self._begins(form, len(form))
        for digest in forms.digests:
            head = digest[:DIGEST_HEAD]
            if head not in self._digests:
                self._digests[head] = digest, secret
                self._begins(head, DIGEST_HEAD)
                self.reach = max(self.reach, len(digest))

    def add_number(self, digits: bytes, secret: int) -> None:
        """Look for a number, of at least four bytes, with no other digit beside it."""
        self._whole[digits] = self._whole.get(digits, 0) | secret
        self._numbers.add(digits)
        self._begins(digits, len(digits))

    def _begins(self, form: bytes, size: int) -> None:
        head = form[:_WORD]
        sizes = self._sizes.get(head)
        if sizes is None:
            self._sizes[head] = (size,)
            self._begin.add(int.from_bytes(head, sys.byteorder))
        elif size not in sizes:
            self._sizes[head] = (*sizes, size)
        else:
            return
        if size > self.reach:
            self.reach = size

    def hits(self, data: bytes, whole_only: bool = False, digits_apart: bool = True) -> list[Hit]:
        """Every place of a form, in no order; they may overlap.

        `whole_only`: no parts, encodings and hashes. `digits_apart`: a number counts only where no
        further digit touches it.
        """
        found = []
        for at in self._candidates(data):
            for size in self._sizes[data[at : at + _WORD]]:
                end = at + size
                form = data[at:end]
                if len(form) < size:
                    continue
                whole = self._whole.get(form, 0)
                if whole and form in self._numbers and digits_apart:
                    whole = 0 if _touches_digit(data, at, end) else whole
                secrets = whole if whole_only else whole | self._parts.get(form, 0)
                if not secrets and not whole_only and form in self._digests:
                    digest, secrets = self._digests[form]
                    while end - at < len(digest) and data[end : end + 1] == digest[end - at :][:1]:
                        end += 1
                if secrets:
                    found.append(Hit(at, end, secrets, whole))
        return found

    def _candidates(self, data: bytes) -> Iterator[int]:
        size, begin = len(data), self._begin
        if size < _BRIEF:
            for at in range(size - _WORD + 1):
                if data[at : at + _WORD] in self._sizes:
                    yield at
            return
        for shift in range(_WORD):
            numbers = unpack_from(f"{(size - shift) // _WORD}I", data, shift)
            if not begin.isdisjoint(numbers):
                for index, number in enumerate(numbers):
                    if number in begin:
                        yield shift + _WORD * index


_BRIEF: Final = 20  # bytes; up to here a plain loop is the quicker one


def _touches_digit(data: bytes, start: int, end: int) -> bool:
    return data[start - 1 : start].isdigit() or data[end : end + 1].isdigit()


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """Ascending places that neither overlap nor touch: two secrets side by side are one mask."""
    result: list[Hit] = []
    for hit in sorted(hits):
        if result and hit.start <= result[-1].end:
            last = result[-1]
            result[-1] = Hit(
                last.start,
                max(last.end, hit.end),
                last.secrets | hit.secrets,
                last.whole | hit.whole,
            )
        else:
            result.append(hit)
    return result
