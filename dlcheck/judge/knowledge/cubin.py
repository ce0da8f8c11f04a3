"""Which GPUs the code in a build runs on.

Machine code (cubin, `sm_80`) runs on GPUs of the same major compute capability and the same or a higher minor one.
Jetson's chips are apart: their code and that of others do not mix before CUDA 13.2. PTX (`compute_120`) is compiled by
the driver, and so runs on every newer GPU where the driver is new enough to compile it.

Source: CUDA C++ programming guide, "binary compatibility"; DEVICE_REQUIREMENT in torch/cuda/__init__.py of
PyTorch 2.14.1, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dlcheck.judge.knowledge.versions import Version

Capability = tuple[int, int]

_JETSON: frozenset[Capability] = frozenset({(5, 3), (6, 2), (7, 2), (8, 7)})
"""Tegra chips whose code and that of the same generation's other chips do not mix."""
_THOR: frozenset[Capability] = frozenset({(10, 1), (11, 0)})
"""One chip under two numbers: 10.1 was renamed 11.0 with CUDA 13."""
_UNIFIED: Version = (13, 2)
"""From this CUDA on, code for servers runs on Jetson too."""

_ARCH = re.compile(r"(sm|compute)_(\d{1,3})(\d)[af]?")


def machine_code(arch_list: Iterable[str]) -> tuple[Capability, ...]:
    """The compute capabilities that a list of archs has machine code for: ["sm_80", "sm_90a"] → ((8, 0), (9, 0))."""
    return _of_kind(arch_list, "sm")


def ptx(arch_list: Iterable[str]) -> tuple[Capability, ...]:
    """The compute capabilities that a list of archs has PTX for: ["compute_120"] → ((12, 0),)."""
    return _of_kind(arch_list, "compute")


def runs(code: Capability, device: Capability, cuda: Version = ()) -> bool:
    """Does machine code for `code` run on the GPU `device`? `cuda` is the toolkit it was built with."""
    if code in _THOR or device in _THOR:
        return code in _THOR and device in _THOR
    if code[0] != device[0] or code[1] > device[1]:
        return False
    if code in _JETSON or device in _JETSON:
        return code == device or (cuda >= _UNIFIED and code not in _JETSON)
    return True


def covers(
    codes: Iterable[Capability], device: Capability, *, ptx: Iterable[Capability] = (), cuda: Version = ()
) -> bool:
    """Does a build run on this GPU: by machine code, or by PTX that the driver can compile?"""
    return any(runs(code, device, cuda) for code in codes) or any(one <= device for one in ptx)


def written(capability: Capability) -> str:
    """As people write it: (8, 6) → "8.6"."""
    return f"{capability[0]}.{capability[1]}"


def _of_kind(arch_list: Iterable[str], kind: str) -> tuple[Capability, ...]:
    found = (_ARCH.fullmatch(arch.strip()) for arch in arch_list)
    return tuple(sorted({(int(one.group(2)), int(one.group(3))) for one in found if one and one.group(1) == kind}))
