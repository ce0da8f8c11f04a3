"""One witness alone, and witnesses that say little: what NVIDIA's driver tells where most of it is silent."""

import pytest

from dlcheck.model.devices import CudaDriver
from dlcheck.model.gaps import unseen
from tests.facts import (
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    NVIDIA,
    TORCH_CUDA,
    change,
    findings,
    gpu_machine,
    machine,
    report,
    roots,
    status,
)

FALLEN = change(TORCH_CUDA, cuda_available=False, cuda_reason="Error 803", devices=TORCH_CUDA.devices[:1])


def refused(code, **changes):
    return change(CUDA_DRIVER, init_code=code, device_count=0, **changes)


def test_libcuda_alone_tells_of_two_versions():
    alone = machine(
        torch=FALLEN, cuda_driver=CudaDriver(library="/usr/lib/libcuda.so.1", version=(13, 0), init_code=803)
    )
    assert roots(alone) == ["driver-library-mismatch"]
    assert roots(alone, EXPECTS_CUDA)[0] == "driver-library-mismatch"


@pytest.mark.parametrize(
    ("nvidia", "cuda", "expected"),
    [
        (NVIDIA, refused(803), "ok"),
        (change(NVIDIA, kernel_module_version="570.1", nvml_code=999), refused(999), "warn"),
        (change(NVIDIA, library_version="570.1", nvml_version="570.1"), refused(803), "warn"),
        (unseen("absent"), refused(803, library="/usr/local/cuda/compat/libcuda.so.1"), "skip"),
        (unseen("absent"), refused(100), "skip"),
        (unseen("absent"), unseen("absent"), "skip"),
    ],
)  # fmt: skip
def test_two_versions_are_told_only_where_something_tells_of_them(nvidia, cuda, expected):
    found = status("driver-library-mismatch", gpu_machine(nvidia=nvidia, cuda_driver=cuda, torch=FALLEN))
    assert found == expected or (expected == "ok" and found in ("pass", "skip"))


@pytest.mark.parametrize(("fault", "explains"), [("remap_pending", False), ("remap_failed", True)])
def test_memory_that_waits_for_a_reset_stops_no_calculation(fault, explains):
    gpus = (change(GPU, **{fault: True}),)
    broken = gpu_machine(nvidia=change(NVIDIA, gpus=gpus), torch=FALLEN)
    (silent,) = [one for one in findings("accelerator-not-working", broken, EXPECTS_CUDA) if one.status == "fail"]
    assert ("gpu-memory-faulty" in silent.caused_by) is explains
    assert report(gpu_machine(nvidia=change(NVIDIA, gpus=gpus))).verdict == "ready-with-warnings"


def test_an_accelerator_that_does_not_compute_is_told_in_the_frameworks_words():
    (finding,) = findings("accelerator-not-working", gpu_machine(torch=FALLEN), EXPECTS_CUDA)
    assert "torch: Error 803" in finding.evidence
