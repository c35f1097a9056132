"""What `quiz doctor` looks at: whether an instance can be run, and what to mend. Nothing is made or changed."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_version import version
