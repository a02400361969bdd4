"""The accessibility rules of axe-core on a page as it is now.

The program is pinned in .ci/node; `.ci/test` puts it into .envs/node.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

SERIOUS = ("serious", "critical")  # axe-core's impacts are these, and "minor" and "moderate"

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = _ROOT / ".envs" / "node" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """([within, leaveOut]) => axe.run(
    {include: [within], exclude: leaveOut},
    {iframes: false, resultTypes: ["violations"]},
)"""


def violations(
    page: Page | Frame,
    within: str = "html",
    *,
    leave_out: Collection[str] = (),
    impacts: Collection[str] = SERIOUS,
) -> list[str]:
    """What breaks a rule: a line for each element, `rule (impact) at selector: what to mend`.

    `within` and `leave_out` are CSS selectors. Frames inside are not looked at: one of our own is
    given as `page`, and the traced app's page is not ours. Skips the test where axe-core is not
    installed.
    """
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated, not added as a script element: the pages' policy allows no other scripts.
        page.evaluate(_source())
    found: Any = page.evaluate(_RUN, [within, [[selector] for selector in leave_out]])
    return [
        f"{rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: "
        + " ".join(node["failureSummary"].split())
        for rule in found["violations"]
        if rule["impact"] in impacts
        for node in rule["nodes"]
    ]


def _source() -> str:
    if not _PROGRAM.is_file():
        pytest.skip("axe-core (npm) is not there: `.ci/test` installs it")
    return _PROGRAM.read_text("utf-8")
