"""What the value of a name, a key or a widget came from, one step back at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...model import (
    CacheAccess,
    Callback,
    ContainerWrite,
    Interaction,
    InteractionKind,
    StateOp,
    StateWrite,
)
from ...words.sentences import interaction_sentence
from ..dependence import Link, Via, conditions_of, definition, frame_of_name, links
from ..ledger import last_drawn
from ..run import Run
from ..texts import value_words
from .chain import ChainLink
from .passing import is_constant, names_in, only_passed, passed_names
from .walk import Node

_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def back_from(run: Run, step: int, only: frozenset[str] | None = None) -> Iterator[Node]:
    """What the statement of a step used; `only`: of its names these, and no call's result."""
    yield from _of_widgets(run, step)
    found_links = links(run, step)
    passed = only_passed(run, step, {n.name for n in found_links if n.via is Via.RETURN})
    for link in found_links:
        if link.via is Via.STATE:
            yield of_key(run, link.name, step)
        elif link.via is Via.RETURN:
            if only is None:
                yield _of_return(run, link)
        elif link.name not in passed if only is None else link.name in only:
            found = _of_name(run, step, link)
            if found is not None:
                yield found
    if only is None:
        yield from _of_caches(run, step)


def why_it_ran(run: Run, step: int) -> Iterator[Node]:
    """The branches that a step stands in, innermost first, out through the calls; a callback."""
    while step:
        for link in conditions_of(run, step):
            yield of_condition(run, step, link.origin)
        frame = run.steps[step - 1].frame
        callback = callback_at(run, frame)
        if callback is not None:
            yield callback
        step = run.caller(frame)


def at(run: Run, step: int, text: str, value: str | None = None, end: bool = False) -> ChainLink:
    """A link at a step."""
    place = run.place(step)
    file, line = (place.file, place.line) if place else (None, None)
    return ChainLink(text, run.n, step, file, line, value, end)


def of_condition(run: Run, step: int, header: int) -> Node:
    """The header that let a step run."""
    statement, inner = run.statement(header), run.statement(step)
    line = run.steps[header - 1].line
    field = "body"
    for guard in inner.guards if inner else ():
        if guard.line == line:
            field = guard.field
    node = statement.node if statement else None
    program = run.program(header)
    if isinstance(node, ast.If | ast.While) and program is not None:
        truth = "true" if field == "body" else "false"
        test = program.segment(node.test)
        text = f"Line {run.steps[step - 1].line} ran because `{test}` was {truth}"
        value = truth
        known = ", ".join(f"`{n}` was {v}" for n, v in _values(run, header))
        text += f" ({known})." if known and not isinstance(node.test, ast.Name) else "."
    else:
        value = None
        text = f"Line {run.steps[step - 1].line} ran inside `{run.code(header)}`."
    return Node(
        at(run, header, text, value),
        ("condition", run.n, header),
        ("condition", run.n, run.place(header)),
        lambda: _of_header(run, header),
    )


def _of_header(run: Run, header: int) -> Iterator[Node]:
    for each in back_from(run, header):
        each.hidden = each.is_widget and not each.link.end  # the condition says it already
        yield each
    yield from why_it_ran(run, header)


def _values(run: Run, step: int) -> Iterator[tuple[str, str]]:
    for link in links(run, step):
        if link.via is Via.STATE or (link.via in (Via.NAME, Via.ARGUMENT) and _is_value(run, link)):
            absent = link.via is Via.STATE and link.value is None
            yield link.name, "not set" if absent else value_words(link.value)


def _is_value(run: Run, link: Link) -> bool:
    if link.value is None:
        return False
    statement = run.statement(link.origin) if link.origin else None
    return statement is None or not isinstance(statement.node, _DEFINING)


def callback_at(run: Run, frame: int) -> Node | None:
    """The callback whose own frame a frame is."""
    callback = _callback_of(run, frame)
    if callback is None:
        return None
    name = callback.function.rpartition(".")[2]
    of = f" of `{callback.label}`" if callback.label else ""
    text = f"`{name}` is the callback{of}: it ran before the script's body."
    return Node(
        ChainLink(text, run.n, callback.step, callback.file, callback.line),
        ("callback", run.n, frame),
        None,
        lambda: of_trigger(run),
    )


def _callback_of(run: Run, frame: int) -> Callback | None:
    found = run.frames.get(frame)
    if found is None or found.parent or found.function == "<module>":
        return None
    where = (run.history.files.get(found.file), found.function.rpartition(".")[2])
    for callback in run.callbacks:
        if (callback.file, callback.function.rpartition(".")[2]) == where:
            return callback
    return None


def of_trigger(run: Run) -> Iterator[Node]:
    """What made a run start: an interaction, or a rerun request and all that led to it."""
    before = run.history.runs.get(run.record.trigger)
    if run.record.trigger_type == "rerun" and before is not None:
        asked = [request for request in before.requests if request.allowed]
        if asked:
            request = asked[-1]
            step = before.step_of(request)
            what = "`st.switch_page`" if request.scope == "page" else "`st.rerun`"
            where = f"run {before.n}"
            text = f"{what} in {where} asked for run {run.n}."
            link = ChainLink(text, before.n, step, request.file, request.line)
            earlier = before
            yield Node(link, ("request", before.n), None, lambda: _of_request(earlier, step))
            return
        yield Node(ChainLink(f"Run {before.n} asked for run {run.n}.", before.n), ("asked", run.n))
        return
    interaction = run.interaction
    if interaction is not None:
        yield of_interaction(run, interaction)


def _of_request(run: Run, step: int) -> Iterator[Node]:
    found = list(why_it_ran(run, step)) if 0 < step <= len(run.steps) else []
    yield from found or of_trigger(run)


def of_interaction(run: Run, interaction: Interaction) -> Node:
    """What somebody did, or a timer."""
    text = f"{interaction_sentence(interaction)} (interaction {interaction.n})."
    newness = 0 if interaction.kind is InteractionKind.LOAD else interaction.n + 1
    change = next(iter(interaction.changes), None)
    value = None if change is None else str(change.new)
    link = ChainLink(text, run.n, 0, None, None, value, True)
    return Node(link, ("interaction", interaction.n), None, None, newness)


# Names


def _of_name(run: Run, step: int, link: Link) -> Node | None:
    if link.via is Via.ARGUMENT:
        return _of_argument(run, step, link)
    if not link.origin:
        given = _of_callback_argument(run, step, link.name)
        if given is not None:
            return given
        return None if link.value is not None else _of_earlier_run(run, step, link.name)
    return of_definition(run, link.origin, link.name, link.value)


def of_definition(run: Run, step: int, name: str, value: str | None) -> Node | None:
    """The statement that gave a name its value."""
    statement = run.statement(step)
    if statement is None or isinstance(statement.node, _DEFINING):
        return None
    if value is None and name not in statement.binds:
        return None  # a module, such as `st` in `st.session_state.x = 1`
    code, node = run.code(step), statement.node
    words = f"`{name}` was {value_words(value)}" if value is not None else f"`{name}` was set"
    constant = is_constant(node)
    if constant:
        text = f"{words}, a constant in the source: `{code}`."
    elif isinstance(node, ast.For | ast.AsyncFor):
        text = f"{words} in this round of `{code}`."
    elif name not in statement.binds:
        text = f"{words}, at least since `{code}` changed it in place."
    else:
        text = f"{words}: `{code}`."

    def further() -> Iterator[Node]:
        for each in back_from(run, step):
            # What somebody gave a widget says it already.
            each.hidden = isinstance(node, ast.Assign) and each.is_widget and not each.link.end
            yield each
        yield from why_it_ran(run, step)
        if name not in statement.binds and name not in statement.uses:
            frame = frame_of_name(run, step, name) or run.steps[step - 1].frame
            before = definition(run, step, frame, name)
            found = (
                of_definition(run, before, name, run.value(frame, name, step)) if before else None
            )
            if found is not None:
                yield found

    return Node(
        at(run, step, text, value, constant),
        ("name", run.n, step, name),
        ("name", run.n, run.place(step), name),
        further,
    )


def _of_argument(run: Run, step: int, link: Link) -> Node:
    frame = run.steps[step - 1].frame
    function = run.frames[frame].function
    words = f"`{link.name}` was {value_words(link.value)} in `{function}`"
    if not link.origin:
        callback = callback_at(run, frame)
        text = f"{words}: given with `args` or `kwargs` when its widget was drawn."
        return Node(
            at(run, step, text, link.value),
            ("argument", run.n, frame, link.name),
            None,
            lambda: [callback] if callback is not None else [],
        )
    names = passed_names(run, frame, link)
    return Node(
        at(run, link.origin, f"{words}: `{run.code(link.origin)}` passed it.", link.value),
        ("argument", run.n, frame, link.name),
        None,
        lambda: back_from(run, link.origin, names),
    )


def _of_callback_argument(run: Run, step: int, name: str) -> Node | None:
    """An argument of a callback: what `args` or `kwargs` held when its widget was drawn."""
    frame = run.steps[step - 1].frame
    found = run.frames[frame]
    callback = _callback_of(run, frame)
    if callback is None or name not in dict(callback.arguments):
        return None
    value = dict(callback.arguments)[name]
    drawn = _drawn_before(run, callback.widget_id)
    when = f" in run {drawn[0].n}" if drawn else ""
    text = (
        f"`{name}` was {value_words(value)} in `{found.function}`: `args` or `kwargs` held that "
        f"when the widget was drawn{when}."
    )
    link = at(*drawn, text, value) if drawn else at(run, step, text, value)
    return Node(link, ("argument", run.n, frame, name), None, lambda: _of_args(drawn))


def _drawn_before(run: Run, widget_id: str | None) -> tuple[Run, int] | None:
    """The newest drawing of a widget before a run, at its step."""
    found = last_drawn(run, widget_id) if widget_id else None
    if found is None:
        return None
    earlier = run.history.runs[found.run]
    step = earlier.step_of(found.write)
    return (earlier, step) if 0 < step <= len(earlier.steps) else None


def _of_args(drawn: tuple[Run, int] | None) -> Iterator[Node]:
    statement = drawn[0].statement(drawn[1]) if drawn else None
    for call in statement.call_nodes() if statement else ():
        for keyword in call.keywords:
            if keyword.arg in ("args", "kwargs") and drawn:
                names = names_in(keyword.value)
                yield from (n for n in back_from(*drawn, names) if not n.is_widget)


def _of_earlier_run(run: Run, step: int, name: str) -> Node | None:
    """A name of the script that a fragment or a callback found as an earlier run left it."""
    steps = run.steps[step - 1]
    earlier = run.previous
    tried = 0
    while earlier is not None and tried < 20:
        frame = earlier.module_frame
        if frame and earlier.frames[frame].file == steps.file:
            end = len(earlier.steps) + 1
            origin = definition(earlier, end, frame, name)
            value = earlier.value(frame, name, end)
            return of_definition(earlier, origin, name, value) if origin else None
        earlier, tried = earlier.previous, tried + 1
    return None


# Calls


def _of_return(run: Run, link: Link) -> Node:
    code = run.code(link.origin)
    text = f"`{link.name}` returned {value_words(link.value)}: `{code}`."
    return Node(
        at(run, link.origin, text, link.value),
        ("return", run.n, link.origin),
        ("return", run.n, run.place(link.origin)),
        lambda: back_from(run, link.origin),
    )


def _of_caches(run: Run, step: int) -> Iterator[Node]:
    for access in run.cache:
        if access.hit and run.step_of(access) == step:
            yield _of_hit(run, step, access)


def _of_hit(run: Run, step: int, access: CacheAccess) -> Node:
    name = access.function.rpartition(".")[2]
    made = _made(run, step, access)
    if made is None:
        text = f"`{name}` did not run: the cache had its result from before this recording."
        return Node(at(run, step, text, None, True), ("hit", run.n, step, name))
    earlier, link, sure = made
    maybe = "" if sure else "most likely "
    later = " then: the object is shared, and may have been changed since"
    later = later if access.cache == "resource" else ""
    text = (
        f"`{name}` did not run here: the cache answered with {maybe}what it returned in run "
        f"{earlier.n}, {value_words(link.value)}{later}."
    )
    return Node(
        at(earlier, link.origin, text, link.value),
        ("hit", run.n, step, name),
        None,
        lambda: back_from(earlier, link.origin),
    )


def _made(run: Run, step: int, access: CacheAccess) -> tuple[Run, Link, bool] | None:
    """Where a cached value was made; whether no other call can have made it."""
    found: list[tuple[Run, Link]] = []
    for number in range(run.n, 0, -1):
        earlier = run.history.runs.get(number)
        if earlier is None or len(found) > 20:
            continue
        for other in earlier.cache:
            same = (other.function, other.file) == (access.function, access.file)
            if not same or other.hit or other.at_ns > access.at_ns:
                continue
            for link in links(earlier, earlier.step_of(other)):
                if (
                    link.via is Via.RETURN
                    and link.name.rpartition(".")[2] == (access.function.rpartition(".")[2])
                ):
                    found.append((earlier, link))
    given = dict(_values(run, step))
    code = run.code(step)
    for earlier, link in found:
        call = earlier.caller(earlier.steps[link.origin - 1].frame)
        # The same statement with the same values of all names passed the same arguments.
        if call and (earlier.code(call), dict(_values(earlier, call))) == (code, given):
            return earlier, link, True
    return (*found[0], len(found) == 1) if found else None


# Widgets and session state


def widgets_at(run: Run, step: int) -> list[ContainerWrite]:
    """The widgets that the statement of a step drew."""
    place = run.place(step)
    return [
        write
        for write in run.writes
        if write.widget and (write.file, write.line) == place and run.step_of(write) == step
    ]


def _of_widgets(run: Run, step: int) -> Iterator[Node]:
    for write in widgets_at(run, step):
        yield of_widget(run, step, write)


def of_widget(run: Run, step: int, write: ContainerWrite) -> Node:
    """The value of a widget as a statement drew it."""
    kind = write.element.replace("_", " ")
    name = write.label or kind
    given = _given(run, write)
    if given is None:
        state = "was not clicked" if "button" in write.element else "had not been touched yet"
        text = f"`{name}` ({kind}) {state}: its value was {value_words(write.value)}."
    else:
        text = f"`{name}` ({kind}) had the value {value_words(write.value)}."
    key = (widget := run.history.widget(write)) and widget.key

    def further() -> Iterator[Node]:
        if given is not None:
            yield of_interaction(*given)
        elif key and run.history.last_write(run, key, step):
            yield of_key(run, key, step)

    link = at(run, step, text, write.value, given is None)
    return Node(link, ("widget", run.n, write.message), None, further)


def _given(run: Run, write: ContainerWrite) -> tuple[Run, Interaction] | None:
    """The interaction that gave a widget its value, and its run; None: nobody touched it."""
    button = "button" in write.element and "group" not in write.element
    if button:
        interaction = run.interaction
        pressed = write.value == "True" and interaction is not None
        return (run, interaction) if pressed and interaction is not None else None
    giver = run.history.giver(run, write.widget_id) if write.widget_id else None
    if giver is None or giver.interaction is None:
        return None
    return giver.first, giver.interaction


def of_key(run: Run, key: str, step: int) -> Node:
    """What gave a key of session state the value that it has as a step begins."""
    write = run.history.last_write(run, key, step)
    name = f"`st.session_state.{key}`"
    if write is None:
        text = f"{name} was not set: nothing had stored it so far in this app session."
        return Node(at(run, step, text, None, True), ("absent", run.n, step, key))
    return of_write(run, write)


def of_write(run: Run, write: StateWrite) -> Node:
    """A change of session state."""
    history = run.history
    then = history.runs[write.run]
    step = then.step_of(write)
    name, value = f"`st.session_state.{write.key}`", value_words(write.new)
    where = "in this run" if write.run == run.n else f"since run {write.run}"
    code = then.code(step) if write.line and 0 < step <= len(then.steps) else ""
    if write.op is StateOp.CLEANUP:
        text = f"{name} was gone {where}: Streamlit dropped it, as its widget was not drawn."
    elif write.op is StateOp.DELETE:
        text = f"{name} was gone {where}: `{code}` deleted it."
    elif write.op is StateOp.WIDGET:
        by = "drawing its widget" if write.line else "the browser"
        text = f"{name} was {value} {where}: {by} gave it that value."
    elif write.op is StateOp.IN_PLACE:
        text = f"{name} was {value} {where}: at least `{code}` changed it in place."
    else:
        text = f"{name} was {value} {where}" + (f": `{code}`." if code else ".")

    def further() -> Iterator[Node]:
        if write.line and 0 < step <= len(then.steps):
            yield from back_from(then, step)
            yield from list(why_it_ran(then, step)) or of_trigger(then)
        elif write.op is StateOp.WIDGET:
            yield from of_trigger(then)

    return Node(
        ChainLink(text, write.run, step, write.file, write.line, write.new),
        ("write", write.run, write.at_ns, write.key),
        ("write", write.run, write.file, write.line, write.key),
        further,
    )
