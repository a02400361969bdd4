"""Starts commands without their imports: a process that has done these already forks for each.

What goes in, a line of JSON each: words, environment, folder, and the files that get what is said.
What comes out: the number of the process, and how it ended. A command has a process of its own, as
it has for a user, and half a second less to compute.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
from typing import Any


def prepare() -> None:
    """Imports what commands import, but for Streamlit, and for what only an app's process may."""
    import rerun_trace.commands

    for module in pkgutil.iter_modules(rerun_trace.commands.__path__):
        importlib.import_module(f"rerun_trace.commands.{module.name}")
    for name in ("cli", "db.store", "db.reading.recording", "tracer.explain.explainer", "web.app"):
        importlib.import_module(f"rerun_trace.{name}")
    importlib.import_module("sqlalchemy.dialects.sqlite")
    assert "streamlit" not in sys.modules
    gc.collect()
    gc.freeze()


def become(order: dict[str, Any]) -> None:
    """Is the command from now on, and ends as it does."""
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    for fd, name, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_WRONLY),
        (2, order["err"], os.O_WRONLY),
    ):
        opened = os.open(name, mode)
        os.dup2(opened, fd)
        os.close(opened)
    sys.argv = ["rerun-trace", *order["words"]]
    runpy.run_module("rerun_trace", run_name="__main__", alter_sys=True)


def main() -> None:
    # A command closes the orders' descriptor, and nobody else may at its end.
    orders, answers = os.fdopen(os.dup(0), "rb", closefd=False), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    prepare()
    order = {}
    for line in orders:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            os.close(orders.fileno())
            os.close(answers)
            break
        os.write(answers, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))
    else:
        return
    become(order)


if __name__ == "__main__":
    main()
