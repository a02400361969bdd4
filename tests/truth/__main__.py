"""Checks recordings of many generated scripts against the second observer.

    python -m tests.truth --scripts 2000 --seed 7

Run it at the top of the tree with the Python and the Streamlit that are to be checked. Ends with 1
and the smallest script that shows a difference, when there is one.
"""

from __future__ import annotations

import argparse
import logging
import platform
import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest's `pythonpath` does

from support import ENGINES

from truth.generated import check_scripts


def main() -> int:
    """Print what was checked; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    parser.add_argument("--scripts", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    import streamlit

    where = f"Python {platform.python_version()}, Streamlit {streamlit.__version__}"
    print(f"{where}, {' and '.join(ENGINES)}: {options.scripts} scripts, seed {options.seed}")
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    began = time.monotonic()

    def told(counted: Counter[str]) -> None:
        if counted["scripts"] % 100 == 0:
            print(f"  {counted['scripts']} after {time.monotonic() - began:.0f} s", flush=True)

    try:
        counted = check_scripts(options.scripts, options.seed, told)
    except AssertionError as error:
        print("".join(getattr(error.__cause__, "__notes__", [])))
        print(f"{type(error).__name__}: {error}")
        return 1
    print(", ".join(f"{count} {what}" for what, count in counted.most_common()))
    print(f"no difference in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
