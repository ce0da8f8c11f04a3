"""A person at a terminal: asks dlcheck, types what it advises, word for word, and asks again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import dlcheck
from tests.uv import UV

ROOT = str(Path(dlcheck.__file__).parent.parent)
PROFILE = """\
schema = "dlcheck.profile/1"
name = "cure"
required = {required}
frameworks_any = {frameworks}
python = "{versions}"

[minimum]
{minimum}
"""
KEPT = (
    "PATH", "LANG", "PIP_CERT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_FIND_LINKS", "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_CACHE_DIR", "UV_FIND_LINKS", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
)  # fmt: skip
"""Variables of this session that reach the person: the way to the package index, and no more."""


class Terminal:
    """One shell session in a folder, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "course"
        self.home = folder / "home"
        self.folder.mkdir()
        self.home.mkdir()
        self.environ = {name: os.environ[name] for name in KEPT if name in os.environ}
        cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv")
        self.environ |= {
            "HOME": str(self.home),
            "UV_CACHE_DIR": cache,
            "SHELL": "/bin/bash",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        self.environ.setdefault("UV_FIND_LINKS", self.environ.get("PIP_FIND_LINKS", ""))
        self.environ["PIP_RETRIES"] = "0"
        self.prefix: tuple[str, ...] = ()
        """Words before every command: a namespace of its own."""
        self._held: list[subprocess.Popen[bytes]] = []

    def run(self, *argv: str, seconds: float = 900, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command, with its standard input closed."""
        ended = subprocess.run(
            [*self.prefix, *argv], env=self.environ, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=seconds, check=False,
        )  # fmt: skip
        assert not check or ended.returncode == 0, f"{argv}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def hold(self, *argv: str) -> subprocess.Popen[bytes]:
        """A process that stays until the test is over."""
        self._held.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, cwd=self.folder))
        time.sleep(0.5)
        assert self._held[-1].poll() is None, argv
        return self._held[-1]

    def close(self) -> None:
        """End what was held."""
        for one in self._held:
            one.kill()
            one.wait()

    def environment(self, *requirements: str, pip: bool = True, python: str = sys.executable) -> str:
        """A throwaway environment with these packages, each as it is named and nothing else; its Python."""
        place = self.folder / ".venv"
        if not has_uv():
            self.run(python, "-m", "venv", *(() if pip else ("--without-pip",)), str(place))
        else:
            self.run(uv(), "venv", "--quiet", *(("--seed",) if pip else ()), "--python", python, str(place))
        if pip:  # made as the person's pip would make it
            config = place / "pyvenv.cfg"
            lines = [line for line in config.read_text().splitlines() if not line.startswith("uv ")]
            config.write_text("\n".join(lines) + "\n")
        made = str(place / "bin" / "python")
        if requirements:
            self.add(made, *requirements)
        return made

    def add(self, python: str, *requirements: str, deps: bool = False) -> None:
        """Install exactly these, whatever they say they need."""
        flags = () if deps else ("--no-deps",)
        self.run(uv(), "pip", "install", "--quiet", "--python", python, *flags, *requirements)

    def doctor(
        self, python: str = "", *options: str, required: tuple[str, ...] = (), frameworks: tuple[str, ...] = (), minimum: str = "",
        versions: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """The report of the real program for a course that needs this."""
        profile = self.home / "course.toml"
        text = PROFILE.format(
            required=json.dumps(required), frameworks=json.dumps(frameworks), minimum=minimum, versions=versions
        )
        profile.write_text(text)
        chosen = ("--python", python) if python else ()
        environ, self.environ = self.environ, {**self.environ, "DLCHECK_ROOT": ROOT}
        start = f"import sys; sys.path.insert(0, {ROOT!r}); from dlcheck.__main__ import main; sys.exit(main())"
        try:
            ended = self.run(
                sys.executable, "-P", "-c", start, "doctor", *chosen, "--profile", str(profile), "--format", "json", *options,
                check=False,
            )  # fmt: skip
        finally:
            self.environ = environ
        assert ended.returncode in (0, 1, 3), ended.stderr
        report: dict[str, Any] = json.loads(ended.stdout)
        return report

    def follow(self, finding: dict[str, Any]) -> dict[str, Any]:
        """Type the commands of the first alternative that this machine's network allows; that alternative."""
        said = []
        for fix in finding["fixes"]:
            if not fix.get("commands"):
                continue
            outcome = [self.type_in(one) for one in fix["commands"]]
            if all(ended is None or ended.returncode == 0 for ended in outcome):
                verify = fix.get("verify")
                if verify:
                    self.run(*verify["argv"])
                return dict(fix)
            said.append(f"{fix['title']}: {[ended.stderr[-600:] for ended in outcome if ended is not None]}")
            assert any("network" in one for one in fix.get("needs", ())), said
        pytest.fail(f"no alternative could be followed: {said or finding}")

    def type_in(self, command: dict[str, Any]) -> subprocess.CompletedProcess[str] | None:
        """One line; a shell's own `unset` acts on this session."""
        argv = command["argv"]
        if len(argv) == 3 and argv[1] == "-c" and argv[2].startswith("unset "):
            for name in argv[2].split()[1:]:
                self.environ.pop(name, None)
            return None
        return self.run(*argv, check=False)


def has_uv() -> bool:
    """Is uv here? Faults that need no packages are made without it."""
    return bool(UV)


def uv() -> str:
    """uv, which makes the faults quickly."""
    if not has_uv():
        pytest.skip("no uv here")
    return UV


def finding(report: dict[str, Any], identity: str, subject: str = "") -> dict[str, Any]:
    """The gravest finding of a check, of one subject where one is named."""
    order = ["fail", "warn", "unknown", "note", "pass", "skip"]
    found = [one for one in report["findings"] if one["id"] == identity and subject in ("", one.get("subject", ""))]
    return dict(min(found, key=lambda one: order.index(one["status"])))


def assert_cured(
    terminal: Terminal, report: dict[str, Any], identity: str, *, python: str = "", **asked: Any
) -> dict[str, Any]:
    """The fault is the first root cause; its advice, followed, makes the check pass and leaves no other fault."""
    assert report["root_causes"][:1] == [identity], (report["root_causes"], report["summary"])
    terminal.follow(finding(report, identity))
    after = terminal.doctor(python, **asked)
    assert finding(after, identity)["status"] in ("pass", "skip", "note"), finding(after, identity)
    assert after["root_causes"] == [], [one for one in after["findings"] if one["status"] in ("fail", "warn")]
    return after
