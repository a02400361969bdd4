"""Progress on the terminal, for what takes long: one line, and none where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ..exporting.job import Progress as Told
from ..exporting.job import silent
from .terminal import Screen


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Told]:
    """What to call with: what is being done, how many of how many."""
    console = Screen(file=stream)
    if not console.is_terminal:
        yield silent
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bar.update(task, visible=False)
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield tell
