"""The page that messages make, by the rules of Streamlit's front end (its `AppRoot`).

A write marks every block above it as touched by the present run. When a full run ends well, what it
did not touch goes. When a fragment run does, only what lies inside of a block of that fragment that
was written again, belongs to a fragment itself, and was not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_NAMES = {
    "arrow_data_frame": "dataframe",
    "arrow_table": "table",
    "arrow_vega_lite_chart": "vega_lite_chart",
    "doc_string": "help_info",
    "expandable": "expander",
    "tab_container": "tabs",
    **dict.fromkeys(("vertical", "horizontal", "flex_container", "transparent"), "container"),
}
_TEXTS = ("label", "body", "name", "header", "text", "title", "message", "url")
_SHOWN = ("expander", "tab", "popover", "dialog", "form")


def told(message: Any) -> tuple[tuple[int, ...], str, str]:
    """Place, name and label of a delta."""
    kind = message.delta.WhichOneof("type")
    body = getattr(message.delta, kind)
    path = tuple(message.metadata.delta_path)
    if kind == "new_transient":
        first = body.elements[0] if body.elements else None
        return path, "transient", _label(first, first.WhichOneof("type")) if first else ""
    name = body.WhichOneof("type")
    if name is None:
        return path, "container" if kind == "add_block" else "empty", ""
    shown = _NAMES.get(name, name)
    return path, shown, "" if shown == "container" else _label(body, name)


def _label(body: Any, name: str | None) -> str:
    part = getattr(body, name or "")
    texts = (getattr(part, text, None) for text in _TEXTS)
    label = next((text for text in texts if isinstance(text, str) and text), "")
    label = " ".join(label.split())
    return label if len(label) <= 200 else label[:199] + "…"


@dataclass
class Node:
    path: tuple[int, ...] = ()
    kind: str = ""
    label: str = ""
    run: int = 0
    fragment: str = ""
    is_block: bool = True
    below: list[Node] = field(default_factory=list)


def final_page(messages: Iterable[bytes]) -> list[tuple[tuple[int, ...], str, str]]:
    """What a person sees in the end, in page order: place, element and label."""
    root, run, fragments = Node(below=[Node((n,)) for n in range(4)]), 0, frozenset[str]()
    for data in messages:
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            run += 1
            of_run = getattr(message.new_session, "fragment_ids_this_run", None)
            fragments = frozenset(message.metadata.run.fragment_ids if of_run is None else of_run)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                fragments = frozenset()
            elif message.script_finished != ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                continue
            for part in root.below:
                part.below = [node for node in part.below if _stays(node, run, fragments, False)]
        elif kind == "delta" and message.delta.WhichOneof("type") != "new_transient":
            path, name, label = told(message)
            is_block = message.delta.WhichOneof("type") == "add_block"
            _put(root, Node(path, name, label, run, message.delta.fragment_id, is_block))
    return list(_visible(root))


def _put(root: Node, node: Node) -> None:
    *above, last = node.path
    block = root
    for index in above:
        block = block.below[index]
        block.run = node.run
    block.below += [Node(kind="empty", is_block=False)] * (last - len(block.below) + 1)
    old = block.below[last]
    if node.is_block and old.is_block and old.kind == node.kind:
        node.below = old.below
    block.below[last] = node


def _stays(node: Node, run: int, fragments: frozenset[str], inside: bool) -> bool:
    """Takes away what is stale below a node; whether the node itself stays."""
    if not fragments:
        stays = node.run == run
    else:
        stays = node.run == run or not inside or not (node.is_block or node.fragment)
        inside = inside or (node.is_block and node.run == run and node.fragment in fragments)
    node.below = [child for child in node.below if stays and _stays(child, run, fragments, inside)]
    if stays and node.is_block:
        node.run = run
    return stays


def _visible(node: Node) -> Iterable[tuple[tuple[int, ...], str, str]]:
    shown = node.label and node.kind in _SHOWN if node.is_block else node.kind != "empty"
    if shown:
        yield node.path, node.kind, node.label
    for child in node.below:
        yield from _visible(child)
