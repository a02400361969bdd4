"""The name of a recording and the notes on its moments, as JSON: read, written, deleted.

Anybody who may read a recording reads them. Only a page of ours, opened on this machine, changes
them: `--host` lets others read, not write.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from rerun_trace.tracer.model import Note
from rerun_trace.web.models import answers
from rerun_trace.web.server import live
from rerun_trace.web.views.answering import answer
from rerun_trace.web.views.changing import refuse_others, sent

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

LONGEST_NOTE = 2_000  # characters
LONGEST_NAME = 120


def blueprint(store: TraceStore) -> Blueprint:
    """The routes, below `/api/recordings/<id>`."""
    routes = Blueprint("notes", __name__, url_prefix="/api/recordings/<int:recording>")

    routes.before_request(refuse_others)

    @routes.get("/notes")
    def notes(recording: int) -> ResponseReturnValue:
        return answer(
            answers.Notes(
                name=store.recording(recording).name,
                notes=[_note(note) for note in store.notes(recording)],
                may_change=live.is_own_browser(),
                longest=answers.Longest(note=LONGEST_NOTE, name=LONGEST_NAME),
            )
        )

    @routes.post("/notes")
    def add(recording: int) -> ResponseReturnValue:
        given = sent("run", "step", "text")
        number, step, text = _whole(given, "run"), _whole(given, "step"), _text(given)
        steps = store.run(recording, number).steps
        if step > steps:
            abort(400, f"Run {number} has {steps} steps; there is no step {step}.")
        return answer(_note(store.add_note(recording, number, step, text))), 201

    @routes.put("/notes/<int:number>")
    def change(recording: int, number: int) -> ResponseReturnValue:
        return answer(_note(store.change_note(recording, number, _text(sent("text")))))

    @routes.delete("/notes/<int:number>")
    def delete(recording: int, number: int) -> ResponseReturnValue:
        store.delete_note(recording, number)
        return "", 204

    @routes.put("/name")
    def rename(recording: int) -> ResponseReturnValue:
        name = _text(sent("name"), "name", LONGEST_NAME, empty=True) or None
        store.rename(recording, name)
        return jsonify({"name": name})

    return routes


def _whole(given: dict[str, Any], word: str) -> int:
    value = given[word]
    if type(value) is not int or not 0 <= value < 2**31:
        abort(400, f"{word} must be a whole number from 0 on.")
    return int(value)


def _text(
    given: dict[str, Any], word: str = "text", longest: int = LONGEST_NOTE, empty: bool = False
) -> str:
    """A text without what is no letter; a name's is one line."""
    value = given[word]
    if type(value) is not str:
        abort(400, f"{word} must be a text.")
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    kept = "".join(char for char in lines if char in "\n\t" or (char >= " " and char != "\x7f"))
    text = " ".join(kept.split()) if word == "name" else kept
    if not text and not empty:
        abort(400, "A note needs a text.")
    if len(text) > longest:
        abort(400, f"A {'name' if word == 'name' else 'note'} has {longest:,} characters at most.")
    return text


def _note(note: Note) -> answers.Note:
    return answers.Note(**asdict(note) | {"written_at": note.written_at.isoformat()})
