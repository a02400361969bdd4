"""A run in a line: what it drew and changed, why the next one started, what waits. Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..analysis.coverage import Cause
from ..model import ContainerWrite, Outcome, StateWrite, TriggerType
from ..source.program import Program, Statement
from ..words import sentences as words
from ..words.elements import elements, is_lost
from ..words.ends import call_of
from ..words.names import kind_words
from .pieces import Piece, line_at, said
from .story import RunRecords, never_ran

_NAMED = 3  # elements, or keys, that are named; of more, the count is told
_MOST_VALUE = 24  # characters of a value
_MOST_LABEL = 32  # characters of a label
_MOST_WAITS = 6  # lines that wait for something

_TEXTS = frozenset({"markdown", "text", "caption"})
_TYPED = frozenset({"text_input", "text_area", "number_input", "chat_input"})
_SWITCHED = frozenset({"checkbox", "toggle"})
_PRESSED = frozenset({"button", "download_button", "form_submit_button"})


def brief(records: RunRecords) -> list[Piece]:
    """What a run did, in a line: `drew heading Title, then set value to 'Foo'`."""
    told = sorted(_parts(records), key=lambda part: part.step)
    pieces: list[Piece] = []
    for part in told:
        if pieces:
            pieces.append(said(", then "))
        pieces += part.pieces
    never = never_ran(records)
    if never:
        pieces += [said("; " if pieces else ""), *never[1:]]
    elif records.run.trigger_type is TriggerType.RERUN and records.run.outcome is Outcome.COMPLETED:
        again = sum(len(coverage.executed) for coverage in records.coverage)
        text = f"{words.count(again, 'statement')} ran once more"
        pieces.append(said(f"; {text}" if pieces else text))
    return pieces or [said("drew and changed nothing")]


def because(records: RunRecords) -> list[Piece]:
    """What made a run start after the one before it: `st.rerun() line 16`."""
    request = next((item for item in records.triggering if item.allowed), None)
    if records.run.trigger_type is not TriggerType.RERUN or request is None:
        return []
    where = line_at(request.file, request.line, request.step, records.run.script)
    return [said(f"{call_of(request.scope)} "), {**where, "run": records.run.trigger}]


@dataclass(frozen=True, slots=True)
class _Part:
    step: int
    pieces: list[Piece]


def _parts(records: RunRecords) -> Iterator[_Part]:
    for callback in records.callbacks:
        name = said(f"{callback.function}()", step=min(callback.step + 1, records.run.steps))
        yield _Part(callback.step, [said("ran "), name])
    written = elements(records.writes)
    if written:
        lost = sum(is_lost(records.fates.get(each.message)) for each in written)
        unseen = f"{lost} of them" if lost < len(written) else "that"
        told = [said(f" (the browser never saw {unseen})")] if lost else []
        yield _Part(written[0].step, [*_drawn(records, written), *told])
    changed = [w for w in records.state_writes if w.line is not None and w.old != w.new]
    if changed:
        yield _Part(changed[0].step, list(_changed(changed)))


def _drawn(records: RunRecords, written: Sequence[ContainerWrite]) -> list[Piece]:
    if len(written) <= _NAMED:
        return [said("drew "), *_listed([_name(write) for write in written])]
    every = said(words.count(len(written), "element"), step=written[0].step)
    if records.same is None:
        return [said("drew "), every]
    other = [write for write in written if write.message not in records.same]
    if not other:
        return [said("drew the same "), every, said(" again")]
    if len(other) == len(written):
        return [said("drew "), every]
    new = [_name(write) for write in other[:_NAMED]]
    more = len(other) - len(new)
    ending = [said(f" and {more} more")] if more > 0 else []
    listed = [each for name in new for each in (said(", "), name)][1:] if more else _listed(new)
    return [said("drew "), every, said(", new: "), *listed, *ending]


def _name(write: ContainerWrite) -> Piece:
    label = words.shorten(write.label.replace("`", ""), _MOST_LABEL)
    kind = kind_words(write.element)
    if label and kind in _TEXTS:
        return said(f"“{label}”", step=write.step)
    return said(f"{kind} {label}".rstrip(), step=write.step)


def _changed(writes: Sequence[StateWrite]) -> Iterator[Piece]:
    last: dict[str, StateWrite] = {}
    for write in writes:
        last[write.key] = write
    if len(last) > _NAMED:
        yield said(f"changed {words.count(len(last), 'key')} of session state", step=writes[0].step)
        return
    for number, write in enumerate(last.values()):
        if number:
            yield said(" and ")
        key = words.shorten(write.key, _MOST_LABEL)
        if write.new is None:
            yield said(f"removed {key}", step=write.step)
        else:
            yield said(f"set {key} to {words.shorten(write.new, _MOST_VALUE)}", step=write.step)


def _listed(names: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for number, name in enumerate(names):
        if number:
            found.append(said(" and " if number == len(names) - 1 else ", "))
        found.append(name)
    return found


# What waits


def waits(
    records: RunRecords, program_of: Callable[[int], Program | None]
) -> Iterator[tuple[str, list[Piece]]]:
    """The widget that lines wait for, and how: `Lines 15-17 wait for a click on Foo.`

    `program_of`: of a file, by its number.
    """
    widgets = [write for write in records.writes if write.widget_id and write.line]
    told = 0
    for coverage in records.coverage:
        program = program_of(coverage.file_no)
        if program is None:
            continue
        of_line = _widgets_of_lines([w for w in widgets if w.file == coverage.file])
        not_run = {item.line for item in coverage.not_run if item.cause is Cause.BRANCH}
        for header, lines in _suites(program, not_run):
            widget = _asked(program, header, of_line)
            if widget is not None and told < _MOST_WAITS:
                told += 1
                yield widget.label, _waiting(records, coverage.file, lines, widget)
        for statement, function in _callbacks(program):
            widget = of_line.get(statement.line)
            if widget is not None and told < _MOST_WAITS:
                told += 1
                line = next((n for n, _, name in program.functions if name == function), None)
                name = said(f"{function}()", file=coverage.file, line=line)
                text = f" waits for {_gesture(widget)}: it runs before the script does."
                yield widget.label, [name, said(text)]


def _waiting(
    records: RunRecords, file: str, lines: Sequence[int], widget: ContainerWrite
) -> list[Piece]:
    of = "" if file == records.run.script else f" of {file}"
    one = len(lines) == 1
    text = f"Line {lines[0]}{of}" if one else f"Lines {lines[0]}-{lines[-1]}{of}"
    verb = "waits" if one else "wait"
    return [said(text, file=file, line=lines[0]), said(f" {verb} for {_gesture(widget)}.")]


def _gesture(widget: ContainerWrite) -> str:
    name = words.shorten(widget.label, _MOST_LABEL) or f"the {kind_words(widget.element)}"
    if widget.element in _PRESSED:
        return f"a click on {name}"
    if widget.element in _SWITCHED:
        return f"{name} to be switched on"
    if widget.element in _TYPED:
        return f"an entry in {name}"
    return f"another choice in {name}"


def _widgets_of_lines(widgets: Iterable[ContainerWrite]) -> Mapping[int, ContainerWrite]:
    """The widget that a statement drew, by the statement's line; none where it drew several."""
    found: dict[int, list[ContainerWrite]] = {}
    for write in widgets:
        found.setdefault(write.line or 0, []).append(write)
    return {line: drawn[0] for line, drawn in found.items() if len(drawn) == 1}


def _suites(program: Program, not_run: set[int]) -> Iterator[tuple[Statement, list[int]]]:
    """The outermost suites of an `if` that did not run: header, and the lines of its body."""
    found: dict[int, list[int]] = {}
    for line in sorted(not_run):
        statement = program.at(line)
        for guard in statement.guards if statement else ():
            if guard.line not in not_run and isinstance(guard.node, ast.If):
                if guard.field == "body":
                    found.setdefault(guard.line, []).append(line)
                break
    for header, lines in found.items():
        statement = program.at(header)
        if statement is not None:
            yield statement, lines


def _asked(
    program: Program, header: Statement, of_line: Mapping[int, ContainerWrite]
) -> ContainerWrite | None:
    """The widget whose value a condition is: drawn there, or kept in a name that it tests."""
    if not isinstance(header.node, ast.If):
        return None
    test = header.node.test
    if isinstance(test, ast.Call):
        return of_line.get(header.line)
    if isinstance(test, ast.Name):
        binding = [s for s in program.statements.values() if test.id in s.binds]
        if len(binding) == 1:
            return of_line.get(binding[0].line)
    return None


def _callbacks(program: Program) -> Iterator[tuple[Statement, str]]:
    """The functions that are handed to a widget, with the statement that does."""
    names = {name for _, _, name in program.functions}
    for statement in program.statements.values():
        for call in statement.call_nodes():
            for given in call.keywords:
                value = given.value
                if given.arg in ("on_click", "on_change", "on_submit", "on_select") and (
                    isinstance(value, ast.Name) and value.id in names
                ):
                    yield statement, value.id
