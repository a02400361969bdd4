"""Looks into Streamlit's `SessionState` without asking it: that could deserialize, or raise."""

from __future__ import annotations

from typing import Any, Final

from .frames import context_here

ABSENT: Final = object()
"""What is no value: the key is not there."""

_INTERNAL_KEYS: Final = ("$$", "FormSubmitter:")  # how keys begin that Streamlit makes for itself


def is_internal(key: object) -> bool:
    """Whether a session-state key is Streamlit's own: also that of a widget without a key."""
    return type(key) is str and key.startswith(_INTERNAL_KEYS)


def session_state_here() -> Any:
    """The SessionState of the present thread's app session, or None."""
    context = context_here()
    return context.session_state._state if context is not None else None


def keys_of_widgets(state: Any) -> list[tuple[str, str]]:
    """Ids and keys of all widgets that have a key."""
    return list(state._key_id_mapper._id_key_mapping.items())


def key_of_widget(state: Any, widget_id: str) -> str | None:
    """The key of the widget with this id."""
    key: str | None = state._key_id_mapper._id_key_mapping.get(widget_id)
    return key


def widget_value(state: Any, widget_id: str) -> Any:
    """The value of a widget, or ABSENT."""
    held = state._new_widget_state.states.get(widget_id)
    if held is not None:
        return _value_in(held)
    return state._old_state.get(widget_id, ABSENT)


def _value_in(held: Any) -> Any:
    """As the browser sent it, it is none, until Streamlit reads it with its widget's help."""
    return ABSENT if type(held).__name__ == "Serialized" else held.value


def is_held(state: Any, widget_id: str) -> bool:
    """Whether there is a value of the widget with this id."""
    return widget_id in state._old_state or widget_id in state._new_widget_state.states


def is_there(state: Any, key: str) -> bool:
    """Whether a key maps to anything: a value of its own, or that of a widget."""
    widget_id = state._key_id_mapper._key_id_mapping.get(key)
    return (
        key in state._new_session_state
        or key in state._old_state
        or (widget_id is not None and is_held(state, widget_id))
    )


def held_value(state: Any, key: str) -> Any:
    """A key's value, or ABSENT."""
    if key in state._new_session_state:
        return state._new_session_state[key]
    widget_id = state._key_id_mapper._key_id_mapping.get(key)
    if widget_id is not None:
        held = state._new_widget_state.states.get(widget_id)
        if held is not None:
            return _value_in(held)
    for name in (widget_id, key):
        if name is not None and name in state._old_state:
            return state._old_state[name]
    return ABSENT
