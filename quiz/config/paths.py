"""Where the folders of the project are, in a checkout and in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def project_folder(name: str) -> Path:
    """Folder `name` of the project (`templates` or `questions`).

    In a wheel it is inside the package, in a checkout next to it.
    """
    inside_package = _PACKAGE / name
    return inside_package if inside_package.is_dir() else _PACKAGE.parent / name
