"""Which routes of the pages a report answers, and how. One list: a test compares it to the app's.

A route that is new is added here, and what the pages ask of it to `base.py` or `run_parts.py`; or
it is said why no report needs it.
"""

from __future__ import annotations

from enum import StrEnum


class How(StrEnum):
    """How a route is answered in a report."""

    PAGE = "page"  # HTML that is shown: the report's own addresses lead there
    BASE = "base"  # of a recording, always there
    RUN = "run"  # of a script run, as far as there is room
    HERE = "here"  # worked out in the page, from the answers of runs
    REPLAY = "replay"  # belongs to the replayed page
    NEVER = "never"  # nothing in a report asks for it


_API = "/api/recordings/<int:recording>"
_FRAME = "/recordings/<int:recording>/replay"

ROUTES: dict[str, How] = {
    "/": How.PAGE,
    "/recordings/<int:recording>": How.PAGE,
    "/comparisons/<int:number>": How.PAGE,
    f"{_API}/index": How.BASE,
    f"{_API}/timeline": How.BASE,
    f"{_API}/source/<int:file_no>": How.BASE,
    f"{_API}/state/history": How.BASE,
    f"{_API}/findings": How.BASE,
    f"{_API}/why": How.BASE,  # the questions that belong to findings and runs, as far as is room
    f"{_API}/graph.dot": How.BASE,  # of causes; those of the control flow are the runs' own
    f"{_API}/notes": How.BASE,  # as from elsewhere: nothing is changed
    f"{_API}/share": How.BASE,  # the story; what depends on a run is left out
    f"{_API}/runs/<int:number>": How.RUN,
    f"{_API}/runs/<int:number>/state": How.RUN,
    f"{_API}/runs/<int:number>/steps": How.RUN,
    f"{_API}/runs/<int:number>/page": How.RUN,
    f"{_API}/runs/<int:number>/at": How.HERE,
    f"{_API}/search": How.HERE,
    f"{_API}/bodies": How.REPLAY,
    f"{_FRAME}/": How.REPLAY,
    f"{_FRAME}/-/<name>": How.REPLAY,
    f"{_FRAME}/_stcore/health": How.REPLAY,
    f"{_FRAME}/_stcore/host-config": How.REPLAY,
    f"{_FRAME}/media/<path:name>": How.REPLAY,
    f"{_FRAME}/component/<path:name>": How.REPLAY,
    f"{_FRAME}/<path:name>": How.REPLAY,
    "/api/recordings": How.NEVER,  # the list of recordings, and what can be done with them
    f"{_API}/levels": How.NEVER,
    "/api/going": How.NEVER,
    "/api/samples": How.NEVER,
    f"{_API}/changes": How.NEVER,  # a report is complete
    f"{_API}/events": How.NEVER,
    f"{_API}/notes/<int:number>": How.NEVER,  # changes what was recorded
    f"{_API}/name": How.NEVER,
    "/api/comparisons/<int:number>/overview": How.BASE,
    "/api/comparisons/<int:number>/interactions/<int:n>": How.BASE,
    "/api/comparisons/<int:number>/share": How.NEVER,
    "/recordings/<int:recording>/report.html": How.NEVER,  # it is one
    "/comparisons/<int:number>/report.html": How.NEVER,
    "/api/live": How.NEVER,
    "/api/live/restart": How.NEVER,
    "/api/comparisons/<int:number>": How.NEVER,  # the comparison's page holds it already
    "/static/<path:filename>": How.NEVER,  # the front end is in the file by itself
}
