"""All files that are made from the documents' forms, and the list of the findings' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ..tracer.documents import scenario
from ..tracer.words import outcomes, signs
from ..web.models import answers
from . import lesson_pages, tables, typescript
from .lessons import ROOT, lessons
from .schema import DOCUMENTS, schema, schema_text

PAGE, API = "docs/documents.md", "docs/web-api.md"
TYPES, WORDS = "web/frontend/api/documents.ts", "web/frontend/base/words.ts"

_HEAD = "// Made by `python -m rerun_trace.documents`: change the forms in Python.\n"


def made() -> dict[str, str]:
    """Path from the repository's top -> text, as it should be."""
    files = {f"docs/schemas/{each.file}.json": schema_text(each) for each in DOCUMENTS}
    answered = _definitions((*answers.ANSWERS.values(), *answers.PARTS))
    for (form, field), either in answers.EITHER.items():
        items = [{"$ref": f"#/$defs/{each.__name__}"} for each in either]
        answered[form]["properties"][field]["items"] = {"anyOf": items}
    for page, found in ((PAGE, _tables()), (API, {"answers": _answers(answered)})):
        text = (ROOT / page).read_text(encoding="utf-8")
        files[page] = tables.replaced(text, found)
    files[TYPES] = f"{_HEAD}\n{typescript.types(answered)}"
    files[WORDS] = f"{_HEAD}\n{typescript.constants(_words())}"
    files[lesson_pages.LIST] = lesson_pages.list_page(lessons())
    return files


def _words() -> dict[str, tuple[str, Any]]:
    return {
        "SYMBOLS": ("A run's outcome, told apart without its colour.", outcomes.SYMBOLS),
        "ENDED": ("How a run ended, without the place.", outcomes.ENDED),
        "NOWHERE": ("Outcomes that no statement brought about.", sorted(outcomes.NOWHERE)),
        "STATES": ("The state of a recording.", outcomes.STATES),
        "SIGNS": ("Signs in the source, in tables and on the timeline.", signs.SIGNS),
        "SOURCE": ("What the marks of a source line stand for.", signs.SOURCE),
        "FACTS": ("What the marks of tables stand for.", signs.FACTS),
        "FATES": ("What became of a write to the page, as tables say it.", signs.FATES),
        "LANES": ("The timeline's lanes.", signs.LANES),
        "LANE_MEANINGS": ("What is drawn in them.", signs.LANE_MEANINGS),
    }


def write_stale(files: Mapping[str, str]) -> None:
    """Writes the files that are not as they should be, and names them."""
    for name, text in files.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(name)


def _tables() -> dict[str, str]:
    definitions = {each.file: schema(each)["$defs"] for each in DOCUMENTS}
    verbs = [form.__name__ for form in scenario.STEPS.values()]
    steps = _definitions((scenario.Step, *scenario.STEPS.values()))
    every, each = {"Step": steps["Step"]}, scenario.Step.__struct_fields__
    return {
        "steps": f"{tables.table(every, 'Step')}\n{tables.table(steps, *verbs, without=each)}",
        "facts": tables.table(definitions["facts"], "Facts"),
        "comparison": tables.table(definitions["comparison"], "Comparison"),
    }


def _answers(definitions: Mapping[str, Any]) -> str:
    names = dict.fromkeys(form.__name__ for form in answers.ANSWERS.values())
    routes = (f"| `{route}` | {form.__name__} |" for route, form in answers.ANSWERS.items())
    head = ["| route | answers with |", "|---|---|", *routes, ""]
    return "\n".join(head) + "\n" + tables.table(definitions, *names)


def _definitions(forms: tuple[Any, ...]) -> dict[str, Any]:
    _, found = msgspec.json.schema_components(forms, ref_template="#/$defs/{name}")
    return found
