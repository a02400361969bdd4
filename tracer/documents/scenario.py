"""The scenario: interactions that can be played again, as TOML or JSON holds them.

A step is told apart by its verb, the one field that only it has; see `STEPS`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from .form import Form, about

_Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Name: TypeAlias = (
    Annotated[str, about("a widget's label, key or place", min_length=1)]
    | Annotated[dict[str, _Text], about("such a name for each variant", min_length=1)]
)
_DAY = 86_400_000  # ms
_MOST = 2**31 - 1
Row: TypeAlias = Annotated[int, about("from 0", ge=0, le=_MOST)]
_Cells: TypeAlias = dict[str, Any]


class File(Form):
    """A file of an upload: a path, or a name with its contents."""

    path: Annotated[str | UnsetType, about("relative to the scenario's file")] = UNSET
    name: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    base64: str | UnsetType = UNSET
    type: Annotated[str | UnsetType, about("of its contents, if its name does not say it")] = UNSET


_File: TypeAlias = Annotated[str, about("a path")] | File


class Step(Form):
    """What goes with every step."""

    no_wait: Annotated[bool, about("send the next step without waiting until the app is idle")] = (
        False
    )
    tab: Annotated[
        int,
        about("in which tab of the browser; it is opened when it is named first", ge=1, le=100),
    ] = 1


class Click(Step, kw_only=True):
    """Click a button, a link, or a button in a data frame."""

    click: Name
    row: Annotated[Row | UnsetType, about("of the button in a data frame")] = UNSET
    column: _Text | UnsetType = UNSET
    label: Annotated[_Text | UnsetType, about("where a cell has several buttons")] = UNSET


class Set(Step, kw_only=True):
    """What a person types or picks, in one of several ways."""

    set: Name
    value: Annotated[
        Any,
        about(
            "everything but uploads, as a person reads it: a label of an option (a list for "
            "several), a number, a text, `true`, a date such as `2025-03-01`. A tab by its label; "
            "`true` opens an expander or popover; a component takes a table of its values"
        ),
    ] = UNSET
    option: Annotated[
        Row | list[Row] | UnsetType, about("what has options: the position from 0, or several")
    ] = UNSET
    days_from_now: Annotated[
        int | list[int] | UnsetType, about("dates: a number of days, or two for a range")
    ] = UNSET
    files: Annotated[
        list[_File] | UnsetType,
        about(
            "uploads, camera, audio, chat. Several are added to those that are there; `[]` takes "
            "all away"
        ),
    ] = UNSET
    audio: Annotated[_File | UnsetType, about("chat: one such file")] = UNSET
    event: Annotated[
        _Text | UnsetType,
        about("a component of the second kind: the trigger that it sends, with `value`"),
    ] = UNSET


class Submit(Step, kw_only=True):
    """Press a form's submit button."""

    submit: Name


class Edit(Step, kw_only=True):
    """Go on changing a data editor. Rows are numbered as in the data; added ones follow."""

    edit: Name
    rows: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[0-9]+$")], _Cells] | None,
        about('cells by row, such as `{"0" = {name = "Ann"}}`'),
    ] = None
    added: Annotated[list[_Cells] | None, about('rows, such as `[{name = "Ann"}]`')] = None
    deleted: Annotated[list[int] | None, about("numbers of rows")] = None


class Select(Step, kw_only=True):
    """Select in a data frame or a chart; with nothing beside it: select nothing."""

    select: Name
    rows: Annotated[list[Any] | UnsetType, about("of a data frame")] = UNSET
    columns: Annotated[list[Any] | UnsetType, about("of a data frame")] = UNSET
    cells: Annotated[list[Any] | UnsetType, about('such as `[[0, "name"]]`')] = UNSET
    points: Annotated[
        list[Any] | UnsetType, about("of a Plotly chart: numbers, or `[trace, number]`")
    ] = UNSET
    value: Annotated[Any, about("of any chart, in Streamlit's own form")] = UNSET


class Page(Step, kw_only=True):
    """Go to a page of the app, by its title or its path in the address."""

    page: Name


_TRUE = Meta(extra_json_schema={"const": True})


class Rerun(Step, kw_only=True):
    """Run the script again, as the R key does: not while it runs."""

    rerun: Annotated[bool, _TRUE]


class Stop(Step, kw_only=True):
    """Stop the script, as the menu does: only while it runs."""

    stop: Annotated[bool, _TRUE]


class Dismiss(Step, kw_only=True):
    """Close the dialog that is open, as its cross does."""

    dismiss: Annotated[bool, _TRUE]


class Reload(Step, kw_only=True):
    """Load the address again: another app session, the same query."""

    reload: Annotated[bool, _TRUE]


class Wait(Step, kw_only=True):
    """Let time pass; the timers of fragments fire meanwhile."""

    wait_ms: Annotated[int, Meta(ge=0, le=_DAY)] | Annotated[float, Meta(ge=0, le=_DAY)]


AnyStep: TypeAlias = (
    Click | Set | Submit | Edit | Select | Page | Rerun | Stop | Dismiss | Reload | Wait
)
STEPS: dict[str, type[Step]] = {
    "click": Click,
    "set": Set,
    "submit": Submit,
    "edit": Edit,
    "select": Select,
    "page": Page,
    "rerun": Rerun,
    "stop": Stop,
    "dismiss": Dismiss,
    "reload": Reload,
    "wait_ms": Wait,
}


class Scenario(Form):
    """What is done after the page was loaded, which is always interaction 0."""

    steps: list[dict[str, Any]]
    query: Annotated[
        str, about("what stands behind the question mark of the address that is loaded")
    ] = ""
