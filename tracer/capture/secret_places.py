"""Where a text holds a secret by what stands beside it: headers, cookies, URLs, pairs. Pure.

Everything works on UTF-8 bytes, so that texts and page messages are read by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

HidesName = Callable[[str], bool]
Span = tuple[int, int]

# Without one of these nothing below can match, but a URL's user. In lower case.
_TELLTALES: Final = (
    *(b"passw", b"passphrase", b"passcode", b"pwd", b"secret", b"token", b"key", b"credential"),
    *(b"auth", b"bearer", b"cookie", b"otp", b"jwt", b"csrf", b"xsrf", b"session", b"sig="),
    *(b"signature", b"code=", b"eyj", b"ghp_", b"gho_", b"ghs_", b"ghu_", b"github_pat_"),
    *(b"glpat-", b"sk-", b"sk_", b"xox", b"akia", b"sid=", b"state=", b"ticket=", b"nonce="),
)
_BEFORE: Final = 400  # bytes that are looked at around a telltale
_AFTER: Final = 4_000
_SMALL: Final = 2_000  # bytes; a text of so many is looked at as a whole
_LONG_TOKEN: Final = 20  # characters

_USER: Final = re.compile(
    rb"(?i)[a-z][a-z0-9+.\-]*://([^\s/?#@:\"'<>\\]+)?(?::([^\s/?#@\"'<>\\]*))?@(?=[\w\[%])"
)
_PAIR: Final = re.compile(  # of JSON, of a dictionary as Python shows it, of either inside a text
    rb"""(\\*["'])([\w.\- ]{2,60})\1\s*:\s*(?:(\\*["'])((?:(?!\3)[^\n])*?)(?:\3|\Z)|([\w.+\-]+))"""
)
# At the beginning of a text, in a message, its length is in the byte before.
_QUERY: Final = re.compile(
    rb"""([?&;]|[\x00-\x1f][ -/:-@]?)([\w.\-%\[\]]{2,60})=([^&#\s"'<>\\;\x00-\x1f]+)"""
)
_CONNECTION: Final = re.compile(rb"""(?:^|;)\s*([A-Za-z][\w ]{1,40}?)\s*=\s*([^;\r\n"'<>]+)""")
_VARIABLE: Final = re.compile(rb"""(?<![\w?&;.])([A-Z][A-Z0-9_]{2,60})=("[^"\n]*"|'[^'\n]*'|\S+)""")
_CREDENTIALS: Final = re.compile(
    rb"(?i)\b(?:bearer|basic|digest|token|apikey|negotiate)[ ]+([\w\-.~+/]{8,}=*)"
)
_HEADER: Final = re.compile(
    rb"""(?i)\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:[\w\-]+[ ]+)?([^\s"'<>\\,]{6,})"""
)
_HEADER_KEY: Final = re.compile(
    rb"""(?i)\b(x-[\w\-]{2,40}|api-key|apikey)["']?:\s*["']?([^\s"'<>\\,]{4,})"""
)
_COOKIE: Final = re.compile(rb"""(?i)\b(?:set-)?cookie["']?:\s*["']?([\w.\-]+=[^\r\n"'<>\\]+)""")
_SHAPES: Final = re.compile(
    rb"\beyJ[\w\-]{8,}\.[\w\-]{8,}(?:\.[\w\-]*)?"  # a JSON web token
    rb"|\b(?:gh[opsu]_|github_pat_|glpat-|sk[-_](?:live_|test_|proj-|ant-)?)[\w\-]{20,}"
    rb"|\bxox[abeprs]-[\w\-]{10,}"
    rb"|\bAKIA[0-9A-Z]{16}\b"
    rb"|(?<=PRIVATE KEY-----)[\w+/=\s\\]{20,}(?=-----END)"
)

# Of a query: they hide what looks made by a machine, for they are also words of everyday.
_MAYBE: Final = frozenset(
    ("key", "code", "sig", "signature", "sid", "session", "state", "ticket", "nonce", "sas")
)
_MADE: Final = re.compile(rb"(?=.*\d)(?=.*[A-Za-z])[\w\-.~%+/=]{16,}\Z")
_PLAIN: Final = re.compile(rb"(?i)(?:true|false|none|null|[\d.,]+|\(hidden\)|\[secret.*|\*+)\Z")


def may_hold(text: str) -> bool:
    """Whether a text is worth a closer look. Quick."""
    if ":" in text or "=" in text:
        return True
    return len(text) >= _LONG_TOKEN and (" " not in text or text[:7] in ("Bearer ", "bearer "))


def places(data: bytes, hides_name: HidesName) -> list[Span]:
    """What a text gives away, as places in its bytes; they may overlap."""
    found = list(_user(data)) if data.find(b"://") >= 0 else []
    low = data.lower()
    if len(data) <= _SMALL:
        for word in _TELLTALES:
            if low.find(word) >= 0:  # ten times as quick as `in`
                found += _look(data, hides_name)
                break
        return found
    for start, end in _windows(low):
        piece = data[start:end]
        found += [(start + a, start + b) for a, b in _look(piece, hides_name)]
    return found


def _windows(low: bytes) -> list[Span]:
    """The surroundings of telltales in a long text; they do not overlap."""
    at = []
    for word in _TELLTALES:
        here = low.find(word)
        while here >= 0:
            at.append(here)
            here = low.find(word, here + _BEFORE)  # what is nearer stands in the same window
    windows: list[Span] = []
    for here in sorted(at):
        start, end = max(0, here - _BEFORE), here + _AFTER
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _look(data: bytes, hides_name: HidesName) -> list[Span]:
    found = []
    has_colon, has_equal = b":" in data, b"=" in data
    for hit in _PAIR.finditer(data) if has_colon else ():
        group = 4 if hit[4] is not None else 5
        if _hides(hit[2], hides_name) and not _is_plain(hit[group], group == 5):
            found.append(hit.span(group))
    for hit in _QUERY.finditer(data) if has_equal else ():
        name = hit[2].decode("ascii", "replace")
        made = name.lower() in _MAYBE and _MADE.match(hit[3])
        bare = hit[1] not in (b"?", b"&", b";")
        if (made or hides_name(name)) and not _is_plain(hit[3], bare):
            found.append(hit.span(3))
    for pattern in (_VARIABLE, _CONNECTION) if has_equal else ():
        if pattern is _CONNECTION and b";" not in data:
            continue
        for hit in pattern.finditer(data):
            value = hit[2].strip(b"\"'")
            says = len(value) > 3 and value[:1] not in b"/~" and not _is_plain(value, True)
            if says and _hides(hit[1], hides_name):
                found.append(hit.span(2))
    found += _headers(data)
    found += [hit.span() for hit in _SHAPES.finditer(data)]
    return found


def query_places(data: bytes, hides_name: HidesName) -> list[Span]:
    """The values in a query string, with or without its `?`, that their names give away."""
    return [(start - 1, end - 1) for start, end in places(b"?" + data, hides_name) if start > 0]


def _user(data: bytes) -> Iterator[Span]:
    for hit in _USER.finditer(data):
        for group in (1, 2):
            if hit[group] and not _is_plain(hit[group], False):
                yield hit.span(group)


def _headers(data: bytes) -> Iterator[Span]:
    for hit in _HEADER.finditer(data):
        if any(char in b"0123456789=" for char in hit[1]) and not _is_plain(hit[1], True):
            yield hit.span(1)
    for hit in _HEADER_KEY.finditer(data):
        name = hit[1].lower()
        if any(word in name for word in (b"key", b"token", b"auth", b"secret", b"sig")):
            yield hit.span(2)
    for hit in _COOKIE.finditer(data):
        yield hit.span(1)
    for hit in _CREDENTIALS.finditer(data):
        token = hit[1]
        if any(char in b"0123456789=" for char in token) and not _is_plain(token, True):
            yield hit.span(1)


def _hides(name: bytes, hides_name: HidesName) -> bool:
    return hides_name(name.decode("utf-8", "replace"))


def _is_plain(value: bytes, bare: bool) -> bool:
    """Whether a value says nothing (`bare`: without quotes, so that it may be a number)."""
    if not value:
        return True
    return _PLAIN.match(value) is not None and (bare or not value[:1].isdigit())
