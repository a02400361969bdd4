"""`python -m rerun_trace` is the same as the `rerun-trace` command."""

from .cli import main

main()
