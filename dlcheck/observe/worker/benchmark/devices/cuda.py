"""NVIDIA's GPUs by CUDA, and AMD's by ROCm, which torch calls by the same name."""

from .base import EventDevice


def available(torch, asked, known):
    """Every device that torch.cuda offers."""
    cuda = getattr(torch, "cuda", None)
    if cuda is None or not cuda.is_available():
        return []
    kind = "rocm" if getattr(torch.version, "hip", None) else "cuda"
    return [Cuda(torch, kind, index) for index in range(cuda.device_count())]


class Cuda(EventDevice):
    """One GPU; events in its stream take the time."""

    family = "cuda"

    def __init__(self, torch, kind, index):
        EventDevice.__init__(self, torch.cuda, "cuda:%d" % index, kind, index)
        self._side = None
        self._properties = torch.cuda.get_device_properties(index)
        self.last_cache = int(getattr(self._properties, "L2_cache_size", 0) or 0)

    @property
    def capability(self):
        """The compute capability, (8, 9); (0, 0) of AMD's, whose numbers mean something else."""
        return (int(self._properties.major), int(self._properties.minor)) if self.type == "cuda" else (0, 0)

    def formats(self, full):
        formats = ["fp32", "fp16", "bf16"]
        arch = str(getattr(self._properties, "gcnArchName", ""))
        if self.capability >= (8, 0) or arch.startswith("gfx94"):
            formats.insert(1, "tf32")
        if full:
            formats += ["fp64", "int8"]
            if self.capability >= (8, 9) or arch.startswith(("gfx94", "gfx95", "gfx12")):
                formats.append("fp8")
        return tuple(formats)

    def captured(self, call, count):
        """A function that starts so many calls at once: they were captured in a graph. Raises what torch raises.

        The first calls on a stream make workspaces, which must not be captured; one stream is enough for all.
        """
        cuda = self.module
        if self._side is None:
            self._side = cuda.Stream(self.index)
        graph, stream = cuda.CUDAGraph(), self._side
        stream.wait_stream(cuda.current_stream(self.index))
        with cuda.stream(stream):
            for _ in range(3):
                call()
        cuda.current_stream(self.index).wait_stream(stream)
        self.synchronize()
        with cuda.graph(graph, stream=stream):
            for _ in range(count):
                call()
        return graph.replay

    def describe(self):
        """What torch knows of it; what its driver knows is asked by others."""
        have = self._properties
        facts = {"model": str(have.name), "mem_total": int(have.total_memory), "mem_free": self.memory_free()}
        if self.type == "cuda":
            facts["cc"] = list(self.capability)
        elif getattr(have, "gcnArchName", ""):
            facts["gcn_arch"] = str(have.gcnArchName).split(":")[0]
        for name, attribute, turn in (
            ("sm_count", "multi_processor_count", int),
            ("l2_bytes", "L2_cache_size", int),
            ("clock_max_mhz", "clock_rate", lambda kilohertz: kilohertz / 1e3),
            ("mem_clock_mhz", "memory_clock_rate", lambda kilohertz: kilohertz / 1e3),
            ("bus_width_bits", "memory_bus_width", int),
        ):
            value = getattr(have, attribute, None)
            if value:
                facts[name] = turn(value)
        if getattr(have, "pci_bus_id", None) is not None:
            place = (getattr(have, "pci_domain_id", 0), have.pci_bus_id, getattr(have, "pci_device_id", 0))
            facts["pci_address"] = "%04x:%02x:%02x.0" % place
        return facts
