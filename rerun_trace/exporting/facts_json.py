"""`.json`: the facts document of a recording, in its fixed form."""

from __future__ import annotations

import json

from ..facts import facts_of
from .job import Export, only_recording


def write(export: Export) -> None:
    """Writes the file of one recording."""
    document = facts_of(export.store, only_recording(export))
    export.write(json.dumps(document, indent=1) + "\n")
