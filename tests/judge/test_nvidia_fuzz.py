"""Whatever NVIDIA's facts are, in any mixture with gaps: no check breaks, and nothing passes that nobody saw work."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcheck.model.devices import Nvidia, NvidiaGpu, Pci, VisibleDevices
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing, seen, unseen
from dlcheck.model.host import Container
from tests.facts import (
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTEL_GPU,
    NVIDIA,
    NVIDIA_GPU,
    OS,
    TORCH_CPU,
    TORCH_CUDA,
    build,
    change,
    distribution,
    machine,
    packages,
    report,
)

GAPS = st.sampled_from([ABSENT, NOT_LOOKED, Missing("broken", "no"), Missing("timed-out", "60 s"), Missing("crashed")])


def maybe(*values):
    return st.one_of(st.sampled_from(values), GAPS)


CARD = st.builds(
    change, st.just(NVIDIA_GPU), driver=maybe("nvidia", "nouveau", "vfio-pci"), device_id=st.sampled_from([0x2684, 0x2B85, 0x128B, 0xFFFF]),
    power_state=st.sampled_from(["", "D0", "D3cold"]), config_all_ones=maybe(True, False), name=st.sampled_from(["", "X"]),
)  # fmt: skip
ONE_GPU: st.SearchStrategy[NvidiaGpu] = st.builds(
    change, st.just(GPU), index=st.integers(0, 2), name=maybe("NVIDIA GeForce RTX 5090", "Tesla P100", "?"),
    compute_capability=maybe((12, 0), (6, 0), (8, 9)), handle_code=st.sampled_from([0, 15, 16, 999]),
    memory_total_bytes=maybe(0, 24 * 2**30), memory_used_bytes=maybe(0, 23 * 2**30), throttle_bits=maybe(0, 0x8, 0xFF),
    mig_enabled=maybe(True, False), mig_instances=maybe(()), fabric_state=maybe("in-progress", "not-supported"),
    other_processes=maybe(0, 3), other_processes_bytes=maybe(0, 20 * 2**30), uuid=maybe("GPU-1", "GPU-2"),
)  # fmt: skip
FACTS: st.SearchStrategy[Nvidia] = st.builds(
    change, st.just(NVIDIA), kernel_module_version=maybe("580.82.07", "470.86", "nonsense"),
    kernel_module_open=maybe(True, False), kernel_module_files=maybe((), (OS.kernel,), ("5.4.0",)),
    device_nodes=maybe((), ("/dev/nvidiactl",), ("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"), ("/dev/dxg",)),
    unreadable_nodes=st.sampled_from([(), ("/dev/nvidia0",)]), blocked_nodes=st.sampled_from([(), ("/dev/nvidia0",)]),
    modules_loaded=maybe((), ("nvidia",), ("nouveau",)), nvml_code=maybe(0, 4, 9, 12, 15, 17, 18, 999, 4711),
    library_version=maybe("580.82.07", "535.1"), driver_version=maybe("580.82.07", "470.86", "", "?"),
    driver_cuda=maybe((13, 0), (11, 4)), gpus=st.one_of(st.lists(ONE_GPU, max_size=3).map(tuple), GAPS),
    xids=maybe((), (79,), (13, 4711)), tegra=st.sampled_from(["", "R36.4.0"]), nvswitch=st.booleans(),
    compat_libraries=st.sampled_from([(), ("/usr/local/cuda/compat",)]),
    blacklisted_in=st.sampled_from([(), ("/etc/modprobe.d/x.conf",)]),
)  # fmt: skip
LIBCUDA = st.builds(
    change, st.just(CUDA_DRIVER), init_code=maybe(0, 2, 34, 46, 100, 802, 803, 804, 999, 4711),
    version=maybe((13, 0), (12, 4), (8, 0)), device_count=maybe(0, 1), unhidden_count=maybe(0, 1),
    library=maybe("/usr/lib/libcuda.so.1", "/x/compat/libcuda.so.1", "/x/stubs/libcuda.so"), is_stub=st.booleans(),
)  # fmt: skip
BUILDS = st.sampled_from(
    [("2.13.0+cu130", "13.0"), ("2.6.0+cu124", "12.4"), ("1.3.1", "10.1"), ("2.13.0+cpu", ABSENT), ("2.99.0", "99.1")]
)


def probed(strategy):
    return st.one_of(
        strategy.map(seen),
        st.sampled_from(["absent", "denied", "broken", "timed-out", "crashed", "not-looked"]).map(unseen),
    )


@st.composite
def machines(draw):
    version, cuda = draw(BUILDS)
    torch = draw(
        st.sampled_from(
            [unseen("not-looked"), seen(change(TORCH_CUDA, version=version, cuda=cuda, cuda_available=False, devices=TORCH_CUDA.devices[:1])),
             seen(change(TORCH_CPU, version=version)), unseen("broken", "ImportError: libcudnn.so.9: cannot open")]
        )
    )  # fmt: skip
    return machine(
        os=change(OS, wsl=draw(st.sampled_from([0, 0, 1, 2])), secure_boot=draw(maybe(True, False)),
                  windows_build=draw(maybe(19042, 22631)), system=draw(st.sampled_from(["linux", "linux", "windows"]))),
        container=draw(st.sampled_from([unseen("absent"), seen(Container(engine="docker", evidence="/.dockerenv"))])),
        pci=draw(probed(st.lists(CARD, max_size=2).map(lambda cards: Pci(devices=(INTEL_GPU, *cards))))),
        nvidia=draw(probed(FACTS)), cuda_driver=draw(probed(LIBCUDA)), torch=torch,
        visible_devices=VisibleDevices(variables=draw(st.sampled_from(
            [{}, {"CUDA_VISIBLE_DEVICES": ""}, {"CUDA_VISIBLE_DEVICES": "7"}, {"CUDA_VISIBLE_DEVICES": "0,MIG-1,\x1b[31m"}]
        ))),
        packages=packages(distribution("torch", version.partition("+")[0]), builds=(build("torch", version, cuda=cuda),)),
    )  # fmt: skip


@given(machines())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mixture_of_facts_breaks_a_check_or_passes_a_gpu_that_nobody_saw_compute(snapshot):
    found = report(snapshot, EXPECTS_CUDA)
    assert found.defects == ()
    assert found.verdict in ("not-ready", "unknown")
    assert all(one.evidence for one in found.findings if one.status in ("fail", "warn"))
