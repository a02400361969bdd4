"""The command line: one line for every error, an exit code, and nothing lost."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from click import Command
from click.testing import CliRunner, Result
from commands import COMMAND, environment, say
from support import SAMPLES

from rerun_trace import cli
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.probes import codes

pytestmark = pytest.mark.ends

APP = """
import streamlit as st

print("hi from the app")
st.text_input("Name", key="name")
if st.button("Foo"):
    st.session_state.last = "Foo"
if st.button("Bar"):
    st.write(f"{st.session_state.name} {st.session_state.get('last')}")
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "recordings.sqlite"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.py"
    path.write_text(APP)
    return path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one recording: the page of APP, loaded."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "app.py").write_text(APP)
    said = say(folder / "recordings.sqlite", "drive", folder / "app.py", "--click", "Foo")
    assert said.code == 0
    return folder / "recordings.sqlite"


@pytest.fixture(params=["127.0.0.1", "::1"])
def busy_port(request: pytest.FixtureRequest) -> Iterator[str]:
    """Taken at one of the addresses that `localhost` may stand for."""
    with socket.socket(socket.AF_INET6 if ":" in request.param else socket.AF_INET) as holder:
        try:
            holder.bind((request.param, 0))
        except OSError:
            pytest.skip(f"this machine has no {request.param}")
        holder.listen()
        yield str(holder.getsockname()[1])


def here(db: Path | None, *words: str | Path) -> Result:
    """The same command line in this process, for what needs no process of its own."""
    runner = CliRunner(env={**environment(db or ""), "RERUN_TRACE_DB": str(db) if db else None})
    result = runner.invoke(cast(Command, _Main()), [str(word) for word in words])
    error = result.exception
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result


class _Main:
    """What the console script calls, in the shape that click's runner takes."""

    name = "rerun-trace"

    def main(self, args: list[str], prog_name: str, **extra: object) -> None:
        cli.main(args)


def one_line(result: Result, code: int) -> str:
    """The one line of an error, on stderr, with nothing on stdout."""
    assert result.exit_code == code, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("rerun-trace: ")
    return line


def recordings(db: Path) -> int:
    if not db.exists():
        return 0
    with TraceStore.open(db, create=False) as store:
        return len(store.recordings())


# -- the app ------------------------------------------------------------------------------------


@pytest.mark.first_row
@pytest.mark.parametrize("command", [[], ["drive"]])
def test_an_app_that_is_none(command: list[str], db: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for name, words in (
        ("missing.py", "no such file"),
        ("", "is a folder"),
        ("notes.txt", "is not a Python script"),
    ):
        assert words in one_line(here(db, *command, tmp_path / name), 2)
    assert not db.exists()


def test_a_syntax_error_in_the_app_is_recorded(db: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import streamlit as st\nst.write(\n")
    said = say(db, "drive", tmp_path / "app.py", "--json")
    assert said.code == 0
    (run,) = json.loads(said.out)["runs"]
    assert run["outcome"] == "compile_error"


def test_what_the_app_prints_is_not_on_stdout(db: Path, app: Path) -> None:
    said = say(db, "drive", app, "--json")
    assert said.code == 0
    assert json.loads(said.out)["schema"] == "rerun-trace/facts/2"
    assert said.err.splitlines() == ["hi from the app"]


def test_an_app_that_never_rests(db: Path) -> None:
    app = SAMPLES / "infinite_rerun.py"
    said = say(db, "drive", app, "--set", "Keep going=true", "--timeout", "3", "--json")
    assert said.code == 4
    limits = json.loads(said.out)["recording"]["limits"]
    *left_out, line = said.err.splitlines()
    assert left_out == [f"rerun-trace: left out: {limit}" for limit in limits]
    assert "did not become idle within 3 s" in line
    assert "recording 1 is kept" in line
    with TraceStore.open(db, create=False) as store:
        assert store.recording(1).complete
        assert list(store.recording(1).limits) == limits
        assert len(store.runs(1)) > 5


# -- ports --------------------------------------------------------------------------------------


def test_a_port_in_use(db: Path, app: Path, busy_port: str) -> None:
    line = one_line(here(db, app, "--no-browser", "--port", busy_port), 1)
    assert f"{busy_port} is in use: choose another with --port" in line
    line = one_line(here(db, "ui", "--no-browser", "--port", busy_port), 1)
    assert f"{busy_port} is in use: choose another with --port" in line
    for option in (["--server.port", busy_port], [f"--server.port={busy_port}"]):
        line = one_line(here(db, app, "--no-browser", "--", *option), 1)
        assert f"port {busy_port} is in use: choose another with -- --server.port N" in line
    assert recordings(db) == 0


def test_options_that_streamlit_does_not_take(db: Path, app: Path) -> None:
    line = one_line(here(db, app, "--no-browser", "--", "--server.prt", "1"), 2)
    assert "streamlit run: No such option '--server.prt'" in line
    line = one_line(here(db, app, "--no-browser", "--", "--server.port", "x"), 2)
    assert "'x' is not a valid integer" in line
    assert recordings(db) == 0


# -- the database -------------------------------------------------------------------------------


@pytest.mark.first_row
@pytest.mark.parametrize("words", [["list"], ["show"], ["ui", "--no-browser"], ["drive"], ["run"]])
def test_a_database_that_cannot_be_used(words: list[str], app: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but a text that is long enough to look like one")
    target = [app] if words[0] in ("drive", "run") else []
    assert "is a folder" in one_line(here(tmp_path, *words, *target), 3)
    assert "is not a SQLite database" in one_line(here(tmp_path / "text", *words, *target), 3)


@pytest.mark.first_row
def test_a_database_of_a_newer_version(db: Path, app: Path) -> None:
    TraceStore.open(db).close()
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE rerun_trace_version SET version_num = '9999'")
    connection.close()
    for words in (["list"], ["show"], ["drive", app]):
        assert "newer" in one_line(here(db, *words), 3)


@pytest.mark.first_row
def test_a_read_only_database(db: Path, app: Path) -> None:
    TraceStore.open(db).close()
    # Permissions would not keep root from writing.
    result = here(db, "drive", app, "--db", f"sqlite:///file:{db}?mode=ro&uri=true")
    assert "is read-only" in one_line(result, 3)


@pytest.mark.first_row
def test_a_database_folder_that_cannot_be_made(app: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot create the folder" in one_line(here(tmp_path / "file" / "db", "drive", app), 3)


# -- scenarios ----------------------------------------------------------------------------------


def test_an_unknown_widget_names_those_on_the_page(db: Path, app: Path) -> None:
    said = say(db, "drive", app, "--click", "Foo", "--click", "Nope")
    assert said.code == 2
    line = said.err.splitlines()[-1]
    assert line.startswith("rerun-trace: step 2: click 'Nope'")
    for name in ("text_input 'Name'", "button 'Foo'", "button 'Bar'", "recording 1 is kept"):
        assert name in line
    with TraceStore.open(db, create=False) as store:
        assert len(store.runs(1)) == 2


@pytest.mark.first_row
def test_a_scenario_that_is_none(db: Path, app: Path, tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    assert "No such file" in one_line(here(db, "drive", app, "--scenario", file), 2)
    for text, words in (
        ("[[steps]\n", "not a valid scenario file"),
        ('[[steps]]\npush = "A"\n', "steps[0]: expected exactly one of click,"),
        ('[[steps]]\nclick = "A"\npage = "B"\n', "(found click and page)"),
        ('[[steps]]\nclick = "A"\nvalue = 1\n', "unknown words: value"),
        ('[[steps]]\nset = "A"\n', "set needs a value"),
        ("steps = 1\n", "a scenario is a list of steps"),
    ):
        file.write_text(text)
        line = one_line(here(db, "drive", app, "--scenario", file), 2)
        assert words in line
        assert str(file) in line
    assert "--set takes WIDGET=VALUE" in one_line(here(db, "drive", app, "--set", "Name"), 2)
    assert "--wait takes milliseconds" in one_line(here(db, "drive", app, "--wait", "x"), 2)
    assert recordings(db) == 0


def test_steps_are_carried_out_in_the_order_given(db: Path, app: Path, tmp_path: Path) -> None:
    (tmp_path / "first.json").write_text('[{"click": "Bar"}]')
    steps = ["--click", "Foo", "--set=name=--click", "--rerun", "--wait", "5", "--click", "Bar"]
    said = say(db, "drive", app, *steps, "--scenario", tmp_path / "first.json", "--json")
    assert said.code == 0, said.err
    facts = json.loads(said.out)
    assert [interaction["action"] for interaction in facts["interactions"]] == [
        {"load": True},
        {"click": "Bar"},
        {"click": "Foo"},
        {"set": "Name", "value": "--click"},
        {"rerun": True},
        {"click": "Bar"},
    ]
    assert facts["final_page"][-1]["label"] == "--click Foo"


def test_a_step_whose_value_looks_like_an_option(db: Path, app: Path) -> None:
    said = say(db, "drive", app, "--click", "--page", "--page", "x")
    assert said.err.splitlines()[-1].startswith("rerun-trace: step 1: click '--page'")


# -- engines, options ---------------------------------------------------------------------------


def test_engines(db: Path, app: Path) -> None:
    for command in ([], ["drive"]):
        line = one_line(here(db, *command, app, "--engine", "magic"), 2)
        assert "'auto', 'monitoring', 'settrace'" in line
    if sys.version_info < (3, 12):
        for command in (["drive"], ["run", "--no-browser"]):
            said = say(db, *command, app, "--engine", "monitoring")
            assert said.code == 1
            (line,) = said.err.splitlines()
            assert "needs Python 3.12" in line


@pytest.mark.first_row
def test_options_that_do_not_exist(db: Path, app: Path) -> None:
    assert "--bad" in one_line(here(db, app, "--bad"), 2)
    assert "'APP'" in one_line(here(db, "drive"), 2)
    assert "not a valid integer" in one_line(here(db, "show", "x"), 2)
    assert not db.exists()


@pytest.mark.first_row
@pytest.mark.parametrize(
    "command", ["run", "drive", "compare", "scenario", "list", "show", "ui", "doctor"]
)
def test_help(command: str, db: Path) -> None:
    result = here(db, command, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: rerun-trace {command}")
    assert command in here(db, "--help").stdout


# -- recordings ---------------------------------------------------------------------------------


@pytest.mark.first_row
def test_list(db: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no database" in one_line(here(db, "list"), 3)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert "No recordings in" in here(None, "list").stdout
    assert json.loads(here(None, "list", "--json").stdout) == []
    assert not (tmp_path / "data").exists()
    TraceStore.open(db).close()
    assert "No recordings in" in here(db, "list").stdout
    assert json.loads(here(db, "list", "--json").stdout) == []
    table = here(recorded, "list").stdout
    assert "app.py" in table
    assert "complete" in table
    (summary,) = json.loads(here(recorded, "list", "--json").stdout)
    assert (summary["info"]["id"], summary["runs"]) == (1, 2)


@pytest.mark.first_row
def test_show(recorded: Path) -> None:
    tree = here(recorded, "show").stdout
    assert tree == here(recorded, "show", "1").stdout
    for words in ("recording 1 app.py", "0 first load", "1 click Foo", "state last: absent"):
        assert words in tree
    facts = json.loads(here(recorded, "show", "1", "--json").stdout)
    assert facts["schema"] == "rerun-trace/facts/2"
    assert [i["runs"] for i in facts["interactions"]] == [[1], [2]]


@pytest.mark.first_row
@pytest.mark.parametrize("number", ["99", "99999999999999999999"])
def test_an_unknown_recording(number: str, recorded: Path) -> None:
    assert number in one_line(here(recorded, "show", number), 2)


@pytest.mark.first_row
def test_the_tree_shows_text_as_it_is(db: Path, tmp_path: Path) -> None:
    """Neither markup nor emoji codes in an app's texts mean anything to the terminal."""
    (tmp_path / "app.py").write_text(
        "import streamlit as st\n"
        "def fail():\n"
        "    raise ValueError('[/] :wave:')\n"
        "st.button('[red]:wave:[/x] \\\\', on_click=fail)\n"
    )
    said = say(db, "drive", tmp_path / "app.py", "--click", "button#0")
    assert said.code == 0, said.err
    assert "click [red]:wave:[/x]" in said.out
    assert "write button '[red]:wave:[/x]" in said.out
    assert "[/] :wave:" in said.out


# -- doctor -------------------------------------------------------------------------------------


def test_doctor(db: Path) -> None:
    result = here(db, "doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("Python", "Streamlit", "engine", "tested", "probes", "database"):
        assert name in result.stdout


@pytest.mark.first_row
def test_doctor_makes_no_database(tmp_path: Path) -> None:
    db = tmp_path / "nowhere" / "recordings.db"
    result = here(db, "doctor")

    assert (result.exit_code, result.stderr) == (0, "")
    assert "is not there yet" in " ".join(result.stdout.split())
    assert not db.parent.exists()


@pytest.mark.parametrize(("needed", "code"), [(True, 1), (False, 0)])
def test_doctor_names_a_missing_probe(
    needed: bool, code: int, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = list(codes.WATCHED)
    at = next(n for n, watched in enumerate(table) if watched.name == "queue.clear")
    gone = ("streamlit.runtime.forward_msg_queue:ForwardMsgQueue.gone",)
    table[at] = dataclasses.replace(table[at], places=gone, needed=needed)
    monkeypatch.setattr(codes, "WATCHED", tuple(table))
    result = here(db, "doctor")
    assert result.exit_code == code
    (line,) = [line for line in result.stdout.splitlines() if "queue.clear" in line]
    assert line.startswith("bad" if needed else "note")
    assert "ForwardMsgQueue.gone" in line
    assert table[at].gives in line


@pytest.mark.first_row
def test_doctor_on_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    result = here(tmp_path, "doctor")
    assert result.exit_code == 1
    assert "is a folder" in result.stdout


# -- Ctrl-C -------------------------------------------------------------------------------------


def test_ctrl_c_ends_a_drive_and_keeps_its_recording(db: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import streamlit as st\nimport time\nprint('running', flush=True)\n"
        "while True:\n    time.sleep(0.01)\n    st.empty()\n"
    )
    # A shell's background jobs, such as these tests may be, hand down that Ctrl-C is ignored.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*COMMAND, "drive", str(tmp_path / "app.py")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(db),
        start_new_session=True,
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline() == "running\n"
            os.killpg(process.pid, signal.SIGINT)  # a terminal's Ctrl-C reaches every process
            rest = process.stderr.read()
        finally:
            signal.signal(signal.SIGINT, handler)
            if process.poll() is None:
                process.kill()
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "rerun-trace: ended by Ctrl-C; recording 1 is kept"
    assert "Traceback" not in rest
    with TraceStore.open(db, create=False) as store:
        assert store.recording(1).ended_at is not None
        assert len(store.runs(1)) == 1
