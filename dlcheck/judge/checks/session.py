"""The session the person sits in: variables, the active environment, and the node of a cluster."""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.missing import missing_requirements
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, note, ok, skip
from dlcheck.model.gaps import known
from dlcheck.model.host import Cloud, Cpu, Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import OtherPython, Pythons

LAYER = "hygiene"

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
FEW_CORES = 4
"""With fewer cores one thread is no loss worth a word."""
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@check(WARN, pillar="python", since="0.1")
def python_on_path_of_another_environment(pythons: Pythons, interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """An environment is active, and `python` is that of another.

    The prompt names one environment, and what is typed runs another: packages seem not to be installed. As a rule
    pyenv, an alias or the start-up file puts its folder before the environment's, or tmux inherited an older PATH.

    How it is told: VIRTUAL_ENV or CONDA_PREFIX names the judged environment, and the first `python` on PATH lies
    elsewhere.

    Known false alarms: a notebook's kernel keeps the variables of the server that started it; aliases and functions
    of the shell are not seen by other programs; dlcheck's own environment does not count.

    Sources: github.com/conda/conda/issues/9392, github.com/conda/conda/issues/10401.
    """
    os = snapshot.os.value
    if not pythons.chosen_because.startswith("the active"):
        return skip("no environment is active")
    if os is not None and os.shell == "notebook":
        return skip("a notebook's kernel keeps its server's variables")
    first = _first(pythons)
    if first is None or first.prefix == interpreter.prefix or known(first.executable) == interpreter.executable:
        return ok(f"`{first.command}` is the active environment's" if first else "no python on PATH")
    kind = "conda activate" if interpreter.environment == "conda" else "activate"
    fix = Fix(
        title=f"deactivate and {kind} it again; if that does not help, put what changes PATH (conda's block, pyenv) in "
        "the start-up file of your shell into another order, the one that is to win last"
    )
    where = f"`{first.command}` is {first.path}"
    return bad(f"{interpreter.prefix} is active, and {where}", fixes=(fix,))


def _first(pythons: Pythons) -> OtherPython | None:
    """What `python`, or where there is none `python3`, starts; dlcheck's own environment left out."""
    on_path = [one for one in pythons.found if not one.is_own and isinstance(one.prefix, str)]
    for name in ("python", "python3"):
        for one in on_path:
            if one.command == name:
                return one
    return None


@check(NOTE, pillar="python", after=("python-on-path-of-another-environment",), since="0.1")
def two_environments_active(interpreter: Interpreter) -> Verdict:
    """A conda environment and a virtual one are active at once.

    `conda install` then changes the one and `pip install` the other, and the prompt shows both. As a rule conda makes
    its base active in every new terminal.

    How it is told: VIRTUAL_ENV and CONDA_PREFIX are both set, and name different folders.

    Known false alarms: it works as long as one keeps to pip or uv; editors set both. It is never more than a note.

    Sources: conda's CHANGELOG (auto_activate, 25.5 and 26.3), github.com/astral-sh/uv/issues/11014.
    """
    virtual, conda = (interpreter.variables.get(name, "") for name in ("VIRTUAL_ENV", "CONDA_PREFIX"))
    if not virtual or not conda or virtual == conda:
        return ok("at most one is")
    title = "keep conda's base out of new terminals: conda config --set auto_activate false (once auto_activate_base)"
    return note(f"{virtual} and {conda}", fixes=(Fix(title=title),))


@check(WARN, pillar="python", since="0.1")
def matplotlib_backend_unusable(interpreter: Interpreter, packages: Packages, snapshot: Snapshot) -> Verdict:
    """MPLBACKEND names a way of drawing that this environment does not have.

    A notebook sets MPLBACKEND for everything that is started from it. A script that then runs in another environment
    ends with "Key backend: 'module://matplotlib_inline.backend_inline' is not a valid value".

    How it is told: the variable names a module whose package is not installed, or Tk where Python has no tkinter.

    Known false alarms: without Matplotlib nobody reads the variable; Agg and the like draw into files and need
    nothing.

    Sources: github.com/googlecolab/colabtools/issues/5148, github.com/deeptools/deepTools/issues/1416.
    """
    backend = interpreter.variables.get("MPLBACKEND", "")
    if not backend or packages.find("matplotlib") is None:
        return skip("MPLBACKEND is not set" if not backend else "Matplotlib is not installed")
    fix = without_variables(snapshot, ["MPLBACKEND"], "import matplotlib.pyplot; print('imported')")
    module = re.match(r"module://(\w+)", backend)
    if module:
        name = module[1].replace("_", "-")
        if packages.find(name) is not None or name not in ("matplotlib-inline", "ipympl"):
            return ok(backend)
        # matplotlib-inline imports IPython and does not ask for it.
        wanted = [name, *(() if packages.find("ipython") else ("ipython",))]
        verify = "import matplotlib.pyplot; print('imported')"
        other = install(
            snapshot, wanted, title=f"install {name}, for scripts that are started from a notebook", verify=verify
        )
        return bad(f"MPLBACKEND={backend}: {name} is not installed", fixes=(fix, *other))
    if backend.lower().startswith("tk") and "tkinter" in interpreter.missing_stdlib:
        return bad(f"MPLBACKEND={backend}: this Python has no tkinter", fixes=(fix,))
    return ok(backend)


@check(WARN, pillar="system", since="0.1")
def threads_limited_by_variable(interpreter: Interpreter, cpu: Cpu, snapshot: Snapshot) -> Verdict:
    """A variable keeps the numerical libraries to one thread.

    Training on the CPU then takes as many times longer as there are cores. Launchers, modules of clusters and old
    advice set OMP_NUM_THREADS=1.

    How it is told: OMP_NUM_THREADS, MKL_NUM_THREADS or OPENBLAS_NUM_THREADS is 1, where four cores or more may be
    used.

    Known false alarms: in a job of a cluster the scheduler sets it on purpose, and where one process a core runs
    (torchrun) one thread is right.

    Sources: github.com/Lumi-supercomputer/LUMI-AI-Guide/issues/110, github.com/pytorch/pytorch/pull/22501.
    """
    cloud = snapshot.cloud.value
    set_to_one = [name for name in THREADS if interpreter.variables.get(name, "").strip() == "1"]
    if not set_to_one or cpu.usable_cores < FEW_CORES:
        return ok(f"{cpu.usable_cores:g} cores may be used")
    evidence = f"{', '.join(f'{name}=1' for name in set_to_one)}; {cpu.usable_cores:g} cores may be used"
    if cloud is not None and cloud.inside_job is True:
        return note(evidence)
    code = "import os; print(os.environ.get('OMP_NUM_THREADS'))"
    return bad(evidence, fixes=(without_variables(snapshot, set_to_one, code),))


@check(NOTE, pillar="python", since="0.1")
def downloads_switched_off(interpreter: Interpreter) -> Verdict:
    """A variable forbids Hugging Face's libraries to download.

    HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE, left set, makes every model that is not in the cache end with "outgoing
    traffic has been disabled" or "cannot find the requested files in the local cache".

    How it is told: the variables, set to anything but 0, no, off or false.

    Known false alarms: on nodes of a cluster without a network it is right.

    Sources: github.com/huggingface/huggingface_hub/issues/4487.
    """
    switched = [
        f"{name}={value}"
        for name in OFFLINE
        if (value := interpreter.variables.get(name, "").strip()) and value.lower() not in ("0", "no", "off", "false")
    ]
    return note(*switched) if switched else ok("downloads are allowed")


@check(WARN, pillar="system", since="0.1")
def login_node_of_a_cluster(cloud: Cloud, profile: Profile, snapshot: Snapshot) -> Verdict:
    """This is a login node, and not a job of the cluster.

    Login nodes have no GPU as a rule, few cores, and end what computes for more than some minutes.

    How it is told: the scheduler's programs are on PATH, and its variable of a running job is not set.

    Known false alarms: a workstation on which jobs can be submitted looks the same: where nothing limits the session
    and no accelerator is expected, it is a note.

    Sources: help.itc.rwth-aachen.de (limits on login nodes), docs.discoverer.bg (login node limits).
    """
    if cloud.inside_job is not False:
        return skip("this is no login node")
    memory, cpu = snapshot.memory.value, snapshot.cpu.value
    limited = (memory is not None and memory.usable_bytes < memory.total_bytes) or (
        cpu is not None and 0 < cpu.usable_cores < cpu.logical_cores
    )
    ask_for = _JOBS.get(cloud.platform, "ask the scheduler for an interactive job, and run dlcheck in it")
    evidence = f"{cloud.name}: {cloud.evidence}"
    if not limited and not profile.expects_accelerator():
        return note(evidence, fixes=(Fix(title=ask_for),))
    return bad(evidence, fixes=(Fix(title=ask_for),))


_JOBS = {"slurm": "start a job and run dlcheck in it: srun --gres=gpu:1 --pty bash -l"}


FIRST_DAY = "2026-11-01"
"""No dlcheck looked at any machine before: a clock that says so is wrong."""


@check(FAIL, pillar="system", since="0.1")
def clock_wrong(os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """The clock of this machine is wrong.

    Certificates are then "not yet valid", so that every download fails; installers and git are confused by files from
    the future. Dead batteries, and virtual machines that slept, set it back.

    How it is told: the day is before the first release of dlcheck. A clock that is wrong by less cannot be told
    without a network.

    Known false alarms: none; the time of a pasted text is not known and not judged.

    Sources: github.com/microsoft/WSL/issues/10006, github.com/docker/for-win/issues/4858.
    """
    if snapshot.depth == "pasted" or not snapshot.taken_at:
        return skip("the time is not known")
    if snapshot.taken_at[:10] >= FIRST_DAY:
        return ok(snapshot.taken_at)
    steps = {
        "linux": as_admin(snapshot, "timedatectl", "set-ntp", "true"),
        "darwin": as_admin(snapshot, "sntp", "-sS", "time.apple.com"),
        "windows": command(snapshot, "w32tm", "/resync"),
    }
    step = as_admin(snapshot, "hwclock", "--hctosys") if os.wsl else steps.get(os.system)
    fix = Fix(title="set the clock", commands=(step,) if step else (), needs=("admin",))
    at_most: Grade = FAIL if missing_requirements(snapshot, profile) else WARN
    return bad(f"it says {snapshot.taken_at}", fixes=(fix,), at_most=at_most)
