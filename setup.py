"""Makes two parts of the package that cannot be declared.

The readme of its page is README.md, with links that lead somewhere from there. The samples that
`rerun-trace demo` records are put into the wheel.

All else about the package is in pyproject.toml.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINK = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|#)([^)\s]+)\)")


# What rerun_trace/demo.py looks for, below rerun_trace/samples.
SAMPLES = ("rerun.py", "callback.py", "container.py", "compare/header.toml")


class WithSamples(build_py):  # type: ignore[misc]  # setuptools has no types
    """Adds samples to the package: they stand at the top, and are data, no modules of ours."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # there they are found where they stand
        for sample in SAMPLES:
            target = Path(self.build_lib) / "rerun_trace" / "samples" / sample
            target.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(str(ROOT / "samples" / sample), str(target))


def readme() -> str:
    """README.md with the addresses of this release's files in the place of paths."""
    source, release = PROJECT["urls"]["Source"], f"v{PROJECT['version']}"

    def absolute(link: re.Match[str]) -> str:
        picture, words, path = link.groups()
        kind = "raw" if picture else "blob"
        return f"{picture}{words}({source}/{kind}/{release}/{path})"

    return LINK.sub(absolute, (ROOT / "README.md").read_text(encoding="utf-8"))


setup(
    cmdclass={"build_py": WithSamples},
    long_description=readme(),
    long_description_content_type="text/markdown",
)
