"""`rerun-trace compare`: variants of an app under the same interactions, side by side."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .. import comparing
from ..comparing import Driven, Variant
from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..tracer.analysis.comparison import VariantRecordings, compare_variants
from ..tracer.capture.engines import choose_engine
from ..tracer.driver.scenario import Scenario, load_scenario
from ..tracer.errors import HostError
from ..tracer.explain.explainer import explain
from ..tracer.render.comparison import comparison_document
from ..web.server.explain_process import ExplainProcess
from .compare_table import print_comparison
from .findings import print_found_in
from .options import Seconds, UsageProblem, db_option, engine_option, json_option, no_token_option
from .pages import serve_pages, until_interrupted
from .terminal import Screen, say_json, tell

_FEWEST, _MOST = 2, 6


@click.command()
@click.argument("apps", nargs=-1, required=True, metavar="APP APP...")
@click.option("--scenario", metavar="FILE", help="Interactions from a .toml or .json file.")
@click.option(
    "--repeat",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="How often to drive each variant, one at a time. Times are then a median and a range.",
)
@click.option(
    "--timeout",
    type=Seconds(),
    default=30.0,
    show_default=True,
    help="Seconds an app may take to become idle after an interaction.",
)
@db_option
@engine_option
@json_option
@no_token_option
@click.option("--no-browser", is_flag=True, help="Print the table only; serve no page.")
def compare(
    apps: tuple[str, ...],
    scenario: str | None,
    repeat: int,
    timeout: float,
    db: str | None,
    engine: str,
    as_json: bool,
    no_token: bool,
    no_browser: bool,
) -> None:
    """Drive 2 to 6 variants of an app through the same interactions, and compare them.

    Without --scenario: the first load, then each button once, by its position on the page. A
    variant that fails does not keep the others from being compared.
    """
    if not _FEWEST <= len(apps) <= _MOST:
        raise UsageProblem(f"compare takes {_FEWEST} to {_MOST} apps, not {len(apps)}")
    variants = comparing.name_variants(apps)
    choose_engine(engine)  # an engine that cannot run here is an error before anything starts
    plan = load_scenario(scenario) if scenario else None
    if plan is not None:
        variants = [replace(each, scenario=plan.for_variant(each.name)) for each in variants]
    with TraceStore.open(db) as store:
        if plan is None:
            plan, variants = _derived(variants, timeout)
        with _progress(variants, repeat) as progress:
            driven = comparing.drive_variants(
                variants,
                repeat=repeat,
                progress=progress,
                db=store.address,
                engine=engine,
                idle_timeout_s=timeout,
            )
        id = comparing.keep(store, plan, variants, driven)
        recordings = _recordings(store, variants, driven)
        report = compare_variants(recordings)
        found = [explain(each.repeats[0]) if each.repeats else [] for each in recordings]
        if as_json:
            say_json({"id": id, **comparison_document(report, found)})
        else:
            print_comparison(store.comparison(id), report)
            print_found_in({each.name: f for each, f in zip(variants, found, strict=True)})
        if all(each.failed is not None for each in driven):
            raise HostError(f"no variant came to the end; what was recorded is kept ({id})")
        if not as_json and not no_browser:
            with ExplainProcess(store.address) as explaining:
                server = serve_pages(store, explaining, no_token=no_token)
                until_interrupted(server, "Comparison", f"/comparisons/{id}")


def _derived(variants: Sequence[Variant], timeout: float) -> tuple[Scenario, list[Variant]]:
    """A scenario made from what the first load of each variant shows."""
    with _progress(variants, 1) as progress:
        driven = comparing.drive_variants(
            variants, progress=progress, traced=False, idle_timeout_s=timeout
        )
    steps, words = comparing.derive_steps(driven)
    tell(f"{words}")
    plan = Scenario(steps)
    return plan, [replace(variant, scenario=plan) for variant in variants]


@contextlib.contextmanager
def _progress(variants: Sequence[Variant], repeat: int) -> Iterator[comparing.Progress]:
    """One bar over everything that is driven, on a terminal."""
    total = repeat * sum(len(variant.scenario.steps) + 1 for variant in variants)
    console = Screen(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True)
    with progress if console.is_terminal else contextlib.nullcontext():
        task = progress.add_task("starting Streamlit", total=total)

        def told(variant: str, steps: int, what: str) -> None:
            progress.update(task, description=f"{variant}: {what}", advance=steps)

        yield told


def _recordings(
    store: TraceStore, variants: Sequence[Variant], driven: Sequence[Driven]
) -> list[VariantRecordings]:
    return [
        VariantRecordings(
            variant.name, [read_recording(store, id) for id in each.recordings], each.failed
        )
        for variant, each in zip(variants, driven, strict=True)
    ]
