"""The heavy parts of Streamlit's front end, and which of them a recording needs.

Most of the front end's bytes are libraries that few apps use. A part is found by the name that it
gives to what it draws (Streamlit's test ids, the same in every version), whatever its file is
called; what only leads to that file goes with it. A part that is not known stays in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """Something that is drawn with files of its own.

    `marker` is in the file that draws it. It is needed where a page has an element whose kind has
    one of `kinds` in its name, or a page message that holds `text`.
    """

    name: str
    marker: str
    kinds: tuple[str, ...] = ()  # without underscores: their names changed now and then
    text: re.Pattern[bytes] | None = None


# Between two dollars, in a text; a dollar is also the length of an id.
_FORMULA = re.compile(rb"\$(?![0-9a-f-]{36})[^\x00-\x08\x0b-\x1f$]+\$")
_CODE = re.compile(rb"```|~~~|\n(?: {4}|\t)|<code|<pre", re.I)

LIBRARIES = (
    Library("Plotly", "stPlotlyChart", ("plotly",)),
    Library("deck.gl", "stDeckGlJsonChart", ("deckgl",)),
    Library("Bokeh", "stBokehChart", ("bokeh",)),
    Library("ECharts", "stEChartsChart", ("echarts",)),
    Library("Graphviz", "stGraphVizChart", ("graphviz",)),
    Library("Vega-Lite", "stVegaLiteChart", ("vegalite",)),
    Library("metrics", "stMetricChart", ("metric",)),
    # A chart can show its data as a table.
    Library("tables", "stDataFrameGlideDataEditor", ("dataframe", "vegalite", "echarts")),
    Library("Mermaid", "stMermaidChart", text=re.compile(rb"mermaid", re.I)),
    Library("code", "stCodeUnhighlighted", ("code", "exception", "docstring", "help"), _CODE),
    Library("KaTeX", "katex-mathml", text=_FORMULA),
)


def needed(elements: Collection[str], bodies: Iterable[bytes]) -> frozenset[str]:
    """The names of the libraries that draw `elements`, or something in the page messages."""
    kinds = [element.replace("_", "").lower() for element in elements]
    found = {
        library.name
        for library in LIBRARIES
        if any(kind in element for kind in library.kinds for element in kinds)
    }
    sought = {item.name: item.text for item in LIBRARIES if item.text and item.name not in found}
    for body in bodies:
        for name in [name for name, text in sought.items() if text.search(body)]:
            found.add(name)
            del sought[name]
    return frozenset(found)


def marked(source: str) -> list[str]:
    """The names of the libraries that a file of the front end draws with."""
    return [library.name for library in LIBRARIES if library.marker in source]
