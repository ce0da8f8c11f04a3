"""Intel's GPUs by SYCL."""

import glob

from ..watch import read
from .base import EventDevice


def available(torch, asked, known):
    """Every device that torch.xpu offers."""
    xpu = getattr(torch, "xpu", None)
    if xpu is None or not xpu.is_available():
        return []
    return [Xpu(xpu, index) for index in range(xpu.device_count())]


class Xpu(EventDevice):
    """One GPU; events in its stream take the time."""

    family = "xpu"

    def __init__(self, module, index):
        EventDevice.__init__(self, module, "xpu:%d" % index, "xpu", index)
        self._properties = module.get_device_properties(index)
        self.has_fp64 = bool(getattr(self._properties, "has_fp64", False))

    def formats(self, full):
        more = ("int8",) + (("fp64",) if self.has_fp64 else ())
        return ("fp32", "fp16", "bf16") + (more if full else ())

    def memory_free(self):
        ask = getattr(self.module, "mem_get_info", None)
        return int(ask(self.index)[0]) if ask is not None else None

    def describe(self):
        have = self._properties
        facts = {"model": str(have.name), "mem_total": int(have.total_memory)}
        free = self.memory_free()
        if free is not None:
            facts["mem_free"] = free
        units = getattr(have, "gpu_subslice_count", None)
        if units:
            facts["sm_count"] = int(units)
        version = ip_version(getattr(have, "architecture", 0) or self._capability().get("architecture", 0))
        if version:
            facts["architecture"] = version
        clock = highest_clock()
        if clock:
            facts["clock_max_mhz"] = clock
        return facts

    def _capability(self):
        ask = getattr(self.module, "get_device_capability", None)
        return (ask(self.index) or {}) if ask is not None else {}


def ip_version(architecture):
    """The version of the graphics IP in SYCL's number of an Intel GPU: "12.60" of 0x30f000700; "" where it is none.

    The number is GMDID's register and one byte: ten bits of the major version, eight of the minor one, a revision.
    Source: sycl_ext_oneapi_device_architecture, in intel/llvm.
    """
    if not isinstance(architecture, int) or architecture >> 40 or not architecture >> 30:
        return ""
    return "%d.%d" % (architecture >> 30, architecture >> 22 & 0xFF)


CLOCKS = ("gt_RP0_freq_mhz", "device/tile*/gt0/freq0/rp0_freq")
"""Of the drivers i915 and xe: the highest clock that the hardware has, MHz."""


def highest_clock(root="/sys/class/drm"):
    """MHz; None where the driver does not tell it, or tells several: which GPU is meant is not known then."""
    files = [file for name in CLOCKS for file in glob.glob("%s/card*/%s" % (root, name))]
    told = {read(file).strip() for file in files}
    return float(told.pop()) if len(told) == 1 and min(told).isdigit() else None
