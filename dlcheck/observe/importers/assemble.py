"""Clues → Snapshot. What the text does not tell stays a gap, "not in the text"."""

from __future__ import annotations

import re

from dlcheck import __version__
from dlcheck.model.devices import Amd, Apple, CudaDriver, Nvidia, NvidiaGpu, Pci, PciDevice, VisibleDevices
from dlcheck.model.gaps import Missing, Probed, seen
from dlcheck.model.host import Cloud, Container, Cpu, Os, System
from dlcheck.model.pasted import Pasted
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Jupyter, Kernel, Project, Pythons, Tool, Tools
from dlcheck.observe.importers import assemble_python as inside
from dlcheck.observe.importers.assemble_interpreter import interpreter
from dlcheck.observe.importers.clues import NOT_TOLD, Clues, ToldGpu
from dlcheck.observe.importers.gaps import not_told, told

AMD = 0x1002
VISIBLE = ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")


def assemble(clues: Clues, taken_at: str) -> Snapshot:
    """The Snapshot of what was told."""
    return Snapshot(
        dlcheck=__version__,
        taken_at=taken_at,
        depth="pasted",
        os=_os(clues),
        cpu=_cpu(clues),
        container=seen(Container(engine="docker", evidence="the text")) if clues.container else not_told(),
        cloud=_cloud(clues),
        pythons=_pythons(clues),
        jupyter=_jupyter(clues),
        tools=_tools(clues),
        project=_project(clues),
        pci=_pci(clues),
        nvidia=_nvidia(clues),
        cuda_driver=_cuda_driver(clues),
        visible_devices=_visible(clues),
        amd=_amd(clues),
        apple=_apple(clues),
        interpreter=interpreter(clues),
        packages=inside.packages(clues),
        requirements=inside.requirements(clues),
        torch=inside.torch(clues),
        tensorflow=inside.tensorflow(clues),
        jax=inside.jax(clues),
        libraries=inside.libraries(clues),
        pasted=seen(_pasted(clues)),
    )


def _os(clues: Clues) -> Probed[Os]:
    """The system; where the text does not tell, "other", so that what it says of the hardware can still be judged."""
    name = clues.os_name or clues.system or "a system that the text does not name"
    system: System = clues.system or "other"  # type: ignore[assignment]
    distribution = re.match(r"[A-Za-z]+", name)
    return seen(
        Os(
            system=system,
            name=name,
            version=clues.os_version or "",
            distribution=distribution.group(0).lower() if distribution and system == "linux" else "",
            kernel=clues.kernel or "",
            machine=clues.machine or "",
            glibc=told(clues.glibc),
            musl=bool(clues.musl) and clues.glibc is None and system == "linux",
            wsl=clues.wsl or 0,
            windows_build=told(clues.windows_build),
        )
    )


def _cpu(clues: Clues) -> Probed[Cpu]:
    if clues.cpu is None and clues.instruction_sets is None:
        return not_told()
    sets = told(clues.instruction_sets)
    return seen(Cpu(brand=told(clues.cpu), architecture=clues.machine or "", instruction_sets=sets))


def _cloud(clues: Clues) -> Probed[Cloud]:
    names = {"colab": "Google Colab", "kaggle": "Kaggle"}
    if clues.cloud is None:
        return not_told()
    return seen(Cloud(platform=clues.cloud, name=names[clues.cloud], evidence="the text", is_notebook=True))


def _pythons(clues: Clues) -> Probed[Pythons]:
    """The pip that serves another Python."""
    if clues.pip_folder is None:
        return not_told()
    return seen(Pythons(pip="pip", pip_python=clues.pip_folder))


def _jupyter(clues: Clues) -> Probed[Jupyter]:
    """The notebook's Python, told beside a terminal's."""
    if clues.kernel_python is None and not clues.notebook_lacks:
        return not_told()
    kernel = Kernel(name="the notebook", language="python", executable=told(clues.kernel_python), exists=True)
    return seen(Jupyter(kernels=(kernel,)))


def _project(clues: Clues) -> Probed[Project]:
    """The environment.yml whose packages conda did not find."""
    if not clues.conda_foreign and not clues.conda_builds:
        return not_told()
    foreign = tuple(clues.conda_foreign)
    return seen(Project(conda_file="the file", conda_file_builds=clues.conda_builds, conda_file_foreign=foreign))


def _nvidia(clues: Clues) -> Probed[Nvidia]:
    facts = (
        clues.gpus,
        clues.driver,
        clues.kernel_module,
        clues.library,
        clues.nvml_code,
        clues.xids,
        clues.driver_cuda,
    )
    words = clues.gpus_told_none or clues.driver_told_none
    answers = (clues.fabric_state, clues.cuda_init_code, clues.cuda_library, clues.kernel_log)
    if not any(one not in (None, []) for one in (*facts, *answers)):
        if words is None:
            return not_told()
        if words.lower() == "no cuda":
            why = 'the text says "No CUDA": nvidia-smi and nvcc gave nothing'
            return Probed(missing=Missing("absent", why))
    gap = NOT_TOLD if words is None else Missing("not-looked" if words.upper() == "N/A" else "broken", words)
    code = 0 if clues.nvidia_answered and clues.nvml_code is None else told(clues.nvml_code)
    gpus = tuple(_gpu(index, gpu) for index, gpu in enumerate(clues.gpus))
    return seen(
        Nvidia(
            kernel_module_version=told(clues.kernel_module),
            kernel_module_open=told(clues.kernel_module_open),
            library_version=told(clues.library),
            nvml_code=code,
            driver_version=clues.driver or gap,
            driver_cuda=told(_pair(clues.driver_cuda)),
            gpus=gpus or (() if words == "No devices were found" else gap),
            fabric_manager=told(clues.fabric_state),
            nvswitch=clues.fabric_state is not None,
            xids=tuple(clues.xids) or NOT_TOLD,
            kernel_log=tuple(clues.kernel_log) or NOT_TOLD,
            device_nodes=clues.device_nodes or NOT_TOLD,
            compat_libraries=tuple(clues.compat_libraries),
        )
    )


def _gpu(index: int, gpu: ToldGpu) -> NvidiaGpu:
    return NvidiaGpu(
        index=index,
        name=gpu.name,
        compute_capability=told(gpu.capability),
        memory_total_bytes=told(gpu.memory_bytes),
        handle_code=15 if gpu.lost else 0,
    )


def _pair(words: str | None) -> tuple[int, int] | None:
    found = re.match(r"(\d{1,3})\.(\d{1,3})", words or "")
    return (int(found.group(1)), int(found.group(2))) if found else None


def _cuda_driver(clues: Clues) -> Probed[CudaDriver]:
    if clues.cuda_init_code is None and clues.driver_cuda is None and clues.cuda_library is None:
        return not_told()
    return seen(
        CudaDriver(
            library=told(clues.cuda_library),
            init_code=told(clues.cuda_init_code),
            version=told(_pair(clues.driver_cuda)),
            is_stub=clues.cuda_init_code == 34 or "/stubs" in (clues.cuda_library or ""),
        )
    )


def _visible(clues: Clues) -> Probed[VisibleDevices]:
    named = {name: value for name, value in clues.variables.items() if name in VISIBLE}
    return seen(VisibleDevices(variables=named)) if named else not_told()


def _amd(clues: Clues) -> Probed[Amd]:
    if not clues.amd_gfx:
        return not_told()
    override = clues.variables.get("HSA_OVERRIDE_GFX_VERSION", "")
    return seen(Amd(gfx=tuple(clues.amd_gfx[:16]), rocm_version=told(clues.rocm), gfx_override=override))


def _pci(clues: Clues) -> Probed[Pci]:
    """AMD GPUs that the text names; NVIDIA's are told by NVML's facts."""
    if not clues.amd_names:
        return not_told()
    devices = tuple(
        PciDevice(address="", vendor_id=AMD, device_id=0, vendor="amd", name=name) for name in clues.amd_names
    )
    return seen(Pci(devices=devices, source="the text"))


def _apple(clues: Clues) -> Probed[Apple]:
    """Apple's chip, by the processor's name."""
    if clues.system != "darwin" or not (clues.cpu or "").startswith("Apple"):
        return not_told()
    return seen(Apple(chip=clues.cpu or "", rosetta=told(clues.python_translated)))


def _tools(clues: Clues) -> Probed[Tools]:
    found = []
    if clues.toolkit:
        found.append(Tool(name="nvcc", path="", version=clues.toolkit))
    if clues.docker:
        found.append(Tool(name="docker", path=clues.docker))
    if clues.compiler:
        number = re.search(r"\d{1,3}(?:\.\d{1,3})+", clues.compiler)
        found.append(Tool(name="gcc", path="", version=number.group(0) if number else NOT_TOLD))
    return seen(Tools(found=tuple(found), looked_for=tuple(one.name for one in found))) if found else not_told()


def _pasted(clues: Clues) -> Pasted:
    return Pasted(
        sources=tuple(clues.sources),
        errors=tuple(clues.errors),
        attempts=tuple(clues.attempts),
        extensions=tuple(clues.extensions),
        missing_libraries=tuple(clues.missing_libraries),
        torch_architectures=clues.torch_archs or (),
        toolkit_cuda=told(clues.toolkit),
        system_cudnn=told(clues.cudnn),
        cuda_home=told(clues.cuda_home or clues.variables.get("CUDA_HOME") or clues.variables.get("CUDA_PATH")),
        stated_cuda=told(clues.stated_cuda),
        stated_driver_cuda=told(clues.driver_cuda),
        built_from_source=bool(clues.from_source),
        compiled_with=told(clues.compiler),
        not_told=tuple(_not_in_it(clues)),
    )


def _not_in_it(clues: Clues) -> list[str]:
    """What a reader would want to know and the text does not say."""
    wanted = {
        "the framework's version": inside.torch_version(clues) or clues.tensorflow or clues.jax,
        "the Python version": clues.python,
        "the operating system": clues.system,
        "the GPU": clues.gpus or clues.gpus_told_none or clues.amd_names or clues.amd_gfx or clues.system == "darwin",
        "the NVIDIA driver's version": clues.driver or clues.gpus_told_none or clues.system == "darwin",
        "the error message": clues.errors,
    }
    return [name for name, found in wanted.items() if not found]
