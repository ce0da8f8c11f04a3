"""What programs say when they use CUDA in a way that cannot work here; the machine itself may be well."""

from __future__ import annotations

from dlcheck.judge.advice.shell import command, shell_of
from dlcheck.judge.advice.torch_wheel import torch_fixes
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.measures import gigabytes
from dlcheck.judge.nvidia_facts import visible_gpus
from dlcheck.judge.said import complained
from dlcheck.model.gaps import known
from dlcheck.model.host import Os
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
SILENT = "nothing complains of it"


def _export(snapshot: Snapshot, text: str, title: str, source: str) -> Fix:
    """A variable that is to be set before the program starts, in the words of a POSIX shell; else in the title."""
    if shell_of(snapshot) not in ("bash", "zsh", "fish"):
        return Fix(title=f"{title}: {text}", source=source)
    step = Command(argv=("sh", "-c", f"export {text}"), text=f"export {text}")
    return Fix(title=f"{title}, before the program starts", commands=(step,), source=source)


@check(FAIL, pillar="python", after=("gpu-memory-in-use", "container-without-gpu"), since="0.1")
def gpu_memory_exhausted(snapshot: Snapshot) -> Verdict:
    """A program needed more memory than the GPU has free.

    The model, its gradients, the optimiser's state and a batch all have to fit. Often the larger part is held by
    another program: a notebook that was never shut down, a run that was stopped halfway.

    How it is told: the program's own words ("CUDA out of memory").

    Known false alarms: none: the program needed it. What else holds the memory is `gpu-memory-in-use`.

    Sources: https://docs.pytorch.org/docs/stable/notes/faq.html,
    https://docs.jax.dev/en/latest/gpu_memory_allocation.html
    """
    complaint = complained(snapshot, "gpu-memory-exhausted")
    if not complaint:
        return skip(SILENT)
    sizes = [size for gpu in visible_gpus(snapshot) if (size := known(gpu.memory_total_bytes))]
    evidence = [complaint, *([f"the GPU has {gigabytes(max(sizes))}"] if sizes else [])]
    other = Fix(
        title="see which programs hold the GPU's memory, and end those of your own",
        commands=(command(snapshot, "nvidia-smi"),),
        source="https://docs.nvidia.com/deploy/nvidia-smi/",
    )
    less = Fix(
        title="take smaller batches (half, then half again), shorter sequences or smaller images, mixed precision "
        "(torch.amp), or a smaller model",
        source="https://docs.pytorch.org/docs/stable/notes/faq.html",
    )
    jax = "XLA_PYTHON_CLIENT_PREALLOCATE=false"
    page = "https://docs.jax.dev/en/latest/gpu_memory_allocation.html"
    share = _export(snapshot, jax, "keep JAX from taking three quarters of it at its start", page)
    fixes = (less,) if "MPS" in complaint else (other, less)
    return bad(*evidence, fixes=(*fixes, share) if "RESOURCE_EXHAUSTED" in complaint else fixes)


@check(FAIL, pillar="python", since="0.1")
def cuda_started_before_a_fork(snapshot: Snapshot) -> Verdict:
    """The program started CUDA and then forked, which CUDA does not survive.

    On Linux Python's worker processes are copies of the running one by default, and a copy cannot go on with CUDA. Even
    torch.cuda.is_available() starts it.

    How it is told: PyTorch's own words.

    Known false alarms: none; it is the program's order of steps, nothing is wrong with the machine.

    Sources: https://docs.pytorch.org/docs/stable/notes/multiprocessing.html
    """
    complaint = complained(snapshot, "cuda-started-before-a-fork")
    if not complaint:
        return skip(SILENT)
    page = "https://docs.pytorch.org/docs/stable/notes/multiprocessing.html"
    spawn = Fix(
        title="start worker processes afresh: torch.multiprocessing.set_start_method('spawn') as the first line under "
        "`if __name__ == '__main__':`, and send batches to the GPU in the main process alone",
        source=page,
    )
    asked = _export(
        snapshot, "PYTORCH_NVML_BASED_CUDA_CHECK=1", "let torch.cuda.is_available() ask without starting CUDA", page
    )
    return bad(complaint, fixes=(spawn, asked))


@check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
def one_mig_slice_per_process(snapshot: Snapshot) -> Verdict:
    """A process was to use several slices of a GPU that is split by MIG, and CUDA gives it one.

    nvidia-smi counts the GPUs, CUDA shows a process a single slice: a program that asks for the second one ends in
    PyTorch's "device >= 0 && device < num_gpus".

    How it is told: PyTorch's own words.

    Known false alarms: the same words come where a program asks for a GPU that CUDA_VISIBLE_DEVICES hides.

    Sources: https://github.com/pytorch/pytorch/issues/130181 (a maintainer's answer), 131650
    """
    complaint = complained(snapshot, "one-mig-slice-per-process")
    if not complaint:
        return skip(SILENT)
    page = "https://docs.nvidia.com/datacenter/tesla/mig-user-guide/"
    one = Fix(
        title="start one process for each slice, each with CUDA_VISIBLE_DEVICES=MIG-… and the name that "
        "`nvidia-smi -L` shows; where MIG is not in use, ask for no more devices than torch.cuda.device_count() says",
        commands=(command(snapshot, "nvidia-smi", "-L"),),
        source=page,
    )
    return bad(complaint, fixes=(one,))


@check(FAIL, pillar="python", after=("gpu-arch-not-in-wheel-old",), since="0.1")
def cudnn_refuses_an_old_gpu(snapshot: Snapshot) -> Verdict:
    """cuDNN refuses to work, because one of the visible GPUs is too old for it.

    cuDNN from 9.11 on serves compute capability 7.5 and newer. PyTorch asks for the oldest of all visible GPUs, so that
    one old card for the screen stops cuDNN on the good one too.

    How it is told: PyTorch's own words.

    Known false alarms: none; hiding the old card is enough.

    Sources: torch/backends/cudnn/__init__.py of PyTorch 2.13
    """
    complaint = complained(snapshot, "cudnn-refuses-an-old-gpu")
    if not complaint:
        return skip(SILENT)
    names = [known(gpu.name) or "" for gpu in visible_gpus(snapshot)]
    page = "https://docs.nvidia.com/cuda/cuda-c-programming-guide/"
    hide = _export(
        snapshot, "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=0",
        "let programs see the newer GPU alone, by its number in nvidia-smi", page,
    )  # fmt: skip
    fixes = (hide, *torch_fixes(snapshot, "cuda")) if len(names) != 1 else torch_fixes(snapshot, "cuda")
    return bad(complaint, *(", ".join(names),) if names else (), fixes=fixes)


@check(FAIL, pillar="python", since="0.1")
def geforce_without_peer_access(snapshot: Snapshot) -> Verdict:
    """GeForce cards of this generation do not talk to each other directly.

    NVIDIA switched that off for RTX 40 and 50 cards. NCCL finds its own way with new drivers, hangs with old ones, and
    Accelerate refuses to start until it is told.

    How it is told: Accelerate's own words.

    Known false alarms: none; a single GPU is not concerned.

    Sources: https://github.com/NVIDIA/nccl-tests/issues/117, https://github.com/QwenLM/Qwen-VL/issues/447 (solved so)
    """
    complaint = complained(snapshot, "geforce-without-peer-access")
    if not complaint:
        return skip(SILENT)
    page = "https://github.com/QwenLM/Qwen-VL/issues/447"
    switch = _export(snapshot, "NCCL_P2P_DISABLE=1 NCCL_IB_DISABLE=1", "tell NCCL to do without", page)
    launch = Fix(title="start the program by `accelerate launch`, which sets both")
    return bad(complaint, fixes=(switch, launch))


@check(WARN, pillar="system", since="0.1")
def network_interface_missing(os: Os, snapshot: Snapshot) -> Verdict:
    """A variable sends distributed training to a network interface that this machine does not have.

    NCCL and Gloo, through which processes of one training talk, take the interface that NCCL_SOCKET_IFNAME or
    GLOO_SOCKET_IFNAME names. One that was copied from another machine ends with "no socket interface found", or waits
    for ever.

    How it is told: the variables against the interfaces of this machine; or NCCL's own words.

    Known false alarms: training in one process needs none; "^docker0" leaves interfaces out and asks for none.

    Sources: https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html (NCCL_SOCKET_IFNAME),
    https://github.com/vllm-project/vllm/issues/10626
    """
    complaint = complained(snapshot, "network-interface-missing")
    if not complaint and not os.missing_interfaces:
        return ok("no variable asks for one that is not there")
    names = list(dict.fromkeys(one.partition("=")[0] for one in os.missing_interfaces)) or ["NCCL_SOCKET_IFNAME"]
    code = f"import os; print(os.environ.get('{names[0]}'))"
    page = "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html"
    fix = without_variables(snapshot, names, code, source=page)
    return bad(*([complaint] if complaint else []), *os.missing_interfaces, fixes=(fix,))
