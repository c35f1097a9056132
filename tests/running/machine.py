"""A folder that stands for a Debian machine, in which the commands of docs/running.md run without root and systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.clients import free_port
from tests.factories import ROOT
from tests.running import page

#: The unit files of the page.
UNITS = (
    "/etc/systemd/system/many-hats.service",
    "/etc/systemd/system/many-hats-backup.service",
    "/etc/systemd/system/many-hats-backup.timer",
)
#: What the page calls with rights that a test does not have. Each call is recorded.
RECORDED = ("apt-get", "useradd", "certbot", "nginx", "ln")

RECORD = """#!/bin/sh
printf '%s\\n' "${0##*/} $*" >>"$MACHINE/calls"
"""
#: Runs the command as the present user.
SUDO = """#!/bin/sh
[ "$1" = -u ] && shift 2
exec env "$@"
"""
#: `install` without the options that choose an owner.
INSTALL = """#!/bin/bash
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in -o | -g) shift ;; *) arguments+=("$1") ;; esac
  shift
done
exec /usr/bin/install "${arguments[@]}"
"""
#: Starts and stops what the unit files say.
SYSTEMCTL = """#!/bin/sh
printf '%s\\n' "systemctl $*" >>"$MACHINE/calls"
for name; do :; done
unit="$MACHINE/etc/systemd/system/${name%.service}.service"
pid="$MACHINE/$name.pid"
[ -f "$unit" ] || exit 0
command="$(sed -n 's/^ExecStart=//p' "$unit" | sed 's/%%/%/g; s/[$][$]/$/g')"
export "$(sed -n 's/^Environment=//p' "$unit")"
case "$*" in
  *start*backup*) eval "$command" ;;
  "start many-hats" | "enable --now many-hats")
    : >"$MACHINE/served"
    nohup $command >"$MACHINE/served" 2>&1 &
    echo $! >"$pid"
    until grep -q "Many Hats is at" "$MACHINE/served"; do
      kill -0 "$(cat "$pid")" || { cat "$MACHINE/served"; exit 1; }
      sleep 0.05
    done ;;
  "stop many-hats")
    kill "$(cat "$pid")"
    while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.05; done
    rm "$pid" ;;
  "--no-pager status many-hats") kill -0 "$(cat "$pid")" ;;
esac
"""
#: Requests to the address of the example are recorded, others are sent.
CURL = """#!/bin/sh
case "$*" in *hats.example.org*) printf '%s\\n' "curl $*" >>"$MACHINE/calls" ;; *) exec /usr/bin/curl "$@" ;; esac
"""
#: A Python that makes an environment at once: with the packages of the Python that runs the tests.
PYTHON = f"""#!/bin/sh
case "$*" in
  *--clear*)
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    printf '#!/bin/sh\\nPYTHONPATH=%s exec {sys.executable} -m quiz "$@"\\n' "$PWD" >.venv/bin/quiz
    chmod +x .venv/bin/python .venv/bin/quiz ;;
  *"pip install"*) printf '%s\\n' "$*" >>"$MACHINE/calls" ;;
esac
"""


class Machine:
    """A machine in `folder`, with a repository of the project in `folder/origin`."""

    output = ""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.code = folder / "opt/many-hats"
        self.instance = folder / "var/lib/many-hats"
        self.backups = folder / "var/backups/many-hats"
        for name in ("bin", "etc/systemd/system", "opt", "usr/local/bin", "var/lib", "var/backups"):
            (folder / name).mkdir(parents=True)
        stand_ins = dict.fromkeys(RECORDED, RECORD)
        stand_ins |= {"sudo": SUDO, "install": INSTALL, "systemctl": SYSTEMCTL, "curl": CURL, "python3": PYTHON}
        for name, script in stand_ins.items():
            (folder / "bin" / name).write_text(script)
            (folder / "bin" / name).chmod(0o755)
        self.origin = folder / "origin"
        self.origin.mkdir()
        for name in ("quiz", "questions", "templates", "requirements"):
            shutil.copytree(ROOT / name, self.origin / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("run", "pyproject.toml", ".gitignore"):
            shutil.copy2(ROOT / name, self.origin)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

    def git(self, *arguments: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *author, *arguments], cwd=self.origin, check=True, capture_output=True)

    def commit(self) -> None:
        """Commit everything that changed in the repository."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=A version")

    def moved(self, text: str) -> str:
        """`text` from the page, with its paths inside this machine and with its port."""
        text = re.sub(r"(?<![\w.])/(etc/systemd|opt|usr/local|var)/", rf"{self.folder}/\1/", text)
        text = text.replace("https://git.example.org/many-hats.git", str(self.origin))
        text = text.replace("/usr/bin/python3", str(self.folder / "bin/python3"))
        return text.replace("quiz serve", f"quiz serve --port {self.port}").replace(":8000", f":{self.port}")

    def write_units(self) -> None:
        for path in UNITS:
            Path(self.moved(path)).write_text(self.moved(page.file_content(path)))

    def run(self, script: str) -> str:
        """Run a shell block of the page. Returns its output; each of its commands must succeed.

        The user’s umask closes new files to others, which the page must not rely on.
        """
        folders = [self.folder / "bin", self.folder / "usr/local/bin"]
        environ = os.environ | {"MACHINE": str(self.folder), "PATH": ":".join(map(str, folders)) + ":/usr/bin:/bin"}
        result = subprocess.run(
            ["/bin/bash", "-e", "-c", f"umask 077\n{self.moved(script)}"],
            cwd=self.folder, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=120,
        )  # fmt: skip
        assert result.returncode == 0, f"{script}\n{result.stdout}"
        return result.stdout

    def run_sections(self, *sections: str) -> str:
        """Run the shell blocks of these sections in order. Returns their output."""
        return "".join([self.run(script) for script in page.commands(*sections)])

    def calls(self) -> list[str]:
        """The recorded calls, in order."""
        return (self.folder / "calls").read_text().splitlines()

    def stop(self) -> None:
        """Stop the service if it runs."""
        if (self.folder / "many-hats.pid").exists():
            self.run("systemctl stop many-hats")
