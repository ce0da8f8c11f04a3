"""CUDA's driver library: does it start, and if not, what do its codes mean?"""

from __future__ import annotations

import re

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin, package_manager
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import cuda_code
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.knowledge.cuda_drivers import toolkit_driver
from dlcheck.judge.knowledge.versions import at_least, dotted, numbers
from dlcheck.judge.nvidia_facts import driver_system, driver_version, in_container, module_is_loaded, visible_gpus
from dlcheck.model.devices import CudaDriver, Nvidia, NvidiaGpu
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
STARTING_SECONDS = 300.0
"""So long after its start a machine with NVSwitches may still be joining its GPUs."""
NOT_BEFORE = (
    "no-driver", "driver-library-mismatch", "gpu-lost", "gpu-access-denied", "nvidia-uvm-missing", "cuda-stub-library",
    "gpu-hidden-by-environment", "cuda-compat-not-usable", "fabric-manager-not-running", "linux-driver-in-wsl",
    "wsl1-no-gpu", "wsl2-windows-build-too-old", "container-without-gpu", "nouveau-in-use", "driver-finds-no-gpu",
    "gpu-memory-faulty", "container-without-cuda-library", "gpu-reports-a-fault",
)  # fmt: skip
"""Every cause that has a check of its own."""


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("no-driver",), since="0.1")
def cuda_stub_library(cuda_driver: CudaDriver, snapshot: Snapshot) -> Verdict:
    """The CUDA library that programs load is the toolkit's stub.

    The toolkit brings a libcuda without content, in a folder named `stubs`, for linking on machines without a driver.
    Where that folder is on the library search path, programs load it in the place of the driver's.

    How it is told: the file that was loaded lies in a folder `stubs`, or cuInit says 34.

    Known false alarms: stubs in LIBRARY_PATH, which only the linker reads.

    Sources: https://github.com/numba/numba/issues/8985 (confirmed), https://github.com/NVIDIA/warp/issues/219
    """
    code, library = known(cuda_driver.init_code), known(cuda_driver.library) or "libcuda"
    if not cuda_driver.is_stub and code != 34:
        return ok(f"libcuda is {library}")
    evidence = [f"libcuda is {library}"]
    if code is not None:
        evidence.append(f"cuInit: error {code}, {cuda_code(code).words}")
    return bad(*evidence, fixes=(_without_folder(snapshot, library),))


@check(
    FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("driver-library-mismatch", "cuda-stub-library"),
    since="0.1",
)  # fmt: skip
def cuda_compat_not_usable(nvidia: Probed[Nvidia], cuda_driver: CudaDriver, snapshot: Snapshot) -> Verdict:
    """A forward-compatibility CUDA library is loaded where it cannot work.

    Images of CUDA bring a newer libcuda in a folder `compat`, so that an older driver serves a newer CUDA. It works on
    data-centre GPUs only, and with certain drivers only.

    How it is told: cuInit says 804; or 803, and the libcuda that was loaded lies in a folder `compat`.

    Known false alarms: the same library on a data-centre GPU is right; CUDA then starts.

    Sources: https://docs.nvidia.com/deploy/cuda-compatibility/, https://github.com/NVIDIA/nvidia-docker/issues/1515,
    https://github.com/vllm-project/vllm/issues/33116
    """
    code, library = known(cuda_driver.init_code), known(cuda_driver.library) or ""
    folders = nvidia.value.compat_libraries if nvidia.value else ()
    in_front = "/compat" in library
    if code not in (803, 804):
        return ok("CUDA starts") if code == 0 else skip("cuInit does not complain of compatibility")
    if code == 803 and not in_front and not folders:
        return skip("no forward-compatibility library is on the search path")
    evidence = [f"cuInit: error {code}, {cuda_code(code).words}"]
    if library:
        evidence.append(f"libcuda is {library}")
    names = [known(gpu.name) for gpu in (known(nvidia.value.gpus) or ())] if nvidia.value else []
    version = driver_version(snapshot)
    if version:
        evidence.append(f"driver {version}{', ' + names[0] if names and names[0] else ''}")
    fixes = [_without_folder(snapshot, library)] if in_front else []
    if in_container(snapshot):
        steps = (
            as_admin(snapshot, "rm", "-rf", folders[0] if folders else "/usr/local/cuda/compat"),
            as_admin(snapshot, "ldconfig"),
        )
        page = "https://github.com/NVIDIA/nvidia-docker/issues/1515"
        fixes.append(Fix(title="remove the compatibility library from the container", commands=steps, source=page))
    serves = known(cuda_driver.version)
    newer = toolkit_driver(dotted(serves), driver_system(snapshot)) if serves and version else None
    if newer and not at_least(numbers(version), numbers(newer)):
        fixes.append(driver.install_driver(snapshot, newer))
    return bad(*evidence, fixes=fixes)


def _without_folder(snapshot: Snapshot, library: str) -> Fix:
    """Take a folder out of where the loader looks: off LD_LIBRARY_PATH, or out of its configuration."""
    folder = library.rpartition("/")[0]
    interpreter = snapshot.interpreter.value
    value = interpreter.variables.get("LD_LIBRARY_PATH", "") if interpreter else ""
    if folder not in [one.rstrip("/") for one in value.split(":")]:
        return Fix(
            title=f"take {folder} out of the file under /etc/ld.so.conf.d that names it, then run ldconfig",
            commands=(as_admin(snapshot, "grep", "-rl", folder, "/etc/ld.so.conf.d"),),
            needs=("admin",),
            source="https://github.com/vllm-project/vllm/issues/33116",
        )
    rest = f"printf '%s' \"$LD_LIBRARY_PATH\" | tr : '\\n' | grep -vxE '{re.escape(folder)}/?' | paste -sd: -"
    text = f'export LD_LIBRARY_PATH="$({rest})"'
    return Fix(
        title=f"take {folder} off LD_LIBRARY_PATH, here and in the file that sets it",
        commands=(Command(argv=("bash", "-c", text), text=text),) if "'" not in folder else (),
        source="https://github.com/numba/numba/issues/8985",
    )


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("driver-library-mismatch",), since="0.1")
def fabric_manager_not_running(nvidia: Nvidia, cuda_driver: CudaDriver, os: Os, snapshot: Snapshot) -> Verdict:
    """The GPUs of this NVSwitch system are not joined: the fabric manager does not run.

    On HGX and DGX machines nvidia-fabricmanager joins the GPUs after the driver has started; until then CUDA refuses to
    start, even for a single GPU. Its version has to be exactly that of the driver.

    How it is told: cuInit says 802. NVML's fabric state and the service, where they can be told, are evidence.

    Known false alarms: a machine that is still starting: a note. A GPU in confidential-computing mode says 802 too.

    Sources: https://github.com/pytorch/pytorch/issues/35710,
    https://github.com/huggingface/huggingface_hub/issues/4134,
    https://docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide/
    """
    code = known(cuda_driver.init_code)
    if code != 802:
        return ok("CUDA starts") if code == 0 else skip("cuInit does not say 802")
    evidence = [f"cuInit: error 802, {cuda_code(802).words}"]
    states = {known(gpu.fabric_state) for gpu in known(nvidia.gpus) or ()} - {None, "not-supported"}
    if states:
        evidence.append(f"fabric state: {', '.join(sorted(str(one) for one in states))}")
    manager = known(nvidia.fabric_manager)
    if manager is not None:
        evidence.append(f"nvidia-fabricmanager: {manager}")
    if states == {"in-progress"} and (known(os.uptime_seconds) or STARTING_SECONDS) < STARTING_SECONDS:
        return bad(*evidence, "the machine has just started: wait some minutes", at_most=NOTE)
    if not nvidia.nvswitch and not states:
        evidence.append("no NVSwitch is visible from here: it may be the host's, or confidential computing")
    if in_container(snapshot):
        title = "only the host can join its GPUs: take another machine, or tell its operator that cuInit says 802"
        return bad(*evidence, fixes=(Fix(title=title, needs=("admin",)),))
    return bad(*evidence, fixes=_manager_fixes(snapshot, os, driver_version(snapshot)))


def _manager_fixes(snapshot: Snapshot, os: Os, version: str) -> tuple[Fix, ...]:
    branch = version.partition(".")[0]
    start = as_admin(snapshot, "systemctl", "enable", "--now", "nvidia-fabricmanager")
    guide = "https://docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide/"
    fixes = [Fix(title="start the fabric manager", commands=(start,), needs=("admin",), source=guide)]
    packages: dict[str, tuple[str, ...]] = {
        "apt": ("apt-get", "install", "-y", f"nvidia-fabricmanager-{branch}"),
        "dnf": ("dnf", "install", "-y", f"nvidia-fabric-manager-{version}"),
    }
    package = packages.get(package_manager(os))
    if package and version:
        title = f"install it first, in exactly the driver's version {version}"
        steps = (as_admin(snapshot, *package), start)
        fixes.append(Fix(title=title, commands=steps, needs=("admin", "network"), source=guide))
    return tuple(fixes)


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=NOT_BEFORE, since="0.1")
def cuda_unknown_error(nvidia: Probed[Nvidia], cuda_driver: CudaDriver, os: Os, snapshot: Snapshot) -> Verdict:
    """CUDA does not start, and does not say why (error 999).

    Often after a laptop slept while a program was using the GPU: the module nvidia_uvm is then broken until it is
    loaded anew. Else a half-done update of the driver, or a GPU that had an error.

    How it is told: cuInit says 999, and no other check explains it. libcuda's own answer weighs more than a bus on
    which no GPU is seen, as in virtual machines and containers: where there is nothing at all, libcuda says 100.

    Known false alarms: a GPU on the bus whose kernel driver is not loaded, which is `no-driver`.

    Sources: https://github.com/pytorch/pytorch/issues/88639, https://github.com/pytorch/pytorch/issues/49081
    """
    code = known(cuda_driver.init_code)
    if code not in (999, 30):
        return ok("CUDA starts") if code == 0 else skip("cuInit does not say 999")
    loaded = module_is_loaded(nvidia) or bool(os.wsl) or os.system != "linux" or snapshot.depth == "pasted"
    if not loaded and snapshot.pci.value is not None and snapshot.pci.value.of("nvidia"):
        return skip("no kernel driver is loaded")
    evidence = [f"cuInit: error {code}, {cuda_code(code).words}"]
    facts = nvidia.value
    if facts is not None and known(facts.nvml_code) is not None:
        number = known(facts.nvml_code) or 0
        evidence.append(f"NVML: code {number}, {nvml_words(number).words}")
    evidence += list((known(facts.kernel_log) or ())[-2:]) if facts else []
    if not loaded or os.system == "windows" or os.wsl or in_container(snapshot):
        return bad(*evidence, fixes=(driver.reboot(snapshot),))
    title = "end every program that uses the GPU, and load the module nvidia_uvm anew: it breaks when a laptop sleeps"
    return bad(*evidence, fixes=(driver.reload_modules(snapshot, "nvidia_uvm", title=title), driver.reboot(snapshot)))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=(*NOT_BEFORE, "cuda-unknown-error"), since="0.1")
def cuda_does_not_start(nvidia: Probed[Nvidia], cuda_driver: CudaDriver, snapshot: Snapshot) -> Verdict:
    """CUDA does not start, although the driver lists a GPU.

    How it is told: NVML lists a GPU that is visible to this process, and cuInit answers with an error that no other
    check explains: all GPUs busy or closed (46), no device (100) although one is visible, too little memory for the
    process (2) and others.

    Known false alarms: MIG without an instance also says 100; it is told as such.

    Sources: https://github.com/pytorch/pytorch/issues/3871 (46), https://github.com/microsoft/WSL/issues/9092 (2)
    """
    code, visible = known(cuda_driver.init_code), visible_gpus(snapshot)
    unsliced = [gpu for gpu in visible if known(gpu.mig_enabled) and known(gpu.mig_instances) == ()]
    if code == 0 and known(cuda_driver.device_count) == 0 and unsliced and len(unsliced) == len(visible):
        return bad("cuInit works, and CUDA sees no GPU", _NO_SLICE, fixes=(_mig_off(unsliced[0], snapshot),))
    if code in (None, 0):
        return ok("CUDA starts") if code == 0 else skip("cuInit was not asked")
    if not visible or code in (30, 34, 802, 803, 804, 999):
        return skip("no GPU is visible, or another check judges this code")
    evidence = [f"cuInit: error {code}, {cuda_code(code or 0).words}"]
    if code == 100 and unsliced:
        return bad(*evidence, _NO_SLICE, fixes=(_mig_off(unsliced[0], snapshot),))
    modes = {known(gpu.compute_mode) for gpu in visible} & {"exclusive-process", "prohibited"}
    if modes:
        evidence.append(f"compute mode: {', '.join(sorted(str(one) for one in modes))}")
        shared = as_admin(snapshot, "nvidia-smi", "-c", "0")
        page = "https://github.com/pytorch/pytorch/issues/3871"
        share = Fix(title="let programs share the GPU", commands=(shared,), needs=("admin",), source=page)
        return bad(*evidence, fixes=(share,))
    if code == 2:
        evidence.append("the limits of this process are likely: see `ulimit -v`, and memory= in .wslconfig under WSL")
    return bad(*evidence, fixes=(driver.reboot(snapshot),))


_NO_SLICE = "MIG is switched on, and no instance was made: the GPU is whole to nobody"


def _mig_off(gpu: NvidiaGpu, snapshot: Snapshot) -> Fix:
    step = as_admin(snapshot, "nvidia-smi", "-i", str(gpu.index), "-mig", "0")
    page = "https://docs.nvidia.com/datacenter/tesla/mig-user-guide/"
    return Fix(title="switch MIG off", commands=(step,), needs=("admin",), source=page)
