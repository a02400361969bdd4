"""What somebody enters into a widget, as the state that the front end keeps for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

from ..errors import ScenarioError
from ..probes.widget import Widget
from ..probes.widget_values import fill_state
from ..words.listing import listed, nearest
from .editing import Editing, Table
from .limits import admitted, value_of_words
from .scenario import ScenarioStep
from .scenario_words import name_of
from .screen import Drawn, Screen
from .selections import CHARTS, selection

UPLOADS = ("file_uploader", "camera_input", "audio_input")
_KINDS = {"camera_input": ("image/",), "audio_input": ("audio/",)}


class Entering:
    """Makes states of steps. Remembers what the front end keeps beside them: an editor's edits."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._edits: dict[str, Editing] = {}  # by widget

    def state(
        self, drawn: Drawn, step: ScenarioStep, current: WidgetState | None, files: Sequence[Any]
    ) -> WidgetState:
        """The state after a step; `files` are infos of those that were uploaded for it.

        Raises ScenarioError for what a person could not do.
        """
        widget, words = drawn.widget, step.words
        state = WidgetState(id=widget.id)
        if step.verb == "click":
            return self._cell_button(drawn, words)
        if step.verb == "edit":
            state.string_value = self._edited(drawn, step)
        elif step.verb == "select":
            state.string_value = selection(widget, drawn.message, words)
        elif widget.element in UPLOADS:
            self._uploaded(drawn, step, current, files, state)
        elif widget.element == "chat_input":
            self._said(drawn, step, files, state)
        elif words.get("files") or words.get("audio"):
            raise ScenarioError(f"{widget.called} takes no files")
        elif widget.element == "bidi_component":
            _component(widget, step, current, state)
        elif "event" in words:
            raise ScenarioError(f"{widget.called} has no events")
        elif widget.element == "dataframe" or widget.element in CHARTS:
            state.string_value = self._whole(drawn, step.value)
        else:
            self._plain(drawn, step, state)
        return state

    def _plain(self, drawn: Drawn, step: ScenarioStep, state: WidgetState) -> None:
        widget, message = drawn.widget, drawn.message
        value = value_of_words(widget, message, step.words, step.value)
        if widget.element in ("tabs", "menu_button"):
            options = (
                self._screen.tab_labels(widget)
                if widget.element == "tabs"
                else list(message.options)
            )
            if "option" in step.words and step.words["option"] < len(options):
                value = options[step.words["option"]]
            if str(value) not in options:
                meant = nearest(str(value), options)
                raise ScenarioError(
                    f"{widget.called} has no {'tab' if widget.element == 'tabs' else 'option'} "
                    f"{value!r}{meant}: choose one of {listed(options)}"
                )
        fill_state(widget, admitted(widget, message, value), state)

    # Data frames

    def _edited(self, drawn: Drawn, step: ScenarioStep) -> str:
        editing = self._editing(drawn)
        try:
            editing.edit(drawn.message.editing_mode, step.rows, step.added, step.deleted)
        except ScenarioError as error:
            raise ScenarioError(f"{drawn.widget.called}: {error}") from None
        return editing.text()

    def _editing(self, drawn: Drawn) -> Editing:
        """The edits so far: the front end begins anew when the number of rows is another."""
        table, known = Table(drawn.message), self._edits.get(drawn.widget.id)
        if known is None or known.table.rows != table.rows:
            known = self._edits[drawn.widget.id] = Editing(table)
        known.table = table
        return known

    def _whole(self, drawn: Drawn, value: Any) -> str:
        """A document in Streamlit's own form: what is selected, or all edits of an editor."""
        widget = drawn.widget
        if widget.kind == "data_editor":
            if not isinstance(value, Mapping) or not set(value) <= _EDITS:
                raise ScenarioError(f"{widget.called} takes {listed(sorted(_EDITS))}; or use edit")
            self._edits[widget.id] = Editing(Table(drawn.message), value)
            return self._edits[widget.id].text()
        return selection(widget, drawn.message, {"value": value})

    def _cell_button(self, drawn: Drawn, words: Mapping[str, Any]) -> WidgetState:
        """A click on a button in a column of a data frame."""
        widget = drawn.widget
        buttons = dict(getattr(drawn.message, "button_click_widgets", {}))
        if "column" not in words or "row" not in words:
            raise ScenarioError(f"{widget.called}: click takes the row and column of a button")
        column, row = words["column"], words["row"]
        if column not in buttons:
            known = listed(list(buttons)) or "none"
            raise ScenarioError(f"{widget.called} has no column of buttons {column!r}: {known}")
        cell = Table(drawn.message).cell(row, column)
        labels = [str(c) for c in cell] if isinstance(cell, list) else [str(cell)]
        label = words.get("label", labels[0] if len(labels) == 1 else "")
        if label not in labels:
            raise ScenarioError(f"{widget.called}: say which label of {listed(labels)}")
        state = WidgetState(id=buttons[column])
        state.string_trigger_value.data = json.dumps(
            {"row": row, "label": label}, separators=(",", ":"), ensure_ascii=False
        )
        return state

    # Files

    def check_files(self, drawn: Drawn, step: ScenarioStep) -> None:
        """Raises ScenarioError when the widget does not take the files of a step."""
        widget, message = drawn.widget, drawn.message
        files = step.words.get("files", [])
        if widget.element == "chat_input":
            fields = message.DESCRIPTOR.fields_by_name
            accepts = message.accept_file if "accept_file" in fields else 0
            if files and not accepts:
                raise ScenarioError(f"{widget.called} accepts no files")
            if len(files) > 1 and accepts == 1:
                raise ScenarioError(f"{widget.called} accepts one file, not {len(files)}")
            if "audio" in step.words and not getattr(message, "accept_audio", False):
                raise ScenarioError(f"{widget.called} accepts no audio")
            _check_types(widget, files, getattr(message, "file_type", ()))
        elif widget.element in UPLOADS:
            several = widget.element == "file_uploader" and (
                message.multiple_files or getattr(message, "accept_directory", False)
            )
            if len(files) > 1 and not several:
                raise ScenarioError(f"{widget.called} takes one file, not {len(files)}")
            _check_types(widget, files, getattr(message, "type", ()))
        else:
            raise ScenarioError(f"{widget.called} takes no files")

    def _uploaded(
        self,
        drawn: Drawn,
        step: ScenarioStep,
        current: WidgetState | None,
        files: Sequence[Any],
        state: WidgetState,
    ) -> None:
        """Files join those that are there, where several are allowed; none take all away."""
        widget, message = drawn.widget, drawn.message
        if "files" not in step.words:
            raise ScenarioError(f"{widget.called} takes files = […]")
        holds = state.file_uploader_state_value
        holds.SetInParent()
        several = getattr(message, "multiple_files", False)
        if files and several and current is not None:
            holds.uploaded_file_info.extend(current.file_uploader_state_value.uploaded_file_info)
        holds.uploaded_file_info.extend(files)

    def _said(
        self, drawn: Drawn, step: ScenarioStep, files: Sequence[Any], state: WidgetState
    ) -> None:
        """What is sent from a chat input: words, files, or a recording of a voice."""
        widget, text = drawn.widget, admitted(drawn.widget, drawn.message, step.value)
        if not text and not files:
            raise ScenarioError(f"{widget.called} sends nothing while it is empty")
        getattr(state, widget.field).data = text
        if widget.field != "chat_input_value":
            return
        value, files = state.chat_input_value, list(files)
        if "audio" in step.words:
            value.audio_file_info.CopyFrom(files.pop())
        value.file_uploader_state.SetInParent()
        value.file_uploader_state.uploaded_file_info.extend(files)

    # Forms

    def emptied(
        self, inside: Iterable[Drawn], values: Mapping[str, WidgetState]
    ) -> dict[str, WidgetState]:
        """What waits for the next submit of a form that was just sent and cleared.

        An editor forgets its edits, but what it sent stays until somebody edits it again; so do
        custom components, which do not hear of it.
        """
        states = {}
        for drawn in inside:
            widget = drawn.widget
            state = WidgetState(id=widget.id)
            self._edits.pop(widget.id, None)
            if widget.is_trigger or widget.kind == "data_editor" or widget.field == "json_value":
                continue
            if widget.element == "dataframe" or widget.element in CHARTS:
                if widget.id not in values:
                    continue
                state.string_value = selection(widget, drawn.message, {})
            else:
                fill_state(widget, widget.default, state)
            states[widget.id] = state
        return states

    def forget_all_but(self, present: set[str]) -> None:
        self._edits = {i: edits for i, edits in self._edits.items() if i in present}


_EDITS = {"edited_rows", "added_rows", "deleted_rows"}


def is_unchanged(drawn: Drawn, state: WidgetState, current: WidgetState | None) -> bool:
    """Whether the front end sends nothing, because the widget has this value already.

    Older versions sent it once more.
    """
    if "ignore_rerun" not in drawn.message.DESCRIPTOR.fields_by_name:
        return False
    return current is not None and state == current


def _check_types(widget: Widget, files: Sequence[Mapping[str, str]], types: Sequence[str]) -> None:
    endings = tuple(kind.lower() for kind in types if kind.startswith("."))
    for file in files:
        name = name_of(file)
        if endings and os.path.splitext(name)[1].lower() not in endings:
            raise ScenarioError(f"{widget.called} takes {listed(endings)}, not {name!r}")
        media = _KINDS.get(widget.element)
        if media and file.get("type") and not file["type"].startswith(media):
            raise ScenarioError(f"{widget.called} takes {media[0]}…, not {file['type']!r}")


def _component(
    widget: Widget, step: ScenarioStep, current: WidgetState | None, state: WidgetState
) -> None:
    """A component's values are kept by name: a new one joins them. An event is sent alone."""
    event = step.words.get("event")
    if event:
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events"
        state.json_trigger_value = json.dumps([{"event": event, "value": step.value}])
        return
    if not isinstance(step.value, Mapping):
        raise ScenarioError(f"{widget.called} takes a table of its values, or an event")
    known = json.loads(current.json_value) if current is not None and current.json_value else {}
    state.json_value = json.dumps({**known, **step.value})
