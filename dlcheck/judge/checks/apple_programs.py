"""What programs say on Macs: CUDA asked for, what MPS lacks (operators, number formats), TensorFlow without Metal."""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, NOTE, Verdict, bad, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.judge.said import complained
from dlcheck.model.host import Os
from dlcheck.model.python import Packages
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
METAL_GUIDE = "https://developer.apple.com/metal/tensorflow-plugin/"


@check(FAIL, pillar="python", only_on=("darwin",), since="0.1")
def cuda_asked_on_mac(snapshot: Snapshot) -> Verdict:
    """The program asks for CUDA, which no Mac has.

    PyTorch for macOS is built without CUDA, and no Mac of today has an NVIDIA GPU. Nothing is wrong with the
    installation, and installing another PyTorch does not help: the program has to be told to use Apple's GPU ("mps") or
    the CPU. Many programs have an option or a line of their configuration for it.

    How it is told: PyTorch's own words, in a text from a Mac.

    Known false alarms: none; a program that goes on by itself does not end with these words.

    Sources: https://docs.pytorch.org/docs/stable/notes/mps.html
    """
    return told_by_text(snapshot, "cuda-asked-on-mac")


@check(FAIL, pillar="python", since="0.1")
def mps_operator_missing(snapshot: Snapshot) -> Verdict:
    """PyTorch's MPS does not have an operation that the program uses.

    Apple's backend is younger than CUDA's, and each release of PyTorch fills gaps. The operation can be done on the CPU
    instead, at a price in speed.

    How it is told: PyTorch's own words, which name the operation.

    Known false alarms: the warning that an operation falls back to the CPU: the program goes on.

    Sources: https://github.com/pytorch/pytorch/issues/77764 (the list of what is missing)
    """
    complaint = complained(snapshot, "mps-operator-missing")
    if not complaint:
        return skip("nothing complains of it")
    page = "https://docs.pytorch.org/docs/stable/mps_environment_variables.html"
    text = "export PYTORCH_ENABLE_MPS_FALLBACK=1"
    step = Command(argv=("sh", "-c", text), text=text)
    aside = Fix(title="let the CPU do what MPS lacks, before the program starts", commands=(step,), source=page)
    newer = install(snapshot, ["torch"], title="install a newer PyTorch, which may have it", upgrade=True)
    return bad(complaint, fixes=(aside, *newer[:1]))


@check(FAIL, pillar="python", since="0.1")
def mps_without_float64(snapshot: Snapshot) -> Verdict:
    """Apple's GPU has no float64, and the program sends it such numbers.

    NumPy and pandas compute in float64 by default, Metal knows float32 at most. A tensor that was made from an array
    has to be made smaller before it goes to the GPU.

    How it is told: PyTorch's own words.

    Known false alarms: none; the CPU has float64.

    Sources: https://github.com/pytorch/pytorch/issues/122602 (a maintainer's answer: as intended)
    """
    complaint = complained(snapshot, "mps-without-float64")
    if not complaint:
        return skip("nothing complains of it")
    title = 'make it float32 first: torch.tensor(array, dtype=torch.float32).to("mps"), or tensor.float().to("mps")'
    return bad(complaint, fixes=(Fix(title=title, source="https://github.com/pytorch/pytorch/issues/122602"),))


@check(NOTE, pillar="python", only_on=("darwin",), since="0.1")
def tensorflow_without_metal(os: Os, packages: Packages) -> Verdict:
    """TensorFlow computes on the CPU of this Mac: Apple's plugin for its GPU is not installed.

    TensorFlow itself has no code for Apple's GPUs; the package tensorflow-metal brings it, for some releases alone. For
    the exercises of a course the CPU is enough.

    How it is told: TensorFlow on Apple silicon, and no tensorflow-metal.

    Known false alarms: small models are faster on the CPU; it is never more than a note.

    Sources: https://developer.apple.com/metal/tensorflow-plugin/
    """
    found = packages.find("tensorflow") or packages.find("tensorflow-macos")
    if os.machine != "arm64" or found is None:
        return skip("there is no TensorFlow on Apple silicon")
    plugin = packages.find("tensorflow-metal")
    if plugin is not None:
        return ok(f"tensorflow-metal {plugin.version}")
    title = "see on Apple's page which TensorFlow the plugin serves, before installing tensorflow-metal"
    return note(f"TensorFlow {found.version}, no tensorflow-metal", fixes=(Fix(title=title, source=METAL_GUIDE),))
