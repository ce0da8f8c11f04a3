"""Releases, CUDAs, GPUs and Pythons that came after the tables are judged by what they say of themselves."""

import pytest

from dlcheck.judge.knowledge import jax_releases, partners, tensorflow_releases, torch_releases
from dlcheck.judge.knowledge.cuda_drivers import cuda_drivers, last_branch_for, legacy_branch_for
from dlcheck.judge.knowledge.gpus import architecture, capability_of_name, capability_words, gfx_of_name
from dlcheck.model.devices import ArrayDevice, CudaDriver
from dlcheck.model.frameworks import Jax, TensorFlow
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, unseen
from dlcheck.model.python import CondaPackage, Unsatisfied
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GIB,
    GPU,
    INTERPRETER,
    NVIDIA,
    OS,
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

NEW = "2.16.0+cu141"
ARCHS = ("sm_80", "sm_90", "sm_100", "sm_120", "sm_130")
DAY = str(torch_releases._table().read)


def torch(version=NEW, cuda="14.1", archs=ARCHS, capability=(8, 9), **changes):
    device = ArrayDevice(
        name="cuda:0", kind="cuda", model="NVIDIA GeForce RTX 4090", compute_capability=capability,
        memory_total_bytes=24 * GIB, product_right=True,
    )  # fmt: skip
    return change(
        TORCH_CUDA, version=version, cuda=cuda, arch_list=archs, cuda_driver_version=14010,
        devices=(TORCH_CUDA.devices[0], device), **changes,
    )  # fmt: skip


def without_gpu(archs=ARCHS):
    return torch(archs=archs, cuda_available=False, cuda_reason="the driver is too old")


def with_torch(version=NEW, cuda="14.1", *more, **changes):
    plain = version.partition("+")[0]
    return packages(distribution("torch", plain), *more, builds=(build("torch", version, cuda=cuda),), **changes)


def new_machine(driver="650.10.01", serves=(14, 1), gpu=GPU, **groups):
    """A GPU machine of after the tables: its driver, its CUDA and its torch are in none of them."""
    return gpu_machine(
        **{
            "torch": torch(),
            "packages": with_torch(),
            "nvidia": change(NVIDIA, driver_version=driver, kernel_module_version=driver, library_version=driver,
                             driver_cuda=serves, gpus=(gpu,)),
            "cuda_driver": CudaDriver(library="/usr/lib/libcuda.so.1", version=serves, init_code=0, device_count=1),
            **groups,
        }
    )  # fmt: skip


def told(identity, snapshot, profile=EXPECTS_CUDA):
    (finding,) = findings(identity, snapshot, profile)
    return finding.status, " | ".join(finding.evidence)


def test_a_healthy_machine_with_all_of_it_new_is_healthy():
    seen = report(new_machine(), EXPECTS_CUDA)

    assert [one.id for one in seen.findings if one.status in ("fail", "warn", "unknown")] == []
    assert seen.verdict == report(gpu_machine(), EXPECTS_CUDA).verdict


def test_what_a_new_build_holds_it_says_itself():
    grade, words = told("gpu-arch-not-in-wheel-new", new_machine())

    assert grade == "pass"
    assert f"PyTorch {NEW} is newer than dlcheck's table of {DAY}: judged by torch's own list" in words


@pytest.mark.parametrize(
    ("capability", "identity"),
    [((7, 5), "gpu-arch-not-in-wheel-old"), ((14, 0), "gpu-arch-not-in-wheel-new")],
)
def test_a_gpu_that_is_not_in_its_list_is_named(capability, identity):
    card = change(GPU, name="NVIDIA GeForce RTX 7090", compute_capability=capability)
    grade, words = told(identity, new_machine(gpu=card, torch=torch(capability=capability, cuda_available=True)))

    assert grade == "fail"
    assert "judged by torch's own list" in words
    assert roots(new_machine(gpu=card), EXPECTS_CUDA)[0] == identity


def test_a_new_build_that_was_not_asked_is_neither_right_nor_wrong():
    quick = new_machine(torch=unseen("not-looked"))

    for identity in ("gpu-arch-not-in-wheel-new", "gpu-arch-not-in-wheel-old"):
        grade, words = told(identity, quick)
        assert grade == "skip"
        assert f"is newer than dlcheck's table of {DAY}, and did not say for which GPUs it is built" in words


def test_a_new_gpu_beside_an_old_torch_is_judged_by_its_number():
    """The name is in no table; the driver says 13.0, and torch's list ends before."""
    card = change(GPU, name="NVIDIA GeForce RTX 6090", compute_capability=(13, 0))
    found = gpu_machine(nvidia=change(NVIDIA, gpus=(card,)))
    grade, words = told("gpu-arch-not-in-wheel-new", found)

    assert grade == "fail"
    assert "compute capability 13.0 (newer than dlcheck's table of" in words
    assert "Blackwell" not in words


def test_a_new_gpu_whose_number_nobody_told_is_not_guessed():
    card = change(GPU, name="NVIDIA GeForce RTX 6090", compute_capability=NOT_LOOKED)

    assert told("gpu-arch-not-in-wheel-new", gpu_machine(nvidia=change(NVIDIA, gpus=(card,))))[0] == "skip"


@pytest.mark.parametrize(
    "name", ["NVIDIA GeForce RTX 6090", "NVIDIA R200", "NVIDIA Rubin CPX", "NVIDIA RTX PRO 7000 Rubin", "NVIDIA X1234"]
)
def test_names_of_new_gpus_are_no_old_ones(name):
    assert capability_of_name(name) is None


@pytest.mark.parametrize("name", ["AMD Radeon RX 10070 XT", "AMD Instinct MI455X", "AMD Radeon UDNA"])
def test_names_of_new_amd_gpus_are_no_old_ones(name):
    assert gfx_of_name(name) is None


def test_architectures_end_where_the_table_ends():
    assert architecture((12, 1)) == "Blackwell"
    assert architecture((10, 7)) == "Rubin"
    assert architecture((13, 0)) == ""
    assert capability_words((9, 0)) == "compute capability 9.0 (Hopper)"


def test_a_driver_that_says_it_serves_less_is_too_old_for_a_cuda_no_table_knows():
    found = new_machine(driver="580.82.07", serves=(13, 0), torch=without_gpu())
    (finding,) = findings("driver-too-old-for-torch-cuda", found, EXPECTS_CUDA)

    assert finding.status == "fail"
    assert "driver 580.82.07 serves CUDA 13.0" in finding.evidence
    assert f"CUDA 14.1 is newer than dlcheck's table of {cuda_drivers().read}" in finding.evidence
    assert finding.fixes


@pytest.mark.parametrize(
    ("serves", "init", "expected"),
    [
        ((14, 1), 0, "pass"),
        ((14, 0), 0, "pass"),
        ((15, 2), 0, "pass"),
        ((14, 0), 999, "pass"),
        (ABSENT, 999, "unknown"),
    ],
)
def test_the_driver_of_a_cuda_no_table_knows_is_asked_and_not_guessed(serves, init, expected):
    quiet = change(without_gpu(), cuda_driver_version=NOT_LOOKED)
    cuda = change(CUDA_DRIVER, version=serves if serves is not ABSENT else NOT_LOOKED, init_code=init)
    found = new_machine(serves=serves, torch=quiet, cuda_driver=cuda)

    assert told("driver-too-old-for-torch-cuda", found)[0] == expected


def test_a_driver_that_is_in_the_table_need_not_be_asked():
    """As in a text: 580.82.07 is older than the driver of CUDA 13.1."""
    quiet = change(without_gpu(), cuda_driver_version=NOT_LOOKED)
    groups = {"serves": NOT_LOOKED, "torch": quiet, "cuda_driver": unseen("not-looked")}
    grade, words = told("driver-too-old-for-torch-cuda", new_machine(driver="580.82.07", **groups))

    assert grade == "fail"
    assert "driver 580.82.07 serves CUDA 13.0" in words


def test_a_new_cpu_build_beside_a_gpu_says_that_its_other_builds_are_not_known():
    found = new_machine(torch=change(TORCH_CPU, version="2.16.0+cpu"), packages=with_torch("2.16.0+cpu", ABSENT))
    grade, words = told("torch-cpu-build-on-gpu-machine", found)

    assert grade == "fail"
    assert "PyTorch 2.16.0+cpu is newer than dlcheck's table" in words


def test_an_unknown_driver_is_not_taken_for_the_newest_known():
    """Driver 650 is at least that of the newest toolkit in the table; which CUDA it serves, that does not tell."""
    quiet = change(without_gpu(), cuda_driver_version=NOT_LOOKED)
    found = new_machine(serves=NOT_LOOKED, torch=quiet, cuda_driver=unseen("not-looked"))
    grade, words = told("driver-too-old-for-torch-cuda", found)

    assert grade == "unknown"
    assert "CUDA 14.1 is newer than dlcheck's table" in words


def partner(version, torch_version, *wrong):
    """A new torchvision beside a torch, and what its metadata complains of."""
    complaints = tuple(Unsatisfied(distribution="torchvision", requirement=one, found=torch_version) for one in wrong)
    builds = (build("torch", torch_version), build("torchvision", version))
    rows = (distribution("torch", torch_version), distribution("torchvision", version))
    return machine(
        packages=packages(*rows, builds=builds, unsatisfied=complaints), torch=change(TORCH_CPU, version=torch_version)
    )


def test_a_new_partner_is_judged_by_its_own_metadata():
    day = partners.partners().read
    grade, words = told("torch-torchvision-mismatch", partner("0.31.0", "2.16.0", "torch==2.17.0"))
    assert grade == "fail"
    assert "it was built for torch torch==2.17.0" not in words
    assert f"torchvision 0.31.0 is newer than dlcheck's table of {day}: judged by its own metadata" in words

    grade, words = told("torch-torchvision-mismatch", partner("0.31.0", "2.16.0"))
    assert grade == "pass"
    assert "its own metadata is content" in words


def test_a_new_torch_beside_a_partner_of_another_is_named_by_the_table():
    assert told("torch-torchvision-mismatch", partner("0.28.0", "2.16.0", "torch==2.13.0"))[0] == "fail"
    assert told("torch-torchvision-mismatch", partner("0.29.2", "2.16.0"))[0] == "pass"


def test_a_new_torch_on_apple_silicon_is_asked_itself():
    mac = change(OS, system="darwin", version="15.1", machine="arm64", glibc=ABSENT)
    python = change(INTERPRETER, machine="arm64", platform_tag="macosx-11.0-arm64")
    groups = {
        "os": mac,
        "interpreter": python,
        "packages": packages(distribution("torch", "2.16.0"), builds=(build("torch", "2.16.0"),)),
    }
    works = machine(**groups, torch=change(TORCH_CPU, version="2.16.0", mps_built=True, mps_available=True))
    silent = machine(**groups, torch=unseen("not-looked"))

    assert told("macos-too-old-for-mps", works)[0] == "pass"
    assert "PyTorch 2.16.0 is newer than dlcheck's table" in told("macos-too-old-for-mps", works)[1]
    assert told("macos-too-old-for-mps", silent)[0] == "skip"
    assert "newer than dlcheck's table" in told("macos-too-old-for-mps", silent)[1]


def tensorflow(**changes):
    return TensorFlow(version="2.30.0", gpu_build=True, cuda="14.1", cudnn="10.2", **changes)


def test_a_new_tensorflow_says_itself_what_it_was_built_for():
    cpu, gpu = ArrayDevice(name="cpu", kind="cpu"), ArrayDevice(name="gpu:0", kind="cuda", product_right=True)
    works = new_machine(tensorflow=tensorflow(devices=(cpu, gpu)))
    fails = new_machine(tensorflow=tensorflow(devices=(cpu,), gpu_reason="Could not load library libcudart.so.14"))

    assert told("tf-cuda-version-mismatch", works)[0] == "pass"
    grade, words = told("tf-cuda-version-mismatch", fails)
    assert grade == "fail"
    assert "TensorFlow 2.30.0, built for CUDA 14.1 and cuDNN 10.2" in words


def test_a_new_tensorflow_for_windows_that_has_cuda_is_believed():
    windows = change(OS, system="windows", glibc=ABSENT)
    both = packages(
        distribution("tensorflow", "2.30.0"),
        distribution("torch", "2.13.0"),
        builds=(build("torch", "2.13.0+cu130", cuda="13.0"),),
    )
    without = TensorFlow(version="2.30.0", gpu_build=False)

    assert (
        told("tf-no-native-windows-gpu", gpu_machine(os=windows, packages=both, tensorflow=tensorflow()))[0] == "pass"
    )
    assert told("tf-no-native-windows-gpu", gpu_machine(os=windows, packages=both, tensorflow=without))[0] == "fail"


def with_jax(cuda="14", **changes):
    """JAX 0.20 with a plugin for a CUDA that is in no table, beside a new torch."""
    devices = (ArrayDevice(name="cuda:0", kind="cuda", product_right=True),)
    names = ("jax", "jaxlib", f"jax-cuda{cuda}-plugin", f"jax-cuda{cuda}-pjrt")
    rows = with_torch(NEW, "14.1", *(distribution(name, "0.20.0") for name in names))
    return new_machine(**{"jax": Jax(version="0.20.0", backend="gpu", devices=devices), "packages": rows, **changes})


def test_a_new_jax_that_computes_is_healthy():
    seen = report(with_jax(), EXPECTS_CUDA)

    assert [one.id for one in seen.findings if one.status in ("fail", "warn", "unknown")] == []
    assert told("jax-cpu-build-on-gpu-machine", with_jax())[0] == "pass"


@pytest.mark.parametrize(
    ("driver", "serves", "expected"),
    [("650.10.01", (14, 0), "pass"), ("580.82.07", (13, 0), "warn"), ("650.10.01", NOT_LOOKED, "unknown")],
)
def test_the_driver_of_a_new_jax_is_asked_and_not_guessed(driver, serves, expected):
    jax = Jax(version="0.20.0", backend="cpu", devices=(ArrayDevice(name="cpu", kind="cpu", product_right=True),))
    cuda = change(CUDA_DRIVER, version=serves, init_code=0)
    quiet = change(without_gpu(), cuda_driver_version=NOT_LOOKED)
    grade, words = told(
        "driver-too-old-for-jax-cuda", with_jax(jax=jax, driver=driver, serves=serves, cuda_driver=cuda, torch=quiet)
    )

    assert grade == expected
    assert "CUDA 14 is newer than dlcheck's table" in words


def test_which_gpus_a_new_jax_serves_is_not_guessed():
    grade, words = told("gpu-not-served-by-jax-plugin", with_jax())

    assert grade == "skip"
    assert "JAX 0.20.0 is newer than dlcheck's table" in words


def test_what_a_new_tensorflow_holds_it_says_itself():
    build_info = ("sm_80", "sm_90", "compute_130")
    devices = (ArrayDevice(name="cpu", kind="cpu"),)
    rows = with_torch(NEW, "14.1", distribution("tensorflow", "2.30.0"))
    old = change(GPU, compute_capability=(7, 5))
    for gpu, expected in ((GPU, "pass"), (old, "note")):
        found = new_machine(tensorflow=tensorflow(devices=devices, arch_list=build_info), packages=rows, gpu=gpu)
        grade, words = told("gpu-arch-not-in-tensorflow", found)
        assert grade == expected
        assert "TensorFlow 2.30.0 is newer than dlcheck's table" in words
        assert "judged by its own build information" in words
    silent = new_machine(tensorflow=unseen("not-looked"), packages=rows)
    assert told("gpu-arch-not-in-tensorflow", silent)[0] == "skip"


def bare(version, **changes):
    """A machine with that Python and no framework."""
    return machine(
        interpreter=change(INTERPRETER, version=version), torch=unseen("absent"), packages=packages(), **changes
    )  # fmt: skip


@pytest.mark.parametrize(
    ("taken_at", "expected"),
    [("2026-12-01T09:00:00Z", "fail"), ("2027-10-20T09:00:00Z", "note"), ("nonsense", "fail")],
)
def test_a_new_python_is_no_fault_once_wheels_may_have_come(taken_at, expected):
    grade, words = told("python-unsupported", bare("3.16.0", taken_at=taken_at), BEGINNER)

    assert grade == expected
    assert ("is newer than dlcheck's table of" in words) is (expected == "note")


def test_a_new_python_with_working_frameworks_is_healthy():
    seen = report(machine(interpreter=change(INTERPRETER, version="3.16.0")))

    assert [one.id for one in seen.findings if one.status in ("fail", "warn", "unknown")] == []


def test_words_of_what_is_newer_than_the_tables():
    assert torch_releases.newer_than_table("2.16.0+cu141").startswith("PyTorch 2.16.0+cu141 is newer than")
    assert torch_releases.newer_than_table(torch_releases.releases()[0].version) == ""
    assert torch_releases.newer_than_table("nonsense") == ""
    assert partners.newer_than_table("torchvision", "0.29.9") == ""
    assert partners.fits("torchvision", "0.99.0", "2.16.0") is None


def test_a_new_tensorflow_in_a_text_is_not_taken_for_the_newest_known():
    assert tensorflow_releases.tested_with("2.30.0") is None
    assert tensorflow_releases.tested_with(tensorflow_releases.releases()[0].version) is not None
    assert tensorflow_releases.tested_with("0.12") is None
    assert jax_releases.newer_than_table("0.20.0").startswith("JAX 0.20.0 is newer than")
    assert jax_releases.newer_than_table("0.11.2") == ""


def test_branches_of_drivers_that_ended_name_the_last():
    assert (last_branch_for((6, 1)), legacy_branch_for((6, 1))) == ("590", "580")
    assert legacy_branch_for((3, 5)) == "470"
    assert legacy_branch_for((12, 0)) is None


@pytest.mark.parametrize(
    ("cuda", "cusparse", "expected"),
    [
        ("13.0", "12.6.3.3", "pass"),
        ("12.9", "12.5.10.65", "pass"),
        ("11.7", "12.0.0.76", "fail"),
        ("14.1", "12.9.1", "skip"),
    ],
)
def test_a_number_that_two_cudas_share_is_of_both(cuda, cusparse, expected):
    """libcusparse is 12 in CUDA 12 and in CUDA 13."""
    versions = {"pytorch": "2.9.1", "pytorch-cuda": cuda, "libcusparse": cusparse}
    conda = tuple(CondaPackage(name=name, version=version) for name, version in versions.items())
    builds = (build("torch", "2.9.1", cuda=cuda),)
    found = machine(packages=packages(distribution("torch", "2.9.1", installer="conda"), builds=builds, conda=conda))

    assert status("conda-cuda-libs-mismatch", found) == expected
