"""A Profile: what a course, an image or a job needs of a machine. Written as TOML."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from dlcheck.model.measured import Dtype

PROFILE_SCHEMA = "dlcheck.profile/1"

Accelerator = Literal["any", "cuda", "rocm", "mps", "xpu", "tpu"]
Framework = Literal["torch", "tensorflow", "jax"]


class Hardware(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers a machine is measured against. Sizes in bytes; 0: nothing asked."""

    ram_bytes: int = 0
    disk_free_bytes: int = 0
    cores: int = 0
    shm_bytes: int = 0
    gpu_count: int = 0
    gpu_memory_bytes: int = 0
    compute_capability: tuple[int, int] | None = None
    driver: str = ""
    cpu_features: tuple[str, ...] = ()
    """Instruction sets as the kernel writes them: "avx2", "avx512f", "asimd"."""
    vendor: Literal["", "nvidia", "amd", "intel", "apple", "google"] = ""
    """Whose accelerator it has to be."""
    tpu_chips: int = 0


class Regrade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check that this profile switches off or grades otherwise, and why."""

    check: str
    grade: Literal["off", "note", "warn", "fail"]
    reason: str
    expires: date | None = None
    """The last day on which it holds; after it the profile is refused. Every waiver needs one, "fail" does not."""


class BenchFloor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a benchmark has to reach: one number. `dlcheck bench --profile` judges it."""

    device: str = ""
    """"cpu", "cuda:0" …; "" is the fastest device that has the format."""
    dtype: Dtype = "fp32"
    tflops: float = 0.0
    """At least so many 10^12 operations in a second."""
    percent_of_peak: float = 0.0
    """At least this share of the theoretical peak."""
    times_cpu: float = 0.0
    """At least so many times faster than the CPU."""

    @property
    def words(self) -> str:
        """For a person: "cuda:0 bf16: at least 150 TFLOP/s"."""
        asked = [f"at least {self.tflops:g} TFLOP/s"] if self.tflops else []
        asked += [f"at least {self.percent_of_peak:g} % of the peak"] if self.percent_of_peak else []
        asked += [f"at least {self.times_cpu:g} times the CPU"] if self.times_cpu else []
        return f"{self.device or 'the fastest device'} {self.dtype}: {', '.join(asked) or 'nothing asked'}"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is required, what is recommended, and what must work."""

    schema: str = PROFILE_SCHEMA
    name: str
    extends: str = ""
    """A built-in profile, or a file beside this one. Tables are laid over its tables, what is required and recommended
    is joined (a requirement of the same package takes the other's place), all else takes the other's place."""
    title: str = ""
    description: str = ""
    source: str = ""
    """Where its numbers come from, and when they were read."""
    python: str = ""
    """PEP 440 range: ">=3.10,<3.15"."""
    frameworks_any: tuple[Framework, ...] = ()
    """One of these is required."""
    required: tuple[str, ...] = ()
    """PEP 508 requirements."""
    recommended: tuple[str, ...] = ()
    tools_required: tuple[str, ...] = ()
    """"git", "conda", "nvcc", "gcc" …"""
    tools_recommended: tuple[str, ...] = ()
    environment_managers: tuple[str, ...] = ()
    """One of these is recommended: conda, uv, venv."""
    minimum: Hardware = Hardware()
    comfortable: Hardware = Hardware()
    """What is recommended."""
    expects: tuple[Accelerator, ...] = ()
    """Accelerators that must work: a silent fall-back to the CPU is a failure."""
    of_text: bool = False
    """For a text that was pasted: it tells itself what is expected, and only what explains a failure counts."""
    extra_requirements: tuple[str, ...] = ()
    """Requirements of `-r`: required as well."""
    grades: tuple[Regrade, ...] = ()
    allowed_skips: tuple[str, ...] | None = None
    """Ids of checks, or pillars, that may answer "left out"; `*` stands for any text. Under `--strict` every other
    one is a failure. Not given: all may."""
    bench: tuple[BenchFloor, ...] = ()
    only: tuple[str, ...] = ()
    """Ids or pillars: these checks alone. Empty: all."""
    skip: tuple[str, ...] = ()
    """Ids or pillars that are not this profile's business."""
    depth: Literal["", "quick", "default", "deep"] = ""
    """How deep to look where the command line does not say."""
    timeout_seconds: float = 0.0
    """What one probe may take where the command line does not say; 0: as always."""
    deadline_seconds: float = 0.0
    """What everything may take where the command line does not say; 0: as always."""

    def regrade(self, check: str) -> Regrade | None:
        """What this profile says of that check's grade; the last entry counts."""
        return next((one for one in reversed(self.grades) if one.check == check), None)

    def expects_accelerator(self, kind: Accelerator | None = None) -> bool:
        """Must this accelerator work? Without `kind`: any at all?"""
        if kind is None:
            return bool(self.expects)
        return kind in self.expects or "any" in self.expects

    def needs_framework(self, name: Framework) -> bool:
        """Is this framework itself required, not only one of several?"""
        import re

        named = {
            re.split(r"[\s\[<>=!~;@]", one, maxsplit=1)[0].lower() for one in (*self.required, *self.extra_requirements)
        }
        return name in named or self.frameworks_any == (name,)
