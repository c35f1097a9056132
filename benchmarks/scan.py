"""A scanner for known holes, let loose on a real server: `python -m benchmarks.scan`.

Installs wapiti into an environment of its own, serves made-up people from an instance of its own on a free port of this
machine, and attacks four pages with what lies below them: the start page, and one page of an owner, of a lead, and of a
link to join. Prints what it found. All of it stands in a temporary folder that goes away; it takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from benchmarks.load import HOST, free_port, server

TOOL = "wapiti3==3.2.3"  # the last that runs on Python 3.11
ATTACKS = "cookieflags,csp,csrf,crlf,exec,file,http_headers,methods,permanentxss,redirect,sql,timesql,upload,xss,xxe"
QUIZ = (sys.executable, "-m", "quiz")
#: Seconds for looking around below one page, and for each attack on it.
LOOK, ATTACK = 60, 60
#: What would end what is being attacked: deleted pages and links that were made anew answer no more.
SPARED = ("delete", "links", "leave")
#: What it says on any plain HTTP, and why that is in order.
EXPLAINED = {"Secure Flag cookie": "the scan runs over plain HTTP; with an https address the cookie is Secure"}


def main() -> None:
    """Scan, print, and end with 1 where something was found that has no explanation."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__.partition("\n")[0])
    parser.add_argument("--wapiti", metavar="PROGRAM", type=Path, help="the scanner, where it is installed already")
    arguments = parser.parse_args()
    open_questions = 0
    with tempfile.TemporaryDirectory(prefix="many-hats-scan-") as name:
        folder = Path(name)
        wapiti = arguments.wapiti or installed(folder / "environment")
        port = free_port()
        environ = {"MANY_HATS_INSTANCE": str(folder / "instance"), "MANY_HATS_RATE_LIMITS": "no"}
        with server([*QUIZ, "serve", "--port", str(port), "--workers", "2"], port, environ):
            for about, page in pages(port, environ):
                print(f"\n{about}", flush=True)
                for kind, found in scanned(wapiti, page, folder).items():
                    explained = EXPLAINED.get(kind)
                    open_questions += explained is None
                    print(f"  {kind}: {explained or ''}")
                    for line in found:
                        print(f"    {line}")
    sys.exit(1 if open_questions else 0)


def installed(folder: Path) -> Path:
    """The scanner in a new environment in `folder`."""
    venv.create(folder, with_pip=True)
    pip: list[Path | str] = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, TOOL], check=True)
    return folder / "bin" / "wapiti"


def pages(port: int, environ: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Fill the instance; gives each page to be scanned, with its name."""
    filled = subprocess.run(
        [*QUIZ, "demo", "--port", str(port)], env=os.environ | environ, check=True, capture_output=True, text=True
    ).stdout
    base = f"http://{HOST}:{port}"
    owner = re.findall(rf"{base}/r/\S+", filled)[0]
    anonymous, open_team = re.findall(rf"{base}/t/\S+", filled)
    with urlopen(open_team) as answer:
        joining = re.findall(rf"{base}/j/[\w-]+", answer.read().decode())[0]
    yield "start page", f"{base}/"
    yield "owner's page", owner
    yield "lead's page", anonymous
    yield "link to join", joining


def scanned(wapiti: Path, page: str, folder: Path) -> dict[str, list[str]]:
    """What was found on `page` and below it: lines by the kind of hole."""
    report = folder / "report.json"
    command = [str(wapiti), "--url", page, "--scope", "folder", "--module", ATTACKS, "--flush-session"]
    command += ["--max-scan-time", str(LOOK), "--max-attack-time", str(ATTACK), "--no-bugreport", "--verbose", "0"]
    command += ["--store-session", str(folder / "session"), "--store-config", str(folder / "config")]
    command += ["--format", "json", "--output", str(report)]
    for end in SPARED:
        command += ["--exclude", f"{page.rstrip('/')}*/{end}"]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run(command, env=quiet, check=True, stdout=subprocess.DEVNULL)
    told = json.loads(report.read_text(encoding="utf-8"))
    print(f"  {told['infos']['crawled_pages_nbr']} pages and forms looked at")
    return {
        kind: sorted({f"{one['method']} {one['path']} {one['parameter'] or ''} {one['info']}" for one in found})
        for part in ("vulnerabilities", "anomalies")
        for kind, found in told[part].items()
        if found
    }


if __name__ == "__main__":
    main()
