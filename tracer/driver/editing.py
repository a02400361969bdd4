"""What somebody did in a data editor so far: the front end sends all of it, each time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ScenarioError
from ..words.listing import listed, nearest

FIXED, DYNAMIC, ADD_ONLY, DELETE_ONLY = 1, 2, 3, 4


class Table:
    """Shape of the data in a `Dataframe` message: what the editor began with."""

    def __init__(self, message: Any) -> None:
        import pyarrow  # type: ignore[import-untyped]

        fields = message.DESCRIPTOR.fields_by_name
        data = message.arrow_data.data if "arrow_data" in fields else message.data
        table = pyarrow.ipc.open_stream(data).read_all()
        self.rows: int = table.num_rows
        self.columns = tuple(name for name in table.column_names if not _is_index(name))
        self.is_new = "arrow_data" in fields
        self._table = table

    def cell(self, row: int, column: str) -> Any:
        """The value of a cell, as Python has it. Raises ScenarioError when there is none."""
        if column not in self.columns or not 0 <= row < self.rows:
            raise ScenarioError(
                f"there is no cell {column!r} in row {row}: the table has {self.rows} rows and "
                f"the columns {listed(self.columns)}"
            )
        return self._table.column(column)[row].as_py()


def _is_index(name: str) -> bool:
    return name.startswith("__index_level_")


class Editing:
    """The edits of one data editor. Rows are numbered from 0 as in the data; added ones follow."""

    def __init__(self, table: Table, document: Mapping[str, Any] | None = None) -> None:
        document = document or {}
        self.table = table
        self.cells = {int(row): dict(c) for row, c in document.get("edited_rows", {}).items()}
        self.added: list[dict[str, Any]] = [dict(row) for row in document.get("added_rows", ())]
        self.deleted: list[int] = list(document.get("deleted_rows", ()))
        self.forgets = table.is_new  # a cell that is as it was is no edit, in newer versions

    def edit(
        self,
        mode: int,
        rows: Mapping[str, Mapping[str, Any]],
        added: Sequence[Mapping[str, Any]],
        deleted: Sequence[int],
    ) -> None:
        """Do what a person does next. Raises ScenarioError when the editor's `mode` forbids it."""
        if added and mode not in (DYNAMIC, ADD_ONLY):
            raise ScenarioError("no rows can be added: its num_rows is fixed or delete")
        if deleted and mode not in (DYNAMIC, DELETE_ONLY):
            raise ScenarioError("no rows can be deleted: its num_rows is fixed or add")
        count = self.table.rows
        for row, changed in ((int(row), changed) for row, changed in rows.items()):
            self._check_columns(changed)
            if row in self.deleted or row >= count + len(self.added):
                raise ScenarioError(
                    f"there is no row {row}: rows are numbered from 0, and there are "
                    f"{count + len(self.added)}, of which {len(self.deleted)} were deleted"
                )
            if row >= count:
                self.added[row - count].update(changed)
            else:
                self._change(row, changed)
        for new in added:
            self._check_columns(new)
            self.added.append(dict(new))
        for row in sorted(deleted, reverse=True):
            if row < 0 or row in self.deleted or row >= count + len(self.added):
                raise ScenarioError(f"there is no row {row} to delete")
            if row >= count:
                del self.added[row - count]
            else:
                self.deleted = sorted([*self.deleted, row])
                self.cells.pop(row, None)

    def _change(self, row: int, changed: Mapping[str, Any]) -> None:
        cells = self.cells.setdefault(row, {})
        for name, value in changed.items():
            if self.forgets and name != "_index" and self.table.cell(row, name) == value:
                cells.pop(name, None)
            else:
                cells[name] = value
        if not cells:
            del self.cells[row]

    def text(self) -> str:
        """As the front end sends it."""
        document = {
            "edited_rows": {str(row): cells for row, cells in sorted(self.cells.items())},
            "added_rows": self.added,
            "deleted_rows": self.deleted,
        }
        return json.dumps(document, separators=(",", ":"))

    def _check_columns(self, cells: Mapping[str, Any]) -> None:
        for name in cells:
            if name not in self.table.columns and name != "_index":
                meant = nearest(name, self.table.columns)
                raise ScenarioError(
                    f"there is no column {name!r}{meant}: there are {listed(self.table.columns)}"
                )
