"""`rerun-trace why` and `why-not`: the chain from a question back to its cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..db.reading.recording import read_recording
from ..db.store import TraceStore
from ..tracer.explain.history import History
from ..tracer.explain.why.answer import why as explain_why
from ..tracer.explain.why.asking import Question, UnknownSubject, question_of
from ..tracer.explain.why.chain import Chain
from ..tracer.explain.why.why_not import why_not as explain_why_not
from ..tracer.words.printable import printable
from .options import UsageProblem, db_option, json_option, record_number
from .terminal import say, say_json


def _arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    for add in (
        json_option,
        db_option,
        click.option(
            "--all", "everything", is_flag=True, help="The whole chain, and all beside it."
        ),
        click.option(
            "--run",
            "run",
            type=record_number,
            metavar="N",
            help="Ask about run N. Without it: the last one.",
        ),
        click.argument("subject", metavar="ELEMENT|FILE:LINE|KEY|RUN"),
        click.argument("recording", metavar="ID", type=record_number),
    ):
        command = add(command)
    return command


@click.command()
@_arguments
def why(
    recording: int, subject: str, run: int | None, everything: bool, db: str | None, as_json: bool
) -> None:
    """Say why something of recording ID happened, back to its cause.

    An element is named by its label or by what it shows (or `#12`, its message), a line as
    `app.py:16`, a value by its key of session state or its name, a run by its number.
    """
    _answer(explain_why, recording, subject, run, everything, db, as_json)


@click.command()
@_arguments
def why_not(
    recording: int, subject: str, run: int | None, everything: bool, db: str | None, as_json: bool
) -> None:
    """Say why something of recording ID did not happen.

    A line that did not run, an element without the new value, a widget whose change started no
    run, a callback that was not called: named as for `why`.
    """
    _answer(explain_why_not, recording, subject, run, everything, db, as_json)


def _answer(
    answer: Callable[[History, Question], Chain],
    recording: int,
    subject: str,
    run: int | None,
    everything: bool,
    db: str | None,
    as_json: bool,
) -> None:
    with TraceStore.open(db, create=False) as store:
        facts = read_recording(store, recording)
        history = History.of(facts)
        try:
            chain = answer(history, question_of(history, subject, run))
        except UnknownSubject as problem:
            raise UsageProblem(f"recording {recording}: {problem}") from None
    if as_json:
        say_json(chain.document())
        return
    say(printable(chain.question))
    links = (*chain.links, *chain.more) if everything else chain.first
    between = len(chain.links) - len(chain.first)
    for n, link in enumerate(links):
        if between and not everything and n == len(links) - 2:
            say(f"  <- … {between} between")
        where = ", ".join(filter(None, [link.place, f"run {link.run}" if link.run else ""]))
        line = printable(link.text + (f"  ({where})" if where else ""))
        say(f"{'  ' if n == 0 else '  <- '}{line}")
    if not everything and chain.left_out:
        say(f"  {chain.left_out} more with --all")
