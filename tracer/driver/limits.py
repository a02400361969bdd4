"""What the front end lets a person enter: ranges, lengths, options, dates; in its own forms.

The limits are in the message that drew the widget. What cannot be entered in a browser is an error
that says why; a date is accepted in several forms, and comes back in the one that is sent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ScenarioError
from ..probes.widget import Widget
from ..probes.widgets import group_options
from ..words.listing import listed, nearest

_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d")
_TIME_FORMS = ("%H:%M", "%H:%M:%S")
_MOMENT_FORMS = (
    *("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"),
    *("%Y/%m/%d, %H:%M", "%Y/%m/%d, %H:%M:%S", *_DATE_FORMS),
)
_NEAR = 1e-9


class _Refused(ValueError):
    """Why a value cannot be entered, as the end of a sentence."""


def admitted(widget: Widget, message: Any, value: Any) -> Any:
    """The value as it is sent. `message` is the widget's own, such as a `NumberInput`.

    Raises ScenarioError when the front end would not take it.
    """
    check = _CHECKS.get(widget.element)
    if check is None:
        return value
    try:
        return check(message, value)
    except _Refused as error:
        raise ScenarioError(f"{widget.called} {error}") from None
    except (TypeError, ValueError):
        raise ScenarioError(f"{widget.called} cannot take {value!r}") from None


def value_of_words(widget: Widget, message: Any, words: Mapping[str, Any], value: Any) -> Any:
    """The value that a step says, by itself, by position or relative to today."""
    if "option" in words:
        if not widget.options:
            raise ScenarioError(f"{widget.called} has no options to choose from by position")
        return _each(words["option"], lambda n: _option_at(widget, n))
    if "days_from_now" in words:
        if widget.element not in ("date_input", "date_time_input", "slider"):
            raise ScenarioError(f"{widget.called} takes no date")
        today = dt.datetime.combine(dt.date.today(), dt.time())
        form = "%Y-%m-%dT%H:%M" if widget.element == "date_time_input" else "%Y-%m-%d"
        return _each(
            words["days_from_now"], lambda n: (today + dt.timedelta(days=n)).strftime(form)
        )
    return value


def check_required(widget: Widget, message: Any, value: Any) -> None:
    """Raises ScenarioError when a form is not sent because this widget of it is still empty."""
    if getattr(message, "required", False) and value in (None, "", []):
        raise ScenarioError(f"{widget.called} is required: the form is not sent while it is empty")


def _each(said: Any, make: Callable[[int], Any]) -> Any:
    return [make(n) for n in said] if isinstance(said, list) else make(said)


def _option_at(widget: Widget, position: int) -> str:
    if position >= len(widget.options):
        raise ScenarioError(
            f"{widget.called} has {len(widget.options)} options: "
            f"option takes 0 to {len(widget.options) - 1}, not {position}"
        )
    return widget.options[position]


def _text(message: Any, value: Any) -> Any:
    if value is None:
        return value
    text = value if isinstance(value, str) else str(value)
    if message.max_chars and len(text) > message.max_chars:
        raise _Refused(f"takes at most {message.max_chars} characters, not {len(text)}")
    pattern = getattr(message, "validate_regex", "")
    if pattern and text and not _matches(pattern, text):
        raise _Refused(getattr(message, "validate_message", "") or f"takes what fits {pattern}")
    return text


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:  # JavaScript knows forms that Python does not
        return True


def _number(message: Any, value: Any) -> Any:
    if value is None:  # an emptied field goes back to its default
        return message.default if message.HasField("default") else None
    number = float(value)
    if message.data_type == 0 and number != int(number):
        raise _Refused(f"takes whole numbers, not {value}")
    low = message.min if message.has_min else None
    high = message.max if message.has_max else None
    _in_range(number, low, high, value)
    return number


def _in_range(number: Any, low: Any, high: Any, said: Any, show: Any = "{:g}".format) -> None:
    below, above = low is not None and number < low, high is not None and number > high
    if not below and not above:
        return
    if low is not None and high is not None:
        raise _Refused(f"takes values from {show(low)} to {show(high)}, not {said}")
    limit = f"{show(low)} or more" if below else f"{show(high)} or less"
    raise _Refused(f"takes {limit}, not {said}")


def _slide(message: Any, value: Any) -> Any:
    values = list(value) if isinstance(value, list | tuple) else [value]
    thumbs = len(message.default)
    if len(values) != thumbs:
        takes = "one value" if thumbs == 1 else "two values, as a list"
        raise _Refused(f"takes {takes}, not {value!r}")
    if message.options:
        _known(values, tuple(message.options))
        places: list[float] = [list(message.options).index(str(v)) for v in values]
    else:
        places = [_place(message, v) for v in values]
    if places != sorted(places):
        raise _Refused(f"takes the lower value first, not {value!r}")
    return value


def _place(message: Any, said: Any) -> float:
    """Where a value lies on the slider. Dates and times are kept as microseconds."""
    kind = ("", "", "datetime", "date", "time")[message.data_type]
    place = microseconds(said, kind) if kind else float(said)
    show: Any = "{:g}".format
    if kind:

        def show(number: float) -> str:
            moment = dt.datetime.fromtimestamp(number / 1e6, dt.UTC).replace(tzinfo=None)
            return str(
                moment.time() if kind == "time" else moment.date() if kind == "date" else moment
            )

    _in_range(place, message.min, message.max, said, show)
    steps = (place - message.min) / message.step if message.step else 0.0
    off = abs(steps - round(steps)) > 1e-6 * max(1.0, abs(steps))
    if off and abs(place - message.max) > _NEAR * max(1.0, abs(message.max)):
        close = min(message.max, message.min + round(steps) * message.step)
        raise _Refused(f"goes in steps: {show(close)} is the nearest to {said}")
    return place


def microseconds(said: Any, kind: str) -> float:
    """A date, time or moment as a slider keeps it. Raises ValueError."""
    text = str(said)
    moment = dt.datetime.fromisoformat(f"2000-01-01T{text}" if kind == "time" else text)
    return moment.replace(tzinfo=dt.UTC).timestamp() * 1e6


def _choice(message: Any, value: Any) -> Any:
    if value is None:
        if message.HasField("default"):
            raise _Refused("cannot be emptied: its index is not None")
        if getattr(message, "required", False):
            raise _Refused("is required: it cannot be emptied")
        return None
    if not getattr(message, "accept_new_options", False):
        _known([value], tuple(message.options))
    return str(value)


def _choices(message: Any, value: Any) -> Any:
    values = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if not getattr(message, "accept_new_options", False):
        _known(values, tuple(message.options))
    if message.max_selections and len(values) > message.max_selections:
        raise _Refused(f"takes at most {message.max_selections} of its options, not {len(values)}")
    if len(set(map(str, values))) < len(values):
        raise _Refused(f"takes each option once, not {value!r}")
    return [str(v) for v in values]


def _pressed(message: Any, value: Any) -> Any:
    if type(value) is int and getattr(message, "style", 0) == 2:  # older versions' feedback
        if not 0 <= value < len(message.options):
            raise _Refused(f"takes 0 to {len(message.options) - 1}, not {value}")
        return [value if len(message.options) > 2 else 1 - value]  # thumbs up come first
    values = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if message.click_mode == 0 and len(values) > 1:
        raise _Refused(f"takes one of its options, not {len(values)}")
    if getattr(message, "required", False) and not values and message.click_mode == 0:
        raise _Refused("is required: one of its options is always chosen")
    options = group_options(message)
    plain = {option.content: sent for option, sent in zip(message.options, options, strict=True)}
    values = [plain.get(str(v), str(v)) for v in values]
    _known(values, options)
    return values


def _known(values: Sequence[Any], options: Sequence[str]) -> None:
    for value in values:
        if str(value) not in options:
            meant = nearest(str(value), options) if options else ""
            raise _Refused(
                f"has no option {value!r}{meant}: choose one of {listed(options) or 'none'}"
            )


def _day(message: Any, value: Any) -> Any:
    values = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if len(values) > (2 if message.is_range else 1):
        raise _Refused(f"takes {'two dates at most' if message.is_range else 'one date'}")
    if not values and len(message.default):  # emptied: back to the default
        return list(message.default)
    form = "%Y-%m-%d" if "-" in message.min else "%Y/%m/%d"
    days = [_parsed(v, _DATE_FORMS).date() for v in values]
    low = _parsed(message.min, _DATE_FORMS).date() if message.min else None
    high = _parsed(message.max, _DATE_FORMS).date() if message.max else None
    for day in days:
        _in_range(day, low, high, day, str)
    if days != sorted(days):
        raise _Refused("takes the earlier date first")
    return [_written(dt.datetime.combine(day, dt.time()), form) for day in days]


def _moment(message: Any, value: Any) -> Any:
    values = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if len(values) > 1:
        raise _Refused("takes one date with its time")
    if not values and len(message.default):
        return list(message.default)
    form = "%Y-%m-%dT%H:%M" if "-" in message.min else "%Y/%m/%d, %H:%M"
    moments = [_parsed(v, _MOMENT_FORMS) for v in values]
    low = _parsed(message.min, _MOMENT_FORMS) if message.min else None
    high = _parsed(message.max, _MOMENT_FORMS) if message.max else None
    for moment in moments:
        _in_range(moment, low, high, moment, str)
    return [_written(moment, form) for moment in moments]


def _time(message: Any, value: Any) -> Any:
    if value is None:
        return message.default if message.HasField("default") else None
    return _written(_parsed(value, _TIME_FORMS), _TIME_FORMS[message.step % 60 != 0])


def _parsed(said: Any, forms: Sequence[str]) -> dt.datetime:
    for form in forms:
        try:
            return dt.datetime.strptime(str(said), form)
        except ValueError:
            continue
    example = dt.datetime(2025, 3, 1, 9, 30).strftime(forms[0])
    raise _Refused(f"takes a value such as {example}, not {said!r}")


def _written(moment: dt.datetime, form: str) -> str:
    """`strftime` writes years before 1000 with fewer than four digits."""
    return moment.strftime(form.replace("%Y", f"{moment.year:04d}"))


def _colour(message: Any, value: Any) -> Any:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(value)):
        raise _Refused(f"takes a colour such as #00ff7f, not {value!r}")
    return str(value).lower()


def _rating(message: Any, value: Any) -> Any:
    most = 1 if message.type == 0 else 4
    if value is None:
        return None
    if isinstance(value, bool) or not 0 <= int(value) <= most:
        raise _Refused(f"takes 0 to {most}, not {value!r}")
    return str(int(value))


def _page(message: Any, value: Any) -> Any:
    if isinstance(value, bool) or not 1 <= int(value) <= message.num_pages:
        raise _Refused(f"takes 1 to {message.num_pages}, not {value!r}")
    return int(value)


def _said(message: Any, value: Any) -> Any:
    text = "" if value is None else str(value)
    if message.max_chars and len(text) > message.max_chars:
        raise _Refused(f"takes at most {message.max_chars} characters, not {len(text)}")
    return text


_CHECKS: dict[str, Callable[[Any, Any], Any]] = {
    "text_input": _text,
    "text_area": _text,
    "number_input": _number,
    "slider": _slide,
    "selectbox": _choice,
    "radio": _choice,
    "multiselect": _choices,
    "button_group": _pressed,
    "date_input": _day,
    "date_time_input": _moment,
    "time_input": _time,
    "color_picker": _colour,
    "feedback": _rating,
    "pagination": _page,
    "chat_input": _said,
}
