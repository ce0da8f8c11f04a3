"""An accelerator that is expected never passes by nobody looking; one that is not expected is never missed."""

import pytest

from dlcheck.model.devices import Amd, Apple, ArrayDevice, Intel, Pci, PciDevice, Tpu, VisibleDevices
from dlcheck.model.frameworks import Jax, TensorFlow
from dlcheck.model.gaps import ABSENT, Missing, unseen
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
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

NOT_ASKED = unseen("not-looked", "left out by --quick")
NOBODY = {"torch": NOT_ASKED, "tensorflow": NOT_ASKED, "jax": NOT_ASKED, "torch_xla": NOT_ASKED, "depth": "quick",
          "numerics": NOT_ASKED}  # fmt: skip


def expects(*kinds):
    return change(BEGINNER, expects=kinds)


def test_a_silent_fall_back_to_the_cpu_fails_where_a_gpu_is_expected():
    fallen = gpu_machine(torch=change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1]))
    assert status("accelerator-not-working", fallen, EXPECTS_CUDA) == "fail"
    assert report(fallen, EXPECTS_CUDA).verdict == "not-ready"
    assert report(fallen).verdict == "ready"


def test_quick_does_not_pass_what_nobody_tried():
    assert status("accelerator-not-working", gpu_machine(**NOBODY), EXPECTS_CUDA) == "unknown"
    assert report(gpu_machine(**NOBODY), EXPECTS_CUDA).verdict == "unknown"


def test_quick_fails_where_the_hardware_is_ruled_out():
    without = machine(**NOBODY)
    assert status("accelerator-not-working", without, EXPECTS_CUDA) == "fail"
    assert roots(without, EXPECTS_CUDA) == ["no-nvidia-gpu"]


@pytest.mark.parametrize("kind", ["cuda", "rocm", "mps", "xpu", "tpu", "any"])
def test_no_kind_of_accelerator_passes_on_a_plain_laptop(kind):
    assert status("accelerator-not-working", machine(), expects(kind)) == "fail"
    assert status("accelerator-not-working", machine(**NOBODY), expects(kind)) in ("fail", "unknown")


def test_facts_that_could_not_be_had_leave_it_unknown():
    blind = machine(**{**NOBODY, "pci": unseen("broken", "no"), "nvidia": unseen("broken", "no"),
                       "cuda_driver": unseen("broken", "no")})  # fmt: skip
    assert status("accelerator-not-working", blind, EXPECTS_CUDA) == "unknown"
    assert report(blind, EXPECTS_CUDA).verdict == "unknown"


def test_any_accelerator_will_do_where_any_is_expected():
    assert status("accelerator-not-working", gpu_machine(), expects("any")) == "pass"
    assert status("accelerator-not-working", gpu_machine(), expects("rocm")) == "fail"


def test_another_framework_that_computed_on_it_counts():
    gpu = ArrayDevice(name="cuda:0", kind="cuda", product_right=True)
    by_jax = gpu_machine(torch=TORCH_CPU, jax=Jax(version="0.10.2", devices=(gpu,)))
    assert status("accelerator-not-working", by_jax, EXPECTS_CUDA) == "pass"


def test_no_gpu_is_a_note_beside_a_cuda_build_and_a_failure_where_one_is_expected():
    cuda_build = machine(
        torch=change(TORCH_CUDA, cuda_available=False, devices=TORCH_CUDA.devices[:1]),
        packages=packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cu130", cuda="13.0"),)),
    )
    assert status("no-nvidia-gpu", cuda_build) == "note"
    assert report(cuda_build).verdict == "ready"
    assert roots(cuda_build, EXPECTS_CUDA) == ["no-nvidia-gpu"]
    assert status("no-nvidia-gpu", machine()) == "skip"


AMD_CARD = PciDevice(address="0000:03:00.0", vendor_id=0x1002, device_id=0x744C, vendor="amd", driver="amdgpu")
AMD = Amd(module_loaded=True, kfd=True, kfd_accessible=True, render_accessible=True, gfx=("gfx1100",))
TORCH_ROCM = change(
    TORCH_CPU, version="2.13.0+rocm7.2", hip="7.2", cuda_available=True, arch_list=("gfx942", "gfx1030", "gfx1100"),
    devices=(*TORCH_CPU.devices, ArrayDevice(name="cuda:0", kind="rocm", gfx="gfx1100", product_right=True)),
)  # fmt: skip


def amd_machine(**groups):
    rocm = packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+rocm7.2", hip="7.2"),))
    return machine(
        **{"pci": Pci(devices=(AMD_CARD,), source="/sys/bus/pci"), "amd": AMD, "torch": TORCH_ROCM, "packages": rocm,
           **groups}
    )  # fmt: skip


def fallen_rocm(**changes):
    return change(TORCH_ROCM, cuda_available=False, devices=TORCH_ROCM.devices[:1], **changes)


def test_a_healthy_amd_machine_is_quiet():
    assert roots(amd_machine(), expects("rocm")) == []
    assert roots(amd_machine(), expects("any")) == []
    assert report(amd_machine()).summary.endswith("cuda:0.")


@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("amd-gpu-not-accessible", {"amd": change(AMD, kfd_accessible=False, closed_groups=("render",))}),
        ("amd-gpu-not-accessible", {"amd": change(AMD, render_accessible=False, pending_groups=("render",))}),
        ("amdgpu-not-loaded", {"pci": Pci(devices=(change(AMD_CARD, driver=ABSENT),))}),
        ("amdgpu-not-loaded", {"amd": change(AMD, kfd=False, kfd_accessible=ABSENT, gfx=ABSENT)}),
        ("rocm-gfx-not-in-wheel", {"amd": change(AMD, gfx=("gfx1032",))}),
    ],
)
def test_amd_causes(cause, changes):
    ill = amd_machine(torch=fallen_rocm(), **changes)
    assert roots(ill, expects("rocm")) == [cause]
    assert findings(cause, ill, expects("rocm"))[0].fixes


def test_a_login_older_than_its_group_is_told_to_log_in_again():
    ill = amd_machine(torch=fallen_rocm(), amd=change(AMD, kfd_accessible=False, pending_groups=("render",)))
    assert "log out and in" in findings("amd-gpu-not-accessible", ill)[0].fixes[0].title


def test_an_apu_without_rocm_is_no_fault():
    laptop = machine(
        pci=Pci(devices=(change(AMD_CARD, driver="amdgpu"),)), amd=change(AMD, kfd_accessible=False, gfx=("gfx1103",))
    )
    assert roots(laptop) == []
    assert status("torch-without-rocm", laptop) in ("note", "skip")


def test_an_override_that_works_is_left_alone():
    found = amd_machine(amd=change(AMD, gfx=("gfx1032",), gfx_override="10.3.0"))
    assert roots(found, expects("rocm")) == []


ARC = PciDevice(address="0000:03:00.0", vendor_id=0x8086, device_id=0x56A0, vendor="intel", driver="xe")


def test_an_intel_gpu_with_a_cpu_build_is_a_note_and_a_failure_where_it_is_expected():
    arc = machine(pci=Pci(devices=(ARC,)), intel=Intel(driver="xe", level_zero=True, render_accessible=True))
    assert status("torch-without-xpu", arc) == "note"
    assert roots(arc, expects("xpu")) == ["torch-without-xpu"]
    (finding,) = findings("torch-without-xpu", arc)
    assert "--index-url https://download.pytorch.org/whl/xpu" in finding.fixes[0].commands[0].text


def test_old_intel_graphics_are_no_matter():
    old = PciDevice(address="0000:00:02.0", vendor_id=0x8086, device_id=0x3E9B, vendor="intel", driver="i915")
    assert status("torch-without-xpu", machine(pci=Pci(devices=(old,))), expects("xpu")) == "skip"


def test_an_xpu_build_needs_level_zero_and_its_files():
    xpu = change(TORCH_CPU, version="2.13.0+xpu", xpu="20250302", xpu_available=False)
    groups = {
        "pci": Pci(devices=(ARC,)),
        "torch": xpu,
        "packages": packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+xpu", xpu="20250302"),)),
    }
    lacking = machine(**groups, intel=Intel(driver="xe", level_zero=False, render_accessible=True))
    closed = machine(**groups, intel=Intel(driver="xe", level_zero=True, level_zero_gpu=True, render_accessible=False))
    fine = machine(**groups, intel=Intel(driver="xe", level_zero=True, level_zero_gpu=True, render_accessible=True))
    assert status("level-zero-missing", lacking) == "warn"
    assert status("intel-gpu-not-accessible", closed) == "warn"
    assert [status(one, fine) for one in ("level-zero-missing", "intel-gpu-not-accessible")] == ["pass", "pass"]


MAC = change(OS, system="darwin", name="macOS 15.1", version="15.1", machine="arm64", distribution="", glibc=ABSENT,
             kernel="24.1.0", shell="zsh")  # fmt: skip
TORCH_MPS = change(
    TORCH_CPU, version="2.13.0", mps_built=True, mps_available=True,
    devices=(*TORCH_CPU.devices, ArrayDevice(name="mps", kind="mps", product_right=True)),
)  # fmt: skip


def mac(version, torch, **groups):
    return machine(
        **{
            "os": change(MAC, version=version, name=f"macOS {version}"),
            "interpreter": change(INTERPRETER, machine="arm64", platform_tag="macosx-11.0-arm64", translated=False),
            "pci": unseen("absent"), "apple": Apple(chip="Apple M2", rosetta=False), "torch": torch,
            "packages": packages(distribution("torch", torch.version), builds=(build("torch", torch.version),)),
            **groups,
        }
    )  # fmt: skip


def test_a_healthy_mac_is_quiet():
    assert roots(mac("15.1", TORCH_MPS), expects("mps")) == []


def test_a_mac_in_a_virtual_machine_without_metal_is_a_note():
    found = mac(
        "15.1",
        change(TORCH_MPS, mps_available=False, devices=TORCH_CPU.devices),
        os=change(MAC, virtualization="vmware"),
    )
    assert status("mps-unavailable", found) == "note"


def test_a_mac_whose_metal_shows_nothing_fails_where_it_is_expected():
    found = mac("15.1", change(TORCH_MPS, mps_available=False, devices=TORCH_CPU.devices))
    assert roots(found, expects("mps")) == ["mps-unavailable"]


TPU = Tpu(evidence=("PCI device 1ae0:0063 (TPU v5e)",), chips=1, device_files=("/dev/vfio/0",), lock_file=False,
          library=ABSENT)  # fmt: skip


def test_a_tpu_without_its_library():
    found = machine(tpu=TPU)
    assert status("libtpu-missing", found) == "warn"
    assert roots(found, expects("tpu")) == ["libtpu-missing"]
    assert "jax[tpu]" in findings("libtpu-missing", found)[0].fixes[0].commands[-1].text


def test_a_tpu_that_may_not_be_opened_and_one_that_is_in_use():
    has_library = packages(distribution("libtpu", "0.0.44"), distribution("torch", "2.13.0"),
                           builds=(build("torch", "2.13.0+cpu"),))  # fmt: skip
    closed = machine(tpu=change(TPU, unreadable_files=("/dev/vfio/0",)), packages=has_library)
    locked = machine(tpu=change(TPU, lock_file=True), packages=has_library)
    assert roots(closed) == ["tpu-access-denied"]
    assert status("tpu-in-use", locked) == "note"
    assert status("tpu-in-use", locked, expects("tpu")) == "fail"


def test_a_tpus_lock_is_no_matter_where_it_computes():
    chip = ArrayDevice(name="tpu:0", kind="tpu", product_right=True)
    held = machine(tpu=change(TPU, lock_file=True), jax=Jax(version="0.10.2", devices=(chip,)))
    assert status("tpu-in-use", held, expects("tpu")) == "pass"


TF = TensorFlow(version="2.20.0", cuda="12.5", cudnn="9.3", gpu_build=True, devices=(ArrayDevice(name="cpu", kind="cpu", product_right=True),))  # fmt: skip


def test_tensorflow_without_its_cuda_libraries():
    reason = "Could not load dynamic library 'libcudnn.so.9'; dlerror: libcudnn.so.9: cannot open shared object file"
    found = gpu_machine(tensorflow=change(TF, gpu_reason=reason))
    assert status("tf-cuda-version-mismatch", found) == "warn"
    (finding,) = findings("tf-cuda-version-mismatch", found)
    assert "not found: libcudnn.so.9" in finding.evidence
    assert "tensorflow[and-cuda]==2.20.0" in finding.fixes[0].commands[-1].text


def test_tensorflow_that_has_its_gpu_or_is_for_the_cpu_is_quiet():
    gpu = ArrayDevice(name="GPU:0", kind="cuda", product_right=True)
    assert status("tf-cuda-version-mismatch", gpu_machine(tensorflow=change(TF, devices=(*TF.devices, gpu)))) == "pass"
    assert status("tf-cuda-version-mismatch", gpu_machine(tensorflow=change(TF, gpu_build=False))) == "skip"
    assert status("tf-cuda-version-mismatch", machine(tensorflow=TF)) == "skip"


def test_tensorflow_on_native_windows():
    windows = change(OS, system="windows", name="Windows 11", distribution="", glibc=ABSENT, shell="powershell")
    torch_too = (distribution("tensorflow", "2.20.0"), distribution("torch", "2.13.0"))
    builds = (build("torch", "2.13.0+cu130", cuda="13.0"),)
    found = gpu_machine(os=windows, packages=packages(*torch_too, builds=builds))
    assert status("tf-no-native-windows-gpu", found) == "note"
    assert status("tf-no-native-windows-gpu", gpu_machine(packages=packages(*torch_too, builds=builds))) == "skip"
    old = packages(distribution("tensorflow", "2.10.1"), distribution("torch", "2.13.0"), builds=builds)
    assert status("tf-no-native-windows-gpu", gpu_machine(os=windows, packages=old)) == "pass"


CUDA_12 = "/usr/local/cuda-12.1/lib64"


def with_library_path(value, **groups):
    interpreter = change(INTERPRETER, variables={"LD_LIBRARY_PATH": value})
    return gpu_machine(**{"interpreter": interpreter, **groups})


def test_libraries_of_another_cuda_in_front_explain_a_failed_import():
    why = "libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version libnvJitLink.so.12"
    found = with_library_path(CUDA_12, torch=unseen("broken", why))
    (finding,) = findings("cuda-libs-shadowed-by-ld-library-path", found)
    assert finding.status == "fail"
    assert finding.fixes[0].commands[0].text == "unset LD_LIBRARY_PATH"


def test_libraries_of_another_cuda_that_do_no_harm_are_a_note():
    loaded = change(TORCH_CUDA, libraries=(f"{CUDA_12}/libcudnn.so.9.1.0",))
    assert status("cuda-libs-shadowed-by-ld-library-path", with_library_path(CUDA_12, torch=loaded)) == "note"


@pytest.mark.parametrize("value", ["", "/opt/hdf5/lib", CUDA_12])
def test_a_library_path_alone_is_no_fault(value):
    assert status("cuda-libs-shadowed-by-ld-library-path", with_library_path(value)) in ("pass", "skip")


def test_the_nvidia_facts_of_a_gap_do_not_make_a_gpu():
    gaps = machine(nvidia=change(NVIDIA, gpus=Missing("broken"), nvml_code=Missing("broken"), kernel_module_version=ABSENT),
                   cuda_driver=change(CUDA_DRIVER, init_code=100, device_count=0))  # fmt: skip
    assert status("torch-cpu-build-on-gpu-machine", gaps) == "skip"


@pytest.mark.parametrize(
    ("variables", "status_of_it"),
    [
        ({"HIP_VISIBLE_DEVICES": "-1"}, "fail"),
        ({"ROCR_VISIBLE_DEVICES": "4"}, "fail"),
        ({"CUDA_VISIBLE_DEVICES": ""}, "fail"),
        ({"HIP_VISIBLE_DEVICES": "0"}, "pass"),
        ({}, "pass"),
    ],
)
def test_amds_gpus_are_hidden_by_variables_of_their_own(variables, status_of_it):
    torch = TORCH_ROCM if status_of_it == "pass" else fallen_rocm()
    found = amd_machine(torch=torch, visible_devices=VisibleDevices(variables=variables))
    verdicts = [one for one in findings("gpu-hidden-by-environment", found, expects("rocm")) if one.subject == "amd"]
    assert [one.status for one in verdicts] == [status_of_it]
    assert roots(found, expects("rocm")) == (["gpu-hidden-by-environment"] if status_of_it == "fail" else [])


def test_intels_gpus_are_hidden_by_a_mask():
    hidden = change(TORCH_CPU, version="2.13.0+xpu", xpu="20250302", xpu_available=False)
    found = machine(torch=hidden, visible_devices=VisibleDevices(variables={"ZE_AFFINITY_MASK": "7"}))
    assert [one.status for one in findings("gpu-hidden-by-environment", found) if one.subject == "intel"] == ["warn"]


def test_a_driver_that_hangs_is_no_sign_that_there_is_no_gpu():
    """Only libcuda is there, as a stand-in or behind a bus that shows nothing, and cuInit never comes back."""
    stuck = machine(
        **{**NOBODY, "cuda_driver": unseen("timed-out", "no answer after 60 s"),
           "packages": packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cu130", cuda="13.0"),))}
    )  # fmt: skip
    assert roots(stuck, EXPECTS_CUDA) == ["nvidia-driver-hangs"]
    assert status("accelerator-not-working", stuck, EXPECTS_CUDA) == "unknown"
