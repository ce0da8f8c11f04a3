"""Every table of dlcheck/judge/knowledge, and how it is looked at and refreshed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec

from scripts.refresh import (
    codes,
    cuda,
    gpus,
    jax_releases,
    partners,
    python_wheels,
    tensorflow_releases,
    torch_code,
    torch_releases,
)
from scripts.refresh.outcome import Look, Source, Sources

FOLDER = Path(__file__).resolve().parents[2] / "dlcheck" / "judge" / "knowledge"


BY_PROGRAM: dict[str, Source] = {
    "conda_cuda_libs": cuda.LIBRARIES,
    "cuda_codes": codes.CUDA,
    "cuda_drivers": cuda.DRIVERS,
    "gpus": gpus.SOURCE,
    "jax_releases": jax_releases.SOURCE,
    "nvml_codes": codes.NVML,
    "partners": partners.SOURCE,
    "python_wheels": python_wheels.SOURCE,
    "tensorflow_releases": tensorflow_releases.SOURCE,
    "throttle": codes.THROTTLE,
    "torch_code": torch_code.SOURCE,
    "torch_releases": torch_releases.SOURCE,
    "xids": codes.XIDS,
}
"""Tables that a program looks at; those that are refreshed by hand alone among them, where a release makes them old."""


def every_table() -> dict[str, Source]:
    """Every table there is. One that no program looks at is refreshed by hand, from what it names as its source."""
    return {file.stem: BY_PROGRAM.get(file.stem) or _by_hand(file) for file in sorted(FOLDER.glob("*.toml"))}


def _by_hand(file: Path) -> Source:
    def look(sources: Sources) -> Look:
        del sources
        return Look(knows="what no release makes old")

    return Source(look=look, by_hand=str(msgspec.toml.decode(file.read_bytes())["source"]))


def file_of(table: str) -> Path:
    """Where a table lies."""
    return FOLDER / f"{table}.toml"


def read_on(text: str) -> date:
    """The day that a table states of itself."""
    found = re.search(r"(?m)^read = (\d{4}-\d\d-\d\d)$", text)
    if found is None:
        raise ValueError("the table does not say when it was read")
    return date.fromisoformat(found.group(1))
