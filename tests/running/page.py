"""The code blocks of docs/running.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.factories import ROOT

TEXT = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """A code block: its section, the paragraph before it, its language and its lines."""

    section: str
    introduction: str
    language: str
    code: str

    @property
    def path(self) -> str:
        """The file that the introduction says to write, such as `/etc/caddy/Caddyfile`; empty if there is none."""
        paths: list[str] = re.findall(r"rite `(/etc/[^`]+)`", self.introduction)
        return paths[-1] if paths else ""


def _read() -> list[Block]:
    blocks, section = [], ""
    paragraph: list[str] = []
    code: list[str] | None = None
    language = previous_line = ""
    for line in TEXT.splitlines():
        if line.startswith("```"):
            if code is None:
                code, language = [], line[3:]
            else:
                blocks.append(Block(section, " ".join(paragraph), language, "\n".join([*code, ""])))
                code = None
        elif code is not None:
            code.append(line)
        elif line.startswith("#"):
            section, paragraph = line.strip("# "), []
        elif line:
            paragraph = [*paragraph, line] if previous_line else [line]
        previous_line = line
    return blocks


BLOCKS = _read()


def commands(*sections: str) -> list[str]:
    """The shell blocks of the sections whose headings begin with these texts, in the order of the page."""
    scripts = [block.code for block in BLOCKS if block.language == "sh" and block.section.startswith(sections)]
    assert scripts, sections
    return scripts


def file_content(path: str) -> str:
    """The content that the page gives for the file `path`."""
    (block,) = [block for block in BLOCKS if block.path == path]
    return block.code


def replaced(text: str, replacements: Mapping[str, str]) -> str:
    """`text` with each key replaced by its value. Each key must occur: a page that changed must not pass unnoticed."""
    for old, new in replacements.items():
        assert old in text, f"{old!r} is not in: {text}"
        text = text.replace(old, new)
    return text
