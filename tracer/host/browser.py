"""A browser's stand-in: keeps the page and the widgets' values, and words its messages.

It does what Streamlit's front end does with messages: it applies deltas, remembers each widget's
value from the moment it is drawn, holds back what is inside a form until the submit, and sends all
current values with every interaction, as a real browser does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ..analysis.page import Page
from ..errors import ScenarioError
from ..model import PageMessage
from .messages import Summary, summarize
from .scenario import ScenarioStep
from .widget_values import fill_state
from .widgets import Widget


class Browser:
    """One tab. `received` keeps the serialized messages in the order they came.

    Where the server only refers to a message that it sent before, `received` has that message.
    """

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.page = Page()
        self.timers: dict[str, float] = {}  # fragment -> seconds
        self.on_timer: Callable[[str, float], None] = lambda fragment, interval: None
        self.on_timers_cleared: Callable[[], None] = lambda: None
        self._by_hash: dict[str, int] = {}  # messages that the server may refer to
        self._by_number: dict[int, tuple[Summary, str]] = {}  # widgets' messages, and their script
        self._values: dict[str, WidgetState] = {}
        self._in_form: dict[str, dict[str, WidgetState]] = {}  # form -> what waits for its submit
        self._page_hash = ""
        self._main_hash = ""
        self._pages: dict[str, str] = {}  # name -> hash
        self._paths: dict[str, str] = {}  # path in the address -> hash

    # What the server sends

    def write_forward_msg(self, message: Any) -> None:
        """Take one message; the name is what Streamlit's `SessionClient` asks for."""
        message = self._whole(message)
        self.received.append(message.SerializeToString())
        number = len(self.received)
        if message.hash:
            self._by_hash[message.hash] = number
        summary = summarize(message)
        self.page.apply(
            PageMessage(
                n=number,
                app_session=1,
                run=None,
                at_ns=0,
                type=summary.type,
                body="",
                size=0,
                path=summary.path,
                kind=summary.kind,
                element=summary.element,
                label=summary.label,
                detail=summary.detail,
            )
        )
        if summary.type == "new_session":
            self._new_session(summary)
        elif summary.type == "navigation":
            self._learn_pages(summary.detail["pages"])
            self._page_hash = summary.detail["page"]
        elif summary.type == "auto_rerun":
            fragment, every = summary.detail["fragment"], summary.detail["every"]
            self.timers[fragment] = every
            self.on_timer(fragment, every)
        elif summary.type == "script_finished":
            self._forget_gone(summary.detail["status"])
        elif summary.widget is not None:
            self._by_number[number] = (summary, message.metadata.active_script_hash)
            self._draw(summary.widget, message)

    def _whole(self, message: Any) -> Any:
        """The message itself where it is a reference: only its metadata are then new."""
        if message.WhichOneof("type") != "ref_hash":
            return message
        whole = type(message).FromString(self.received[self._by_hash[message.ref_hash] - 1])
        whole.metadata.CopyFrom(message.metadata)
        return whole

    def _new_session(self, summary: Summary) -> None:
        self._page_hash = summary.detail["page"]
        self._main_hash = summary.detail["main"]
        self._learn_pages(summary.detail["pages"])
        if not summary.detail["fragments"]:
            self.timers.clear()
            self.on_timers_cleared()

    def _learn_pages(self, pages: list[list[str]]) -> None:
        self._pages.update({name: page for page, name, _ in pages})
        self._paths.update({path: page for page, _, path in pages})

    def _draw(self, widget: Widget, message: Any) -> None:
        """A widget takes its default when it is drawn first, and what the script set later."""
        kind = message.delta.new_element.WhichOneof("type")
        body = getattr(message.delta.new_element, kind)
        fields = body.DESCRIPTOR.fields_by_name
        if "set_value" in fields and body.set_value:
            for name in ("raw_values", "raw_value", "value"):
                if name in fields:
                    pushed = getattr(body, name)
                    value = list(pushed) if hasattr(pushed, "append") else pushed
                    self._values[widget.id] = _pushed(widget, value)
                    return
        if widget.id not in self._values and not widget.is_trigger and widget.default is not None:
            state = WidgetState()
            fill_state(widget, widget.default, state)
            self._values[widget.id] = state

    def _forget_gone(self, status: str) -> None:
        """After a finished run the front end drops the values of widgets that are gone."""
        if status not in ("FINISHED_SUCCESSFULLY", "FINISHED_FRAGMENT_RUN_SUCCESSFULLY"):
            return
        present = {widget.id for widget in self.widgets()}
        self._values = {i: value for i, value in self._values.items() if i in present}
        shown = {node.message for node in self.page.nodes()}
        self._by_number = {n: s for n, s in self._by_number.items() if n in shown}

    # What a person does

    def widgets(self) -> list[Widget]:
        """The widgets on the page, in page order."""
        found = (self._by_number.get(node.message) for node in self.page.nodes())
        return [summary.widget for summary, _ in filter(None, found) if summary.widget is not None]

    def page_names(self) -> list[str]:
        return sorted(self._pages)

    def load(self) -> BackMsg:
        """The first message of a tab."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        return message

    def act(self, step: ScenarioStep) -> BackMsg | None:
        """The message that an interaction sends; None when a form holds it back.

        Raises ScenarioError when the page has no such widget, or more than one.
        """
        if step.verb == "stop":
            message = BackMsg()
            message.stop_script = True
            return message
        if step.verb == "rerun":
            return self._ask(None)
        if step.verb == "page":
            return self._go(step.target)
        widget = self.find(step.target, step.verb)
        state = WidgetState()
        if step.verb in ("click", "submit"):
            fill_state(widget, True, state)
        elif step.verb == "edit":
            state.id = widget.id
            state.string_value = json.dumps(
                {
                    "edited_rows": step.rows,
                    "added_rows": list(step.added),
                    "deleted_rows": list(step.deleted),
                }
            )
        else:
            fill_state(widget, step.value, state)
        if widget.submits:
            self._values.update(self._in_form.pop(widget.form, {}))
        elif widget.form:
            self._in_form.setdefault(widget.form, {})[widget.id] = state
            return None
        if not widget.is_trigger:
            self._values[widget.id] = state
            return self._ask(widget)
        return self._ask(widget, state)

    def timer(self, fragment: str) -> BackMsg:
        """What a fragment's `run_every` timer sends."""
        message = self._ask(None)
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        return message

    def find(self, target: str, verb: str) -> Widget:
        """The one widget that a scenario means. Raises ScenarioError listing what there is."""
        present = self.widgets()
        kind, sharp, index = target.partition("#")
        found = [w for w in present if target in (w.label, w.key)]
        if not found:
            found = [w for w in present if w.placeholder and w.placeholder == target]
        if not found and sharp and index.isdigit():
            found = [w for w in present if w.element == kind][int(index) :][:1]
        if verb in ("click", "submit"):
            pressed = [w for w in found if w.field == "trigger_value"]
            found = pressed or found
        if len(found) != 1:
            problem = "no widget" if not found else f"{len(found)} widgets"
            raise ScenarioError(f"{verb} {target!r}: {problem} called so; {_list(present)}")
        widget = found[0]
        if widget.disabled:
            raise ScenarioError(f"{verb} {target!r}: the {widget.element} is disabled")
        if verb in ("click", "submit") and widget.field != "trigger_value":
            raise ScenarioError(f"{verb} {target!r}: that is a {widget.element}; use set")
        if verb == "set" and widget.field == "trigger_value":
            raise ScenarioError(f"set {target!r}: that is a {widget.element}; use click")
        if verb == "edit" and widget.element != "dataframe":
            raise ScenarioError(f"edit {target!r}: that is a {widget.element}, no data editor")
        return widget

    def _go(self, name: str) -> BackMsg:
        page = self._pages.get(name) or self._paths.get(name)
        if page is None:
            raise ScenarioError(
                f"page {name!r}: no such page; there are {', '.join(map(repr, self._pages))}"
            )
        message = BackMsg()
        request = message.rerun_script
        request.page_script_hash = page
        # Only widgets of the common frame (st.navigation) outlive a page.
        for summary, script in self._by_number.values():
            widget = summary.widget
            if widget is not None and script == self._main_hash and widget.id in self._values:
                request.widget_states.widgets.append(self._values[widget.id])
        return message

    def _ask(self, widget: Widget | None, trigger: WidgetState | None = None) -> BackMsg:
        message = BackMsg()
        request = message.rerun_script
        request.page_script_hash = self._page_hash
        request.widget_states.widgets.extend(self._values.values())
        if trigger is not None:
            request.widget_states.widgets.append(trigger)
        if widget is not None and widget.fragment:
            request.fragment_id = widget.fragment
        return message


def _pushed(widget: Widget, value: Any) -> WidgetState:
    """A value that the script set, in wire form already but for its field."""
    state = WidgetState(id=widget.id)
    field = widget.field
    if field in ("int_array_value", "string_array_value", "double_array_value"):
        getattr(state, field).data.extend(value if isinstance(value, list) else [value])
    elif value is not None:
        setattr(state, field, value)
    return state


def _list(widgets: list[Widget]) -> str:
    if not widgets:
        return "the page has no widgets"
    names = [
        f"{w.element} {w.label or w.placeholder or w.key or ''!r}".replace("''", "(no label)")
        for w in widgets[:30]
    ]
    more = f" and {len(widgets) - 30} more" if len(widgets) > 30 else ""
    return f"the page has {', '.join(names)}{more}"
