"""The processor. A call returns when its product is there."""

from ..software import caches
from .base import Device


class Cpu(Device):
    """The CPU with a number of threads."""

    calls_wait = True

    def __init__(self, threads):
        Device.__init__(self, "cpu", "cpu")
        self.threads = threads
        self.last_cache = max(caches().values(), default=0)

    def formats(self, full):
        return ("fp32", "bf16", "fp16", "fp64") + (("int8",) if full else ())
