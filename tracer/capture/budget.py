"""How much is kept, so that no recording makes an app unusable; what is left out is counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper bounds of one recording. Reaching one is stated in the recording's limits.

    `line_hits`: executions of one statement kept exactly in a run; then it shows as "n+".
    `calls`: calls of one function kept in a run.
    `run_steps`: steps kept in one run.
    `chain_runs`: script runs kept in full for one interaction. When a chain of reruns goes on,
    `chain_rate` more are kept a second, so that a slow polling loop stays whole and a runaway one
    small; of the others only trigger, outcome and rerun request are kept.
    `pending`, `pending_bytes`: records, and bytes of page messages, that may wait for the writer
    before details are dropped. They bound the memory.
    `state_reads`: reads of session state kept in one run.
    `message_bytes`: the largest page message kept with its content.
    """

    line_hits: int = 400
    calls: int = 400
    run_steps: int = 200_000
    chain_runs: int = 300
    chain_rate: float = 2.0
    pending: int = 100_000
    pending_bytes: int = 200_000_000
    state_reads: int = 1_000
    message_bytes: int = 8_000_000
