"""The tools that keep the source in one hand have nothing to say."""

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
