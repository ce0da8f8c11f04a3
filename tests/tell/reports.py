"""Reports written by hand, for the tests of formats: empty, all well, one of each, hostile."""

from __future__ import annotations

from typing import Any

from dlcheck.model.gaps import Ending, Missing, Probed
from dlcheck.model.report import Command, Finding, Fix, Judged, Measure, Report, UsedProfile
from dlcheck.model.snapshot import Snapshot
from tests.facts import machine

RED = "\x1b[31mred\x1b[0m"


def finding(identity: str, status: str = "pass", **fields: Any) -> Finding:
    return Finding(
        **{
            "id": identity,
            "pillar": "system",
            "status": status,
            "title": identity.replace("-", " ").capitalize(),
            **fields,
        }
    )


def shell(text: str, **fields: Any) -> Command:
    return Command(argv=tuple(text.split()), text=text, **fields)


def written(**fields: Any) -> Report:
    return Report(
        **{
            "verdict": "ready",
            "summary": "Ready for deep learning on this machine's CPU.",
            "profile": UsedProfile(name="beginner", title="Introduction to deep learning"),
            "judged": Judged(),
            "snapshot": Snapshot(),
            **fields,
        }
    )


EMPTY = written()

MEASURES = (
    Measure(name="RAM", have="15.6 GB", minimum="8 GB", recommended="16 GB", status="recommended"),
    Measure(name="free disk", have="8.2 GB", minimum="10 GB", recommended="30 GB", status="below"),
    Measure(name="CPU cores", have="unknown", minimum="2", recommended="4", status="unknown"),
)
JUDGED = Judged(
    python="/home/ada/course/.venv/bin/python", python_version="3.12.7", environment="venv",
    chosen_because="the active virtual environment", host="lovelace",
    machine="Ubuntu 24.04.1 LTS, Intel(R) Core(TM) i7-1185G7, 16 GB",
)  # fmt: skip

PASSES = (
    finding("git-missing", evidence=("git 2.43.0",)),
    finding("ram-below-minimum", evidence=("15.6 GB of RAM",)),
    finding("disk-almost-full", evidence=("200 GB free at /home/ada/course/.venv",)),
    finding("torch-not-installed", pillar="python", evidence=("torch 2.13.0+cpu",)),
    finding("torch-import-fails", pillar="python", evidence=("torch imports in 2.1 s",)),
    *(
        finding(f"vector-products-{number}", pillar="linear-algebra-calculus", evidence=(f"dot product number {number} is 3",))
        for number in range(12)
    ),
    finding("statistics-wrong", pillar="probability-statistics", evidence=("mean, variance and five numbers are right",)),
    finding("regression-wrong", pillar="machine-learning", evidence=("linear regression finds 2 and 1",)),
)  # fmt: skip

ALL_PASS = written(
    findings=PASSES,
    judged=JUDGED,
    measures=(MEASURES[0],),
    snapshot=machine(seconds=4.1),
    timings_ms={"git": 3.0, "torch": 3900.0},
)

INSTALL_GIT = Fix(
    title="Install git with apt",
    commands=(shell("sudo apt-get update"), shell("sudo apt-get install -y git")),
    needs=("admin", "network"),
    verify=shell("git --version"),
)
LONG_COMMAND = (
    "/home/ada/course/.venv/bin/python -m pip install --force-reinstall 'torch==2.13.0' 'torchvision==0.28.0' "
    "--index-url https://download.pytorch.org/whl/cu130 'tensorflow[and-cuda]'"
)

ONE_OF_EACH = written(
    verdict="not-ready",
    summary="Not ready: git is not installed.",
    root_causes=("git-missing", "numpy2-abi"),
    findings=(
        finding(
            "git-missing", "fail", title="git is not installed", evidence=("there is no git on PATH",),
            fixes=(INSTALL_GIT, Fix(title="Install git with conda", commands=(shell("conda install -y git"),), needs=("network",))),
        ),
        finding("git-identity-missing", "warn", title="git does not know who you are", caused_by=("git-missing",)),
        finding(
            "numpy2-abi", "warn", pillar="python", subject="torch", title="A module built for NumPy 1 meets NumPy 2",
            evidence=("torch 2.1.2 was built for NumPy 1, and NumPy 2.1.3 is installed",
                      "A module that was compiled using NumPy 1.x cannot be run in NumPy 2.1.3\nas it may crash."),
            fixes=(Fix(title="Install a torch that fits", commands=(shell(LONG_COMMAND),), needs=("network",), changes_packages=True,
                       ask=("NAME",), source="https://numpy.org/doc/stable/numpy_2_0_migration_guide.html"),),
        ),
        finding("numpy-bridge", "unknown", pillar="linear-algebra-calculus", caused_by=("numpy2-abi",), evidence=("torch: crashed",)),
        finding("trial-commit", "unknown", evidence=("git: did not answer in time: no answer after 60 s",), title="git cannot commit"),
        finding("swap-missing", "note", title="There is no swap", evidence=("0 GB of swap",)),
        *PASSES[1:5],
        finding("wsl1-no-gpu", "skip", title="WSL 1 has no GPU", evidence=("this is no WSL",)),
        finding("statistics-wrong", "skip", pillar="probability-statistics", evidence=("numerics: not looked at: left out by --quick",)),
    ),
    measures=MEASURES,
    judged=JUDGED,
    not_looked_at=("numerics (left out by --quick)", "torch (left out by --quick)", "libraries (only with --deep)"),
    defects=("trial-commit: KeyError: 'name'",),
    timings_ms={"git": 60000.0, "torch": 3900.0},
    snapshot=machine(
        git=Probed(
            missing=Missing("timed-out", "no answer after 60 s"), seconds=60.0,
            ending=Ending(words="no answer after 60 s (it was doing nothing)", stage="asking git", stack="File git.py, line 3\n  wait()",
                          stderr_tail="warning: slow"),
        )
    ),
)  # fmt: skip

HOSTILE = written(
    verdict="not-ready",
    summary=f"Not ready: [bold]the GPU {RED} is lost[/bold].",
    findings=(
        finding(
            "gpu-lost", "fail", subject=f"gpu [red]x[/] {RED}", title="[link=https://x.example]A GPU[/link] is lost :skull:",
            evidence=(f"name: [red]x[/] {RED}\u202egnp.exe\u2066", "one\nNot ready: two\r\nthree\rfour\ttab\x00\x9b31m\u2028end\udcff", "x" * 300),
            fixes=(Fix(title="Do [this]", commands=(shell("rm '[red]x[/]' '\x1b[2J' 'é×'"),)),),
        ),
        finding("git-missing", evidence=("[/]", "\x1b]0;title\x07", "名前が広い文字" * 9)),
    ),
    judged=Judged(python="/home/[red]/\x1b[1m/python", python_version="[/]", machine="[blink]\x1b[5m"),
    measures=(Measure(name="[red]RAM", have="\x1b[31m1", minimum="[/]", recommended="2", status="below"),),
    not_looked_at=("x\x1b (y\x1b)",),
)  # fmt: skip

REPORTS = {"empty": EMPTY, "all-pass": ALL_PASS, "one-of-each": ONE_OF_EACH, "hostile": HOSTILE}
