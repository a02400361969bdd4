"""`rerun-trace drive`: run an app headless through a scenario, and record it."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..db.handover.keep import parse_keep
from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..facts import facts_of
from ..processes import AppProcess, raise_reported
from ..tracer.driver.scenario import ScenarioStep, load_scenario, plain_steps, step_of_words
from ..tracer.driver.script import check_app
from ..tracer.errors import HostError, Interrupted, NeverIdle, ScenarioError
from ..tracer.explain.explainer import explain
from .findings import print_found
from .options import Seconds, db_option, engine_option, json_option, keep_option, no_values_option
from .terminal import Screen, say_json, tell
from .tree import print_recording

_STEP_OPTIONS = ("click", "set", "submit", "page", "wait")


class _InOrder(click.Command):
    """Keeps the order in which `--click`, `--set` and the like were given among each other."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, options = self.make_parser(ctx).parse_args(args=list(args))
        rest = super().parse_args(ctx, args)
        given = {name: iter(ctx.params.get(name) or ()) for name in _STEP_OPTIONS}
        order = []
        for option in options:
            if option.name in given:
                order.append((option.name, next(given[option.name])))
            elif option.name == "rerun":
                order.append(("rerun", ""))
        ctx.params["steps"] = order
        for name in (*_STEP_OPTIONS, "rerun"):
            ctx.params.pop(name, None)
        return rest


@click.command(cls=_InOrder)
@click.argument("app")
@click.option("--click", multiple=True, metavar="W", help="Click a button: its label or key.")
@click.option("--set", multiple=True, metavar="W=VALUE", help="Give a widget a value.")
@click.option("--submit", multiple=True, metavar="W", help="Press a form's submit button.")
@click.option("--page", multiple=True, metavar="NAME", help="Go to a page of the app.")
@click.option("--wait", multiple=True, metavar="MS", help="Let time pass; timers fire meanwhile.")
@click.option("--rerun", is_flag=True, help="Run the script again, as the R key does.")
@click.option("--query", metavar="TEXT", help="Load the page with this behind the question mark.")
@click.option("--scenario", metavar="FILE", help="Interactions from a .toml or .json file, first.")
@click.option(
    "--timeout",
    type=Seconds(),
    default=30.0,
    show_default=True,
    help="Seconds the app may take to become idle after an interaction.",
)
@db_option
@engine_option
@no_values_option
@keep_option
@json_option
def drive(
    app: str,
    steps: list[tuple[str, str]],
    query: str | None,
    scenario: str | None,
    timeout: float,
    db: str | None,
    engine: str,
    no_values: bool,
    keep: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run APP without a browser, interact with it, and record what happens.

    A widget W is named by its label, its key or a chat input's placeholder; button#0 is the
    first button on the page. Options like --click are carried out in the order given.
    """
    parse_keep(keep)  # what is wrong with it is said before anything starts
    path = check_app(app)
    played: list[ScenarioStep] = []
    if scenario:
        loaded = load_scenario(scenario).for_variant(Path(path).stem)
        played += loaded.steps
        query = loaded.query if query is None else query.removeprefix("?")
    played += [_step(verb, words) for verb, words in steps]
    with TraceStore.open(db) as store:
        done = _play(
            path,
            plain_steps(played),
            query=query or "",
            db=store.address,
            engine=engine,
            idle_timeout_s=timeout,
            values=not no_values,
            keep=list(keep),
        )
        recording = done["recording"]
        if as_json:
            say_json(facts_of(store, recording))
        else:
            facts = read_recording(store, recording)
            print_recording(facts)
            print_found(explain(facts))
        _say_how_it_ended(done, store.recording(recording).limits, timeout)


def _step(verb: str, words: str) -> ScenarioStep:
    return ScenarioStep("rerun") if verb == "rerun" else step_of_words(verb, words)


def _play(path: str, steps: list[dict[str, Any]], **order: Any) -> dict[str, Any]:
    """Drive in a child process; returns what it reported, in one dictionary."""
    reported: dict[str, Any] = {}
    console = Screen(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True)
    with (
        AppProcess("drive", stdout=sys.stderr, app=path, steps=steps, **order) as process,
        progress if console.is_terminal else contextlib.nullcontext(),
    ):
        task = progress.add_task("starting Streamlit", total=len(steps) + 1)
        try:
            for report in process:
                reported |= report
                if "step" in report:
                    progress.update(task, description=report["what"], completed=report["step"])
            process.wait(10)
        except KeyboardInterrupt:
            # A second Ctrl-C must not break off the writing of the last records.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            process.end()
            raise _interrupted(reported.get("recording")) from None
    raise_reported(reported)
    if "done" not in reported:
        raise HostError(
            f"the app's process ended before its time (exit code {process.exit_code}); "
            "what was recorded is kept"
        )
    return reported


def _interrupted(recording: int | None) -> Interrupted:
    kept = "nothing was recorded yet" if recording is None else f"recording {recording} is kept"
    return Interrupted(f"ended by Ctrl-C; {kept}")


def _say_how_it_ended(done: dict[str, Any], limits: tuple[str, ...], timeout: float) -> None:
    for limit in limits:
        tell(f"left out: {limit}")
    if done["failed_step"]:
        raise ScenarioError(f"{done['failed_step']} (recording {done['recording']} is kept)")
    if done["never_idle"]:
        raise NeverIdle(
            f"the app did not become idle within {timeout:g} s: it reruns without end, or a run "
            f"takes longer (--timeout); recording {done['recording']} is kept"
        )
