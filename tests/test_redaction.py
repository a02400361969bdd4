"""Secret names are recognised, secret values are masked in every form they are written in."""

from __future__ import annotations

import html
import json
import sys
import threading
from decimal import Decimal
from urllib.parse import quote, quote_plus

import pytest

from rerun_trace.tracer.capture.redaction import Redactor


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Password",
        "db_passwd",
        "PWD",
        "client_secret",
        "access_token",
        "accessToken",
        "apikey",
        "api_key",
        "API-Key",
        "OPENAI_API_KEY",
        "aws credentials",
        "private_key",
        "privateKey",
        "auth",
        "basic_auth",
        "HTTPAuth",
        "Authorization",
    ],
)
def test_names_that_look_secret(name: str) -> None:
    assert Redactor().hides_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "user", "author", "authors", "tokenizer", "key", "passed", "compass", "value", "monkey"],
)
def test_names_that_do_not(name: str) -> None:
    assert not Redactor().hides_name(name)


def test_more_names_can_be_given() -> None:
    redactor = Redactor(["Social-Security", ""])
    assert redactor.hides_name("social_security_number")
    assert redactor.hides_name("password")
    assert not redactor.hides_name("social")
    assert redactor.hides_name("social_security_number"), "the second time, from the cache"


def test_a_name_of_a_users_class_is_not_asked() -> None:
    class Name(str):
        def lower(self) -> str:
            raise AssertionError

    assert not Redactor().hides_name(Name("password"))


def test_without_secrets_nothing_is_active() -> None:
    redactor = Redactor()
    assert not redactor.active
    assert redactor.text("hello") == "hello"
    assert redactor.data(b"hello") == b"hello"
    for nothing in ("", None, True, 3.5, 12, object()):
        redactor.add_secret(nothing)
    assert not redactor.active


SECRET = 'p&s "wörd"\\/<1>\n'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        repr(SECRET)[1:-1],
        repr([SECRET]),
        repr(repr(SECRET)),
        repr(SECRET.encode()),
        json.dumps({"k": SECRET}),
        json.dumps({"k": SECRET}, ensure_ascii=False),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower().replace("p%26s", "p%26s"),
        html.escape(SECRET),
    ],
)
def test_every_form_is_masked(form: str) -> None:
    redactor = Redactor()
    redactor.add_secret(SECRET)
    assert redactor.active
    masked = redactor.text(f"before {form} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "[secret 1]" in masked
    for part in ("p&s", "wörd", "w\\xf6rd", "w%C3%B6rd", "p%26s", "rd"):
        assert part not in masked
    data = redactor.data(form.encode())
    assert len(data) == len(form.encode())
    assert b"rd" not in data


def test_short_strings_are_masked_only_as_a_whole() -> None:
    redactor = Redactor()
    redactor.add_secret("abc")
    assert redactor.text("abc") == "[secret 1]"
    assert redactor.text("the abc book") == "the abc book"
    assert redactor.data(b"abc") == b"abc"


def test_numbers_on_digit_boundaries() -> None:
    redactor = Redactor()
    redactor.add_secrets([12345, -777777, 3.14159, Decimal("99.995"), 12])
    assert redactor.text("pin 12345, not 123456 or 912345") == (
        "pin [secret 1], not 123456 or 912345"
    )
    assert redactor.text("-777777") == "-[secret 2]"
    assert redactor.text("x=3.14159;y=99.995") == "x=[secret 3];y=[secret 4]"
    assert redactor.text("12") == "12"
    # In binary data the neighbouring byte may be a length that is a digit by chance.
    assert redactor.data(b"\x125" + b"12345") == b"\x125*****"


def test_enormous_number_is_left_alone() -> None:
    redactor = Redactor()
    redactor.add_secret(10 ** (sys.get_int_max_str_digits() + 10))
    assert not redactor.active


def test_overlapping_and_adjacent_secrets() -> None:
    redactor = Redactor()
    redactor.add_secrets(["abcdef", "defghi", "abcd"])
    assert redactor.text("-abcdefghi-") == "-[secret]-", "it may be of several"
    assert redactor.text("fghi.") == "[secret 2]."
    assert redactor.data(b"-abcdefghi-") == b"-*********-"


def test_trees_of_builtin_types() -> None:
    tree: dict[str, object] = {
        "db": {"user": "annelise", "ports": [54321, ("inner-one",)]},
        "raw": b"raw-bytes",
        "flag": True,
    }
    tree["self"] = tree
    redactor = Redactor()
    redactor.add_secrets(tree)
    masked = redactor.text("annelise 54321 inner-one raw-bytes True db")
    assert masked == "[secret 1] [secret 2] [secret 3] [secret 4] True db"


def test_bytes_keep_their_length_and_stay_utf8() -> None:
    redactor = Redactor()
    redactor.add_secret("schlüssel")
    data = b"\x0a\x0b" + "schlüssel!".encode() + b"\xff"
    masked = redactor.data(data)
    assert masked == b"\x0a\x0b" + b"*" * 10 + b"!\xff"


def test_secret_that_is_not_text() -> None:
    redactor = Redactor()
    redactor.add_secret(b"\xff\xfe\xfdkey")
    redactor.add_secret("lone \ud800 surrogate")
    assert redactor.data(b"--\xff\xfe\xfdkey--") == b"--******--"
    assert redactor.text("a lone \ud800 surrogate b") == "a [secret 2] b"


def test_reach_is_the_longest_form() -> None:
    redactor = Redactor()
    assert redactor.reach == 0
    redactor.add_secret("é" * 10)
    assert redactor.reach >= len(quote("é" * 10))


def test_secrets_may_be_added_while_others_read() -> None:
    redactor = Redactor()
    seen: list[str] = []

    def read() -> None:
        for _ in range(300):
            seen.append(redactor.text("first-secret and more"))
            redactor.hides_name(f"name_{len(seen)}")

    redactor.add_secret("first-secret")
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(100):
        redactor.add_secret(f"secret-{number}")
    for reader in readers:
        reader.join()
    assert set(seen) == {"[secret 1] and more"}
    for number in range(100):
        assert redactor.text(f"secret-{number}").startswith("[secret")
