"""A Snapshot: everything that was seen of one machine at one moment, before anything is judged.

A field is a probe of the same name, and a check asks for it by a parameter of the same name.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from dlcheck.model.devices import Amd, Apple, CudaDriver, Intel, Nvidia, Pci, Tpu, VisibleDevices
from dlcheck.model.frameworks import Jax, Libraries, Numerics, TensorFlow, Torch, TorchXla
from dlcheck.model.gaps import Missing, Path, Probed
from dlcheck.model.host import Cloud, Container, Cpu, Memory, Os, Storage
from dlcheck.model.pasted import Pasted
from dlcheck.model.python import ExtraRequirement, Interpreter, Packages
from dlcheck.model.tools import Conda, Git, Jupyter, Project, Pythons, Tools

SNAPSHOT_SCHEMA = "dlcheck.snapshot/1"

Depth = Literal["quick", "default", "deep", "pasted"]


def _not_looked() -> Probed[Any]:
    return Probed(missing=Missing("not-looked"))


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of one machine, each group probed or a gap."""

    schema: str = SNAPSHOT_SCHEMA
    dlcheck: str = ""
    """The version of dlcheck that wrote it."""
    taken_at: str = ""
    """UTC, ISO 8601: the only "now" that judging knows."""
    depth: Depth = "default"
    working_folder: Path = ""
    seconds: float = 0.0
    """How long the whole examination took."""

    os: Probed[Os] = msgspec.field(default_factory=_not_looked)
    cpu: Probed[Cpu] = msgspec.field(default_factory=_not_looked)
    memory: Probed[Memory] = msgspec.field(default_factory=_not_looked)
    storage: Probed[Storage] = msgspec.field(default_factory=_not_looked)
    container: Probed[Container] = msgspec.field(default_factory=_not_looked)
    cloud: Probed[Cloud] = msgspec.field(default_factory=_not_looked)
    git: Probed[Git] = msgspec.field(default_factory=_not_looked)
    conda: Probed[Conda] = msgspec.field(default_factory=_not_looked)
    tools: Probed[Tools] = msgspec.field(default_factory=_not_looked)
    jupyter: Probed[Jupyter] = msgspec.field(default_factory=_not_looked)
    pythons: Probed[Pythons] = msgspec.field(default_factory=_not_looked)
    project: Probed[Project] = msgspec.field(default_factory=_not_looked)

    pci: Probed[Pci] = msgspec.field(default_factory=_not_looked)
    nvidia: Probed[Nvidia] = msgspec.field(default_factory=_not_looked)
    cuda_driver: Probed[CudaDriver] = msgspec.field(default_factory=_not_looked)
    visible_devices: Probed[VisibleDevices] = msgspec.field(default_factory=_not_looked)
    amd: Probed[Amd] = msgspec.field(default_factory=_not_looked)
    intel: Probed[Intel] = msgspec.field(default_factory=_not_looked)
    apple: Probed[Apple] = msgspec.field(default_factory=_not_looked)
    tpu: Probed[Tpu] = msgspec.field(default_factory=_not_looked)

    interpreter: Probed[Interpreter] = msgspec.field(default_factory=_not_looked)
    packages: Probed[Packages] = msgspec.field(default_factory=_not_looked)
    requirements: Probed[tuple[ExtraRequirement, ...]] = msgspec.field(default_factory=_not_looked)
    """The profile's and `-r`'s requirements, looked up in the judged environment."""
    numerics: Probed[Numerics] = msgspec.field(default_factory=_not_looked)
    torch: Probed[Torch] = msgspec.field(default_factory=_not_looked)
    tensorflow: Probed[TensorFlow] = msgspec.field(default_factory=_not_looked)
    jax: Probed[Jax] = msgspec.field(default_factory=_not_looked)
    torch_xla: Probed[TorchXla] = msgspec.field(default_factory=_not_looked)
    libraries: Probed[Libraries] = msgspec.field(default_factory=_not_looked)

    pasted: Probed[Pasted] = msgspec.field(default_factory=_not_looked)
    """Only of a pasted text."""


PROBES: tuple[str, ...] = tuple(
    name
    for name in Snapshot.__struct_fields__
    if name not in ("schema", "dlcheck", "taken_at", "depth", "working_folder", "seconds", "pasted")
)
"""Names of all groups of facts, in the order of the report."""
