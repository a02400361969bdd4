"""The process that runs the app: `python -P -m rerun_trace.child INVITATION`.

The app gets a process of its own so that it finds everything as `streamlit run` leaves it, and so
that whatever it does (exit, hang, crash) ends only itself. The file INVITATION says where the
parent is (`rerun_trace/channel.py`). The first that comes from there is the order, and the next
that this process shall end; when the channel closes, the parent is gone, and the child ends, too.
Progress and results go back.
"""

from __future__ import annotations

import dataclasses
import gc
import os
import signal
import sys
import threading
import time
from typing import Any

from .beside import has_its_own, under_another_name
from .channel import Channel, call
from .db.handover.trouble import Trouble
from .recording import start
from .tracer.errors import RerunTraceError, ScenarioError, StreamlitUsage, kind_of

_EXIT_GRACE_S = 2.0
_END_GRACE_S = 10.0
_EXIT_FORCED = 137  # as a shell says of a process that was killed
_EXIT_ALONE = 3
_UNSENDABLE = (ValueError, TypeError, ArithmeticError, RecursionError)


class _Parent:
    """The way back to the parent process."""

    def __init__(self, channel: Channel, order: dict[str, Any]) -> None:
        self._channel = channel
        self.order = order
        channel.close_in_forks()
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, **words: Any) -> None:
        try:
            self._channel.send(words)
        except OSError:
            pass  # the parent is gone: there is nobody to tell

    def tell_trouble(self, trouble: Trouble | None) -> None:
        """Writing waits or has stopped, or (None) goes on."""
        self.tell(trouble=None if trouble is None else dataclasses.asdict(trouble))

    def _watch(self) -> None:
        """End this process when the parent says so, or is gone."""
        if self._channel.receive() is None:
            # Its terminal may be gone, too, and an error in writing there would break off the end.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
        _end()
        time.sleep(_END_GRACE_S)
        os._exit(_EXIT_FORCED)


def main(invitation: str) -> int:
    """Run what the parent asks for; returns the exit code."""
    # Streamlit collects garbage after each run. That looks through all that is loaded, for some
    # 30 ms in which no other thread runs. What is loaded now is ours: nobody shall wait for it.
    gc.freeze()
    _leave_the_end_to_the_parent()
    try:
        channel = call(invitation)
    except (OSError, ValueError):
        return _EXIT_ALONE
    order = channel.receive()
    if order is None:
        return _EXIT_ALONE
    parent = _Parent(channel, order)
    if has_its_own(parent.order["app"]):
        code: int = under_another_name("child").carry_out(parent)
        return code
    return carry_out(parent)


def carry_out(parent: _Parent) -> int:
    """Do what the parent asks for; returns the exit code."""
    order = parent.order
    try:
        if order["job"] == "drive":
            return _drive(order, parent)
        return _live(order, parent)
    except RerunTraceError as error:
        parent.tell(error=str(error), kind=kind_of(error))
        return error.exit_code


def _leave_the_end_to_the_parent() -> None:
    """Only the parent ends this process, or SIGTERM, and it may always finish its recording.

    A terminal sends Ctrl-C, and SIGHUP when it closes, to both. They are not set to be ignored: the
    app's own child processes would inherit that.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, lambda *_: None)
    else:
        signal.signal(signal.SIGHUP, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end() -> None:
    """Have the main thread do what it does at SIGTERM: Streamlit's server stops, or we exit."""
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGTERM)
        return
    # There os.kill would end the process at once, and a signal wakes nobody who waits for sockets.
    signal.raise_signal(signal.SIGTERM)
    if "streamlit.runtime" in sys.modules:
        from streamlit.runtime import Runtime

        if Runtime.exists():
            Runtime.instance().stop()  # for any thread; it wakes the server


def _drive(order: dict[str, Any], parent: _Parent) -> int:
    # Not at the top: the process of an app that is recorded live loads neither these nor msgspec.
    from .tracer.driver.driver import drive
    from .tracer.driver.scenario import parse_scenario

    recording = None
    if order.get("traced", True):
        recording = start(
            order["db"],
            order["engine"],
            app=order["app"],
            mode="drive",
            variant=order.get("variant"),
            values=order.get("values", True),
            keep=order.get("keep", ()),
        )
        parent.tell(recording=recording.id, engine=recording.engine)
        recording.tell_trouble(parent.tell_trouble)
    try:
        result = drive(
            order["app"],
            parse_scenario({"steps": order["steps"], "query": order.get("query", "")}),
            idle_timeout_s=order["idle_timeout_s"],
            on_step=lambda n, of, what: parent.tell(step=n, of=of, what=what),
        )
    except _UNSENDABLE as error:  # such as a number of more than 64 bits: no widget has it
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ScenarioError(f"a value of the scenario cannot be sent to the app: {what}") from None
    finally:
        if recording is not None:
            recording.stop()
    parent.tell(
        done=result.done,
        messages=len(result.messages),
        never_idle=result.never_idle,
        failed_step=result.failed_step,
        buttons=[[w.label, w.disabled] for w in result.widgets if w.element == "button"],
    )
    return 0


def _live(order: dict[str, Any], parent: _Parent) -> int:
    import click
    from streamlit.web import cli

    recording = start(
        order["db"],
        order["engine"],
        app=order["app"],
        mode="live",
        values=order["values"],
        keep=order.get("keep", ()),
    )
    parent.tell(recording=recording.id, engine=recording.engine)
    recording.tell_trouble(parent.tell_trouble)
    ours = ["--server.headless", "true", "--browser.serverAddress", order["host"]]
    port = ["--server.port", str(order["port"]), "--server.address", order["address"]]
    try:
        # Ours come first: of an option that is given twice, the last one counts.
        cli.main(["run", order["app"], *ours, *port, *order["options"]], standalone_mode=False)
    except click.ClickException as error:
        raise StreamlitUsage(f"streamlit run: {error.format_message()}") from None
    finally:
        # A second Ctrl-C must not break off the writing of the last records.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        recording.stop()
    return 0


def _leave(code: int) -> None:
    """Exit, even when a thread of the app never ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    others = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.current_thread() and not thread.daemon
    ]
    for thread in others:
        thread.join(_EXIT_GRACE_S / len(others))
    if any(thread.is_alive() for thread in others):
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    _leave(main(sys.argv[1]))
