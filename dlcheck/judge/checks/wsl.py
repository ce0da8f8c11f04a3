"""WSL: does it get the GPU of its Windows?"""

from __future__ import annotations

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.codes import cuda_code
from dlcheck.judge.nvidia_facts import driver_works
from dlcheck.model.devices import CudaDriver, Nvidia
from dlcheck.model.gaps import Probed, known
from dlcheck.model.host import Os
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
FIRST_WSL_BUILD = 19044
"""Windows 10 21H2, the first release with CUDA in WSL 2 (https://docs.nvidia.com/cuda/wsl-user-guide/)."""
DISTRIBUTION = "Ubuntu"


@check(FAIL, pillar="system", wanted="cuda", otherwise=NOTE, since="0.1")
def wsl1_no_gpu(os: Os, nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver]) -> Verdict:
    """WSL 1 cannot use a GPU.

    WSL 1 translates system calls and has no Linux kernel; WSL 2 has one, and hands it the GPU of Windows.

    How it is told: the kernel's release ends in -Microsoft, without WSL2.

    Sources: https://docs.nvidia.com/cuda/wsl-user-guide/
    """
    if os.wsl != 1 or driver_works(nvidia, cuda_driver):
        return skip("this is not WSL 1")
    convert = Fix(
        title="make this distribution one of WSL 2, in PowerShell in Windows",
        commands=(
            driver.on_windows_side("wsl", "--update"),
            driver.on_windows_side("wsl", "--set-version", DISTRIBUTION, "2"),
        ),
        needs=("admin", "network"),
        ask=("DISTRIBUTION",),
        verify=driver.on_windows_side("wsl", "--list", "--verbose"),
        source="https://learn.microsoft.com/windows/wsl/install",
    )
    return bad(f"the kernel is {os.kernel}", fixes=(convert,))


@check(FAIL, pillar="system", wanted="cuda", otherwise=NOTE, since="0.1")
def wsl2_windows_build_too_old(os: Os, nvidia: Probed[Nvidia], cuda_driver: Probed[CudaDriver]) -> Verdict:
    """This Windows is too old for CUDA in WSL 2.

    CUDA in WSL 2 came with Windows 10 21H2 (build 19044) and Windows 11.

    How it is told: the build number of Windows, seen from inside WSL.

    Known false alarms: builds of the Insider programme have higher numbers, and had it earlier; a driver that answers
    is the nearer witness.

    Sources: https://docs.nvidia.com/cuda/wsl-user-guide/, https://github.com/microsoft/WSL/issues/7056
    """
    build = known(os.windows_build)
    if os.wsl != 2 or build is None:
        return skip("this is not WSL 2, or Windows' build is not known")
    if build >= FIRST_WSL_BUILD or driver_works(nvidia, cuda_driver):
        return ok(f"Windows build {build}")
    update = Fix(title="update Windows to Windows 10 21H2, Windows 11 or newer", needs=("admin", "network", "reboot"))
    return bad(f"Windows build {build}; CUDA in WSL 2 needs {FIRST_WSL_BUILD} or newer", fixes=(update,))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, after=("wsl2-windows-build-too-old",), since="0.1")
def linux_driver_in_wsl(os: Os, cuda_driver: CudaDriver, snapshot: Snapshot) -> Verdict:
    """A Linux driver was installed inside WSL, in front of the one that Windows brings.

    WSL hands Windows' driver in as /usr/lib/wsl/lib/libcuda.so.1. A Linux driver package puts another libcuda before
    it, which finds no GPU.

    How it is told: the libcuda that was loaded does not lie under /usr/lib/wsl, and CUDA does not start.

    Known false alarms: such a library that is not the one loaded is harmless; the toolkit's stub has its own check.

    Sources: https://github.com/rapidsai/cuml/issues/6218, https://docs.nvidia.com/cuda/wsl-user-guide/
    """
    library, code = known(cuda_driver.library), known(cuda_driver.init_code)
    if os.wsl != 2 or library is None or code is None:
        return skip("this is not WSL 2, or no libcuda answered")
    if code == 0 or cuda_driver.is_stub or library.startswith("/usr/lib/wsl/"):
        return ok(f"libcuda is {library}")
    steps = (
        as_admin(snapshot, "apt-get", "purge", "-y", "^nvidia-.*", "^libnvidia-.*", "^cuda-drivers.*"),
        as_admin(snapshot, "ldconfig"),
    )
    remove = Fix(
        title="remove the Linux driver; WSL uses that of Windows",
        commands=steps if os.distribution in ("ubuntu", "debian") else (),
        needs=("admin",),
        verify=driver.smi(snapshot),
        source=driver.WSL_GUIDE,
    )
    return bad(f"libcuda is {library}", f"cuInit: error {code}, {cuda_code(code).words}", fixes=(remove,))
