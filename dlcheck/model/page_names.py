"""Which pages the guide has, and which of them a finding wants. Apart from the pages: every report looks here."""

from __future__ import annotations

from typing import Literal

PageName = Literal["overview", "shell", "git", "cloud", "hardware", "python"]
PAGES: dict[PageName, str] = {
    "overview": "the five things to have in hand",
    "shell": "the commands of this shell, beside those of other systems",
    "git": "git, in the order in which you meet it",
    "python": "Python, environments and packages",
    "hardware": "CPU, GPU and TPU; what courses ask for",
    "cloud": "where to get a GPU or TPU",
}
"""Every page and what is on it."""

WANTED_BY: dict[str, PageName] = {
    "no-nvidia-gpu": "cloud",
    "ram-below-minimum": "cloud",
    "gpu-arch-not-in-wheel-old": "cloud",
    "wsl1-no-gpu": "cloud",
    "git-missing": "git",
    "git-identity-missing": "git",
    "commit-fails": "git",
    "environment-manager-missing": "python",
    "externally-managed-python": "python",
    "conda-base-in-use": "python",
    "python-missing": "python",
    "python-unsupported": "python",
    "pip-of-another-python": "python",
    "jupyter-kernel-of-another-python": "python",
    "required-package-missing": "python",
    "cpu-without-avx": "hardware",
    "disk-almost-full": "hardware",
}
"""Check → the page that a person wants to read where that check found something."""
