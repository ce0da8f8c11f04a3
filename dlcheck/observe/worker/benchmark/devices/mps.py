"""Apple's GPU by Metal. It has no fp64, and its events are not trusted: samples are of several calls."""

import re

from .base import Device

FAMILIES = {"M1": "apple7", "M2": "apple8", "M3": "apple9", "M4": "apple9"}
"""Metal's family of each generation of chips (Apple, Metal Feature Set Tables, 2025); torch tells the chip alone."""


def available(torch, asked, known):
    """The one device, where Metal is there."""
    backend = getattr(torch.backends, "mps", None)
    return [Mps(torch)] if backend is not None and backend.is_available() else []


class Mps(Device):
    """Apple's GPU."""

    has_fp64 = False
    makes_random = False

    def __init__(self, torch):
        Device.__init__(self, "mps", "mps")
        self._module = torch.mps

    def synchronize(self):
        self._module.synchronize()

    def empty_cache(self):
        self._module.empty_cache()

    def formats(self, full):
        return ("fp32", "fp16", "bf16")

    def memory_free(self):
        limit = getattr(self._module, "recommended_max_memory", None)
        return int(limit()) - int(self._module.driver_allocated_memory()) if limit is not None else None

    def describe(self):
        free = self.memory_free()
        facts = {} if free is None else {"mem_free": free, "mem_total": int(self._module.recommended_max_memory())}
        cores = getattr(self._module, "get_core_count", None)
        name = getattr(self._module, "get_name", None)
        if cores is not None:
            facts["sm_count"] = int(cores())
        if name is not None:
            facts["model"] = str(name())
            chip = re.match(r"^Apple (M\d+)\b", facts["model"])
            if chip and chip.group(1) in FAMILIES:
                facts["architecture"] = FAMILIES[chip.group(1)]
        return facts
