"""What a secret looks like when it is written, encoded or hashed, whole and in parts. Pure.

A *unit* is one character of the secret as some notation writes it: `ö` is `ö`, `\\u00f6`, `%C3%B6`
or `c3b6`. A part of the secret is a run of units, so that the same rule holds in every notation.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

MIN_LENGTH: Final = 4  # characters of a secret, or of a part of one, that is looked for in texts
PART: Final = 4  # characters of the shortest part that is masked
LONG: Final = 64  # characters; of a secret beyond that, such as a PEM file,
LONG_PART: Final = 8  # the shortest part: in so much text, four letters are any word's
DIGEST_HEAD: Final = 8  # characters of a hash that give it away
_HASHED_LINES: Final = 8

_HASHES: Final = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"),
    *("sha3_224", "sha3_256", "sha3_384", "sha3_512"),
)

_ORDINARY: Final = """
https http ftps sftp file mailto localhost postgresql postgres mysql mariadb sqlite mongodb redis
oracle mssql snowflake bigquery databricks amazonaws googleapis google github gitlab azure windows
auth oauth oauth2 openid login logout signin user users username admin administrator root guest
test tests testing demo example default public private production prod staging development devel
true false none null name names type types text texts data value values field fields title label
labels count index items item list table column columns rows width height color style class element
elements string number integer float bool boolean date time datetime object array json html body
head link image file files path paths host hostname port server client account service services
service_account project database schema region password passwort passwd pass word secret secrets
token tokens access credential credentials session state page pages button input output form forms
chart line area point mark encoding quantitative nominal ordinal temporal streamlit python begin
certificate this that with from have your the north south east west central europe info main
"""
ORDINARY: Final = frozenset(_ORDINARY.split())
"""Words that say nothing by themselves: a secret that holds one is no reason to mask the word."""

_WORD: Final = re.compile(r"[^\W\d_]+|[^\W\d]+")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DOMAIN: Final = re.compile(r"://|\bwww\.|\.(?:com|org|net|io|de|dev|local)\b", re.IGNORECASE)


class Forms(NamedTuple):
    """What to look for, in bytes. `whole`: the secret itself, as some notation writes it; `parts`:
    of it, and other cases and encodings; `digests`: hashes, of which their beginning is enough.
    """

    whole: set[bytes]
    parts: set[bytes]
    digests: set[bytes]


def encoded(text: str) -> bytes:
    """UTF-8, also of a text that is none: what `decoded` takes back."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """The text of what `encoded` made."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def is_ordinary(text: str) -> bool:
    """Whether a text is made of nothing but words that say nothing, digits of a year and signs."""
    covered = _ordinary_places(text)
    return all(covered[at] or not char.isalnum() for at, char in enumerate(text))


def forms_of(secret: str) -> Forms:
    """Everything that a secret of at least `MIN_LENGTH` characters is looked for by."""
    is_long = len(secret) > LONG
    size = LONG_PART if is_long else PART
    whole: set[bytes] = set()
    parts: set[bytes] = set()
    for variant in _variants(secret, is_long):
        telling = _telling(variant, size)
        for units in _notations(variant, is_long and variant != secret):
            text = "".join(units)
            (whole if variant == secret else parts).add(encoded(text))
            if len(text) == len(variant):
                parts |= {encoded(text[at : at + size]) for at in telling}
            else:
                parts |= {encoded("".join(units[at : at + size])) for at in telling}
    for line in {line.strip() for line in secret.splitlines()}:
        if len(line) >= MIN_LENGTH and not is_ordinary(line):
            parts.add(encoded(line))
    others = () if is_long else (secret.lower(), secret.upper(), secret[::-1])
    for variant in {secret, *others}:
        parts |= _base64_parts(encoded(variant), size)
    parts = {part for part in parts if len(part) >= MIN_LENGTH}
    return Forms(whole, parts, _digests(secret))


def _variants(secret: str, is_long: bool) -> Iterator[str]:
    """The secret in other cases, backwards, and with its accents taken apart or put together."""
    made = [secret, secret.lower(), secret.upper()]
    if not is_long:
        made += [secret.swapcase(), secret.title(), secret.capitalize(), secret[::-1]]
        made += [secret.casefold(), *(_normal(form, secret) for form in ("NFC", "NFD", "NFKC"))]
    return iter(dict.fromkeys(made))


def _normal(form: str, text: str) -> str:
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]


def _telling(text: str, size: int) -> list[int]:
    """Where parts begin that give the secret away: not one sign repeated, nor ordinary words."""
    covered = _ordinary_places(text)
    signs = [not char.isalnum() for char in text]
    found = []
    for at in range(len(text) - size + 1):
        end = at + size
        part = set(text[at:end])
        words = any(covered[at:end]) and all(
            known or sign for known, sign in zip(covered[at:end], signs[at:end], strict=True)
        )
        if not words and len(part) > 1 and not part <= _RULES:
            found.append(at)
    return found


_RULES: Final = frozenset(" -_=.*#\t\r\n")  # what lines and indents are drawn with


def _ordinary_places(text: str) -> list[bool]:
    covered = [False] * len(text)
    spans = [hit.span() for hit in _WORD.finditer(text) if hit[0].lower() in ORDINARY]
    spans += [hit.span() for hit in _YEAR.finditer(text)]
    spans += [hit.span() for hit in _DOMAIN.finditer(text)]
    for start, end in spans:
        covered[start:end] = [True] * (end - start)
    return covered


_Notation = Callable[[str], str]


def _doubled(notation: _Notation) -> _Notation:
    """A literal inside of a literal: the text of a container that was shown as text."""
    return lambda char: notation(char).replace("\\", "\\\\")


def _lowered(notation: _Notation) -> _Notation:
    """Percent escapes may be written in either case."""
    return lambda char: notation(char).lower() if notation(char)[:1] == "%" else char


def _bytes_literal(char: str) -> str:
    return repr(encoded(char))[2:-1]


def _quotes_escaped(notation: _Notation) -> _Notation:
    return lambda char: "\\" + char if char in "'\"" else notation(char)


def _percent(safe: str) -> _Notation:
    return lambda char: quote(encoded(char), safe=safe)


def _named_entities(char: str) -> str:
    return {"'": "&#39;", '"': "&#34;"}.get(char) or html.escape(char)


_ESCAPES: Final[tuple[_Notation, ...]] = (
    lambda char: repr(char)[1:-1],
    lambda char: ascii(char)[1:-1],
    _bytes_literal,
    lambda char: json.dumps(char, ensure_ascii=False)[1:-1],
    lambda char: json.dumps(char)[1:-1],
)
_PERCENT: Final[tuple[_Notation, ...]] = (
    _percent("/"),
    _percent(""),
    _percent("!'()*"),  # as a browser does it
    lambda char: quote_plus(encoded(char)),
)
_NOTATIONS: Final[tuple[_Notation, ...]] = (
    str,
    *_ESCAPES,
    *(_quotes_escaped(notation) for notation in _ESCAPES),
    *(_doubled(notation) for notation in _ESCAPES),
    *(_doubled(_quotes_escaped(notation)) for notation in _ESCAPES),
    html.escape,
    _named_entities,
    *_PERCENT,
    *(_lowered(notation) for notation in _PERCENT),
    lambda char: encoded(char).hex(),
    lambda char: encoded(char).hex().upper(),
)


@functools.lru_cache(1024)
def _written(char: str) -> tuple[str, ...]:
    return tuple(notation(char) for notation in _NOTATIONS)


def _notations(text: str, plain_only: bool) -> Iterator[tuple[str, ...]]:
    """The text's units in every notation; those that come to the same only once."""
    if plain_only:
        return iter([tuple(text)])
    # One row a character, turned: one row a notation.
    return iter(dict.fromkeys(zip(*map(_written, text), strict=True)))


def _base64_parts(data: bytes, size: int) -> set[bytes]:
    """Parts of the base64 text, wherever in it the data begins. In both alphabets."""
    parts = set()
    for shift, skipped in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * shift + data)
        full = (8 * (shift + len(data))) // 6  # characters that hold nothing but the data
        for alphabet in {text, text.replace(b"+", b"-").replace(b"/", b"_")}:
            parts |= {alphabet[at : at + size] for at in range(skipped, full - size + 1)}
            if not shift:
                parts.add(alphabet.rstrip(b"="))
    return parts


def _digests(secret: str) -> set[bytes]:
    found = set()
    lines = [line for line in secret.splitlines() if not is_ordinary(line)][:_HASHED_LINES]
    for text in {secret, secret.strip(), secret.lower(), secret.upper(), *lines}:
        if len(text) < MIN_LENGTH:
            continue
        for name in _HASHES:
            try:
                digest = hashlib.new(name, encoded(text), usedforsecurity=False).digest()
            except ValueError:  # an interpreter may be built without it
                continue
            base = base64.b64encode(digest).rstrip(b"=")
            found |= {digest.hex().encode(), digest.hex().upper().encode(), base}
            found.add(base.replace(b"+", b"-").replace(b"/", b"_"))
    return found
