"""Gaudi, Ascend and DirectML: what their programs say, and which releases belong together."""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.said import complained
from dlcheck.model.gaps import Probed
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
ASCEND_HOMES = ("ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME")
SILENT = "nothing complains of it"
ASCEND_NEEDS = ("decorator", "sympy", "cffi", "attrs", "psutil", "absl-py", "pyyaml", "scipy")
"""What CANN's Python parts import and nobody declares (Ascend/pytorch#7)."""


@check(FAIL, pillar="system", since="0.1")
def gaudi_not_acquired(snapshot: Snapshot) -> Verdict:
    """The Gaudi accelerator cannot be taken by this program.

    One process at a time holds a Gaudi. Another one holds it, the container was started without Habana's runtime, or
    driver and software are of different SynapseAI releases.

    How it is told: the words of its software ("synStatus", "Device acquire failed").

    Known false alarms: none; which of the three it is, hl-smi tells.

    Sources: https://github.com/huggingface/optimum-habana/issues/1611, 288
    """
    complaint = complained(snapshot, "gaudi-not-acquired")
    if not complaint:
        return skip(SILENT)
    look = Fix(
        title="see whether another process holds it, and whether driver and software are of one release",
        commands=(Command(argv=("hl-smi",), text="hl-smi"),),
        source="https://github.com/huggingface/optimum-habana/issues/288",
    )
    again = Fix(
        title="in a container: start it anew with --runtime=habana -e HABANA_VISIBLE_DEVICES=all --cap-add=sys_nice "
        "--net=host --ipc=host",
        source="https://docs.habana.ai/en/latest/Installation_Guide/",
    )
    return bad(complaint, fixes=(look, again))


@check(WARN, pillar="python", since="0.1")
def ascend_environment_not_set(
    packages: Probed[Packages], interpreter: Probed[Interpreter], snapshot: Snapshot
) -> Verdict:
    """The libraries of Ascend's CANN are not found: its environment was not set up in this shell.

    CANN's libraries lie under /usr/local/Ascend, which the loader does not know; a script of CANN's names them to it,
    once in every shell.

    How it is told: libhccl.so, libascend_hal.so or libatb.so cannot be opened; or torch_npu is installed, and no
    variable names CANN's folder.

    Known false alarms: LD_LIBRARY_PATH that names CANN's folders by hand; libascend_hal.so belongs to the driver: in a
    container it has to be handed in.

    Sources: https://github.com/vllm-project/vllm-ascend/issues/262, 152
    """
    complaint = complained(snapshot, "ascend-environment-not-set")
    found = packages.value.find("torch-npu") if packages.value else None
    variables = interpreter.value.variables if interpreter.value else {}
    named = any(name in variables for name in ASCEND_HOMES) or "Ascend" in variables.get("LD_LIBRARY_PATH", "")
    if not complaint and (found is None or named or snapshot.depth == "pasted"):
        return ok(f"torch_npu {found.version}") if found else skip(SILENT)
    evidence = complaint or f"torch_npu {found.version if found else ''}; {' and '.join(ASCEND_HOMES)} are not set"
    scripts = ["/usr/local/Ascend/ascend-toolkit/set_env.sh"]
    scripts += ["/usr/local/Ascend/nnal/atb/set_env.sh"] if "libatb" in complaint else []
    steps = tuple(Command(argv=("bash", "-c", f"source {one}"), text=f"source {one}") for one in scripts)
    page = "https://github.com/vllm-project/vllm-ascend/issues/262"
    return bad(evidence, fixes=(Fix(title="set CANN's environment up in this shell", commands=steps, source=page),))


@check(FAIL, pillar="python", since="0.1")
def ascend_python_packages_missing(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """Ascend's CANN cannot start its compiler: as a rule it lacks Python packages.

    CANN's compiler is partly written in Python, and asks nobody to install what it imports.

    How it is told: its own words ("EH9999", "init env failed").

    Known false alarms: the same number stands for other inner errors; the lines around it tell.

    Sources: https://gitee.com/ascend/pytorch (issue 7)
    """
    complaint, facts = complained(snapshot, "ascend-python-packages-missing"), packages.value
    if not complaint:
        return skip(SILENT)
    missing = [name for name in ASCEND_NEEDS if facts is None or facts.find(name) is None]
    fixes = install(snapshot, missing or ASCEND_NEEDS, title="install what CANN's Python parts import")
    return bad(complaint, fixes=fixes)


@check(NOTE, pillar="python", since="0.1")
def directml_of_the_past(packages: Packages) -> Verdict:
    """torch-directml is no longer maintained, and holds PyTorch back.

    It asks for one old release of PyTorch and an old Python. AMD's, Intel's and NVIDIA's GPUs have builds of PyTorch of
    their own today.

    How it is told: the package is installed.

    Known false alarms: where it works, it works; it is never more than a note.

    Sources: https://github.com/microsoft/DirectML/issues/712 (a maintainer: no longer developed), 693
    """
    found = packages.find("torch-directml")
    if found is None:
        return skip("it is not installed")
    title = "use PyTorch's own build for the GPU's maker, in an environment of its own"
    return note(
        f"torch-directml {found.version}", fixes=(Fix(title=title, source="https://pytorch.org/get-started/locally/"),)
    )
