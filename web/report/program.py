"""The program in a report: the pages' own scripts, and Graphviz."""

from __future__ import annotations

import functools
import lzma
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import resources

from rerun_trace.web.report.packing import Part, encode, part

# Python and `frontend/report/lzma.ts` agree on these. They suit WebAssembly.
LC, LP, PB = 3, 0, 0


def static(name: str) -> str:
    """One of the pages' own files."""
    place = resources.files("rerun_trace.web") / "static" / name
    return place.read_bytes().decode()


def program(is_compared: bool) -> list[Part]:
    """The front end, and Graphviz with the worker that it runs in."""
    pages = static("report-compared.js" if is_compared else "report.js")
    return [part("program", pages), part("worker", static("report-worker.js")), graphviz()]


def program_soon(is_compared: bool) -> Future[list[Part]]:
    """The same, packed on a thread meanwhile: that takes about a second, and holds nobody up."""
    thread = ThreadPoolExecutor(1)
    parts = thread.submit(program, is_compared)
    thread.shutdown(wait=False)
    return parts


@functools.cache  # a folder of reports has it in each
def graphviz() -> Part:
    """Graphviz as tightly as it can be packed: it is most of a small report.

    The file is a module with WebAssembly in a text, one character a byte. It becomes a script that
    puts its exports into `self.viz`, for `frontend/report/worker.ts`.
    """
    text = static("vendor/viz.js").replace("import.meta.url", '""')
    module, found, exported = text.rpartition("export {")
    if not found:
        raise ValueError("viz.js exports nothing")
    data = f"{module}self.viz = {{{exported}".encode("latin-1")
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[_filter()])
    return Part("graphviz", encode(packed), len(data), len(packed))


def _filter() -> dict[str, int]:
    preset = 9 | lzma.PRESET_EXTREME
    shape = {"dict_size": 1 << 21, "lc": LC, "lp": LP, "pb": PB}
    return {"id": lzma.FILTER_LZMA1, "preset": preset, **shape}


def notices() -> list[tuple[str, str]]:
    """The licences of what is in the program: name and text."""
    return [
        ("Viz.js, with Graphviz and Expat", static("vendor/viz.LICENSE")),
        ("Preact", static("vendor/preact.LICENSE")),
        ("Preact Signals", static("vendor/signals.LICENSE")),
        ("pbf", static("vendor/pbf.LICENSE")),
    ]
