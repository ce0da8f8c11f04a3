"""Intel's GPUs by SYCL."""

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
        return facts
