"""A browser's stand-in: keeps the page and the widgets' values, and words its messages.

It does what Streamlit's front end does with messages: it applies deltas, remembers each widget's
value from the moment it is drawn, holds back what is inside a form until the submit, and sends all
current values with every interaction, as a real browser does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ..analysis.page import Page
from ..errors import ScenarioError
from ..probes.messages import Summary
from ..probes.widget import Widget
from ..probes.widget_values import fill_state, read_value
from .address import Address
from .entering import Entering, is_unchanged
from .limits import check_required
from .scenario import ScenarioStep
from .screen import LINK, Drawn, Screen


class Browser:
    """One tab. `received` keeps the serialized messages in the order they came.

    Where the server only refers to a message that it sent before, `received` has that message.
    """

    def __init__(self, query: str = "", page: str = "") -> None:
        self.received: list[bytes] = []
        self.address = Address(query, page)
        self.running = False  # whether the server said that a script runs
        self.timers: dict[str, float] = {}  # fragment -> seconds
        self.answers: dict[str, Any] = {}  # to requests for places to upload to, by their id
        self._screen = Screen()
        self._entering = Entering(self._screen)
        self._by_hash: dict[str, int] = {}  # messages that the server may refer to
        self._values: dict[str, WidgetState] = {}
        self._in_form: dict[str, dict[str, WidgetState]] = {}  # form -> what waits for its submit

    # What the server sends

    def write_forward_msg(self, message: Any) -> None:
        """Take one message; the name is what Streamlit's `SessionClient` asks for."""
        message = self._whole(message)
        self.received.append(message.SerializeToString())
        number = len(self.received)
        if message.hash:
            self._by_hash[message.hash] = number
        before = self._screen.pages.shown
        summary, drawn = self._screen.show(number, message)
        if drawn is not None and drawn.widget.field != LINK:
            self._draw(drawn)
        elif summary.type == "new_session":
            self._new_session(summary, before)
        elif summary.type == "page_info_changed":
            self.address.query = summary.detail["query"]
        elif summary.type == "session_status_changed":
            self.running = message.session_status_changed.script_is_running
        elif summary.type == "auto_rerun":
            fragment, every = summary.detail["fragment"], summary.detail["every"]
            self.timers[fragment] = every
        elif summary.type == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.timers.pop(fragment, None)
        elif summary.type == "file_urls_response":
            self.answers[message.file_urls_response.response_id] = message.file_urls_response
        elif summary.type == "script_finished":
            self._forget_gone(summary.detail["status"])

    def _whole(self, message: Any) -> Any:
        """The message itself where it is a reference: only its metadata are then new."""
        if message.WhichOneof("type") != "ref_hash":
            return message
        whole = type(message).FromString(self.received[self._by_hash[message.ref_hash] - 1])
        whole.metadata.CopyFrom(message.metadata)
        return whole

    def _new_session(self, summary: Summary, page_before: str) -> None:
        pages = self._screen.pages
        if page_before and page_before != pages.shown:
            self.address.page = pages.path(pages.shown)
        if not summary.detail["fragments"]:
            self.timers.clear()

    def _draw(self, drawn: Drawn) -> None:
        """A widget takes its default when it is drawn first, and what the script set later."""
        widget, body = drawn.widget, drawn.message
        fields = body.DESCRIPTOR.fields_by_name
        if "query_param_key" in fields and body.query_param_key:
            self.address.bind(widget, body.query_param_key)
        for name in ("selection_state", "selection_default"):  # set by the script, or at first
            if name in fields and getattr(body, name):
                if name == "selection_state" or widget.id not in self._values:
                    self._values[widget.id] = _pushed(widget, getattr(body, name))
                return
        if "set_value" in fields and body.set_value:
            for name in ("raw_values", "raw_value", "value"):
                if name in fields:
                    pushed = getattr(body, name)
                    value = list(pushed) if hasattr(pushed, "append") else pushed
                    self._values[widget.id] = _pushed(widget, value)
                    return
        is_block = widget.element in ("tabs", "expander", "popover", "dialog")
        if widget.id in self._values or widget.is_trigger or widget.default is None or is_block:
            return
        state = WidgetState()
        fill_state(widget, widget.default, state)
        self._values[widget.id] = state

    def _forget_gone(self, status: str) -> None:
        """After a finished run the front end drops the values of widgets that are gone."""
        if status not in ("FINISHED_SUCCESSFULLY", "FINISHED_FRAGMENT_RUN_SUCCESSFULLY"):
            return
        present = {widget.id for widget in self.widgets()}
        self._values = {i: value for i, value in self._values.items() if i in present}
        for form, waiting in self._in_form.items():
            self._in_form[form] = {i: value for i, value in waiting.items() if i in present}
        self._entering.forget_all_but(present)

    # What a person does

    @property
    def page(self) -> Page:
        """What is on the page."""
        return self._screen.page

    def widgets(self) -> list[Widget]:
        """The widgets on the page, in page order."""
        return [drawn.widget for drawn in self._screen.all()]

    def page_names(self) -> list[str]:
        return sorted(self._screen.pages.names)

    def find(self, target: str, verb: str) -> Widget:
        """The one widget that a scenario means. Raises ScenarioError listing what there is."""
        return self._screen.find(target, verb).widget

    def load(self) -> BackMsg:
        """The first message of a tab."""
        message = BackMsg()
        self._begin(message)
        message.rerun_script.page_name = self.address.page
        return message

    def again(self) -> Browser:
        """The tab after a reload: it keeps nothing but its address."""
        return Browser(self.address.query, self.address.page)

    def act(self, step: ScenarioStep, uploaded: Sequence[Any] = ()) -> list[BackMsg]:
        """The messages that an interaction sends; none when the front end keeps it to itself.

        `uploaded` are the `UploadedFileInfo`s of the step's files, its audio last. Raises
        ScenarioError when the page has no such widget, or more than one, or it cannot be used so.
        """
        if step.verb == "stop":
            return [BackMsg(stop_script=True)] if self.running else []
        if step.verb == "rerun":
            return [] if self.running else [self._ask(None)]
        if step.verb == "page":
            return [self._go(self._screen.pages.named(step.target))]
        if step.verb == "dismiss":
            return self._dismiss()
        drawn = self._screen.find(step.target, step.verb)
        if step.verb in ("click", "submit") and drawn.widget.element != "dataframe":
            return self._press(drawn)
        current = self._current(drawn.widget)
        state = self._entering.state(drawn, step, current, uploaded)
        return self._enter(drawn, state, current)

    def timer(self, fragment: str) -> BackMsg:
        """What a fragment's `run_every` timer sends."""
        message = self._ask(None)
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        return message

    def uploader(self, step: ScenarioStep) -> Drawn:
        """The widget that takes a step's files, which it accepts. Raises ScenarioError."""
        drawn = self._screen.find(step.target, step.verb)
        self._entering.check_files(drawn, step)
        return drawn

    def _enter(
        self, drawn: Drawn, state: WidgetState, current: WidgetState | None
    ) -> list[BackMsg]:
        widget = drawn.widget
        if state.id != widget.id or widget.is_trigger or _is_trigger(state):
            return [self._ask(widget, state)]
        self.address.changed(widget, _wire_value(state))
        if widget.form:
            self._in_form.setdefault(widget.form, {})[widget.id] = state
            return []
        if is_unchanged(drawn, state, current):
            return []
        self._values[widget.id] = state
        if getattr(drawn.message, "ignore_rerun", False):
            return []
        return [self._ask(widget)]

    def _press(self, drawn: Drawn) -> list[BackMsg]:
        widget, message = drawn.widget, drawn.message
        if widget.field == LINK:
            if widget.element == "page_link" and not message.external:
                return [self._go(message.page_script_hash, getattr(message, "query_string", ""))]
            return []  # the browser opens another tab
        state = WidgetState(id=widget.id, trigger_value=True)
        if widget.submits:
            return [self._submit(widget, state)]
        asked = [] if getattr(message, "ignore_rerun", False) else [self._ask(widget, state)]
        if getattr(message, "deferred_file_id", ""):
            fetch = BackMsg()
            fetch.backend_operation_request.request_id = f"file-{len(self.received)}"
            fetch.backend_operation_request.deferred_file.file_id = message.deferred_file_id
            asked.append(fetch)
        return asked

    def _submit(self, button: Widget, state: WidgetState) -> BackMsg:
        inside = [d for d in self._screen.all() if d.widget.form == button.form]
        for drawn in inside:
            current = self._current(drawn.widget)
            value = read_value(drawn.widget, current) if current is not None else None
            check_required(drawn.widget, drawn.message, value)
        self._values.update(self._in_form.pop(button.form, {}))
        message = self._ask(button, state)
        if self._screen.clears.get(button.form):
            emptied = self._entering.emptied(inside, self._values)
            self._in_form[button.form] = emptied
        return message

    def _dismiss(self) -> list[BackMsg]:
        found = self._screen.open_dialog()
        if found is None:
            raise ScenarioError("dismiss: no dialog is open")
        number, dialog = found
        if not dialog.dismissible:
            raise ScenarioError(f"dismiss: the dialog {dialog.title!r} cannot be dismissed")
        self._screen.dismiss(number)
        drawn = next((d for d in self._screen.all() if d.message == dialog), None)
        if drawn is None:
            return []
        return [self._ask(drawn.widget, WidgetState(id=drawn.widget.id, trigger_value=True))]

    def _current(self, widget: Widget) -> WidgetState | None:
        return self._in_form.get(widget.form, {}).get(widget.id) or self._values.get(widget.id)

    def _go(self, page: str, query: str = "") -> BackMsg:
        pages = self._screen.pages
        self.timers.clear()
        if page != pages.shown:
            self.address.leave(pages.path(page), query)
        message = BackMsg()
        self._begin(message)
        message.rerun_script.page_script_hash = page
        # Only widgets of the common frame (st.navigation) outlive a page.
        for drawn in self._screen.all():
            if drawn.script == pages.main and drawn.widget.id in self._values:
                message.rerun_script.widget_states.widgets.append(self._values[drawn.widget.id])
        return message

    def _ask(self, widget: Widget | None, trigger: WidgetState | None = None) -> BackMsg:
        message = BackMsg()
        self._begin(message)
        request = message.rerun_script
        request.page_script_hash = self._screen.pages.shown
        request.widget_states.widgets.extend(self._values.values())
        if trigger is not None:
            request.widget_states.widgets.append(trigger)
        if widget is not None and widget.fragment:
            request.fragment_id = widget.fragment
        return message

    def _begin(self, message: BackMsg) -> None:
        """What goes with every request: the address, and in newer versions what a browser is."""
        request = message.rerun_script
        request.query_string = self.address.query
        if "context_info" in request.DESCRIPTOR.fields_by_name:
            context = request.context_info
            context.timezone, context.timezone_offset = "UTC", 0
            context.locale, context.url = "en-US", self.address.url
            if "color_scheme" in context.DESCRIPTOR.fields_by_name:
                context.color_scheme = "light"


def _is_trigger(state: WidgetState) -> bool:
    return str(state.WhichOneof("value")).endswith("trigger_value")


def _wire_value(state: WidgetState) -> Any:
    field = state.WhichOneof("value")
    value = getattr(state, field) if field else None
    return list(value.data) if value is not None and hasattr(value, "data") else value


def _pushed(widget: Widget, value: Any) -> WidgetState:
    """A value that the script set, in wire form already but for its field."""
    state = WidgetState(id=widget.id)
    field = widget.field
    if field in ("int_array_value", "string_array_value", "double_array_value"):
        getattr(state, field).data.extend(value if isinstance(value, list) else [value])
    elif value is not None:
        if field == "int_value":
            value = int(value)
        elif field == "string_value":
            value = str(value)
        setattr(state, field, value)
    return state
