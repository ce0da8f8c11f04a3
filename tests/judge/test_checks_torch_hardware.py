"""PyTorch's build against driver and GPU: what is wrong, how grave it is, and the command that mends it."""

import msgspec
import pytest

from dlcheck.model.devices import ArrayDevice, VisibleDevices
from dlcheck.model.gaps import ABSENT, Missing, unseen
from tests.facts import (
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTERPRETER,
    NVIDIA,
    OS,
    PYTHON,
    TORCH_CPU,
    TORCH_CUDA,
    build,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    report,
    roots,
    status,
)

WITHOUT = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1])


def with_torch(version, cuda=ABSENT, *extra, **changes):
    """Packages with that torch in them."""
    return packages(
        distribution("torch", version.partition("+")[0]),
        *extra,
        builds=(build("torch", version, cuda=cuda, **changes),),
    )


def quick(version, cuda, **groups):
    """The same machine under --quick, with that torch."""
    facts = {
        "torch": unseen("not-looked", "left out by --quick"),
        "packages": with_torch(version, cuda),
        "depth": "quick",
    }
    return gpu_machine(**{**facts, "numerics": unseen("not-looked", "left out by --quick"), **groups})


def driver(version, cuda):
    """NVML's and libcuda's facts of a driver."""
    return {
        "nvidia": change(NVIDIA, driver_version=version, kernel_module_version=version, library_version=version,
                         driver_cuda=cuda),
        "cuda_driver": change(CUDA_DRIVER, version=cuda),
    }  # fmt: skip


def gpu(name, capability, **changes):
    return change(GPU, name=name, compute_capability=capability, **changes)


def commands(finding):
    return [step.text for fix in finding.fixes for step in fix.commands]


OLD_DRIVER = gpu_machine(torch=WITHOUT, **driver("570.124.06", (12, 8)))


def test_a_driver_too_old_is_the_one_cause_and_the_build_for_it_comes_first():
    assert roots(OLD_DRIVER, EXPECTS_CUDA) == ["driver-too-old-for-torch-cuda"]
    (finding,) = findings("driver-too-old-for-torch-cuda", OLD_DRIVER, EXPECTS_CUDA)
    assert finding.status == "fail"
    assert finding.evidence == (
        "driver 570.124.06, which serves CUDA 12.8",
        "PyTorch 2.13.0+cu130, built for CUDA 13.0: needs driver 580 or newer",
    )
    assert commands(finding)[0] == (
        f"{PYTHON} -m pip install --index-url https://download.pytorch.org/whl/cu126 torch==2.14.1+cu126"
    )
    assert any("torch==2.13.0+cu126" in text for text in commands(finding)), "the release can be kept"
    assert any("nvidia-driver-580-open" in text for text in commands(finding)), "or the driver updated"
    titles = [fix.title for fix in finding.fixes]
    assert titles[:3] == [
        "install PyTorch 2.14.1 for CUDA 12.6", "install PyTorch 2.10.0 for CUDA 12.8, from the configured package index",
        "keep this PyTorch, and take its build for CUDA 12.6",
    ]  # fmt: skip
    assert commands(finding)[1] == f"{PYTHON} -m pip install torch==2.10.0", "from the configured index"


def test_a_driver_too_old_is_told_under_quick_too():
    found = quick("2.13.0+cu130", "13.0", **driver("535.183.01", (12, 2)))
    assert roots(found, EXPECTS_CUDA)[0] == "driver-too-old-for-torch-cuda"


def test_a_driver_too_old_is_a_warning_where_no_gpu_is_expected():
    assert status("driver-too-old-for-torch-cuda", OLD_DRIVER) == "warn"


@pytest.mark.parametrize(
    "snapshot",
    [
        gpu_machine(**driver("525.60.13", (12, 0)), packages=with_torch("2.8.0+cu128", "12.8"),
                    torch=change(TORCH_CUDA, version="2.8.0+cu128", cuda="12.8")),
        gpu_machine(nvidia=driver("535.183.01", (12, 2))["nvidia"]),
        machine(packages=with_torch("2.13.0+cu130", "13.0"), torch=change(WITHOUT, arch_list=("sm_80",))),
    ],
    ids=["minor versions do not matter", "libcuda is the nearer witness", "no driver and no GPU"],
)  # fmt: skip
def test_no_driver_update_where_the_driver_is_fine(snapshot):
    assert status("driver-too-old-for-torch-cuda", snapshot) in ("pass", "skip")
    texts = [text for one in report(snapshot, EXPECTS_CUDA).findings for text in commands(one)]
    assert not any("nvidia-driver" in text for text in texts if "no-driver" not in text) or not snapshot.nvidia.value


CPU_BUILD = gpu_machine(torch=TORCH_CPU, packages=with_torch("2.13.0+cpu"))


def test_a_cpu_build_on_a_gpu_machine():
    assert roots(CPU_BUILD, EXPECTS_CUDA) == ["torch-cpu-build-on-gpu-machine"]
    assert status("torch-cpu-build-on-gpu-machine", CPU_BUILD) == "warn"
    (finding,) = findings("torch-cpu-build-on-gpu-machine", CPU_BUILD)
    assert commands(finding)[0] == f"{PYTHON} -m pip install torch==2.15.0"


def test_a_cpu_build_on_windows_gets_the_index_that_has_cuda():
    windows = gpu_machine(
        torch=TORCH_CPU, packages=with_torch("2.13.0+cpu", ABSENT, distribution("torchvision", "0.28.0")),
        os=change(OS, system="windows", distribution="", name="Windows 11", glibc=ABSENT, shell="powershell"),
        interpreter=change(INTERPRETER, machine="AMD64", platform_tag="win-amd64", executable=r"C:\Users\ada\dl\python.exe"),
        **driver("560.94", (12, 6)),
    )  # fmt: skip
    (finding,) = findings("torch-cpu-build-on-gpu-machine", windows)
    assert "--index-url https://download.pytorch.org/whl/cu126" in commands(finding)[0]
    assert "torch==2.14.1+cu126" in commands(finding)[0]
    assert "torchvision==0.29.1+cu126" in commands(finding)[0]


def test_a_cpu_build_beside_a_gpu_that_no_build_runs_on_is_a_note():
    kepler = gpu_machine(
        torch=TORCH_CPU, packages=with_torch("2.13.0+cpu"),
        nvidia=change(NVIDIA, driver_version="470.256.02", gpus=(gpu("GeForce GT 710", (3, 5)),)),
    )  # fmt: skip
    assert status("torch-cpu-build-on-gpu-machine", kepler) == "note"
    assert roots(kepler) == []


def test_a_cpu_build_where_the_driver_is_missing_too_follows_from_it():
    found = gpu_machine(
        torch=TORCH_CPU, packages=with_torch("2.13.0+cpu"), nvidia=unseen("absent"), cuda_driver=unseen("absent")
    )
    assert roots(found) == ["no-driver"]
    (finding,) = findings("torch-cpu-build-on-gpu-machine", found)
    assert finding.caused_by == ("no-driver",)


def test_a_jetson_with_a_generic_wheel_gets_nvidias_own():
    jetson = gpu_machine(
        torch=TORCH_CPU, packages=with_torch("2.13.0+cpu"),
        nvidia=change(NVIDIA, tegra="R36.4.0", gpus=(gpu("Orin (nvgpu)", (8, 7)),)), pci=unseen("absent"),
    )  # fmt: skip
    (finding,) = findings("torch-cpu-build-on-gpu-machine", jetson)
    assert "Jetson" in " ".join(finding.evidence)
    assert not commands(finding)


NEW_GPU = {"nvidia": change(NVIDIA, gpus=(gpu("NVIDIA GeForce RTX 5090", (12, 0)),))}
OLD_LIST = ("sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90")


def failing(version, cuda, archs, error="CUDA error: no kernel image is available"):
    device = ArrayDevice(name="cuda:0", kind="cuda", product_right=Missing("broken", error))
    return change(TORCH_CUDA, version=version, cuda=cuda, arch_list=archs, devices=(TORCH_CUDA.devices[0], device))


def test_a_gpu_newer_than_the_wheel():
    found = gpu_machine(
        torch=failing("2.6.0+cu124", "12.4", OLD_LIST), packages=with_torch("2.6.0+cu124", "12.4"), **NEW_GPU
    )
    assert roots(found, EXPECTS_CUDA) == ["gpu-arch-not-in-wheel-new"]
    (finding,) = findings("gpu-arch-not-in-wheel-new", found, EXPECTS_CUDA)
    assert finding.subject == "gpu 0"
    assert "compute capability 12.0 (Blackwell)" in finding.evidence[0]
    assert commands(finding)[0].endswith("torch==2.15.0")


def test_a_gpu_newer_than_the_wheel_is_told_under_quick_by_the_table():
    found = quick("2.6.0+cu124", "12.4", **NEW_GPU)
    assert status("gpu-arch-not-in-wheel-new", found, EXPECTS_CUDA) == "fail"
    assert "table" in findings("gpu-arch-not-in-wheel-new", found)[0].evidence[1]


@pytest.mark.parametrize(
    ("name", "capability", "version", "cuda", "driver_version", "wanted"),
    [
        ("Tesla P100-PCIE-16GB", (6, 0), "2.13.0+cu130", "13.0", "580.82.07", "torch==2.14.1+cu126"),
        ("Tesla V100-SXM2-16GB", (7, 0), "2.11.0+cu128", "12.8", "580.82.07", "torch==2.14.1+cu126"),
        ("GeForce GTX 1080 Ti", (6, 1), "2.8.0+cu128", "12.8", "535.183.01", "torch==2.14.1+cu126"),
    ],
)
def test_a_gpu_older_than_the_wheel(name, capability, version, cuda, driver_version, wanted):
    found = gpu_machine(
        torch=failing(version, cuda, ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120")),
        packages=with_torch(version, cuda),
        nvidia=change(NVIDIA, driver_version=driver_version, gpus=(gpu(name, capability),)),
    )
    assert roots(found, EXPECTS_CUDA) == ["gpu-arch-not-in-wheel-old"]
    assert wanted in commands(findings("gpu-arch-not-in-wheel-old", found)[0])[0]


@pytest.mark.parametrize(
    ("capability", "archs", "version", "cuda", "driver_version"),
    [
        ((8, 9), ("sm_80", "sm_86"), "2.13.0+cu130", "13.0", "580.82.07"),
        ((12, 1), ("sm_120",), "2.13.0+cu130", "13.0", "580.82.07"),
        ((12, 0), ("sm_90", "compute_90"), "2.7.0+cu128", "12.8", "570.124.06"),
        ((6, 1), ("sm_60",), "2.7.0+cu126", "12.6", "560.35.03"),
    ],
    ids=["Ada runs Ampere's code", "GB10 runs Blackwell's", "PTX and a driver that compiles it", "Pascal runs 6.0"],
)
def test_gpus_that_run_code_of_another_number_are_left_alone(capability, archs, version, cuda, driver_version):
    found = gpu_machine(
        torch=change(TORCH_CUDA, version=version, cuda=cuda, arch_list=archs),
        packages=with_torch(version, cuda),
        nvidia=change(NVIDIA, driver_version=driver_version, gpus=(change(GPU, compute_capability=capability),)),
    )
    assert roots(found, EXPECTS_CUDA) == []


def test_ptx_counts_only_where_the_driver_can_compile_it():
    found = gpu_machine(
        torch=failing("2.7.0+cu128", "12.8", ("sm_90", "compute_90")), packages=with_torch("2.7.0+cu128", "12.8"),
        nvidia=change(NEW_GPU["nvidia"], driver_version="550.54.15"),
    )  # fmt: skip
    assert status("gpu-arch-not-in-wheel-new", found, EXPECTS_CUDA) == "fail"


@pytest.mark.parametrize(("cudnn", "grade"), [("9.10.2.21", "note"), ("9.20.0.48", "warn")])
def test_an_old_card_for_the_screen_is_a_warning_only_where_cudnn_minds_it(cudnn, grade):
    old = gpu("GeForce GTX 1050", (6, 1), index=1, uuid="GPU-22")
    found = gpu_machine(
        nvidia=change(NVIDIA, gpus=(GPU, old)),
        packages=with_torch("2.13.0+cu130", "13.0", distribution("nvidia-cudnn-cu13", cudnn)),
    )
    assert [one.status for one in findings("gpu-arch-not-in-wheel-old", found) if one.subject == "gpu 1"] == [grade]


def test_an_old_card_that_is_hidden_is_no_matter():
    old = gpu("GeForce GTX 1050", (6, 1), index=1, uuid="GPU-22")
    found = gpu_machine(
        nvidia=change(NVIDIA, gpus=(GPU, old)),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "0"}),
    )
    assert roots(found, EXPECTS_CUDA) == []


def test_a_build_of_conda_or_nvidia_is_not_judged_by_pytorchs_table():
    by_conda = quick("2.5.1", "12.4", **NEW_GPU)
    conda = packages(distribution("torch", "2.5.1", installer="conda"), builds=(build("torch", "2.5.1", cuda="12.4"),))
    by_conda = msgspec.structs.replace(by_conda, packages=msgspec.structs.replace(by_conda.packages, value=conda))
    nvidias = quick("2.6.0a0+ecf3bae40a.nv25.01", "12.8", **NEW_GPU)
    for snapshot in (by_conda, nvidias):
        assert status("gpu-arch-not-in-wheel-new", snapshot) == "skip"


def test_a_wrong_product_is_a_failure_whoever_asks():
    wrong = change(TORCH_CUDA.devices[1], product_right=False, product_detail="row 1, column 2 is nan, not 4.0")
    found = gpu_machine(torch=change(TORCH_CUDA, devices=(TORCH_CUDA.devices[0], wrong)))
    assert roots(found) == ["gpu-compute-wrong"]
    assert report(found).verdict == "not-ready"
    assert "nan" in findings("gpu-compute-wrong", found)[0].evidence[0]


def test_a_gpu_that_raises_is_a_warning_unless_it_is_expected():
    raising = change(TORCH_CUDA.devices[1], product_right=Missing("broken", "CUDA error: unspecified launch failure"))
    found = gpu_machine(torch=change(TORCH_CUDA, devices=(TORCH_CUDA.devices[0], raising)))
    assert status("gpu-compute-wrong", found) == "warn"
    assert roots(found, EXPECTS_CUDA) == ["gpu-compute-wrong"]
    assert status("gpu-compute-wrong", found, EXPECTS_CUDA) == "fail"


def test_a_libcuda_alone_is_witness_enough_of_an_old_driver():
    """No bus, no device files, no NVML: only a libcuda that says which CUDA it serves."""
    bare = change(
        NVIDIA, kernel_module_version=ABSENT, device_nodes=(), modules_loaded=(), nvml_library=ABSENT, nvml_code=ABSENT,
        driver_version=ABSENT, driver_cuda=ABSENT, gpus=ABSENT, library_version=ABSENT,
    )  # fmt: skip
    found = machine(
        torch=change(WITHOUT, cuda_reason="The NVIDIA driver on your system is too old (found version 12040)."),
        packages=with_torch("2.13.0+cu130", "13.0"), nvidia=bare,
        cuda_driver=change(CUDA_DRIVER, version=(12, 4), init_code=0, device_count=1),
    )  # fmt: skip
    assert roots(found, EXPECTS_CUDA) == ["driver-too-old-for-torch-cuda"]
    (finding,) = findings("driver-too-old-for-torch-cuda", found, EXPECTS_CUDA)
    assert finding.evidence[0] == "driver of unknown version, which serves CUDA 12.4"
    assert "torch==2.14.1+cu126" in commands(finding)[0]
