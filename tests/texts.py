"""Pasted texts for tests: what a text makes dlcheck say."""

from __future__ import annotations

from textwrap import dedent

from dlcheck.judge import profiles
from dlcheck.judge.engine import judge
from dlcheck.model.report import Report
from dlcheck.model.snapshot import Snapshot
from dlcheck.observe import importers

TAKEN = "2026-11-22T09:00:00Z"
PASTED = profiles.load("pasted")

COLLECT_ENV = """\
PyTorch version: 2.5.1+cu121
Is debug build: False
CUDA used to build PyTorch: 12.1
ROCM used to build PyTorch: N/A

OS: Ubuntu 22.04.5 LTS (x86_64)
Libc version: glibc-2.35

Python version: 3.10.12 (main, Jan 17 2025, 14:35:34) [GCC 11.4.0] (64-bit runtime)
Python platform: Linux-5.4.0-193-generic-x86_64-with-glibc2.35
Is CUDA available: True
CUDA runtime version: 12.1.105
GPU models and configuration: GPU 0: NVIDIA GeForce RTX 4090
Nvidia driver version: 535.183.01
cuDNN version: Could not collect

Versions of relevant libraries:
[pip3] numpy==1.26.4
[pip3] torch==2.5.1+cu121
"""
"""A healthy report."""


def facts(text: str) -> Snapshot:
    """What stands in it."""
    found = importers.read(dedent(text), TAKEN)
    assert found is not None, "nothing was recognised"
    return found


def said(text: str) -> Report:
    """What is said of it."""
    return judge(facts(text), PASTED)


def roots(text: str) -> list[str]:
    """The root causes, in rank."""
    return list(said(text).root_causes)


def status(identity: str, text: str) -> str:
    """The gravest status of one check."""
    order = ["fail", "warn", "unknown", "note", "pass", "skip"]
    return min((one.status for one in said(text).findings if one.id == identity), key=order.index)


def healthy(**changes: str) -> str:
    """The healthy report with lines changed: `healthy(driver="Nvidia driver version: 450.80.02")` by their first word."""
    lines = COLLECT_ENV.splitlines()
    for label, line in changes.items():
        begin = LABELS[label]
        lines = [line if one.startswith(begin) else one for one in lines]
    return "\n".join(lines) + "\n"


LABELS = {
    "torch": "PyTorch version", "cuda": "CUDA used to build", "os": "OS:", "python": "Python version",
    "platform": "Python platform", "available": "Is CUDA available", "toolkit": "CUDA runtime", "gpu": "GPU models",
    "driver": "Nvidia driver", "listed": "[pip3] torch", "numpy": "[pip3] numpy",
}  # fmt: skip
