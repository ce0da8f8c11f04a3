"""Any other accelerator that torch knows by the one name for all of them (torch.accelerator, since 2.6)."""

from .base import Device

ELSEWHERE = ("cpu", "cuda", "rocm", "mps", "xpu", "xla")


def available(torch, asked, known):
    """Its devices, unless another file knows that kind."""
    module = getattr(torch, "accelerator", None)
    if module is None or not module.is_available():
        return []
    current = module.current_accelerator()
    if current is None or current.type in ELSEWHERE:
        return []
    return [Accelerator(module, current.type, index) for index in range(module.device_count())]


class Accelerator(Device):
    """One device; waited for after each sample."""

    makes_random = False
    has_fp64 = False

    def __init__(self, module, kind, index):
        Device.__init__(self, "%s:%d" % (kind, index), "other", index)
        self.family = kind
        self._module = module

    def synchronize(self):
        self._module.synchronize(self.index)

    def describe(self):
        return {"model": self.family}
