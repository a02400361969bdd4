"""The page of a moment as JSON: what to feed the replay, and the same as a list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rerun_trace.tracer.analysis.moment import Gap, LivePage
from rerun_trace.tracer.analysis.page import PageNode
from rerun_trace.tracer.model import ContainerWrite, MessageFate, Outcome, PageMessage
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.elements import count_writes
from rerun_trace.web.models.timeline import fate_word
from rerun_trace.web.replay.page_reads import RunStart


def page_view(start: RunStart, step: int, *, written: bool, next_run: int | None) -> dict[str, Any]:
    """The page at step `step` of a run. `next_run`: the app session's next run, if there is one."""
    page = start.page(step, written=written)
    order = {write.message: i for i, write in enumerate(start.writes, start=1)}
    writes = {**start.old_writes, **{write.message: write for write in start.writes}}
    visible = {node.path for node in page.page.visible()}
    nodes = [
        {**_node(page, node, start.run.n, writes, order), "visible": node.path in visible}
        for node in page.nodes()
    ]
    return {
        "run": start.run.n,
        "step": step,
        "as": "written" if written else "sent",
        "feed": [_fed(item, writes, start.typed) for item in page.feed(start.run.n)],
        "nodes": nodes,
        "text": _text(start, step, written, next_run),
        "partial": start.partial or not start.run.detailed,
        "pending": any(item.fate is MessageFate.PENDING for item in start.messages),
    }


def _fed(
    item: PageMessage | Gap, writes: Mapping[int, ContainerWrite], typed: Mapping[str, Any]
) -> dict[str, Any]:
    if isinstance(item, Gap):
        return {"path": item.path, "note": item.note}
    fed: dict[str, Any] = {"n": item.n, "hash": item.body}
    write = writes.get(item.n)
    widget = write.widget_id if write is not None else None
    if write is not None and widget is not None and widget in typed:
        fed["typed"] = {"element": write.element, "value": typed[widget]}
    return fed


def _node(
    page: LivePage,
    node: PageNode,
    run: int,
    writes: Mapping[int, ContainerWrite],
    order: Mapping[int, int],
) -> dict[str, Any]:
    message = page.message(node)
    write = writes.get(node.message)
    return {
        "path": node.path,
        "kind": node.kind.value,
        "element": node.element,
        "label": node.label,
        "message": node.message,
        "run": message.run,
        "step": write.step if write else None,
        "file": write.file if write else None,
        "line": write.line if write else None,
        "order": order.get(node.message) if message.run == run else None,
        "out_of_order": bool(write and write.out_of_order),
        "fate": fate_word(message.fate),
    }


def _text(start: RunStart, step: int, written: bool, next_run: int | None) -> str:
    """What is shown, in a few words."""
    run = start.run
    if not run.detailed:
        return f"run {run.n} was not recorded in full: the page before it"
    if not written:
        if step >= run.steps:
            when = "so far in" if run.outcome is Outcome.RUNNING else "at the end of"
            return f"as the browser had it {when} run {run.n}"
        return f"as the browser had it after step {step}" if step else "as the browser had it"
    fates = {message.n: message.fate for message in start.messages}
    shown = count_writes((write for write in start.writes if write.step <= step), fates)
    if not shown.discarded:
        got_all = "as written: the browser got all of it"
        return got_all if shown.written else "as written: nothing yet"
    by = f"discarded by run {next_run}" if next_run else "discarded"
    if not shown.delivered:
        return f"as written: the browser never saw it, {by}"
    seen = f"{shown.discarded} of {words.count(shown.written, 'element')}"
    return f"as written: the browser never saw {seen}, {by}"
