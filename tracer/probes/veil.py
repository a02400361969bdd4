"""Masks what an element says when the statement that wrote it had got hold of a secret."""

from __future__ import annotations

import json
from typing import Any, Final

# What a person reads in each element. Inputs are left as they are: a password field's own
# statement has got hold of a secret, and its label is none. Data frames and charts are not here.
_SAID: Final = {
    "alert": ("body",),
    "code": ("code_text",),
    "exception": ("message",),
    "heading": ("body",),
    "html": ("body",),
    "json": ("body",),
    "markdown": ("body",),
    "metric": ("body", "delta"),
    "progress": ("text",),
    "text": ("body",),
    "toast": ("body",),
}


def veiled(message: Any, mask: str) -> Any:
    """A copy of a `ForwardMsg` in which the element says nothing but the mask; or the message.

    The message itself is on its way to the browser and stays as it is.
    """
    if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
        return message
    kind = message.delta.new_element.WhichOneof("type")
    if kind not in _SAID:
        return message
    copy = type(message)()
    copy.CopyFrom(message)
    element = getattr(copy.delta.new_element, kind)
    fields = element.DESCRIPTOR.fields_by_name
    for name in _SAID[kind]:
        if name in fields and getattr(element, name):
            setattr(element, name, json.dumps(mask) if kind == "json" else mask)
    return copy
