"""TPUs and whatever else torch_xla reaches by PJRT; with PJRT_DEVICE=CPU the processor under another name.

It gathers operations and compiles them: a product is made when it is waited for, equal products of one step are made
once, and none is written into memory that is there already. So a sample is one product and its wait.
"""

import os

from ... import importing
from .base import Device


def wanted(asked):
    """Did the person ask for it, or does PJRT_DEVICE name one? A TPU belongs to one process at a time."""
    named = any(name == "xla" or name.startswith("xla:") for name in asked["devices"])
    unwanted = asked["devices"] and not named
    return (named or (os.environ.get("PJRT_DEVICE") and not unwanted)) and importing.has("torch_xla")


def available(torch, asked, known):
    """Its first device, where it is wanted."""
    if not wanted(asked):
        return []
    import torch_xla
    import torch_xla.core.xla_model as model

    count = len(model.get_xla_supported_devices() or ())
    return [Xla(torch_xla, model, index) for index in range(min(count, 1))]


class Xla(Device):
    """One device of PJRT."""

    family = "xla"
    writes_in_place = False
    makes_random = False
    has_fp64 = False
    most_calls = 1

    def __init__(self, torch_xla, model, index):
        Device.__init__(self, "xla:%d" % index, "xla", index)
        self._model = model
        self._device = torch_xla.device(index) if hasattr(torch_xla, "device") else model.xla_device(index)
        self.kind = str(model.xla_device_hw(self._device))
        self.virtual = self.kind == "CPU"

    def torch_device(self):
        return self._device

    def synchronize(self):
        self._model.mark_step()
        self._model.wait_device_ops()

    def formats(self, full):
        return ("fp32", "bf16") + (("fp64",) if self.virtual and full else ())

    def describe(self):
        facts = {"model": "the processor, by XLA" if self.virtual else "%s by XLA" % self.kind}
        try:
            told = self._model.get_memory_info(self._device)
            if told.get("bytes_limit"):
                facts["mem_total"] = int(told["bytes_limit"])
                facts["mem_free"] = int(told["bytes_limit"]) - int(told.get("bytes_used", 0))
        except Exception:
            pass  # PJRT's CPU does not tell
        return facts
