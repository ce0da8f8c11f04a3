"""NVIDIA's driver: is it there, is it loaded, is it whole, does it answer?"""

from __future__ import annotations

from dlcheck.judge import text_witnesses
from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.advice.way_to_a_gpu import switch_on
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.nvidia_facts import (
    NOT_NVIDIA,
    card_words,
    cards,
    driver_answers,
    driver_works,
    gave_up,
    gpus,
    in_container,
    module_is_loaded,
    nvml_code,
    probable_capability,
)
from dlcheck.judge.said import said
from dlcheck.model.devices import CudaDriver, Nvidia, Pci
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
PASSWORD = "enroll-it"
"""An example: the person chooses one, for one use."""
NOT_BUILT = r"Module nvidia\S* not found in directory|Module nvidia not found"
_BUILD_IT = Fix(
    title="build its kernel module for the kernel that runs: on Debian and Ubuntu install linux-headers-$(uname -r), "
    "then sudo dkms autoinstall, then sudo modprobe nvidia; on Fedora sudo akmods --force, then restart",
    needs=("admin", "network"),
    source="https://github.com/NVIDIA/nvidia-docker/issues/291",
)
OLDEST_OF_USE = (5, 0)
"""No current PyTorch has code for an older GPU: a driver would not make it of use."""


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("container-without-gpu",), since="0.1")
def nouveau_in_use(
    pci: Pci, nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], profile: Profile, snapshot: Snapshot
) -> Verdict:
    """The NVIDIA GPU is driven by nouveau, which has no CUDA.

    nouveau (and its successor nova) shows a picture on the screen, and nothing more: CUDA needs NVIDIA's own driver,
    and only one driver can hold a GPU. A fresh Linux installation comes with nouveau.

    How it is told: the kernel's driver that is bound to the GPU on the PCI bus.

    Known false alarms: a second, old card that only drives the screen while another GPU computes; a GPU so old that no
    current PyTorch has code for it. Both are notes.

    Sources: the message in kernel-open/nvidia/nv.c of NVIDIA/open-gpu-kernel-modules;
    https://github.com/mattshma/bigdata/issues/133
    """
    found = cards(Probed(value=pci))
    held = [card for card in found if known(card.driver) in NOT_NVIDIA]
    if not found:
        return skip("there is no NVIDIA GPU on the bus")
    if not held:
        return ok("no NVIDIA GPU is held by nouveau")
    evidence = [f"{card_words(card)} is bound to the driver {known(card.driver)}" for card in held]
    old = all((probable_capability(card) or OLDEST_OF_USE) < OLDEST_OF_USE for card in held)
    other_works = driver_works(nvidia, cuda_driver) and bool(gpus(nvidia))
    if other_works:
        evidence.append("another NVIDIA GPU works with NVIDIA's driver")
    if old:
        evidence.append("it is too old for any current PyTorch")
    fixes = [fix for fix in (driver.install_driver(snapshot), driver.forbid_nouveau(snapshot)) if fix is not None]
    return bad(*evidence, fixes=fixes, at_most=_note_unless_expected(profile, snapshot) if other_works or old else FAIL)


@check(
    FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("nouveau-in-use", "container-without-gpu"), since="0.1"
)
def secure_boot_blocks_module(pci: Pci, nvidia: Probed[Nvidia], os: Os, snapshot: Snapshot) -> Verdict:
    """Secure Boot keeps NVIDIA's kernel module from being loaded.

    With Secure Boot the kernel loads signed modules only. A module that DKMS built on this machine is signed with a key
    of its own, which the firmware must be told of once, at a restart.

    How it is told: Secure Boot is on, a module for this very kernel lies on the disk, and is not loaded. The kernel's
    log says "Key was rejected by service" where it may be read.

    Known false alarms: Secure Boot with the distribution's own signed modules is healthy; the module is then loaded.

    Sources: https://github.com/lcp/mokutil/issues/61, https://github.com/acidanthera/bugtracker/issues/2237
    """
    if not cards(Probed(value=pci)):
        return skip("there is no NVIDIA GPU on the bus")
    if known(os.secure_boot) is not True:
        return skip("Secure Boot is not on")
    if module_is_loaded(nvidia) or in_container(snapshot):
        return ok("Secure Boot is on, and NVIDIA's kernel module is loaded")
    files = (known(nvidia.value.kernel_module_files) or ()) if nvidia.value else ()
    if os.kernel not in files or (nvidia.value is not None and nvidia.value.blacklisted_in):
        return skip("no module for this kernel waits to be loaded")
    lines = (known(nvidia.value.kernel_log) or ()) if nvidia.value else ()
    refused = [line for line in lines if "rejected" in line or "signature" in line]
    key = "/var/lib/shim-signed/mok/MOK.der" if os.distribution == "ubuntu" else "/var/lib/dkms/mok.pub"
    hashed = "/root/mok.hash"
    importing = f"mokutil --generate-hash={PASSWORD} > {hashed} && mokutil --hash-file {hashed} --import {key}"
    enroll = Fix(
        title="let the firmware know the key: after the restart choose `Enroll MOK`, and type the password",
        commands=(as_admin(snapshot, "sh", "-c", importing), as_admin(snapshot, "reboot")),
        needs=("admin", "reboot"),
        ask=("PASSWORD",),
        verify=driver.smi(snapshot),
        source="https://wiki.debian.org/SecureBoot",
    )
    signed = Fix(
        title="switch Secure Boot off in the firmware's settings; in a cloud, make the machine anew without it",
        needs=("admin", "reboot"),
    )
    return bad(
        "Secure Boot is on",
        f"NVIDIA's kernel module for {os.kernel} is on the disk, and is not loaded",
        *refused[:1],
        fixes=(enroll, signed),
    )


@check(
    FAIL,
    pillar="system",
    wanted="cuda",
    otherwise=WARN,
    after=("wsl1-no-gpu", "container-without-gpu", "nouveau-in-use", "secure-boot-blocks-module", "gpu-lost"),
    since="0.1",
)
def no_driver(
    pci: Probed[Pci],
    nvidia: Probed[Nvidia],
    cuda_driver: Probed[CudaDriver],
    os: Os,
    profile: Profile,
    snapshot: Snapshot,
) -> Verdict:
    """There is an NVIDIA GPU, and no working NVIDIA driver.

    PyTorch and TensorFlow bring CUDA themselves, but never the driver.

    How it is told: an NVIDIA GPU on the PCI bus, no kernel module loaded, and neither NVML nor libcuda answers. What is
    there of a driver tells which case it is: none at all, a module built for another kernel only, a module that may not
    be loaded (prime-select), a loaded module without the libraries that programs use.

    Known false alarms: a GPU kept for a virtual machine (vfio); a laptop whose NVIDIA GPU was switched off on purpose,
    and a GPU too old for any current PyTorch, which are notes; Jetson and WSL, which have no GPU on the bus.

    Sources: c10/cuda/CUDAFunctions.cpp of PyTorch ("Found no NVIDIA driver on your system"), NVML code 9 in nvml.h,
    https://github.com/NVIDIA/nvidia-docker/issues/291 (module not built for the running kernel)
    """
    found = cards(pci)
    if driver_answers(nvidia, cuda_driver):
        return ok("an NVIDIA driver is there")
    if snapshot.depth == "pasted":
        words = text_witnesses.no_driver(snapshot)
        build = (_BUILD_IT,) if said(snapshot, NOT_BUILT) else ()
        fixes = (*build, driver.install_driver(snapshot))
        return bad(*words, fixes=fixes) if words else skip("the text does not say so")
    if gave_up(nvidia, cuda_driver):
        return skip("there is a driver, and it does not answer")
    loaded = module_is_loaded(nvidia)
    if not found and not (loaded and os.system == "linux" and not os.wsl):
        return skip("there is no NVIDIA GPU on the bus")
    if in_container(snapshot):
        return skip("the driver of a container is its host's")
    if loaded and nvidia.value is not None and isinstance(nvidia.value.nvml_library, str):
        return skip("the driver is loaded, and so are its libraries: why it does not answer, other checks tell")
    evidence = [card_words(card) for card in found]
    told, fixes, on_purpose = _driver_case(nvidia, os, loaded, snapshot)
    old = bool(found) and all((probable_capability(card) or OLDEST_OF_USE) < OLDEST_OF_USE for card in found)
    if old:
        told.append("it is too old for any current PyTorch")
    return bad(
        *evidence, *told, fixes=fixes, at_most=_note_unless_expected(profile, snapshot) if old or on_purpose else FAIL
    )


def _driver_case(
    nvidia: Probed[Nvidia], os: Os, loaded: bool, snapshot: Snapshot
) -> tuple[list[str], tuple[Fix, ...], bool]:
    """What is there of a driver, how it is mended, and whether its absence is on purpose."""
    install = driver.install_driver(snapshot)
    facts = nvidia.value
    code = nvml_code(nvidia)
    told = [f"NVML: code {code}, {nvml_words(code).words}"] if code is not None else []
    if facts is None:
        return [*told, "no kernel module and no library of NVIDIA's is there"], (install,), False
    if loaded:
        version = known(facts.kernel_module_version) or "?"
        return [*told, f"its kernel module {version} is loaded, and its libraries are missing"], (install,), False
    if facts.blacklisted_in:
        told.append(f"{facts.blacklisted_in[0]} forbids loading its kernel module")
        return told, (switch_on(snapshot),), True
    files = known(facts.kernel_module_files) or ()
    if os.kernel in files:
        fixes = (driver.load_module(snapshot), driver.reboot(snapshot))
        return [*told, f"its kernel module for {os.kernel} is on the disk, and is not loaded"], fixes, False
    if files or known(facts.dkms_versions):
        others = ", ".join(files) or "no kernel yet"
        build = driver.build_module(snapshot)
        told.append(f"its kernel module is built for {others}; the kernel that runs is {os.kernel}")
        return told, (build, install) if build else (install,), False
    return [*told, "no kernel module of NVIDIA's is loaded or on the disk"], (install,), False


def _note_unless_expected(profile: Profile, snapshot: Snapshot) -> Grade:
    return FAIL if is_expected("cuda", profile, snapshot) else NOTE
