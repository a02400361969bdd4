"""The documentation names what there is: every command, option, route, file and step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from frontend import source_files

from rerun_trace.cli import cli
from rerun_trace.commands.findings import lesson_of
from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.capture.budget import Budget
from rerun_trace.tracer.driver.scenario import VERBS
from rerun_trace.tracer.explain.kinds import all_kinds
from rerun_trace.tracer.model import Outcome
from rerun_trace.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]
LESSONS = sorted((DOCS / "findings").glob("*.md"))
PARTS = ("tracer", "db", "web", "rerun_trace")
CONTEXT = click.Context(cli)
COMMANDS = cli.list_commands(CONTEXT)

PLACE = re.compile(r"`((?:tracer|db|web|rerun_trace|samples|tests|docs)/[\w./-]*)(?::([\w.]+))?`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading of the second level; empty when there is none."""
    parts = re.split(r"^## (.+)$", text_of(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(heading, "")


def places(page: str = "docs/how-it-works.md") -> Iterator[tuple[str, str]]:
    """What a page points at: (file or folder, name in it or nothing)."""
    yield from PLACE.findall(text_of(page))


def names_in(path: Path) -> set[str]:
    """Functions, classes, their methods, and variables of a Python file, as `Class.method`."""

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield prefix + node.name
                if isinstance(node, ast.ClassDef):
                    yield from walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (prefix + each.id for each in targets if isinstance(each, ast.Name))

    return set(walk(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def needs_mention(path: Path) -> bool:
    """Every file of Python code; an `__init__` with nothing but its docstring is none.

    The kinds of findings are told of where they are listed, a page each.
    """
    if path.parent.name == "kinds" and path.name != "__init__.py":
        return False
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return path.name != "__init__.py" or len(body) > 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    written = "rerun-trace app.py" if name == "run" else f"rerun-trace {name}"
    assert re.search(rf"{re.escape(written)}\b", text_of("README.md"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_table_of_its_command(name: str) -> None:
    command = cli.get_command(CONTEXT, name)
    assert command is not None
    options = [
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    ]
    rows = re.findall(r"^\| `(--[\w-]+)`", section("docs/commands.md", f"rerun-trace {name}"), re.M)
    assert sorted(rows) == sorted(options)


def test_every_route_of_the_api_is_documented(tmp_path: Path) -> None:
    with TraceStore.open(tmp_path / "recordings.sqlite") as store:
        rules = [rule.rule for rule in create_app(store).url_map.iter_rules()]
    routes = {re.sub(r"<\w+:", "<", rule) for rule in rules if rule.startswith("/api/")}
    assert routes
    headings = re.findall(r"^## (/api/\S+)$", text_of("docs/web-api.md"), re.M)
    assert sorted(headings) == sorted(routes)


def test_every_verb_of_a_scenario_is_documented() -> None:
    fields = re.findall(r"^\| `(\w+)` \|", section("docs/documents.md", "Scenario"), re.M)
    assert set(VERBS) <= set(fields)


def test_every_outcome_is_documented() -> None:
    facts = section("docs/documents.md", "Facts")
    assert [outcome for outcome in Outcome if f"`{outcome}`" not in facts] == []


def test_the_budget_is_told_as_it_is() -> None:
    text, budget = section("docs/how-it-works.md", "Budgets"), Budget()
    assert f"exactly {budget.line_hits} times" in text
    assert f"calls of one function: {budget.calls} " in text
    assert f"{budget.run_steps:,} steps" in text
    assert f"{budget.chain_runs} runs in full" in text
    assert f"over {budget.message_bytes // 10**6} MB" in text


@pytest.mark.parametrize("page", ["docs/how-it-works.md", "CONTRIBUTING.md"])
def test_every_place_exists(page: str) -> None:
    missing = []
    for path, name in places(page):
        target = ROOT / path
        if not target.exists() or (name and name not in names_in(target)):
            missing.append(f"{path}:{name}".rstrip(":"))
    assert missing == []


def test_contributing_answers_the_six_questions_with_places() -> None:
    rows = re.findall(r"^\| (.+\?) \| (.+) \|$", section("CONTRIBUTING.md", "Six places"), re.M)
    assert len(rows) == 6
    assert [question for question, places_ in rows if not PLACE.search(places_)] == []


@pytest.mark.parametrize("part", PARTS)
def test_every_file_of_ours_is_in_how_it_works(part: str) -> None:
    mentioned = {path for path, _ in places()}
    files = [
        path
        for path in (ROOT / part).rglob("*.py")
        if not any(parent.is_symlink() for parent in path.parents) and needs_mention(path)
    ]
    assert files
    if part == "web":
        files += source_files()
    assert {path.relative_to(ROOT).as_posix() for path in files} - mentioned == set()


@pytest.mark.parametrize("page", [*PAGES, *LESSONS], ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_reached_from_the_readme(page: Path) -> None:
    path = page.relative_to(ROOT).as_posix()
    assert path == "README.md" or f"({path}" in text_of("README.md")


def test_the_terminal_says_where_a_kind_s_page_is() -> None:
    for kind, _ in all_kinds().values():
        where = lesson_of(kind)
        assert where.endswith(f"docs/findings/{kind.name}.md")
        assert (DOCS / "findings" / f"{kind.name}.md").exists()
        (urls,) = re.findall(r"(?s)\[project\.urls\](.*?)\n\n", text_of("pyproject.toml"))
        assert where.startswith("docs/") or where.partition("/docs/")[0] in urls


def test_every_lesson_is_reached_from_their_list() -> None:
    listed = text_of("docs/findings/README.md")
    left = [page.name for page in LESSONS if f"({page.name})" not in listed]
    assert left == ["README.md"]
    assert "(docs/findings/README.md)" in text_of("README.md")
