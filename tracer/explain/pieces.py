"""Parts of sentences, and where they lead. Pure."""

from __future__ import annotations

from typing import Any

Piece = dict[str, Any]
"""A part of a sentence: `text`, and where it leads: a `step` (of `run`, if given), a `run`'s end,
or a `line` of a `file`."""


def said(text: str, **target: Any) -> Piece:
    """A piece; `target` is where it leads."""
    return {"text": text, **target}


def line_at(file: str | None, line: int | None, step: int, script: str) -> Piece:
    """A line; in another file than the script's, with that file's name."""
    if line is None:
        return said("a line that is not known")
    of = "" if file in (None, script) else f" of {file}"
    return said(f"line {line}{of}", step=step, file=file, line=line)
