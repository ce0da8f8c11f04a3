"""There is no GPU, or its driver never answers: what is said, and the way on that fits the place."""

import pytest

from dlcheck.model.devices import Pci
from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.host import Cloud
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    NVIDIA,
    NVIDIA_GPU,
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

NO_CUDA = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1])
ANY = change(BEGINNER, name="any", expects=("any",))

# --- there is none


def test_any_accelerator_that_is_not_there_is_told_in_plain_words():
    found = report(machine(), ANY)

    assert found.root_causes[0] == "no-accelerator"
    assert "accelerator-not-working" not in found.root_causes
    (consequence,) = (one for one in found.findings if one.id == "accelerator-not-working")
    assert consequence.caused_by == ("no-accelerator",)
    assert found.summary == "Not ready: this machine has no GPU of the kind that was asked for."


def test_any_accelerator_that_is_there_and_broken_is_not_called_absent():
    broken = gpu_machine(nvidia=change(NVIDIA, nvml_code=18), torch=NO_CUDA,
                         cuda_driver=change(CUDA_DRIVER, init_code=803, device_count=Missing("broken")))  # fmt: skip

    assert roots(broken, ANY)[0] == "driver-library-mismatch"
    assert status("no-accelerator", broken, ANY) == "pass"


def test_what_nobody_could_look_at_is_not_absent():
    unknown = machine(pci=unseen("denied"), torch=TORCH_CPU)

    assert "no-accelerator" not in roots(unknown, ANY)


def test_nothing_is_said_where_nobody_asks():
    assert status("no-accelerator", machine()) == "skip"


PLACES = {
    "colab": ({"cloud": Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)},
              "Change runtime type"),
    "kaggle": ({"cloud": Cloud(platform="kaggle", name="Kaggle", evidence="KAGGLE_KERNEL_RUN_TYPE", is_notebook=True)},
               "T4 x2"),
    "slurm": ({"cloud": Cloud(platform="slurm", name="a Slurm cluster", evidence="sinfo", inside_job=False)}, "job"),
    "wsl": ({"os": change(OS, wsl=2)}, "nvidia-smi works in Windows"),
    "vfio": ({"pci": Pci(devices=(change(NVIDIA_GPU, driver="vfio-pci"),))}, "vfio-pci"),
    "laptop": ({"nvidia": change(NVIDIA, kernel_module_version=ABSENT, modules_loaded=(), device_nodes=(), gpus=(),
                                 nvml_code=9, nvml_library=ABSENT, driver_version=ABSENT, driver_cuda=ABSENT,
                                 blacklisted_in=("/etc/modprobe.d/blacklist-nvidia.conf",))}, "switch the NVIDIA GPU on"),
    "else": ({}, "hosted notebook"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_the_way_to_a_gpu_fits_the_place(place):
    groups, words = PLACES[place]
    (finding,) = findings("no-nvidia-gpu", machine(**groups), EXPECTS_CUDA)

    assert finding.status == "fail"
    assert words in finding.fixes[0].title


def test_a_gpu_kept_for_a_virtual_machine_is_not_called_absent_from_the_bus():
    held = machine(pci=Pci(devices=(change(NVIDIA_GPU, driver="vfio-pci"),)))
    (finding,) = findings("no-nvidia-gpu", held, EXPECTS_CUDA)

    assert "kept for a virtual machine" in finding.evidence[0]
    assert "shows none" not in " ".join(finding.evidence)


# --- a driver that never answers


HANGING = unseen("timed-out", "no answer after 20 s while asking cuInit")


def test_a_driver_that_hangs_stops_a_beginner_and_shows_the_way_on():
    """torch.cuda.is_available() and the first backward() would wait for it too, so nothing of a course would run."""
    found = gpu_machine(cuda_driver=HANGING, torch=NO_CUDA)
    (finding,) = findings("nvidia-driver-hangs", found)

    assert finding.status == "fail"
    assert report(found).verdict == "not-ready"
    assert "backward()" in " ".join(finding.evidence)
    hide, cpu = finding.fixes[-2:]
    assert "work on the CPU" in hide.title
    assert hide.commands[-1].text == 'export LD_LIBRARY_PATH="$HOME/.cache/no-cuda"'
    assert hide.verify is not None
    assert "whl/cpu" in cpu.commands[-1].text


def test_a_cpu_build_never_asks_the_driver():
    installed = packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),))
    (finding,) = findings("nvidia-driver-hangs", gpu_machine(cuda_driver=HANGING, torch=TORCH_CPU, packages=installed))

    assert finding.status == "warn"
    assert "backward" not in " ".join(finding.evidence)


@pytest.mark.parametrize("shell", ["notebook", "powershell"])
def test_where_no_shell_can_hide_it_the_cpu_build_is_the_way_on(shell):
    os = change(OS, shell=shell, system="windows" if shell == "powershell" else "linux")
    (finding,) = findings("nvidia-driver-hangs", gpu_machine(cuda_driver=HANGING, torch=NO_CUDA, os=os))

    assert not any("no-cuda" in command.text for fix in finding.fixes for command in fix.commands)
    words = finding.fixes[-1].commands[-1].text
    assert "torch==" in words and "cu1" not in words


def test_in_fish_it_is_hidden_in_fishs_words():
    os = change(OS, shell="fish")
    (finding,) = findings("nvidia-driver-hangs", gpu_machine(cuda_driver=HANGING, torch=NO_CUDA, os=os))

    assert finding.fixes[-2].commands[-1].text == 'set -x LD_LIBRARY_PATH "$HOME/.cache/no-cuda"'


def test_nvml_alone_that_hangs_stops_no_calculation():
    slow = Missing("timed-out", "no answer after 20 s while asking NVML")
    found = gpu_machine(nvidia=change(NVIDIA, nvml_code=slow, gpus=slow, driver_version=slow, driver_cuda=slow))
    (finding,) = findings("nvidia-driver-hangs", found)

    assert finding.status == "warn"
    assert "backward" not in " ".join(finding.evidence)
