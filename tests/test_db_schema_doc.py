"""docs/trace-format.md says what the tables are."""

from __future__ import annotations

from pathlib import Path

import pytest

from rerun_trace.db.schema import documentation as schema_doc
from rerun_trace.db.schema import models
from rerun_trace.db.schema.rows import table

pytestmark = pytest.mark.first_row

PAGE = Path(__file__).parent.parent / "docs" / "trace-format.md"


def test_the_committed_page_is_the_generated_one() -> None:
    regenerate = "python -m rerun_trace.db.schema.documentation > docs/trace-format.md"
    assert PAGE.read_text(encoding="utf-8") == schema_doc.page(), regenerate


def test_every_table_and_column_is_explained() -> None:
    for row_class in models.Base.__subclasses__():
        assert row_class.__doc__
        assert f"### {row_class.__tablename__}\n" in schema_doc.page()
        for column in table(row_class).columns:
            assert column.doc, f"{row_class.__tablename__}.{column.name}"
