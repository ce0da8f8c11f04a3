"""A Profile: what a course, an image or a job needs of a machine. Written as TOML."""

from __future__ import annotations

from typing import Literal

import msgspec

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


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is required, what is recommended, and what must work."""

    schema: str = PROFILE_SCHEMA
    name: str
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
