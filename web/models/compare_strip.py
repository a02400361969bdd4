"""The strip of runs of one interaction: positions on a time scale that all variants share. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rerun_trace.tracer.analysis.compare_figures import Episode
from rerun_trace.tracer.analysis.recording import ByRun
from rerun_trace.tracer.model import Callback, Outcome, ScriptRun, TriggerType
from rerun_trace.tracer.words import sentences as words
from rerun_trace.tracer.words.outcomes import ENDED, SYMBOLS
from rerun_trace.web.models.compared import Bar, Strip

LANES = 5  # runs that are drawn; more are only counted
_LEFT, _RIGHT = 6, 8
_TOP, _LANE = 30, 34  # the interaction's height, and one run's
_BOX = 13
_LETTER = 6.1  # units a letter of a label takes, about


def span_of(episode: Episode | None) -> int:
    """How long the interaction took, from its arrival to its last run's end, in ns."""
    if episode is None:
        return 0
    start = episode.interaction.at_ns
    return max(((run.ended_ns or run.started_ns) - start for run in episode.runs), default=0)


def strips(
    records: Sequence[ByRun | None], episodes: Sequence[Episode | None], width: int
) -> list[Strip | None]:
    """One strip a variant, all `width` units wide, to the same scale and of the same height.

    None: nothing was sent.
    """
    longest = max(max(span_of(episode) for episode in episodes), 1)
    lanes = max(min(len(item.runs), LANES) for item in episodes if item is not None)
    return [
        _strip(own, episode, longest, max(lanes, 1), width)
        if own is not None and episode is not None
        else None
        for own, episode in zip(records, episodes, strict=True)
    ]


def _strip(records: ByRun, episode: Episode, longest: int, lanes: int, whole: int) -> Strip:
    start = episode.interaction.at_ns
    title = words.interaction_title(episode.interaction)

    def x(at_ns: int) -> float:
        share = max(0, at_ns - start) / longest
        return round(_LEFT + (whole - _LEFT - _RIGHT) * min(share, 1), 1)

    bars: list[Bar] = []
    for lane, run in enumerate(episode.runs[:LANES]):
        calls = records.callbacks.get(run.n, ())
        left = x(run.started_ns)
        width = max(x(run.ended_ns or run.started_ns) - left, 5)
        y = _TOP + lane * _LANE + 16
        label = _label(run, calls)
        needed = len(label) * _LETTER
        at = min(max(left, _LEFT + 10), max(_LEFT + 10, whole - needed))
        cause = next((bar for bar in bars if bar.run == run.trigger), None)
        if run.trigger_type is TriggerType.RERUN and cause is not None:
            arrow = _arrow(cause.x + cause.width - 2, cause.y + _BOX, left, y + _BOX / 2)
        else:
            arrow = _arrow(_LEFT + 4, _TOP - 8, left, y + _BOX / 2)
        boxes = [(x(c.started_ns), max(x(c.ended_ns) - x(c.started_ns), 3.0)) for c in calls]
        bars.append(
            Bar(
                run=run.n,
                outcome=run.outcome,
                x=left,
                width=width,
                y=y,
                label=label,
                label_x=at,
                arrow=arrow,
                callbacks=boxes,
            )
        )
    spoken = [f"{title}:", *(f"{bar.label}." for bar in bars)] if bars else [f"{title}: no run."]
    rest = len(episode.runs) - len(bars)
    return Strip(
        title=title,
        bars=bars,
        width=whole,
        height=_TOP + lanes * _LANE + 18,
        words=" ".join(spoken),
        more=f"and {words.count(rest, 'more run')}" if rest else None,
        end=words.duration(longest),
    )


def _label(run: ScriptRun, calls: Sequence[Callback]) -> str:
    took = words.duration(None if run.ended_ns is None else run.ended_ns - run.started_ns)
    first = "".join(f"ƒ {words.shorten(call.function, 18)}, then " for call in calls[:1])
    # The drawing is narrow, and the sign says by what.
    ended = words.outcome_text(run).replace(ENDED[Outcome.RERUN], "halted")
    end = "" if run.outcome is Outcome.COMPLETED else f"{ended}, "
    return f"{first}{SYMBOLS[run.outcome]} run {run.n}, {end}{took}"


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """A curve that leaves downwards and arrives from the left."""
    y2 = round(y2, 1)
    if x2 - x1 < 8:  # too narrow to turn: pass on the left
        return f"M{x1:.1f} {y1:.1f} V{y2 - _BOX / 2 - 1} m-3 -5 l3 5 l3 -5"
    end = f"C{x1:.1f} {y2} {x1:.1f} {y2} {x2 - 1:.1f} {y2} m-5 -3 l5 3 l-5 3"
    return f"M{x1:.1f} {y1:.1f} {end}"
