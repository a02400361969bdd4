"""What a terminal gets to see: nothing of an app's texts is obeyed by it."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from commands import Said, say
from support import record
from ui import handmade

from rerun_trace import cli
from rerun_trace.commands import terminal
from rerun_trace.commands.live_lines import LiveLines
from rerun_trace.commands.progress import progress_on
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.model import ComparedVariant, Comparison, Source
from rerun_trace.tracer.words.printable import printable
from rerun_trace.web.server.explaining import explanations_of

pytestmark = pytest.mark.first_row

ROOT = Path(__file__).resolve().parent.parent
# Writes into the clipboard, clears the screen, turns the direction of text, and begins a new line.
EVIL = "\x1b]52;c;ZXZpbA==\x07\x9b2J\u202e\x7f\r\n[red]"
HOSTILE = """\
import streamlit as st

TITLE = "Pay\\x1b]0;owned\\x07 \\x1b[2J\\x9b31m\\u202eeur"
shown = st.empty()
st.session_state.setdefault("sum", "none")
shown.metric(TITLE, st.session_state.sum)
if st.button(TITLE):
    st.session_state.sum = "\\x1b[31mred"
    st.write(TITLE)
"""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
WAYS = ("click.echo", "click.secho", "Console", "sys.stdout.write", "print")
NAME = "evil\x1b]52;c;ZXZpbA==\x07\u202e"  # of files and folders


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real app's recording, and one whose every text is hostile; in a hostile folder."""
    folder = tmp_path_factory.mktemp("terminal") / NAME
    folder.mkdir()
    app = folder / f"{NAME}.py"
    app.write_text(HOSTILE, encoding="utf-8")
    recorded = record(app, [{"click": "button#0"}], folder / "db.sqlite")
    assert recorded.drive.failed_step is None
    with recorded.store() as store:
        store.rename(recorded.id, "\x1b[1mname")
        plain = handmade.everything(store)
        info = store.recording(plain)
        id = store.add_recording(evil(info), map(evil, list(store.records(plain))))
        store.rename(id, EVIL)
        store.add_note(id, 1, 1, EVIL)
        variants = (ComparedVariant(EVIL, (id,)), ComparedVariant("b", (), EVIL))
        store.add_comparison(Comparison(EVIL, handmade.now(), (), variants))
        store.delete(plain)
    return folder / "db.sqlite"


def evil(value: Any) -> Any:
    """The same, with control characters in every text of it."""
    if isinstance(value, Source):
        return replace(value, file=value.file + EVIL, text=f"{value.text}#{EVIL[:-7]}\n")
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: evil(getattr(value, each.name)) for each in own(value)})
    if type(value) is str:
        return value + EVIL
    if isinstance(value, dict):
        return {key: evil(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(evil, value))
    return type(value)(*map(evil, value)) if isinstance(value, tuple) else value


def own(value: Any) -> Iterator[Any]:
    return (each for each in fields(value) if each.init)


def shows_nothing_obeyed(said: Said) -> None:
    assert OBEYED.findall(said.out) == []
    assert OBEYED.findall(said.err) == []
    assert "Traceback" not in said.err


READ = [
    *(["list"], ["list", "--json"], ["list", "--app", EVIL]),
    *(["show", "1"], ["show", "3"], ["show", "3", "--json"], ["show", "77"]),
    *(["explain", "1"], ["explain", "3"], ["explain", "3", "--json"]),
    *(["why", "1", "2"], ["why", "1", "app.py:8"], ["why", "3", "1"], ["why", "3", EVIL]),
    *(["why-not", "3", f"rerun.py{EVIL}:3"], ["why-not", "1", EVIL]),
    *(["graph", "3"], ["graph", "3", "--kind", "flow"], ["graph", "3", "-o", f"x{EVIL}"]),
    *(["scenario", "3"], ["scenario", "1"], ["scenario", "1", "-o", f"/nowhere/{NAME}/x.json"]),
    *(["rm", "3"], ["rm", "--app", EVIL, "--yes"], ["prune", "3", "--keep", "1 run", "--dry-run"]),
    *(["prune", "--keep", EVIL], ["prune", "3", "--keep", "9 runs"], ["prune", EVIL]),
    *(["doctor"], ["doctor", "--db", f"{NAME}://host"], ["doctor", "--engine", EVIL]),
    *(["demo", "--db", f"/dev/null/{NAME}"], ["ui", "--db", f"/dev/null/{NAME}"]),
    *(["ui", "--host", NAME, "--no-browser"], ["run", f"{NAME}.py"], [f"{NAME}.py", EVIL]),
    *(["import", f"{NAME}.rtrace"], [f"--{EVIL}"], ["show", EVIL], ["export", "-o", EVIL]),
    *(["drive", f"{NAME}.py"], ["compare", f"{NAME}.py", EVIL], ["show", f"--{EVIL}"]),
]


@pytest.mark.parametrize("words", READ, ids=lambda words: printable(" ".join(words)))
def test_no_control_character_reaches_the_terminal(db: Path, words: list[str]) -> None:
    shows_nothing_obeyed(say(db, *words))


def test_what_is_shown_has_signs_in_their_places(db: Path) -> None:
    for words in (["show", "1"], ["show", "3"], ["list"], ["why", "1", "2"]):
        said = say(db, *words)
        assert said.code == 0, said.err
        assert "�" in said.out


def test_json_says_the_same_to_other_tools(db: Path) -> None:
    (summary, _) = json.loads(say(db, "list", "--json").out)
    assert summary["info"]["name"] == EVIL


@pytest.mark.parametrize("ending", ["html", "md", "rtrace", "trace.json", "json", "mmd", "dot"])
def test_exporting_says_nothing_that_is_obeyed(db: Path, ending: str) -> None:
    target = db.with_suffix(f".{ending}")
    shows_nothing_obeyed(say(db, "export", "3", "--no-replay", "--redact", EVIL, "-o", target))


def test_importing_says_nothing_that_is_obeyed(db: Path, tmp_path: Path) -> None:
    file = db.parent / f"{NAME}.rtrace"
    assert say(db, "export", "3", "-o", file).code == 0
    said = say(tmp_path / "other.sqlite", "import", file)
    assert said.code == 0, said.err
    shows_nothing_obeyed(said)


def test_driving_says_nothing_that_is_obeyed(db: Path) -> None:
    (app,) = db.parent.glob("*.py")
    for words in (["--click", EVIL], ["--set", f"{EVIL}={EVIL}"], ["--page", EVIL], []):
        shows_nothing_obeyed(say(db.with_name("driven.sqlite"), "drive", app, *words))
    other = app.with_name(f"other{NAME}.py")
    # What the app's process writes by itself, its errors too, goes where `streamlit run` leaves it.
    other.write_text(HOSTILE + f"st.button({EVIL!r})\n", "utf-8")
    shows_nothing_obeyed(say(db.with_name("driven.sqlite"), "compare", app, other, "--no-browser"))


def test_live_lines_say_nothing_that_is_obeyed(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with TraceStore.open(db, create=False) as store:
        LiveLines(store, explanations_of(store), 3).close()
    said = capsys.readouterr()
    assert "run 1" in said.out
    assert OBEYED.findall(said.out + said.err) == []


def test_progress_is_printable() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with progress_on(stream) as tell:
        tell(f"writing {EVIL}", 1, 2)
        tell(f"writing {EVIL}", 2, 2)
    assert "writing" in stream.getvalue()
    assert "]52;" not in stream.getvalue().replace("�]52;", "")
    assert "\x9b" not in stream.getvalue()


def test_what_the_server_logs_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("waitress", "rerun_trace"):  # of a command before, to its own stderr
        logging.getLogger(name).handlers.clear()
    terminal.log_to_terminal()
    loggers = [logging.getLogger(name) for name in ("waitress", "rerun_trace.web.app")]
    try:
        for logger in loggers:
            logger.error("Exception while serving %s", EVIL)
        said = capsys.readouterr()
        assert said.err.count("Exception while serving") == len(loggers)
        assert OBEYED.findall(said.err) == []
    finally:
        for name in ("waitress", "rerun_trace"):
            logging.getLogger(name).handlers.clear()


def test_an_error_nobody_thought_of_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError(EVIL)

    monkeypatch.delenv("RERUN_TRACE_TRACEBACK", raising=False)
    monkeypatch.setattr(cli.cli, "main", fails)
    with pytest.raises(SystemExit) as ended:
        cli.main(["list"])
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("rerun-trace: KeyError: ")
    assert OBEYED.findall(line) == []
    monkeypatch.setenv("RERUN_TRACE_TRACEBACK", "1")
    with pytest.raises(KeyError):
        cli.main(["list"])


def test_every_command_is_asked() -> None:
    asked = {words[0] for words in READ} | {"export"}
    assert asked >= set(cli._COMMANDS)


def test_there_is_one_way_to_the_terminal() -> None:
    other = []
    for path in sorted((ROOT / "rerun_trace").glob("**/*.py")):
        room = path.relative_to(ROOT / "rerun_trace").parts[0]
        if room in ("db", "web", "tracer", "documents") or path.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            shown = ast.unparse(node)
            if name in WAYS and "printable(" not in shown:
                other.append(f"{path.name}:{node.lineno}: {shown}")
    assert other == []


def test_what_a_person_reads_stays() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert printable(f"Zürich {family} עברית") == f"Zürich {family} עברית"
    assert printable("a\nb\tc\x1b[2J", lines=True) == "a\nb\tc�[2J"
    assert printable("a\nb\ud800\u2028") == "a�b��"
