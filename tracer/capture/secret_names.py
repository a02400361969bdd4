"""Which names look secret: of variables, arguments, keys, widgets and settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

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
    "sessionid",
)
"""Parts of names that look secret, in lower case and without separators."""

# `auth` as a part would hide every `author`: these count as whole words only.
_SECRET_WORDS: Final = frozenset(
    {"auth", "oauth", "authorization", "bearer", "otp", "cookie", "cookies", "jwt", "csrf", "xsrf"}
)
# A tokenizer is not a token.
_HARMLESS: Final = re.compile(r"tokeni[sz]\w*")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SEPARATORS: Final = re.compile(r"[\W_]+")


def flat(name: str) -> str:
    """A name in lower case and without separators."""
    return _SEPARATORS.sub("", name).lower()


def looks_secret(name: str, parts: Iterable[str]) -> bool:
    """Whether a name has one of these parts (see `flat`), or a word that tells of a secret."""
    whole = _HARMLESS.sub("", flat(name))
    if any(part in whole for part in parts):
        return True
    return any(word.lower() in _SECRET_WORDS for word in _WORD.findall(name))
