"""What a run is to measure, and how long it may take."""

from __future__ import annotations

from typing import Any

import msgspec

from dlcheck.model.bench import Mode
from dlcheck.model.measured import Dtype

BUDGETS: dict[Mode, float] = {"quick": 5.0, "default": 20.0, "full": 60.0}
"""Seconds beyond the import of the library."""
TAKEN_BY_THE_END, SHARE_OF_THE_END = 0.2, 0.02
"""Seconds, and share of the budget, kept back for reading the last samples and writing the document."""
MEMORY_SHARE = 1 / 8
"""Of the RAM that is available, for everything at once."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asked for."""

    mode: Mode = "default"
    budget: float | None = None
    """`--budget`: seconds in place of the mode's own."""
    devices: tuple[str, ...] = ()
    """"cpu", "cuda", "cuda:1", "mps" …; all that are there where empty."""
    dtypes: tuple[Dtype, ...] = ()
    """Those of the mode where empty."""
    data: str = "randn"
    """"randn", "uniform", "ones", "zeros"."""
    seed: int = 0
    import_timeout: float = 60.0
    """Seconds that the import of the library may take."""
    argv: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The budget."""
        return self.budget if self.budget is not None else BUDGETS.get(self.mode, BUDGETS["default"])

    @property
    def kind(self) -> Mode:
        """The mode as the document names it."""
        return "custom" if self.budget is not None and self.mode == "default" else self.mode


def per_call_limit(options: Options) -> float:
    """The longest call that may be predicted, in seconds: a sixtieth of the budget, at most 1 s (`--full`: 3 s)."""
    return min(3.0 if options.mode == "full" else 1.0, options.seconds / 60)


def memory_bytes(available: int, limit: int | None) -> int:
    """How much RAM all operands together may take: an eighth of what is available here and of the cgroup's limit."""
    return int(min(available, limit if limit is not None else available) * MEMORY_SHARE)


def asked(
    options: Options, *, began: float, quota_cores: float | None, physical_cores: int | None, memory: int
) -> dict[str, Any]:
    """What the worker is asked, as JSON.

    began: seconds since the epoch at which the budget began to run. memory: bytes for the operands on the CPU.
    """
    return {
        "mode": options.mode,
        "budget": options.seconds,
        "reserve": TAKEN_BY_THE_END + SHARE_OF_THE_END * options.seconds,
        "began": began,
        "import_timeout": options.import_timeout,
        "per_call": per_call_limit(options),
        "devices": list(options.devices),
        "dtypes": list(options.dtypes),
        "data": options.data,
        "seed": options.seed,
        "quota_cores": quota_cores,
        "physical_cores": physical_cores,
        "memory": memory,
    }
