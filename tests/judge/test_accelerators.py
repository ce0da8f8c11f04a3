"""Where any accelerator will do: one that computes is enough, and what is not there is not missed."""

import pytest

from dlcheck.judge.accelerators import hardware_of, is_expected
from dlcheck.model.devices import Apple, ArrayDevice, Pci
from dlcheck.model.gaps import ABSENT, unseen
from tests.facts import (
    BEGINNER,
    INTERPRETER,
    NVIDIA_GPU,
    OS,
    TORCH_CPU,
    build,
    change,
    distribution,
    gpu_machine,
    machine,
    packages,
    report,
    roots,
)

ANY = change(BEGINNER, expects=("any",))
NO_BUS = {"pci": unseen("absent"), "apple": Apple(chip="Apple M2", rosetta=False)}
MAC = machine(
    os=change(OS, system="darwin", name="macOS 15.1", version="15.1", machine="arm64", glibc=ABSENT, distribution=""),
    interpreter=change(INTERPRETER, machine="arm64", platform_tag="macosx-11.0-arm64"),
    torch=change(
        TORCH_CPU, version="2.13.0", mps_built=True, mps_available=True,
        devices=(*TORCH_CPU.devices, ArrayDevice(name="mps", kind="mps", product_right=True)),
    ),
    **NO_BUS,
)  # fmt: skip
UNBOUND = Pci(devices=(change(NVIDIA_GPU, driver=ABSENT),), source="/sys/bus/pci")
NO_DRIVER = {"pci": UNBOUND, "nvidia": unseen("absent"), "cuda_driver": unseen("absent")}


def test_an_apple_gpu_that_computes_is_any_accelerator():
    assert roots(MAC, ANY) == []
    assert not is_expected("cuda", ANY, MAC)


def test_a_laptop_without_any_is_told_so_and_not_that_it_lacks_one_maker():
    assert roots(machine(), ANY) == ["no-accelerator"]
    assert report(machine(), ANY).verdict == "not-ready"


def test_a_gpu_without_its_driver_is_the_cause_where_it_is_the_only_one():
    said = report(gpu_machine(**NO_DRIVER, torch=TORCH_CPU), ANY)
    assert said.root_causes[0] == "no-driver"
    assert said.verdict == "not-ready"


def test_a_build_for_the_cpu_beside_a_gpu_is_the_cause():
    cpu = packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),))
    assert roots(gpu_machine(torch=TORCH_CPU, packages=cpu), ANY) == ["torch-cpu-build-on-gpu-machine"]


@pytest.mark.parametrize(("kind", "expected"), [("cuda", True), ("rocm", False), ("xpu", False), ("mps", False)])
def test_what_may_be_there_is_expected_until_one_works(kind, expected):
    idle = gpu_machine(torch=TORCH_CPU)
    assert is_expected(kind, ANY, idle) is expected
    assert not is_expected(kind, ANY, gpu_machine())
    assert not is_expected(kind, BEGINNER, idle)
    assert is_expected(kind, change(BEGINNER, expects=(kind,)), gpu_machine())


def test_hardware_that_nobody_could_look_for_is_not_ruled_out():
    blind = machine(pci=unseen("denied"), nvidia=unseen("denied"), cuda_driver=unseen("denied"))
    assert hardware_of("cuda", blind) is None
    assert is_expected("cuda", ANY, change(blind, torch=unseen("absent")))
