"""The lines of tables and keys in TOML files: `tomllib` itself gives no positions."""

from __future__ import annotations

import re
from pathlib import Path

# A key or a header, bare or in quotes; of a dotted key its first part.
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*[.=]""")
_HEADER = re.compile(r"""\s*\[\[?\s*["']?([A-Za-z0-9_.-]+)["']?\s*\]""")
# Multi-line strings can contain a line that looks like a key or a header. Short strings and comments are matched too,
# so that no match starts inside one.
_STRING = re.compile(
    r"""(\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5})|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*""", re.DOTALL
)

#: Header of a table, index among the tables with this header, key (empty for the table itself): the line.
LineNumbers = dict[tuple[str, int, str], int]


def line_of(file: Path, key: str, header: str = "", index: int = 0) -> int:
    """The line of `key` in the table with this header and index in `file`, or else the line of that table."""
    return find_line(line_numbers_of(decode(file.read_bytes())), key, header, index)


def find_line(line_numbers: LineNumbers, key: str, header: str, index: int) -> int:
    """The line of the key, or else of its table, or else of the key whose value is the table."""
    for place in ((header, index, key), (header, index, ""), ("", 0, header.partition(".")[0])):
        if place in line_numbers:
            return line_numbers[place]
    return 1


def line_numbers_of(text: str) -> LineNumbers:
    """The line of each table and key of a file that tomllib can read."""
    # Blank out multi-line strings, but keep their line breaks.
    text = _STRING.sub(lambda match: "\n" * match[0].count("\n") if match[1] else match[0], text)
    line_numbers: LineNumbers = {}
    header, index, table_counts = "", 0, {"": 1}
    for number, line in enumerate(text.split("\n"), 1):
        if match := _HEADER.match(line):
            header = match[1]
            index = table_counts.get(header, 0)
            table_counts[header] = index + 1
            line_numbers[header, index, ""] = number
            # A header such as [a.b] also counts as key b of table a.
            parent, _, key = header.rpartition(".")
            line_numbers.setdefault((parent, table_counts.get(parent, 1) - 1, key), number)
        elif match := _KEY.match(line):
            line_numbers.setdefault((header, index, match[1]), number)
    return line_numbers


def decode(data: bytes) -> str:
    """UTF-8 bytes as text, without a byte-order mark and with `\\n` as the only line end."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
