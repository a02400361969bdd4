"""Reads a `ForwardMsg` into a `PageMessage`: all that later questions need, without its bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import WriteKind
from .shown import made_of, shows
from .widget import Widget
from .widgets import block_of, block_widget, element_of, label_of, widget_of


@dataclass(frozen=True, slots=True)
class Summary:
    """What a message says, in our words."""

    type: str
    path: tuple[int, ...] | None = None
    kind: WriteKind | None = None
    element: str | None = None
    label: str | None = None
    fragment: str = ""
    widget: Widget | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    shows: str | None = None
    made_of: tuple[tuple[str, str], ...] = ()


_STATUS = {
    0: "FINISHED_SUCCESSFULLY",
    1: "FINISHED_WITH_COMPILE_ERROR",
    2: "FINISHED_EARLY_FOR_RERUN",
    3: "FINISHED_FRAGMENT_RUN_SUCCESSFULLY",
}


def summarize(message: Any) -> Summary:
    """Summarize one `ForwardMsg`."""
    kind = message.WhichOneof("type") or "unknown"
    if kind == "delta":
        return _delta(message)
    detail: dict[str, Any] = {}
    if kind == "new_session":
        detail = _new_session(message)
    elif kind == "script_finished":
        detail["status"] = _STATUS.get(message.script_finished, str(message.script_finished))
    elif kind == "auto_rerun":
        detail = {"fragment": message.auto_rerun.fragment_id, "every": message.auto_rerun.interval}
    elif kind == "page_config_changed":
        return Summary(kind, label=message.page_config_changed.title or None)
    elif kind == "navigation":
        detail["page"] = message.navigation.page_script_hash
        detail["pages"] = _pages(message.navigation.app_pages)
    elif kind == "page_info_changed":
        detail["query"] = message.page_info_changed.query_string
    return Summary(kind, detail=detail)


def _new_session(message: Any) -> dict[str, Any]:
    session = message.new_session
    fields = session.DESCRIPTOR.fields_by_name
    fragments: list[str] = []
    if "fragment_ids_this_run" in fields:
        fragments = list(session.fragment_ids_this_run)
    elif message.metadata.HasField("run"):
        fragments = list(message.metadata.run.fragment_ids)
    return {
        "fragments": fragments,
        "page": session.page_script_hash,
        "main": session.main_script_hash,
        "pages": _pages(session.app_pages),
    }


def _pages(pages: Any) -> list[list[str]]:
    """Hash, name and path of each page. The name is its title, unless another page has the same."""
    titles = Counter(page.page_name for page in pages)
    found = []
    for page in pages:
        has_path = "url_pathname" in page.DESCRIPTOR.fields_by_name
        path = str(page.url_pathname if has_path else "") or str(page.page_name)
        name = page.page_name if titles[page.page_name] == 1 else path
        found.append([page.page_script_hash, str(name) or path, path])
    return found


def _delta(message: Any) -> Summary:
    delta = message.delta
    path = tuple(message.metadata.delta_path)
    kind = delta.WhichOneof("type")
    fragment = delta.fragment_id
    detail: dict[str, Any] = {"fragment": fragment} if fragment else {}
    if kind == "new_element":
        element, body = element_of(delta)
        widget = widget_of(element, body, fragment)
        if widget is not None:
            if widget.kind != element:
                detail["kind"] = widget.kind
            if getattr(body, "ignore_rerun", False):
                detail["ignore_rerun"] = True
        label, told = label_of(body), shows(element, body)
        return Summary(
            *("delta", path, WriteKind.ELEMENT, element, label, fragment, widget, detail),
            shows=None if told == label else told,
            made_of=() if widget is None else made_of(body),
        )
    if kind == "add_block":
        element, label = block_of(delta.add_block)
        if delta.add_block.allow_empty:
            detail["allow_empty"] = True
        widget = block_widget(delta.add_block, fragment)
        inside = None if widget is None else delta.add_block.WhichOneof("type")
        return Summary(
            *("delta", path, WriteKind.BLOCK, element, label, fragment, widget, detail),
            made_of=made_of(getattr(delta.add_block, inside)) if inside else (),
        )
    if kind == "new_transient":
        elements = delta.new_transient.elements
        body = None
        if len(elements):
            name = elements[0].WhichOneof("type")
            body = getattr(elements[0], name) if name else None
        return Summary(
            "delta", path, WriteKind.TRANSIENT, "transient", label_of(body), fragment, None, detail
        )
    return Summary("delta", path, WriteKind.ROWS, kind or "empty", "", fragment, None, detail)
