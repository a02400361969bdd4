"""Who may read the pages: by the token in the printed address, and under which names."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
from commands import COMMAND, environment, say
from flask.testing import FlaskClient
from ui import handmade
from werkzeug.test import TestResponse

from rerun_trace.commands.opening import Opening
from rerun_trace.commands.options import UsageProblem
from rerun_trace.commands.pages import check_access, serve_pages
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.capture.redaction import Redactor
from rerun_trace.web.app import create_app
from rerun_trace.web.server.access import Access, hosts_of, is_loopback, new_token
from rerun_trace.web.server.explaining import explanations_of
from rerun_trace.web.views.replay import OPEN_TO_ALL

pytestmark = pytest.mark.first_row

TOKEN = "a-token-of-this-test"
COOKIE = "rerun-trace-token-5000"
PAGE = "http://localhost:5000"


@pytest.fixture
def client(store: TraceStore) -> FlaskClient:
    """A browser that was not told the token."""
    return create_app(store, token=TOKEN).test_client()


def ask(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    return client.get(path, base_url=PAGE, headers=sent)


def test_without_the_token_there_is_a_sentence_on_where_to_find_the_address(
    store: TraceStore, client: FlaskClient
) -> None:
    id = handmade.three_runs(store)
    page = ask(client, f"/recordings/{id}")
    assert page.status_code == 401
    assert page.headers["WWW-Authenticate"] == "Bearer"
    assert "the address that rerun-trace printed in its terminal" in page.text
    answer = ask(client, f"/api/recordings/{id}/runs/1")
    assert answer.status_code == 401
    assert answer.json is not None
    assert "printed in its terminal" in answer.json["error"]
    assert "rerun.py" not in page.text + answer.text


def test_every_address_but_the_frame_s_and_the_static_files_wants_it(
    store: TraceStore, client: FlaskClient
) -> None:
    id = handmade.three_runs(store)
    free = {"static", *OPEN_TO_ALL}
    for rule in client.application.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", str(id), rule.rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            with client.open(path, method=method, base_url=PAGE) as answer:
                wants_it = answer.status_code == 401
            assert wants_it == (rule.endpoint not in free), (method, path)
    assert ask(client, "/nothing").status_code == 401


def test_what_is_open_to_all_is_the_same_for_every_recording(
    store: TraceStore, client: FlaskClient
) -> None:
    id = handmade.three_runs(store)
    for name in (
        "",
        "-/replay.js",
        "_stcore/health",
        "_stcore/host-config",
        "media/x",
        "index.html",
    ):
        texts = set()
        for number in (id, id + 1_000):  # there is no such recording
            with ask(client, f"/recordings/{number}/replay/{name}") as answer:
                texts.add(answer.get_data(as_text=True))
        assert len(texts) == 1, name


def test_the_address_opens_the_page_and_loses_the_token_at_once(
    store: TraceStore, client: FlaskClient
) -> None:
    id = handmade.three_runs(store)
    opened = ask(client, f"/recordings/{id}?run=2&token={TOKEN}&step=1")
    assert (opened.status_code, opened.location) == (303, f"/recordings/{id}?run=2&step=1")
    cookie = opened.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={TOKEN};")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert opened.headers["Cache-Control"] == "no-store"
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert TOKEN not in opened.text
    page = ask(client, opened.location)
    assert page.status_code == 200
    assert TOKEN not in page.text
    assert ask(client, f"/api/recordings/{id}/runs/1").status_code == 200


def test_from_another_site_a_page_of_ours_goes_on(client: FlaskClient) -> None:
    """A redirect that another page began is without the cookie also at its end."""
    opened = ask(client, f"/?q=<b>&token={TOKEN}", Sec_Fetch_Site="cross-site")
    assert opened.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/?q=%3Cb%3E"' in opened.text
    assert opened.headers["Set-Cookie"].startswith(COOKIE)


@pytest.mark.parametrize("given", ["", "x", TOKEN[:-1], f"{TOKEN}x", "\udcff", "é"])
def test_another_token_opens_nothing(client: FlaskClient, given: str) -> None:
    written = quote(given.encode("utf-8", "surrogateescape"))
    assert ask(client, f"/?token={written}").status_code == 401
    assert ask(client, "/", Cookie=f"{COOKIE}={written}").status_code == 401
    assert ask(client, "/", Authorization=f"Bearer {written}").status_code == 401


def test_a_program_sends_it_as_a_header(client: FlaskClient) -> None:
    assert ask(client, "/", Authorization=f"Bearer {TOKEN}").status_code == 200
    assert ask(client, "/", Authorization=f"Basic {TOKEN}").status_code == 401


def test_two_servers_of_one_machine_have_cookies_of_their_own(store: TraceStore) -> None:
    jar = create_app(store, token=TOKEN).test_client()
    for port in (5000, 5001):
        jar.get(f"/?token={TOKEN}", base_url=f"http://localhost:{port}")
    assert {cookie.key for cookie in jar._cookies.values()} == {  # type: ignore[union-attr]
        "rerun-trace-token-5000",
        "rerun-trace-token-5001",
    }


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%5Cevil.example/"])
def test_an_address_leads_to_no_other_site(client: FlaskClient, path: str) -> None:
    opened = ask(client, f"{PAGE}{path}?token={TOKEN}")
    assert opened.status_code == 303
    assert re.match(r"/[^/\\]", opened.location)


def test_the_token_is_no_less_compared_for_being_wrong_at_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr("rerun_trace.web.server.access.hmac.compare_digest", compare)
    assert not Access(frozenset(), TOKEN).opens("x")
    assert compared == [(b"x", TOKEN.encode())]
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 22  # 128 bits


@pytest.mark.parametrize(
    ("bound", "host", "knows"),
    [
        ("localhost", "localhost:5000", True),
        ("localhost", "[::1]:5000", True),
        ("localhost", "192.0.2.7:5000", False),
        ("localhost", "evil.example", False),
        ("127.0.0.2", "127.0.0.2:5000", True),
        ("0.0.0.0", "192.0.2.7:5000", True),
        ("0.0.0.0", "[2001:db8::7]:5000", True),
        ("0.0.0.0", "localhost:5000", True),
        ("0.0.0.0", "evil.example:5000", False),
        ("class.example", "CLASS.example:5000", True),
        ("class.example", "evil.example", False),
        ("class.example", "", False),
    ],
)
def test_the_names_under_which_pages_answer(bound: str, host: str, knows: bool) -> None:
    assert Access(hosts_of(bound)).knows(host) == knows


def test_only_loopback_may_be_without_a_token() -> None:
    for host in ("localhost", "127.0.0.1", "::1", "127.0.0.9"):
        assert is_loopback(host)
        check_access(host, no_token=True)
    for host in ("0.0.0.0", "::", "192.0.2.7", "class.example"):
        check_access(host, no_token=False)
        with pytest.raises(UsageProblem, match="--no-token is for this machine alone"):
            check_access(host, no_token=True)


def test_a_page_for_others_has_a_token_and_a_warning(
    store: TraceStore, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve_pages(store, explanations_of(store), "0.0.0.0")
    try:
        warning = capsys.readouterr().err
        assert warning.startswith("rerun-trace: warning: others on the network reach this page.")
        assert warning.count("\n") == 1
        asked = {"localhost": 401, "192.0.2.7": 401, "evil.example": 403}
        for host, status in asked.items():
            with pytest.raises(HTTPError) as refused:
                urlopen(Request(f"http://127.0.0.1:{server.port}/", headers={"Host": host}))
            assert refused.value.code == status, host
            refused.value.close()
    finally:
        server.close()


def test_the_browser_is_told_the_address_by_a_file_of_its_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a program is started with is for every user of the machine to see."""
    launched: list[str] = []
    monkeypatch.setattr("click.launch", launched.append)
    opening = Opening()
    opening.open("http://localhost:1/?token=x", is_secret=True)
    (where,) = launched
    assert "token" not in where
    file = Path(where.removeprefix("file://"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert 'content="0; url=http://localhost:1/?token=x"' in file.read_text()
    opening.close()
    assert not file.exists()
    opening.open("http://localhost:1/", is_secret=False)
    assert launched[1:] == ["http://localhost:1/"]


@contextmanager
def served(db: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`rerun-trace ui` as a user starts it: what it says first, and its process."""
    with subprocess.Popen(
        [*COMMAND, "ui", "--no-browser", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(db),
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline(), process
        finally:
            process.terminate()
            process.communicate()


def test_the_printed_address_opens_the_pages(tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    with TraceStore.open(db) as store:
        id = handmade.three_runs(store)
    with served(db) as (line, process):
        match = re.fullmatch(
            r"Recordings: (http://localhost:\d+)/\?token=([\w-]{22})  \(Ctrl-C ends\)\n", line
        )
        assert match is not None, line
        url, token = match.groups()
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{url}/")
        assert refused.value.code == 401
        refused.value.close()
        browser = build_opener(HTTPCookieProcessor())
        with browser.open(f"{url}/?token={token}") as page:
            assert page.url == f"{url}/"
        with browser.open(f"{url}/api/recordings/{id}/runs/1") as answer:
            assert answer.status == 200
        with pytest.raises(HTTPError) as unknown:
            browser.open(f"{url}/api/recordings/999/runs/1?token={token}")
        unknown.value.close()
        process.terminate()
        out, err = process.communicate()
    assert token not in out + err
    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert token.encode() not in kept


def test_who_wants_none_says_so(tmp_path: Path) -> None:
    db = tmp_path / "db.sqlite"
    TraceStore.open(db).close()
    with served(db, "--no-token") as (line, _):
        url = line.split()[1]
        assert "token" not in url
        with urlopen(url) as page:
            assert page.status == 200


def test_no_token_for_others_is_refused_in_a_line(tmp_path: Path) -> None:
    said = say(tmp_path / "db.sqlite", "ui", "--no-browser", "--no-token", "--host", "0.0.0.0")
    assert said.code == 2
    (line,) = said.errors
    assert line.startswith("rerun-trace: --no-token is for this machine alone")
    assert sys.platform == "win32" or not (tmp_path / "db.sqlite").exists()


def test_the_recorder_holds_back_the_cookie_s_value() -> None:
    """It is sent to the recorded app as well, which may look at its cookies."""
    assert Redactor().hides_name(COOKIE)
