"""Text that is safe on a terminal and in a log.

Names, titles, free text and cells of files may contain escape sequences, which change what a terminal shows or does,
and characters that change the direction of a line, so that it reads differently.
"""

from __future__ import annotations

import logging
import unicodedata

#: Control, format and direction characters, bytes of a file name that are not text, and separators of lines.
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: Line ends and tabs, and the joiners that some scripts and emoji need.
_SAFE = "\n\t\u200c\u200d"


def escape_controls(text: str) -> str:
    """`text` with each control and direction character as an escape such as `\\x1b`. Lines and tabs stay."""
    if text.isprintable():  # most texts, quickly
        return text
    return "".join(char if _is_safe(char) else _escape(char) for char in text.replace("\r\n", "\n"))


def escape_line(text: str) -> str:
    """`text` as one line: like `escape_controls`, and line ends and tabs are escaped too."""
    return escape_controls(text.replace("\r\n", "\n")).replace("\n", "\\n").replace("\t", "\\t")


def _is_safe(char: str) -> bool:
    return char in _SAFE or unicodedata.category(char) not in _UNSAFE_CATEGORIES


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()


class LogFormatter(logging.Formatter):
    """Formats records as Flask does, with `escape_controls` for messages and tracebacks."""

    def __init__(self) -> None:
        super().__init__("[%(asctime)s] %(levelname)s in %(module)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return escape_controls(super().format(record))
