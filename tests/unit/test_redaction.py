"""Secret names are recognised, secret values are masked in every form they are written in."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import quote, quote_plus

import pytest

from rerun_trace.tracer.capture.redaction import HIDDEN, Redactor


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


# What stands beside a secret. `<...>` is what must be masked, and no more.
BESIDE = [
    "Authorization: Bearer <abc123def456ghi>",
    "authorization: Basic <dXNlcjpwYXNzd29yZA==>",
    "Bearer <eyJhbGciOi.J9eyJzdWIi.abc123>",
    "curl -H 'X-Api-Key: <k-91823>' https://example.org",
    "Set-Cookie: <sid=31d4d96e407aad42; Path=/; HttpOnly>",
    "postgres://<ann>:<hunter2>@db.example.org:5432/sales?sslmode=require",
    "https://<token>@example.org/x.git",
    "see https://example.org/cb?access_token=<abc>&page=2 and more",
    "?page=2&api_key=<91823>",
    "https://example.org/?sig=<Zm9vYmFyMTIzNDU2Nzg5MA%3D%3D>&page=2",
    '{"api_key": "<abc>", "name": "ann", "max_tokens": 100}',
    "{'password': '<it is long>', 'user': 'ann'}",
    '"{\\"client_secret\\": \\"<abc>\\", \\"id\\": 7}"',
    "Server=db;User Id=sa;Password=<abc;def>;".replace(";def", ""),
    "export OPENAI_API_KEY=<abcdef>",
    "pushed with <ghp_0123456789abcdefghijABCDEFGHIJ> today",
    "eyes on <AKIAIOSFODNN7EXAMPLE>, then go=on",
]


@pytest.mark.parametrize("marked", BESIDE)
def test_what_stands_beside_a_secret_gives_it_away(marked: str) -> None:
    plain = marked.replace("<", "").replace(">", "")
    redactor = Redactor()
    if ":" in plain or "=" in plain or " " not in plain or plain.startswith("Bearer"):
        masked = redactor.text(plain)
        assert masked == re.sub("<[^>]*>", HIDDEN, marked)
        assert redactor.text(masked) == masked, "a mask is masked once"
    data = redactor.data(plain.encode())
    assert data.decode() == re.sub("<([^>]*)>", lambda hit: "*" * len(hit[1]), marked)


@pytest.mark.parametrize(
    "text",
    [
        "Your password: at least eight characters",
        "Token: a word or a part of one",
        "The author: a basic authentication, for bearers of cookies",
        "https://unpkg.com/react@18 and https://example.org/@ann",
        "mail: ann@example.org, max_tokens=100, tokenizer=bpe",
        "https://example.org/?page=about&code=de&key=name",
        '{"tokenizer": "bpe", "page": "x", "author": "ann", "token": null}',
        'st.text_input("Password", type="password", key="pw")',
        "PWD=/home/ann",
        "12:30 = half past twelve; key = a",
    ],
)
def test_words_about_secrets_are_none(text: str) -> None:
    redactor = Redactor()
    assert redactor.text(text) == text
    assert redactor.data(text.encode()) == text.encode()


def test_a_place_in_a_long_text_is_found() -> None:
    redactor = Redactor()
    text = "lorem ipsum " * 2000 + '{"api_key": "abc"}' + " dolor sit amet" * 2000
    masked = redactor.text(text)
    assert masked == text.replace('"abc"', f'"{HIDDEN}"')


def test_a_query_string() -> None:
    redactor = Redactor()
    assert redactor.query("page=2&access_token=abc&x=1") == f"page=2&access_token={HIDDEN}&x=1"
    assert redactor.query("?token=abc") == f"?token={HIDDEN}"
    assert redactor.query("token=abc") == f"token={HIDDEN}"
    assert redactor.query("") == ""
    redactor.add_secret("quiet-mouse")
    assert redactor.query("who=quiet-mouse") == "who=[secret 1]"


def test_the_environment() -> None:
    redactor = Redactor()
    redactor.add_environment(
        {
            "PWD": "/home/ann/projects",
            "OLDPWD": "somewhere",
            "SSH_AUTH_SOCK": "/tmp/agent.1",
            "AUTH_TOKEN": "true",
            "SERVICE_API_KEY": "k9-swordfish",
            "EDITOR": "nano-editor",
        }
    )
    assert redactor.text("k9-swordfish nano-editor somewhere") == "[secret 1] nano-editor somewhere"


RELATED: list[Callable[[str], str]] = [
    lambda s: s[2:8],
    lambda s: s[-4:],
    lambda s: s.upper(),
    lambda s: s.title()[1:9],
    lambda s: s[::-1],
    lambda s: base64.b64encode(s.encode()).decode(),
    lambda s: base64.urlsafe_b64encode(b"x" + s.encode()).decode()[4:12],
    lambda s: base64.b64encode(b"ab" + s[3:9].encode()).decode()[4:8],
    lambda s: s.encode().hex(),
    lambda s: s[1:6].encode().hex().upper(),
    lambda s: quote(s[3:], safe=""),
    lambda s: json.dumps(s)[1:6],
    lambda s: hashlib.md5(s.encode()).hexdigest(),
    lambda s: hashlib.sha256(s.strip().encode()).hexdigest()[:12],
    lambda s: base64.b64encode(hashlib.sha512(s.encode()).digest()).decode(),
    lambda s: hashlib.sha3_256(s.encode()).hexdigest().upper(),
    lambda s: hashlib.blake2b(s.encode()).hexdigest(),
    lambda s: s.strip(),
    lambda s: s.splitlines()[-1],
]


@pytest.mark.parametrize("secret", ["Zebra-quägga/7 ", "q8Z'r\\T1\nw\"Lm0&Pd"])
@pytest.mark.parametrize("number", range(len(RELATED)))
def test_what_is_made_of_a_secret_is_masked(number: int, secret: str) -> None:
    redactor = Redactor()
    redactor.add_secret(secret)
    made = RELATED[number](secret)
    masked = redactor.text(f"~{made}~")
    left = masked.replace("[secret 1]", "").strip("~")
    assert "[secret 1]" in masked
    assert len(left) <= len(made) % 8 or len(left) < 3, "of base64 the last signs may stay"
    assert len(redactor.data(made.encode())) == len(made.encode())


def test_ordinary_words_of_a_secret_are_left_alone() -> None:
    redactor = Redactor()
    redactor.add_secrets(["https://hooks.example.com/services/T0/zk81x", "admin2024"])
    assert redactor.text("https://my.example.org") == "https://my.example.org"
    assert redactor.text("the admin of 2024") == "the admin of 2024"
    assert redactor.text("admin2024") == "[secret 2]"
    assert redactor.text("zk81x") == "[secret 1]"
    redactor = Redactor()
    redactor.add_secret("-----BEGIN PRIVATE KEY-----\n" + "q8Zr/T1xWv+2" * 10 + "\n-----END-----")
    assert redactor.text("-" * 40 + " BEGIN") == "-" * 40 + " BEGIN"
    assert redactor.text("xxT1xWv+2q8Zyy") == "xx[secret 1]yy", "eight of a long one, not four"
    assert redactor.text("T1xWv+2") == "T1xWv+2"


def test_ids_are_left_alone_and_masks_are_not_masked() -> None:
    redactor = Redactor()
    redactor.add_secret("1f3a77c0")
    id_ = "$$ID-0123451f3a77c06789abcdef01234567-pin"
    assert redactor.text(id_) == id_
    assert redactor.data(id_.encode()) == id_.encode()
    assert redactor.text(id_.replace("pin", "1f3a77c0")).endswith("67-[secret 1]")
    assert redactor.text("00001f3a000000000000000000000000") == "0" * 4 + "1f3a" + "0" * 24
    assert redactor.text("1f3a77c0" * 4) == "[secret 1]", "a long secret is no id"
    redactor.add_secret("secret")
    assert redactor.text("[secret 1] and (hidden)") == "[secret 1] and (hidden)"


def test_a_source_text_keeps_its_lines() -> None:
    redactor = Redactor()
    redactor.add_secret("first\nsecond-line\nthird")
    text = 'pem = """first\nsecond-line\nthird"""\nx = second_line = "second"\n'
    assert redactor.source(text) == 'pem = """[secret 1]\n\n"""\nx = second_line = "second"\n'
