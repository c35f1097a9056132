"""Where the project's folders are, in a checkout and in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def project_folder(name: str) -> Path:
    """Folder `name` of the project (`templates`, `questions`).

    A wheel carries it inside the package; a checkout has it beside the package.
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
