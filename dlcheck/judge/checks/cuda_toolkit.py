"""The CUDA toolkit, for those who compile: does CUDA_HOME name one, and can the driver compile what it made?"""

from __future__ import annotations

import posixpath
import re

from dlcheck.judge.advice.driver import install_driver
from dlcheck.judge.check import FAIL, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.cuda_drivers import driver_compiles, toolkit_driver
from dlcheck.judge.nvidia_facts import driver_system, driver_version
from dlcheck.judge.said import said
from dlcheck.judge.torch_build import torch_build
from dlcheck.model.devices import Nvidia
from dlcheck.model.gaps import Probed, known
from dlcheck.model.pasted import Pasted
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
PTX_REFUSED = r"provided PTX was compiled with an unsupported toolchain|UNSUPPORTED_PTX_VERSION|unsupported toolchain"
NOT_SET = (
    r"CUDA_(?:HOME|PATH) environment variable is not set|CUDA_HOME does not exist|set the CUDA_HOME or the CUDA_PATH"
)
NO_NVCC = (
    r"No such file or directory: '?(?P<path>[^'\n]{1,300}?nvcc(?:\.exe)?)\b"
    r"|(?P<told>[^\s:]{1,300}[/\\]nvcc)\S{0,3}:? (?:No such file|not found)"
)


@check(FAIL, pillar="system", wanted="cuda", after=("no-driver", "driver-too-old-for-torch-cuda"), since="0.1")
def driver_older_than_toolkit_ptx(nvidia: Probed[Nvidia], snapshot: Snapshot) -> Verdict:
    """The driver cannot compile the PTX of the CUDA toolkit in use.

    A driver runs machine code of any CUDA of its major version, but compiles PTX of its own CUDA and older only. What
    brings PTX, as an extension compiled here or a library that compiles while it runs, then ends with "the provided
    PTX was compiled with an unsupported toolchain".

    How it is told: that message, or error 222.

    Known false alarms: an older driver alone is healthy; without the message nothing is said.

    Sources: https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html,
    https://github.com/MadryLab/trak/issues/68 (solved by a newer driver)
    """
    complaint = said(snapshot, PTX_REFUSED)
    if not complaint:
        return skip("nothing complains of PTX")
    version, system = driver_version(snapshot), driver_system(snapshot)
    cuda = _toolkit(snapshot)
    evidence = [complaint]
    if version:
        evidence.append(f"driver {version}")
    floor = toolkit_driver(cuda, system) if cuda else None
    if floor and not (version and driver_compiles(version, cuda, system)):
        evidence.append(f"PTX of CUDA {cuda} needs driver {floor} or newer")
    return bad(*evidence, fixes=(install_driver(snapshot, floor or ""),))


def _toolkit(snapshot: Snapshot) -> str:
    """The CUDA whose PTX it most likely is: the toolkit's, else that of the build, else the one that a text names."""
    pasted, tools, build = snapshot.pasted.value, snapshot.tools.value, torch_build(snapshot)
    nvcc = tools.find("nvcc") if tools else None
    told = [known(pasted.toolkit_cuda), known(pasted.stated_cuda)] if pasted else []
    return next((one for one in (nvcc and known(nvcc.version), *told, build and build.cuda) if one), "")


@check(FAIL, pillar="system", since="0.1")
def cuda_home_malformed(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """CUDA_HOME does not name the folder of a CUDA toolkit.

    Who compiles an extension looks for nvcc in CUDA_HOME/bin. A list of folders, a folder too deep, one that is not
    there or none at all ends with "No such file or directory: '…/bin/nvcc'".

    How it is told: the value, where the text tells it; or those words.

    Known false alarms: /usr, where Ubuntu's own toolkit has its nvcc; a variable that nobody needs, because nothing is
    compiled.

    Sources: torch/utils/cpp_extension.py (_find_cuda_home), https://github.com/pytorch/extension-cpp/issues/48,
    https://github.com/NVIDIA/apex/issues/368
    """
    value = known(pasted.cuda_home) or ""
    wrong = _wrong(value)
    missing = said(snapshot, NOT_SET)
    path = re.search(NO_NVCC, "\n".join(pasted.errors))
    if not wrong and not missing and path is None:
        return ok(f"CUDA_HOME={value}") if value else skip("CUDA_HOME is not told, and nothing asks for it")
    evidence = [f"CUDA_HOME={value}, {wrong}" if wrong else f"CUDA_HOME={value}" if value else "CUDA_HOME is not set"]
    if path is not None:
        evidence.append(f"there is no {path['path'] or path['told']}")
    evidence += [missing] if missing else []
    build = torch_build(snapshot)
    cuda = build.cuda if build is not None else ""
    toolkit = f"the toolkit of CUDA {cuda}" if cuda else "the toolkit of the CUDA that torch.version.cuda names"
    title = f"let CUDA_HOME name one folder, the one that holds bin/nvcc of {toolkit}: export CUDA_HOME=/usr/local/cuda"
    return bad(*evidence, fixes=(Fix(title=title),))


def _wrong(value: str) -> str:
    """What is wrong with the value; "" where nothing is."""
    separator = ";" if re.match(r"[A-Za-z]:\\", value) else ":"
    if separator in value.strip(separator) or value.startswith(separator) or (value.endswith(separator) and value):
        return "a list where one folder is wanted"
    last = posixpath.basename(value.replace("\\", "/").rstrip("/"))
    if last in ("bin", "nvcc", "nvcc.exe", "lib64", "include"):
        return f"too deep: it ends in {last}"
    return ""
