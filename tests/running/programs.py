"""Programs of Debian that tests need. In CI a missing one is a failure: a skipped test looks like a passed one."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

#: The page describes servers with Linux. Other systems have other addresses, options and programs of the same names.
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the commands of docs/running.md are for Linux")


def program(name: str, package: str) -> str:
    """The path of a program. Without it the test is skipped, or fails in CI."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"this test needs {name}; Debian: apt-get install {package}")
    return path
