"""Runs a scanner for known weaknesses against a served instance: `python -m benchmarks.scan`.

Installs wapiti into an environment of its own, serves made-up people from a new instance on a free port of this
machine, and attacks four pages and what is below them: the start page, an owner's page, a lead's page and a join link.
Prints the findings. Everything is in a temporary folder that is deleted at the end. Takes some minutes.
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
#: Limits for one page: for searching the pages below it, and for each attack.
MAX_CRAWL_S = 60
MAX_ATTACK_S = 60
#: Not attacked: deleting data or replacing links would end the scan of the page.
EXCLUDED_PATHS = ("delete", "links", "leave")
#: Findings that are expected, and why.
EXPECTED_FINDINGS = {"Secure Flag cookie": "the scan runs over plain HTTP; with an https address the cookie is Secure"}


def main() -> None:
    """Scan, print the findings, and exit with 1 if one is not expected."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__.partition("\n")[0])
    parser.add_argument("--wapiti", metavar="PROGRAM", type=Path, help="an installed scanner to use")
    arguments = parser.parse_args()
    unexpected = 0
    with tempfile.TemporaryDirectory(prefix="many-hats-scan-") as name:
        folder = Path(name)
        wapiti = arguments.wapiti or install_scanner(folder / "environment")
        port = free_port()
        environ = {"MANY_HATS_INSTANCE": str(folder / "instance"), "MANY_HATS_RATE_LIMITS": "no"}
        with server([*QUIZ, "serve", "--port", str(port)], port, environ):
            for name_of_page, page in pages(port, environ):
                print(f"\n{name_of_page}", flush=True)
                for kind, lines in scan(wapiti, page, folder).items():
                    reason = EXPECTED_FINDINGS.get(kind)
                    unexpected += reason is None
                    print(f"  {kind}: {reason or ''}")
                    for line in lines:
                        print(f"    {line}")
    sys.exit(1 if unexpected else 0)


def install_scanner(folder: Path) -> Path:
    """Install the scanner into a new environment in `folder`. Returns the program."""
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
    """Fill the instance. Returns the name and address of each page to scan."""
    output = subprocess.run(
        [*QUIZ, "demo", "--port", str(port)], env=os.environ | environ, check=True, capture_output=True, text=True
    ).stdout
    base = f"http://{HOST}:{port}"
    owner = re.findall(rf"{base}/r/\S+", output)[0]
    anonymous, open_team = re.findall(rf"{base}/t/\S+", output)
    with urlopen(open_team) as answer:
        join_link = re.findall(rf"{base}/j/[\w-]+", answer.read().decode())[0]
    yield "start page", f"{base}/"
    yield "owner's page", owner
    yield "lead's page", anonymous
    yield "join link", join_link


def scan(wapiti: Path, page: str, folder: Path) -> dict[str, list[str]]:
    """The findings on `page` and below it: lines by kind."""
    report = folder / "report.json"
    command = [str(wapiti), "--url", page, "--scope", "folder", "--module", ATTACKS, "--flush-session"]
    command += [
        "--max-scan-time",
        str(MAX_CRAWL_S),
        "--max-attack-time",
        str(MAX_ATTACK_S),
        "--no-bugreport",
        "--verbose",
        "0",
    ]
    command += ["--store-session", str(folder / "session"), "--store-config", str(folder / "config")]
    command += ["--format", "json", "--output", str(report)]
    for path in EXCLUDED_PATHS:
        command += ["--exclude", f"{page.rstrip('/')}*/{path}"]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run(command, env=quiet, check=True, stdout=subprocess.DEVNULL)
    result = json.loads(report.read_text(encoding="utf-8"))
    print(f"  {result['infos']['crawled_pages_nbr']} pages and forms scanned")
    return {
        kind: sorted({_finding_line(finding) for finding in findings})
        for part in ("vulnerabilities", "anomalies")
        for kind, findings in result[part].items()
        if findings
    }


def _finding_line(finding: dict[str, str]) -> str:
    return f"{finding['method']} {finding['path']} {finding['parameter'] or ''} {finding['info']}"


if __name__ == "__main__":
    main()
