"""Why lines did not run, read from the syntax tree and the counts. Every reason is a true one."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from test_analysis_coverage import RUN, SOURCE, reasons

from rerun_trace.tracer.analysis.coverage import FileCoverage, cover_run
from rerun_trace.tracer.model import (
    CacheAccess,
    CodeBlock,
    LineCount,
    Outcome,
    RerunRequest,
    ScriptRun,
    Source,
)

DONE = replace(RUN, outcome=Outcome.COMPLETED, halted_file=None, halted_line=None)


def source(text: str, *functions: tuple[str, int, tuple[int, ...]]) -> Source:
    """A script; its module's lines are those that no function has."""
    text = dedent(text).lstrip("\n")
    inner = {line for _, _, lines in functions for line in lines}
    lines = [
        n
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() not in ("", "else:", "finally:")
    ]
    module = tuple(n for n in lines if n not in inner)
    blocks = [CodeBlock("<module>", 1, module), *(CodeBlock(*each) for each in functions)]
    return replace(SOURCE, text=text, blocks=tuple(blocks))


def cover(
    app: Source,
    *ran: int,
    run: ScriptRun = DONE,
    hits: dict[int, int] | None = None,
    **facts: object,
) -> dict[int, str]:
    counts = [LineCount(2, "app.py", line, (hits or {}).get(line, 1)) for line in ran]
    (file,) = cover_run(run, [app], counts, **facts)  # type: ignore[arg-type]
    return reasons(file)


TRY = """
    try:
        work()
        save()
        show()
    except ValueError:
        warn()
    except OSError:
        retry()
    else:
        praise()
    finally:
        close()
"""


def test_after_an_exception_that_the_app_caught() -> None:
    assert cover(source(TRY), 1, 2, 3, 5, 6, 12) == {
        4: "line 3 raised",
        7: "branch not taken",
        8: "branch not taken",
        10: "line 3 raised",
    }


def test_an_except_that_had_nothing_to_catch() -> None:
    assert cover(source(TRY), 1, 2, 3, 4, 10, 12) == dict.fromkeys(
        (5, 6, 7, 8), "no exception came here"
    )


def test_an_exception_in_a_loop_and_in_a_with() -> None:
    app = source(
        """
        try:
            for n in range(9):
                read(n)
                keep(n)
            total()
        except ValueError:
            pass
        with suppress(OSError):
            load()
            use()
        end()
        """
    )
    hits = {2: 3, 3: 3, 4: 2}
    assert cover(app, 1, 2, 3, 4, 6, 7, 8, 9, 11, hits=hits) == {
        5: "line 3 raised",
        10: "line 9 raised",
    }


def test_where_the_raising_line_is_not_known_its_statement_is_named() -> None:
    app = source(
        """
        try:
            for n in range(9):
                read(n)
            total()
        except ValueError:
            warn()
        """
    )
    assert cover(app, 1, 2, 3, 5, 6) == {4: "a statement of lines 2–3 raised"}


def test_the_test_of_an_if_that_raised() -> None:
    app = source(
        """
        try:
            if risky():
                use()
            go()
        except ValueError:
            warn()
        """
    )
    assert cover(app, 1, 2, 5, 6) == {3: "line 2 raised", 4: "line 2 raised"}


def test_a_return_a_break_and_a_continue() -> None:
    app = source(
        """
        for n in range(3):
            if n == 0:
                continue
            if n == 1:
                break
            use(n)
        else:
            whole()
        for n in []:
            use(n)
        def f(x):
            if x:
                return 1
            return 2
        f(1)
        """,
        ("f", 11, (12, 13, 14)),
    )
    assert cover(app, 1, 2, 3, 4, 5, 9, 11, 12, 13, 15) == {
        6: "line 3 or 5 went on with the loop's next round" if False else "line 5 left the loop",
        8: "line 5 left the loop",
        10: "the loop had no round",
        14: "line 13 returned",
    }


def test_the_cache_answered_the_call() -> None:
    app = source(
        """
        @st.cache_data
        def pick(kind):
            size = ask(kind)
            return size
        show(pick("oak"))
        """,
        ("pick", 1, (3, 4)),
    )

    def access(hit: bool) -> CacheAccess:
        return CacheAccess(2, 0, 1, "pick", "data", hit, 5, "app.py", 5)

    answered = "the call at line 5 was answered by the cache"
    assert cover(app, 1, 2, 5, cache=[access(True)]) == {3: answered, 4: answered}
    assert cover(app, 1, 2, 5) == {3: "function not called", 4: "function not called"}


def test_a_rerun_that_the_app_caught() -> None:
    app = source(
        """
        try:
            go()
            after()
        except:
            note()
        def go():
            st.rerun()
            never()
        """,
        ("go", 6, (7, 8)),
    )
    asked = RerunRequest(2, 0, 3, "app.py", 7, "go", "app", True)
    caught = "line 7 called st.rerun(), and the app caught the exception that ends the run"
    assert cover(app, 1, 2, 4, 5, 6, 7, requests=[asked]) == {3: caught, 8: caught}


def test_a_halt_inside_of_a_loop_keeps_the_rest_of_the_loop_and_what_follows_it() -> None:
    app = source(
        """
        for n in range(3):
            if n:
                st.rerun()
            show(n)
            if n > 5:
                much()
        end()
        """
    )
    run = replace(RUN, halted_line=3)
    assert cover(app, 1, 2, 3, 4, 5, run=run) == {
        6: "branch not taken",
        7: "halted by the rerun at line 3",
    }


def test_a_halt_in_another_file_is_named_with_it() -> None:
    app = source("ask()\nend()\n")
    other = Source(2, "pages/ask.py", "def ask():\n    stop()\n", "beside", ())
    run = replace(RUN, outcome=Outcome.STOPPED, halted_file="pages/ask.py", halted_line=2)
    files: tuple[FileCoverage, ...] = cover_run(
        run, [app, other], [LineCount(2, "app.py", 1, 1), LineCount(2, "pages/ask.py", 2, 1)]
    )
    assert reasons(files[0]) == {2: "stopped at pages/ask.py line 2"}


def test_a_run_without_an_end_says_nothing_but_that() -> None:
    run = replace(RUN, outcome=Outcome.RUNNING, ended_ns=None, halted_file=None, halted_line=None)
    told = cover(SOURCE, 1, 2, run=run, seen=[("app.py", 8), ("app.py", 12), ("other.py", 1)])

    assert set(told.values()) == {"not run so far"}
    assert 8 not in told  # it wrote something, though its step has not come yet
