"""The signs of the pages, and what each stands for: for what draws them and what explains them.

The pages take them from `web/frontend/base/words.ts`, which `python -m rerun_trace.documents`
makes. How a run ended has its own signs, in `outcomes`.
"""

from __future__ import annotations

SIGNS = {
    "current": "▶",
    "halting": "■",
    "not_run": "·",
    "out_of_order": "▲",
    "changed": "●",
    "evidence": "●",
    "callback": "ƒ",
    "delivered": "✓",
    "discarded": "✕",
}
"""Signs in the source, in tables and on the timeline."""

SOURCE = {
    "current": "the line that the moment's step executed",
    "ran": "how often the line has run; 12+: at least 12 times",
    "not_run": "hatched: the line did not run, and the reason stands beside it",
    "halting": "the run ended at this line",
    "evidence": "something that was found hangs on this line",
    "come": "no sign: the line has not run yet, or holds nothing to run",
}
"""What the marks of a source line stand for."""

FACTS = {
    "changed": "changed: by this step, or in this run",
    "delivered": "the element reached the browser",
    "discarded": "the browser never saw it: a rerun came first",
    "come": "paler, “to come”: later in this run than the moment",
    "out_of_order": "it lands above something that was written before",
}
"""What the marks of tables stand for."""

FATES = {
    "delivered": "✓ delivered",
    "discarded": "✕ discarded",
    "come": "to come",
}
"""What became of a write to the page, as tables say it."""

LANES = {
    "interactions": "interactions",
    "app": "app runs",
    "fragment": "fragment runs",
    "callbacks": "callbacks",
    "threads": "threads",
    "writes": "writes",
    "state": "state writes",
    "session": "session",
}
"""The timeline's lanes."""

LANE_MEANINGS = {
    "interactions": "what came from the browser; it begins at the left edge of its box",
    "app": "runs of the whole script; an arc leads from the cause to its run",
    "fragment": "runs of a fragment alone",
    "callbacks": "functions that ran before the script did",
    "threads": "threads that the app started itself",
    "writes": "elements sent to the page; a hollow one never reached the browser",
    "state": "writes to st.session_state",
    "session": "another browser tab; click its name to see it in full",
    "rest": "hatched, dashed: the part of the script that a run which ended early left out",
    "break": "slanted strokes: idle time is cut out",
}
"""What is drawn in them."""
