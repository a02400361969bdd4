"""What exists on POSIX alone is used behind a branch for the others. Read off the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.first_row

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("rerun_trace", "tracer", "db", "web")
NAMES = {
    "os": (
        *("fork", "register_at_fork", "setsid", "setpgid", "getpgid", "killpg", "wait4"),
        *("setpriority", "getpriority", "geteuid", "getuid", "getgid", "chown", "fchown"),
        *("mkfifo", "fchmod", "umask", "symlink", "readlink", "uname", "set_blocking"),
    ),
    "signal": (
        *("SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGALRM"),
        *("pthread_sigmask", "sigwait", "setitimer", "alarm", "pause"),
    ),
    "select": ("poll", "epoll", "kqueue", "select"),  # among pipes
    "socket": ("AF_UNIX",),
}
POSIX_ALONE = {f"{module}.{name}" for module, names in NAMES.items() for name in names}
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "tty"}
ARGUMENTS = {"pass_fds", "preexec_fn", "start_new_session", "process_group"}


def sources() -> list[Path]:
    found: list[Path] = []
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            inside = path.relative_to(ROOT)
            linked = any((ROOT / part).is_symlink() for part in inside.parents)
            if not linked and "node_modules" not in inside.parts:
                found.append(path)
    return found


def uses(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Where something of POSIX alone is named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name in POSIX_ALONE:
                yield node, name
        elif isinstance(node, ast.Import):
            yield from ((node, each.name) for each in node.names if each.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield node, node.module or ""
        elif isinstance(node, ast.keyword) and node.arg in ARGUMENTS:
            yield node, f"{node.arg}="


def asks(test: ast.expr) -> bool:
    """Whether a condition asks for the platform, or for the name itself."""
    text = ast.unparse(test)
    return "sys.platform" in text or "os.name" in text or "hasattr(" in text


def is_guarded(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """In a branch of such a condition; after one that leaves; where a missing module is caught."""
    inner = node
    while (outer := parents.get(inner)) is not None:
        if isinstance(outer, ast.If | ast.IfExp) and asks(outer.test):
            return True
        if isinstance(outer, ast.Try) and inner in outer.body:
            caught = " ".join(ast.unparse(each.type) for each in outer.handlers if each.type)
            if "ImportError" in caught or "AttributeError" in caught:
                return True
        for body in (getattr(outer, "body", None), getattr(outer, "orelse", None)):
            if isinstance(body, list) and inner in body:
                for before in body[: body.index(inner)]:
                    leaves = isinstance(before, ast.If) and asks(before.test)
                    if leaves and isinstance(before.body[-1], ast.Return | ast.Raise):
                        return True
        inner = outer
    return False


def unguarded(text: str) -> list[str]:
    tree = ast.parse(text)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return [name for node, name in uses(tree) if not is_guarded(node, parents)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nos.fork()", ["os.fork"]),
        ("import fcntl", ["fcntl"]),
        ("Popen(x, pass_fds=(1,))", ["pass_fds="]),
        ("import sys\nif sys.platform != 'win32':\n    os.fork()", []),
        ("def f():\n    if sys.platform == 'win32':\n        return\n    os.fork()", []),
        ("def f():\n    if x:\n        return\n    os.fork()", ["os.fork"]),
        ("try:\n    import resource\nexcept ImportError:\n    resource = None", []),
        ("def f(a=signal.SIGHUP): ...", ["signal.SIGHUP"]),
    ],
)
def test_what_counts_as_a_branch(text: str, found: list[str]) -> None:
    assert unguarded(text) == found


def test_no_module_needs_what_exists_on_posix_alone() -> None:
    assert len(sources()) > 200
    found = {
        str(path.relative_to(ROOT)): names
        for path in sources()
        if (names := unguarded(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_text_is_read_and_written_in_one_encoding() -> None:
    """Windows' own is another one: each file is opened with an encoding, or as bytes."""
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            words = {each.arg for each in node.keywords}
            given = [each.value for each in node.args if isinstance(each, ast.Constant)]
            is_binary = any(isinstance(each, str) and "b" in each for each in given[-1:])
            opens = name in ("read_text", "write_text") or ast.unparse(node.func) in (
                "open",
                "os.fdopen",
            )
            if opens and "encoding" not in words and not is_binary:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert found == []
