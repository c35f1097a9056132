"""The formatter, the linter and the type checker report nothing."""

import subprocess
import sys

import pytest

from tests.factories import ROOT


@pytest.mark.parametrize(
    "tool", ["ruff format --check", "ruff check", pytest.param("mypy", marks=pytest.mark.thorough)]
)
def test_the_source_is_clean(tool):
    run = subprocess.run([sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
