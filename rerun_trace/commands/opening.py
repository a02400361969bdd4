"""Opens a page in the browser without telling the machine's other users where it is."""

from __future__ import annotations

import html
import os
import tempfile
from pathlib import Path

import click

_PAGE = """\
<!doctype html><meta charset="utf-8"><title>rerun-trace</title>
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}"><a href="{address}">Go on to the page</a>
"""


class Opening:
    """Opens pages; what is left on the disk goes with `close`.

    A program's arguments are for everybody to read, the token among them: the browser is given a
    file that only its user may read, and that leads on.
    """

    def __init__(self) -> None:
        self._files: list[Path] = []

    def open(self, address: str, is_secret: bool) -> None:
        """Opens `address`; `is_secret`: it holds the token."""
        if not is_secret:
            click.launch(address)
            return
        number, name = tempfile.mkstemp(prefix="rerun-trace-", suffix=".html")  # 0600
        self._files.append(Path(name))
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(_PAGE.format(address=html.escape(address)))
        click.launch(Path(name).as_uri())

    def close(self) -> None:
        """Deletes what led to the pages."""
        for file in self._files:
            file.unlink(missing_ok=True)
        self._files.clear()
