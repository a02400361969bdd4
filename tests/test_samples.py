"""Every sample, driven and recorded: the facts must be those of its golden file.

The same golden holds for both engines, every Python and every Streamlit version; what may differ
(numbers, times, names of exceptions, what was flushed in time) is left out by `normal`. After a
wanted change: RERUN_TRACE_WRITE_GOLDENS=1 pytest tests/test_samples.py, then read the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support import OWN_ENGINE, SAMPLES, record

from rerun_trace.tracer.model import has_mask

GOLDEN = Path(__file__).parent / "golden"

CASES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "rerun": ("rerun.py", [{"click": "Foo"}]),
    "callback": ("callback.py", [{"click": "Bar"}]),
    "container": ("container.py", [{"click": "Baz"}]),
    "fragment": ("fragment.py", [{"click": "Roll"}, {"rerun": True}]),
    "fragment_refused": ("fragment_refused.py", []),
    "form": (
        "form.py",
        [
            {"set": "Dish", "value": "Pie"},
            {"set": "Portions", "value": 4},
            {"submit": "Order"},
            {"set": "Show the bill", "value": True},
        ],
    ),
    "multipage": (
        "multipage/app.py",
        [
            {"set": "Your name", "value": "Grace"},
            {"click": "Go to the report"},
            {"click": "Back to the start"},
            {"page": "settings"},
            {"set": "large_print", "value": True},
            {"page": "report"},
        ],
    ),
    "navigation": ("navigation.py", [{"click": "Greet"}, {"page": "about"}]),
    "helper_app": ("helper_app.py", [{"rerun": True}]),
    "dialog": (
        "dialog.py",
        [{"click": "Rename"}, {"set": "New title", "value": "Results"}, {"click": "Save"}],
    ),
    "shadow_names": ("shadow_names/app.py", [{"click": "Count up"}]),
    "cached": ("cached.py", [{"click": "Run again"}, {"set": "Currency", "value": "USD"}]),
}


_COMPARED = (
    *("n", "kind", "fragments", "trigger", "outcome", "error", "callbacks", "lines", "not_run"),
    *("rerun_requests", "state_writes", "writes"),
)


def normal(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that every Python, Streamlit and engine must agree on."""
    runs = []
    for run in facts["runs"]:
        run = {name: run[name] for name in _COMPARED}
        run["callbacks"] = [
            {name: c[name] for name in ("function", "file", "line", "error")}
            for c in run["callbacks"]
        ]
        run["state_writes"] = [
            {name: w[name] for name in ("key", "old", "new", "file", "line")}
            for w in run["state_writes"]
        ]
        run["fragments"] = len(run["fragments"])
        if run["error"]:
            run["error"] = [run["error"]["message"], run["error"]["file"], run["error"]["line"]]
        # Spinners, and st.write of several things, put placeholders in older versions.
        run["writes"] = [
            [w["line"], w["element"], w["label"], w["out_of_order"]]
            for w in run["writes"]
            if w["element"] not in ("empty", "transient", "container")
        ]
        run["lines"] = [f"{file}:{line}" for file, line in run["lines"]]
        run["not_run"] = [f"{file}:{line}" for file, line in run["not_run"]]
        runs.append(run)
    return {
        "interactions": [[i["action"], i["runs"]] for i in facts["interactions"]],
        "runs": runs,
        "final_page": [[p["element"], p["label"]] for p in facts["final_page"]],
    }


@pytest.mark.parametrize("engine", OWN_ENGINE)
@pytest.mark.parametrize("name", CASES)
def test_sample(name: str, engine: str, tmp_path: Path) -> None:
    app, steps = CASES[name]
    recorded = record(SAMPLES / app, steps, tmp_path / "db.sqlite", engine=engine, timeout=120)
    assert recorded.drive.failed_step is None
    assert not recorded.drive.never_idle
    found = json.loads(json.dumps(normal(recorded.facts)))
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("RERUN_TRACE_WRITE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(golden.read_text())
    # None of them knows a secret.
    assert not has_mask(json.dumps(recorded.facts))
    with recorded.store() as store:
        chunks = [store.steps(recorded.id, run["n"]) for run in recorded.facts["runs"]]
    assert not [c for chunk in chunks for c in chunk.changes if c.text and has_mask(c.text)]


def test_every_sample_is_recorded_somewhere() -> None:
    """A sample without a test goes stale."""
    covered = {app for app, _ in CASES.values()}
    elsewhere = {
        "dashboard.py",
        "helper_module.py",
        "infinite_rerun.py",
        "run_every.py",
        "secret_login.py",
        "threads.py",
    }
    present = {path.name for path in SAMPLES.glob("*.py")}
    assert present - elsewhere == {app for app in covered if "/" not in app}


def test_the_facts_document_has_its_fixed_form(tmp_path: Path) -> None:
    """A change of form is a new schema number and a note in the changelog."""
    facts = record(SAMPLES / "rerun.py", [{"click": "Foo"}], tmp_path / "db.sqlite").facts
    top = "schema recording app_sessions interactions runs lost_writes final_page notes findings"
    assert set(facts) == set(top.split())
    assert facts["schema"] == "rerun-trace/facts/2"
    recording = "id name app variant started_at python streamlit engine engine_reason complete"
    assert set(facts["recording"]) == {*recording.split(), "limits"}
    interaction = "n app_session at_ns action query changes runs into"
    assert [set(i) for i in facts["interactions"]] == [set(interaction.split())] * 2
    run = (
        "n app_session kind fragments fragment_names fragments_gone trigger outcome halted "
        "stopped_by blind_step error started_ns duration_ns query query_changes callbacks lines "
        "not_run rerun_requests state_writes refused_writes lost_writes state_reads cache writes"
    )
    assert all(set(r) == set(run.split()) for r in facts["runs"])
    writes = [write for r in facts["runs"] for write in r["writes"]]
    write = "file line path element label shows out_of_order delivered widget"
    assert writes
    assert all(set(w) == set(write.split()) for w in writes)
    assert all(set(p) == {"path", "element", "label", "shows"} for p in facts["final_page"])
    finding = (
        "id code kind level certainty interaction run file line also times title text evidence "
        "remedy docs patchable"
    )
    assert [f["kind"] for f in facts["findings"]] == ["rerun-instead-of-callback"]
    assert all(set(f) == set(finding.split()) for f in facts["findings"])
