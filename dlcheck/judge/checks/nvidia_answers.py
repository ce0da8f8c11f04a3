"""NVIDIA's driver, asked: do its parts fit each other, does it come back, does it live?"""

from __future__ import annotations

import msgspec

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice import driver
from dlcheck.judge.advice.install import judged_python
from dlcheck.judge.advice.shell import quote, shell_of
from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import nvml_code as nvml_words
from dlcheck.judge.nvidia_facts import driver_answers, gave_up, in_container, init_code, nvml_code
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.devices import CudaDriver, Nvidia
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
NO_CUDA = "$HOME/.cache/no-cuda"
"""A folder whose libcuda.so.1 is a file without content."""


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
def driver_library_mismatch(
    nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], os: Os, snapshot: Snapshot
) -> Verdict:
    """NVIDIA's kernel module and its libraries are of different versions.

    The libraries were updated, often by the nightly upgrades, while the old kernel module stays loaded until the next
    restart. Programs that run go on; new ones cannot start CUDA. Every part of the version counts: 570.124.04 and
    570.124.06 do not work together.

    How it is told: NVML answers with code 18; cuInit says 803, and the two versions are not known to be the same; or
    NVML does not answer, and they differ.

    Known false alarms: WSL, whose libraries are Windows'; a forward-compatibility libcuda in front of the driver's own,
    which is `cuda-compat-not-usable` where it does not work.

    Sources: https://github.com/NVIDIA/ubuntu-packaging-nvidia-driver/issues/3,
    https://github.com/lyulyul/shine-cluster/issues/30 (confirmed by apt's history)
    """
    if os.wsl:
        return skip("under WSL the libraries are Windows'")
    facts, code, init = nvidia.value, nvml_code(nvidia), init_code(cuda_driver)
    if facts is None and init != 803:
        return skip(nvidia.missing.words() if nvidia.missing else "")
    module = known(facts.kernel_module_version) if facts else None
    library = known(facts.nvml_version) or known(facts.library_version) if facts else None
    differ = module is not None and library is not None and module != library
    same = module is not None and module == library
    if facts is not None and code == 0 and init != 803:
        return ok(f"kernel module and libraries: {module or known(facts.driver_version) or 'the same version'}")
    if code != 18 and not (init == 803 and not same) and not (differ and code in (None, 999)):
        return skip("nothing tells of two versions") if code is None else ok("NVML does not complain of two versions")
    if code != 18 and (_is_compat(cuda_driver) or (facts is not None and facts.compat_libraries)):
        return skip("a forward-compatibility library is in front")
    evidence = [f"NVML: code 18, {nvml_words(18).words}"] if code == 18 else []
    if init == 803:
        evidence.append("cuInit: error 803, the kernel driver and the CUDA library do not fit each other")
    if module is not None or library is not None:
        evidence.append(f"kernel module {module or 'of unknown version'}, libraries {library or 'of unknown version'}")
    if os.reboot_required:
        evidence.append("the system says that it needs a restart")
    if in_container(snapshot):
        title = "remove the NVIDIA packages that the image itself brings; the container takes the host's libraries"
        return bad(*evidence, fixes=(Fix(title=title, source="https://docs.nvidia.com/datacenter/cloud-native/"),))
    modules = ("nvidia_drm", "nvidia_modeset", "nvidia_uvm", "nvidia")
    reload = driver.reload_modules(snapshot, *modules, title="load the new module while no program uses the GPU")
    return bad(*evidence, fixes=(driver.reboot(snapshot), reload))


def _is_compat(cuda_driver: Probed[CudaDriver]) -> bool:
    """Is the libcuda that was asked a forward-compatibility one, by its folder?"""
    library = known(cuda_driver.value.library) if cuda_driver.value else None
    return library is not None and "/compat" in library


@check(FAIL, pillar="system", wanted="cuda", otherwise=FAIL, after=("gpu-lost",), since="0.1")
def nvidia_driver_hangs(
    nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], profile: Profile, snapshot: Snapshot
) -> Verdict:
    """NVIDIA's driver does not answer in time.

    NVML or cuInit waits for a GPU that no longer answers, for its system processor (GSP), or for a fabric manager that
    is still starting. Whatever asks the driver hangs too: nvidia-smi, TensorFlow, and a PyTorch for CUDA, in
    torch.cuda.is_available() and, on the CPU too, in the first backward(). So the machine is not ready even for one who
    needs no GPU, until the driver is well or its library is kept out of the way.

    How it is told: the child that asked was ended at its deadline.

    Known false alarms: the first call on a machine without persistence mode takes seconds; the deadline is longer. With
    a PyTorch for the CPU, and no GPU expected, it is a warning: nothing asks the driver then.

    Sources: https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1045 (GSP, Xid 119 and 154)
    """
    verdict = _gave_up(nvidia, cuda_driver, snapshot, "timed-out")
    matters = is_expected("cuda", profile, snapshot) or _holds_torch_up(cuda_driver, snapshot)
    return verdict if matters else msgspec.structs.replace(verdict, at_most=WARN)


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("gpu-lost",), since="0.1")
def nvidia_driver_crashes(nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], snapshot: Snapshot) -> Verdict:
    """NVIDIA's driver library crashes when it is asked.

    NVML or libcuda ended the process that asked it: a damaged or half-updated driver, or a library of another driver in
    front of it.

    How it is told: the child that asked was ended by a signal.
    """
    return _gave_up(nvidia, cuda_driver, snapshot, "crashed")


def _gave_up(nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver], snapshot: Snapshot, gap: str) -> Verdict:
    missing = gave_up(nvidia, cuda_driver)
    if missing is None:
        answers = driver_answers(nvidia, cuda_driver)
        return ok() if answers else skip("there is no NVIDIA driver to ask")
    if missing.gap != gap:
        return skip(missing.words())
    evidence = [missing.words()]
    endings = [one.ending for one in (nvidia, cuda_driver) if one.ending is not None]
    evidence += [f"it was {ending.stage}" for ending in endings if ending.stage and ending.stage not in evidence[0]]
    lines = (known(nvidia.value.kernel_log) or ()) if nvidia.value else ()
    evidence += list(lines[-2:])
    fixes = [driver.reboot(snapshot)]
    if gap == "timed-out" and _holds_torch_up(cuda_driver, snapshot):
        evidence.append("a PyTorch for CUDA waits for it too, in torch.cuda.is_available() and in the first backward()")
        fixes += _on_the_cpu(snapshot)
    if gap == "crashed":
        fixes.append(driver.install_driver(snapshot))
    return bad(*evidence, fixes=fixes)


def _holds_torch_up(cuda_driver: Probed[CudaDriver], snapshot: Snapshot) -> bool:
    """Does cuInit itself not come back, and is there a PyTorch that calls it? NVML alone holds nothing up."""
    build, facts = torch_build(snapshot), cuda_driver.value
    gap = facts.init_code if facts is not None else cuda_driver.missing
    return isinstance(gap, Missing) and gap.gap == "timed-out" and build is not None and bool(build.cuda)


def _on_the_cpu(snapshot: Snapshot) -> tuple[Fix, ...]:
    """Work without the driver: keep its library from being loaded, or take a PyTorch that has no use for it.

    CUDA_VISIBLE_DEVICES=-1 does not do: the driver reads it in the very call that hangs. Together with
    PYTORCH_NVML_BASED_CUDA_CHECK=1 is_available() comes back, and the first backward() asks the driver all the same. A
    file without content in front of the driver's library ends the search for it. Tests try all three on a libcuda that
    never answers.
    """
    os, shell = snapshot.os.value, shell_of(snapshot)
    cpu = torch_fixes(snapshot, "cpu")[:1]
    if os is None or os.system != "linux" or shell not in ("bash", "zsh", "fish"):
        return cpu
    make = f'mkdir -p "{NO_CUDA}" && : > "{NO_CUDA}/libcuda.so.1"'
    set_it = f'set -x LD_LIBRARY_PATH "{NO_CUDA}"' if shell == "fish" else f'export LD_LIBRARY_PATH="{NO_CUDA}"'
    code = "import torch; w = torch.ones(2, requires_grad=True); w.sum().backward(); print('trains on the CPU')"
    try_it = f'LD_LIBRARY_PATH="{NO_CUDA}" {quote(judged_python(snapshot), shell)} -c "{code}"'
    hide = Fix(
        title="until then work on the CPU: hide the driver's library from what this shell starts; in a new shell "
        "all is as before",
        commands=tuple(Command(argv=("sh", "-c", text), text=text, shell=shell) for text in (make, set_it)),
        verify=Command(argv=("sh", "-c", try_it), text=try_it, shell=shell),
        source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
    )
    return (hide, *cpu)
