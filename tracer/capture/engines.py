"""Chooses the engine: `sys.monitoring` where Python has it, `sys.settrace` elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from ..errors import EngineUnavailable
from .engine import Engine


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine was taken, and why, in words for people."""

    engine: Engine
    reason: str


def choose_engine(wanted: str = "auto") -> EngineChoice:
    """Pick an engine: `auto`, `monitoring` or `settrace`.

    `sys.monitoring` costs a few per cent and disturbs no debugger; it exists from Python 3.12 on.
    """
    from .settrace import SettraceEngine

    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    if wanted not in ("auto", "monitoring", "settrace"):
        raise EngineUnavailable(f"unknown engine {wanted!r}: use auto, monitoring or settrace")
    if wanted == "settrace":
        return EngineChoice(SettraceEngine(), "asked for")
    if sys.version_info >= (3, 12):
        from .monitoring import MonitoringEngine

        reason = "asked for" if wanted == "monitoring" else f"the cheapest one on {version}"
        return EngineChoice(MonitoringEngine(), reason)
    if wanted == "monitoring":
        raise EngineUnavailable(
            f"sys.monitoring needs Python 3.12 or newer, this is {version}: use --engine settrace"
        )
    return EngineChoice(SettraceEngine(), f"{version} has no sys.monitoring")
