"""Changes the texts in a serialized `ForwardMsg`, and takes out what a widget holds."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any, Final

from google.protobuf.unknown_fields import UnknownFieldSet

from ..tracer.model import HIDDEN

Text = Callable[[str], str]
Bytes = Callable[[bytes], bytes]

# Where an element keeps its value: of widgets, and of a metric.
_VALUES: Final = (
    *("default", "value", "values", "raw_value", "raw_values", "set_value"),
    *("body", "delta", "default_tab_label"),
)


@cache
def forward_msg() -> Any:
    """Streamlit's message, loaded without the rest of Streamlit, which would take a second."""
    if "streamlit" in sys.modules:
        return importlib.import_module("streamlit.proto.ForwardMsg_pb2").ForwardMsg
    spec = importlib.util.find_spec("streamlit")
    stand_in = types.ModuleType("streamlit")
    stand_in.__path__ = list(spec.submodule_search_locations or ()) if spec else []
    sys.modules["streamlit"] = stand_in
    try:
        return importlib.import_module("streamlit.proto.ForwardMsg_pb2").ForwardMsg
    finally:
        del sys.modules["streamlit"]


def texts(data: bytes) -> Iterator[str]:
    """Every text in a message."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    message = _parsed(data)
    if message is not None:
        _Change(note, lambda blob: blob).walk(message)
    return iter(found)


def changed(
    data: bytes,
    text: Text,
    blob: Bytes,
    is_named: Callable[[str, str], bool],
    numbers: Collection[float],
) -> bytes:
    """The message with `text` done to its texts and `blob` to its bytes.

    An element for which `is_named`, asked with its label and its id, holds no value any more; nor
    does any other one that is one of `numbers`.
    Serialized again only where something was changed: else the bytes are what they were.
    """
    message = _parsed(data)
    if message is None:
        return blob(data)
    change = _Change(text, blob, numbers)
    if message.WhichOneof("type") == "new_session":
        change.is_done |= _without_machine(message.new_session)
    for element in _elements(message):
        fields = element.DESCRIPTOR.fields_by_name
        label = str(element.label) if "label" in fields else ""
        if is_named(label, str(element.id) if "id" in fields else ""):
            change.is_done |= _empty(element, HIDDEN)
    change.walk(message)
    if not change.is_done:
        return blob(data) if change.has_unknown else data
    if message.hash:  # of what it said before
        message.hash = ""
        message.hash = hashlib.blake2b(message.SerializeToString(), digest_size=16).hexdigest()
    made: bytes = message.SerializeToString()
    return blob(made) if change.has_unknown else made


def without_source(data: bytes, text: Text) -> bytes:
    """The message with `text` done to the stack that an exception shows."""
    message = _parsed(data)
    if message is None or message.WhichOneof("type") != "delta":
        return data
    if message.delta.WhichOneof("type") != "new_element":
        return data
    element = message.delta.new_element
    if element.WhichOneof("type") != "exception" or not len(element.exception.stack_trace):
        return data
    lines = [text(line) for line in element.exception.stack_trace]
    del element.exception.stack_trace[:]
    element.exception.stack_trace.extend(lines)
    made: bytes = message.SerializeToString()
    return made


def _parsed(data: bytes) -> Any:
    try:
        return forward_msg().FromString(data)
    except Exception:  # not of a Streamlit that is known here
        return None


def _elements(message: Any) -> Iterator[Any]:
    """What is drawn by a message."""
    if message.WhichOneof("type") != "delta":
        return
    delta = message.delta
    kind = delta.WhichOneof("type")
    if kind in ("new_element", "add_block"):
        inside = getattr(delta, kind)
        name = inside.WhichOneof("type")
        if name and hasattr(getattr(inside, name), "DESCRIPTOR"):
            yield getattr(inside, name)
    elif kind == "new_transient":
        for element in delta.new_transient.elements:
            name = element.WhichOneof("type")
            if name and hasattr(getattr(element, name), "DESCRIPTOR"):
                yield getattr(element, name)


def _without_machine(session: Any) -> bool:
    """Takes out the ids that Streamlit gives to a machine."""
    person = session.initialize.user_info
    names = [field.name for field, _ in person.ListFields()]
    for name in names:
        person.ClearField(name)
    return bool(names)


def _empty(element: Any, mask: str) -> bool:
    is_done = False
    for field, value in list(element.ListFields()):
        if field.name not in _VALUES:
            continue
        if field.type == field.TYPE_STRING and isinstance(value, str):
            is_done |= value != mask
            setattr(element, field.name, mask)
        else:
            is_done = True
            element.ClearField(field.name)
    return is_done


class _Change:
    def __init__(self, text: Text, blob: Bytes, numbers: Collection[float] = ()) -> None:
        self._text = text
        self._blob = blob
        self._numbers = numbers
        self.is_done = False
        self.has_unknown = False  # fields of a Streamlit that is not known here

    def walk(self, message: Any) -> None:
        """All texts and bytes in a message, and in those inside of it."""
        if not self.has_unknown:
            self.has_unknown = len(UnknownFieldSet(message)) > 0
        for field, value in message.ListFields():
            if field.type == field.TYPE_MESSAGE:
                self._inside(message, field, value)
            elif field.type in (field.TYPE_STRING, field.TYPE_BYTES):
                self._leaf(message, field, value)
            elif self._numbers and field.name in _VALUES:
                self._number(message, field, value)

    def _number(self, message: Any, field: Any, value: Any) -> None:
        if isinstance(value, int | float):
            if value in self._numbers:
                message.ClearField(field.name)
                self.is_done = True
            return
        for at, item in enumerate(value):
            if item in self._numbers:
                value[at] = 0
                self.is_done = True

    def _inside(self, message: Any, field: Any, value: Any) -> None:
        if field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name["value"]
            for key in list(value):
                if entry.type == entry.TYPE_MESSAGE:
                    self.walk(value[key])
                elif isinstance(value[key], str | bytes):
                    made = self._made(value[key])
                    if made != value[key]:
                        value[key] = made
        elif hasattr(value, "append") or hasattr(value, "add"):
            for item in value:
                self.walk(item)
        else:
            self.walk(value)

    def _leaf(self, message: Any, field: Any, value: Any) -> None:
        if isinstance(value, str | bytes):
            made = self._made(value)
            if made != value:
                setattr(message, field.name, made)
        else:
            for at, item in enumerate(value):
                made = self._made(item)
                if made != item:
                    value[at] = made

    def _made(self, value: Any) -> Any:
        made = self._text(value) if isinstance(value, str) else self._blob(value)
        self.is_done |= made != value
        return made
