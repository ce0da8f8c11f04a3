"""The devices of the benchmark, on modules that stand in for torch's and record what is asked of them."""

from __future__ import annotations

import contextlib
import time
from types import SimpleNamespace

import pytest

from dlcheck.observe.worker.benchmark import devices, precision, rows
from dlcheck.observe.worker.benchmark.devices import accelerator, base, cuda, mps, xpu
from dlcheck.observe.worker.benchmark.devices.base import INSPECT_EVERY, Device
from dlcheck.observe.worker.benchmark.devices.cpu import Cpu
from dlcheck.observe.worker.benchmark.formats import FORMATS
from dlcheck.observe.worker.benchmark.rows import GRAPH_PRODUCTS, Row


class Stream:
    """torch.cuda as it is used: it keeps a list of what was asked, and its clock runs by the kernels alone."""

    def __init__(self, kernel_seconds=0.001, count=2, lies=1.0):
        self.told, self.now, self.kernel_seconds, self.lies = [], 0.0, kernel_seconds, lies
        self.count, self.current, self.waiting = count, 0, 0.0
        stream = self

        class Event:
            def __init__(self, enable_timing=False):
                assert enable_timing
                stream.told.append("event")
                self.at = None

            def record(self):
                stream.told.append("record")
                self.at = stream.now

            def elapsed_time(self, other):
                assert stream.waiting == 0.0, "the events are read before the device was waited for"
                return (other.at - self.at) * 1e3 * stream.lies

        self.Event = Event

    def kernel(self):
        self.told.append("kernel")
        self.now += self.kernel_seconds
        self.waiting += self.kernel_seconds

    def synchronize(self, index=None):
        self.told.append(f"synchronize {index}")
        self.waiting = 0.0

    def perf_counter(self):
        return self.now

    def set_device(self, index):
        self.told.append(f"device {index}")
        self.current = index

    def CUDAGraph(self):
        stream = self

        class Graph:
            calls = 0

            def replay(self):
                stream.told.append("replay")
                stream.now += stream.kernel_seconds * self.calls
                stream.waiting += stream.kernel_seconds * self.calls

        return Graph()

    def Stream(self, index):
        self.told.append(f"new stream {index}")
        return SimpleNamespace(wait_stream=lambda other: self.told.append("side waits"))

    def current_stream(self, index):
        return SimpleNamespace(wait_stream=lambda other: self.told.append("main waits"))

    @contextlib.contextmanager
    def stream(self, other):
        self.told.append("on the side")
        yield
        self.told.append("off the side")

    @contextlib.contextmanager
    def graph(self, graph, stream):
        assert self.waiting == 0.0, "captured before the device was waited for"
        self.told.append("capture")
        before = self.told[:]
        yield
        graph.calls = len(self.told) - len(before)
        self.told[:] = [*before, "captured"]
        self.waiting = 0.0

    def is_available(self):
        return self.count > 0

    def device_count(self):
        return self.count

    def mem_get_info(self, index):
        return 7 << 30, 8 << 30

    def empty_cache(self):
        self.told.append("empty")

    def get_device_properties(self, index):
        return SimpleNamespace(
            name="NVIDIA Stand-in", major=8, minor=9, total_memory=8 << 30, multi_processor_count=58, L2_cache_size=48 << 20,
            clock_rate=2040000, memory_clock_rate=6251000, memory_bus_width=192, pci_domain_id=0, pci_bus_id=0x65,
            pci_device_id=0,
        )  # fmt: skip


def torch_with(stream, hip=None):
    return SimpleNamespace(cuda=stream, version=SimpleNamespace(hip=hip), backends=SimpleNamespace())


@pytest.fixture
def by_its_clock(monkeypatch):
    """The wall's clock runs by the kernels, too: nothing else on this machine makes events and wall disagree."""
    return lambda stream: monkeypatch.setattr(base, "time", stream)


def gpu(stream, hip=None, index=0):
    return cuda.available(torch_with(stream, hip), {"devices": []}, {"cpu"})[index]


def test_events_stand_around_each_sample_and_the_device_is_waited_for_once_a_block(by_its_clock):
    stream = Stream()
    by_its_clock(stream)
    device = gpu(stream, index=1)
    inspected = []
    device.enter()
    samples, timer = device.samples(stream.kernel, 1, 0.05, lambda: inspected.append(True))

    assert timer == "events"
    assert samples == [pytest.approx(0.001)] * 50
    queue = stream.told[stream.told.index("record") : len(stream.told) - 1 - stream.told[::-1].index("synchronize 1")]
    assert queue == ["record", "kernel", "record"] * (len(samples) + 1)
    assert stream.told[0] == "device 1"
    assert stream.told.count("synchronize 1") == 2
    assert inspected == [True]


def test_several_short_products_make_one_sample_and_events_are_made_once(by_its_clock):
    stream = Stream(kernel_seconds=2e-5)
    by_its_clock(stream)
    device = gpu(stream)
    first, _ = device.samples(stream.kernel, 10, 0.01, lambda: None)
    made = stream.told.count("event")
    second, _ = device.samples(stream.kernel, 10, 0.005, lambda: None)

    assert first[0] == pytest.approx(2e-5)
    assert (len(first), len(second)) == (50, 25)
    assert made == stream.told.count("event") == 2 * 51


def test_events_that_disagree_with_the_wall_are_not_believed(by_its_clock):
    stream = Stream(lies=0.3)
    by_its_clock(stream)
    samples, timer = gpu(stream).samples(stream.kernel, 1, 0.02, lambda: None)

    assert timer == "wall"
    assert samples[0] == pytest.approx(0.001)


def test_products_of_a_graph_are_warmed_up_on_a_stream_of_their_own_and_started_together(by_its_clock):
    stream = Stream(kernel_seconds=3e-6)
    by_its_clock(stream)
    device = gpu(stream, index=1)
    replay = device.captured(stream.kernel, 64)

    side = ["new stream 1", "side waits", "on the side", *["kernel"] * 3, "off the side", "main waits"]
    assert stream.told == [*side, "synchronize 1", "capture", "captured"]
    samples, timer = gpu(stream, index=1).samples(replay, 1, 0.01, lambda: None)
    assert timer == "events" and samples[0] == pytest.approx(64 * 3e-6)
    device.captured(stream.kernel, 64)
    assert stream.told.count("new stream 1") == 1


def test_a_row_of_a_graph_tells_the_time_of_one_product(by_its_clock, monkeypatch):
    stream = Stream(kernel_seconds=3e-6)
    by_its_clock(stream)
    monkeypatch.setattr(rows, "time", SimpleNamespace(perf_counter=stream.perf_counter, monotonic=lambda: stream.now,
                                                      process_time=lambda: 0.0))  # fmt: skip
    row = Row(1, gpu(stream), "fp32", 128, 0, graph=True)
    row.product = Product(stream)
    library = SimpleNamespace(settings=lambda device, dtype: contextlib.nullcontext(), set_threads=None)
    row.try_out(library, 0.0)
    told = row.block(library, 0.01, "rounds")

    assert row.estimate == pytest.approx(3e-6)
    assert (told["timer"], told["calls"] % GRAPH_PRODUCTS) == ("graph", 0)
    assert told["samples"][0] == pytest.approx(3e-6)
    assert not row.plain and row.facts()["graph"]


class Product:
    """A right product whose calls are kernels of a stream."""

    m = n = 128
    dtype, format = "fp32", FORMATS["fp32"]

    def __init__(self, stream):
        self.call, self.written = stream.kernel, True

    def forget_result(self):
        self.written = False

    def copy(self):
        return 1

    def equals(self, copy):
        return True

    def residual(self):
        return "", 1.0

    def unwritten(self):
        return ""


def test_without_events_that_tell_time_the_wall_does():
    stream = Stream()
    stream.Event.elapsed_time = None
    stream.Event.record = lambda self: (_ for _ in ()).throw(NotImplementedError("no timing on this device"))
    device = gpu(stream)
    samples, timer = device.samples(lambda: time.sleep(0.001), 1, 0.005, lambda: None)

    assert timer == "wall" and 0.001 <= samples[0] < 0.1
    assert stream.told.count("synchronize 0") >= len(samples)


def test_what_torch_knows_of_a_gpu():
    facts = gpu(Stream()).describe()

    assert facts["cc"] == [8, 9]
    assert (facts["sm_count"], facts["clock_max_mhz"], facts["mem_free"]) == (58, 2040.0, 7 << 30)
    assert facts["pci_address"] == "0000:65:00.0"


@pytest.mark.parametrize(
    ("major", "minor", "full", "formats"),
    [
        (7, 5, False, {"fp32", "fp16", "bf16"}),
        (8, 0, False, {"fp32", "tf32", "fp16", "bf16"}),
        (8, 0, True, {"fp32", "tf32", "fp16", "bf16", "fp64", "int8"}),
        (8, 9, True, {"fp32", "tf32", "fp16", "bf16", "fp64", "int8", "fp8"}),
    ],
)
def test_the_formats_of_a_compute_capability(major, minor, full, formats):
    device = gpu(Stream())
    device._properties.major, device._properties.minor = major, minor

    assert set(device.formats(full)) == formats


def test_rocm_comes_by_the_same_module():
    device = gpu(Stream(), hip="6.4")
    device._properties.gcnArchName = "gfx942:sramecc+:xnack-"

    assert (device.type, device.name) == ("rocm", "cuda:0")
    assert device.describe()["gcn_arch"] == "gfx942" and "cc" not in device.describe()
    assert {"tf32", "fp8"} <= set(device.formats(True))


def test_no_device_is_no_device():
    nothing = SimpleNamespace(version=SimpleNamespace(), backends=SimpleNamespace())

    for kind in (cuda, mps, xpu, accelerator):
        assert kind.available(nothing, {"devices": []}, set()) == []
    assert cuda.available(torch_with(Stream(count=0)), {"devices": []}, set()) == []


@pytest.mark.parametrize(
    ("wanted", "names", "lost"),
    [
        ([], ["cpu", "cuda:0", "cuda:1"], []),
        (["cuda"], ["cuda:0", "cuda:1"], []),
        (["cuda:1", "cpu"], ["cpu", "cuda:1"], []),
        (["mps"], [], ["mps"]),
    ],
)
def test_devices_that_are_wanted(wanted, names, lost):
    said = []
    answer = SimpleNamespace(stage=lambda words: None, add=lambda field, item: said.append((field, item)))
    library = SimpleNamespace(torch=torch_with(Stream()), name="torch")
    found = devices.discover(answer, library, {"devices": wanted}, 4)

    assert [device.name for device in found] == [item["name"] for field, item in said if field == "devices"] == names
    assert [item["what"] for field, item in said if field == "lost"] == lost


def test_metal_is_waited_for_after_each_sample():
    told = []
    metal = SimpleNamespace(synchronize=lambda: told.append("wait"), empty_cache=lambda: None)
    torch = SimpleNamespace(mps=metal, backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)))
    (device,) = mps.available(torch, {"devices": []}, set())
    samples, timer = device.samples(lambda: told.append("kernel"), 3, 0.0, lambda: None)

    assert (told, timer, len(samples)) == (["kernel"] * 3 + ["wait"], "wall", 1)


def test_another_accelerator_is_found_by_the_name_for_all_and_known_ones_are_not_found_twice():
    def torch(kind):
        module = SimpleNamespace(
            is_available=lambda: True,
            current_accelerator=lambda: SimpleNamespace(type=kind),
            device_count=lambda: 2,
            synchronize=lambda index: None,
        )
        return SimpleNamespace(accelerator=module)

    assert [device.name for device in accelerator.available(torch("npu"), {"devices": []}, set())] == ["npu:0", "npu:1"]
    assert accelerator.available(torch("cuda"), {"devices": []}, set()) == []


def test_the_product_is_compared_between_samples_and_the_next_call_is_not_timed():
    told = []
    samples, _ = Cpu(1).samples(lambda: (told.append("call"), time.sleep(0.001)), 1, 0.05, lambda: told.append("look"))

    assert told.count("look") == (len(samples) - 1) // INSPECT_EVERY
    assert told.count("call") == len(samples) + told.count("look")


def test_caches_are_emptied_before_each_sample_and_not_timed():
    stream = Stream()
    told = []
    samples, timer = gpu(stream).samples(stream.kernel, 1, 0.01, lambda: None, lambda: stream.told.append("flush"))

    assert timer == "events" and samples[0] == pytest.approx(0.001)
    assert stream.told[stream.told.index("flush") :][:4] == ["flush", "record", "kernel", "record"]

    samples, _ = Cpu(1).samples(lambda: told.append("call"), 1, 0.005, lambda: None, lambda: time.sleep(0.001))
    assert max(samples) < 0.001


def test_the_cpu_is_not_waited_for():
    device = Device("npu:0", "other")
    waits = []
    device.synchronize = lambda: waits.append(True)
    device.samples(lambda: None, 4, 0.0, lambda: None)
    assert waits == [True]

    cpu = Cpu(1)
    cpu.synchronize = lambda: pytest.fail("a call on the CPU returns when its product is there")
    cpu.samples(lambda: None, 4, 0.0, lambda: None)


class NewSwitch:
    """torch ≥ 2.9: after the new one is written, reading the old one raises."""

    fp32_precision = "none"

    @property
    def allow_tf32(self):
        raise RuntimeError("mix of the legacy and new APIs to set the TF32 status")


@pytest.mark.parametrize(
    ("matmul", "name"), [(NewSwitch(), "fp32_precision"), (SimpleNamespace(allow_tf32=True), "allow_tf32")]
)
def test_the_precision_of_fp32_is_set_and_put_back(matmul, name):
    torch = SimpleNamespace(backends=SimpleNamespace(cuda=SimpleNamespace(matmul=matmul)))
    device = SimpleNamespace(type="cuda")
    before, seen = getattr(matmul, name), {}
    for dtype in ("fp32", "tf32", "bf16"):
        with precision.of(torch, device, dtype):
            seen[dtype] = getattr(matmul, name)
        assert getattr(matmul, name) == before

    assert seen == {"fp32": "ieee" if name == "fp32_precision" else False,
                    "tf32": "tf32" if name == "fp32_precision" else True, "bf16": before}  # fmt: skip
    with pytest.raises(LookupError), precision.of(torch, device, "tf32"):
        raise LookupError
    assert getattr(matmul, name) == before


def test_on_the_cpu_no_switch_is_touched():
    torch = SimpleNamespace()
    with precision.of(torch, SimpleNamespace(type="cpu"), "fp32"):
        assert vars(torch) == {}


def intel(**more):
    have = {"name": "Intel(R) Arc(TM) B580 Graphics", "total_memory": 12 << 30, "gpu_subslice_count": 20, **more}
    module = SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 1, get_device_properties=lambda index: SimpleNamespace(**have)
    )
    return xpu.available(SimpleNamespace(xpu=module), {"devices": []}, set())[0]


@pytest.mark.parametrize(
    ("architecture", "version"),
    [(0x30F000700, "12.60"), (0x30DC00800, "12.55"), (0x30E000500, "12.56"), (0x500400400, "20.1"), (0, ""),
     (0x9900000000000000, ""), (0x0100000000005000, ""), ("dg2", ""), (None, "")],
)  # fmt: skip
def test_the_version_of_intels_graphics_ip_is_in_the_number_of_its_architecture(architecture, version):
    assert xpu.ip_version(architecture) == version
    if architecture:
        assert intel(architecture=architecture).describe().get("architecture", "") == version


def test_an_older_torch_tells_intels_architecture_by_its_capability():
    device = intel()
    device.module.get_device_capability = lambda index: {"architecture": 0x500400400}

    assert device.describe()["architecture"] == "20.1"


def test_the_highest_clock_of_an_intel_gpu_is_known_where_one_is_told(tmp_path):
    def told(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    assert xpu.highest_clock(str(tmp_path)) is None
    told("card1/device/tile0/gt0/freq0/rp0_freq", "2850\n")
    assert xpu.highest_clock(str(tmp_path)) == 2850.0
    told("card0/gt_RP0_freq_mhz", "1550\n")
    assert xpu.highest_clock(str(tmp_path)) is None
    told("card0/gt_RP0_freq_mhz", "garbage")
    (tmp_path / "card1/device/tile0/gt0/freq0/rp0_freq").unlink()
    assert xpu.highest_clock(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("name", "family"), [("Apple M1", "apple7"), ("Apple M2 Pro", "apple8"), ("Apple M9", None), ("AMD Radeon", None)]
)
def test_metals_family_comes_by_the_chip(name, family):
    metal = SimpleNamespace(get_name=lambda: name, get_core_count=lambda: 8)
    torch = SimpleNamespace(mps=metal, backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)))
    (device,) = mps.available(torch, {"devices": []}, set())

    assert device.describe().get("architecture") == family
