"""Jupyter's kernels: which Python a notebook really runs on."""

from __future__ import annotations

import re

from dlcheck.judge.advice.environment import ENVIRONMENT
from dlcheck.judge.advice.files import remove_files
from dlcheck.judge.advice.install import install, judged_python, run_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.presence import required_names
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Jupyter, Kernel

LAYER = "library"


@check(WARN, pillar="python", since="0.1")
def jupyter_kernel_missing_interpreter(kernel: Kernel, snapshot: Snapshot) -> Verdict:
    """A Jupyter kernel starts a Python that is gone.

    The notebook's menu offers it, and choosing it ends in "Kernel error": its environment was deleted or moved.

    How it is told: the first word of the kernel's command is a path, and no file is there.

    Known false alarms: a bare `python` is replaced by Jupyter with its own; kernels of other languages.

    Sources: github.com/jupyter/notebook/issues/300.
    """
    if kernel.language.lower() not in ("python", ""):
        return skip(f"it speaks {kernel.language}")
    executable = known(kernel.executable)
    if kernel.exists or executable is None:
        return ok(executable or "Jupyter's own Python")
    evidence = f"{kernel.spec} starts {executable}, which is not there"
    if not re.search(r"[/\\]kernels[/\\][^/\\]+$", kernel.spec):
        return bad(evidence, fixes=(Fix(title=f"remove it: jupyter kernelspec remove {kernel.name}"),))
    return bad(evidence, fixes=(Fix(title="remove this kernel", commands=(remove_files(snapshot, [kernel.spec]),)),))


@check(WARN, pillar="python", after=("required-package-missing", "python-missing"), since="0.1")
def jupyter_kernel_of_another_python(
    jupyter: Jupyter, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """Notebooks run on another Python than the judged one.

    What is installed here is then "No module named …" in the notebook.

    How it is told: no registered kernel starts the judged Python; or, outside of an environment, the user's own kernel
    named python3, which comes first, starts another. In a pasted text: the two paths of sys.executable.

    Known false alarms: kernels of other environments beside one of this are what kernels are for; the kernel that
    ipykernel brings says `python`, which Jupyter replaces with its own; hosted notebooks choose their kernel
    themselves; without Jupyter no kernel is missed.

    Sources: github.com/jupyter/notebook/issues/2359, github.com/jupyter/notebook/issues/4629.
    """
    cloud, packages = snapshot.cloud.value, snapshot.packages.value
    has_kernel = packages is not None and packages.find("ipykernel") is not None
    kernels = [one for one in jupyter.kernels if one.language.lower() in ("python", "")]
    if cloud is not None and cloud.is_notebook:
        return skip("a hosted notebook chooses its kernel itself")
    used = has_kernel or "jupyter" in required_names(profile) or snapshot.depth == "pasted"
    if not has_kernel and not (used and kernels):
        return skip("Jupyter is not used here")
    own = [one for one in kernels if _starts(one, interpreter)]
    others = [f"{one.name} starts {known(one.executable) or 'its own Python'}" for one in kernels if one not in own]
    in_environment = interpreter.environment == "conda" or interpreter.prefix != interpreter.base_prefix
    hidden = not in_environment and any(
        one.name == "python3" and one not in own and not one.spec.startswith(("/usr/", "/opt/")) for one in kernels
    )
    if own and not hidden:
        starts = f"the Jupyter kernel {own[0].name} starts it"
        return note(starts, *others) if others else ok(starts)
    if not kernels:
        return skip("no kernel is registered")
    fixes = _register(snapshot, has_kernel)
    here = interpreter.executable or "the Python of the terminal"
    return bad(f"no kernel starts {here}" if not own else "another comes first", *others, fixes=fixes)


def _starts(kernel: Kernel, interpreter: Interpreter) -> bool:
    """Does this kernel start the judged Python? One that lies in its environment does, by whatever name."""
    prefix = interpreter.prefix.rstrip("/\\")
    if known(kernel.prefix) == interpreter.prefix or known(kernel.executable) == interpreter.executable:
        return True
    return bool(prefix) and prefix != "/usr" and kernel.spec.startswith((f"{prefix}/", f"{prefix}\\"))


def _register(snapshot: Snapshot, has_kernel: bool) -> tuple[Fix, ...]:
    words = ("--user", "--name", ENVIRONMENT, "--display-name", f"Python ({ENVIRONMENT})")
    step = command(snapshot, judged_python(snapshot), "-m", "ipykernel", "install", *words)
    title = f"register it as a kernel, and choose 'Python ({ENVIRONMENT})' in the notebook's menu"
    verify = run_python(snapshot, "import ipykernel; print(ipykernel.__version__)")
    fix = Fix(title=title, commands=(step,), verify=verify)
    if has_kernel:
        return (fix,)
    first = install(snapshot, ["ipykernel"], title=title)[0]
    commands = (*first.commands, step)
    return (Fix(title=title, commands=commands, needs=first.needs, changes_packages=True, verify=verify),)


SERVERS: dict[str, str] = {"jupyterlab": "jupyterlab", "notebook": "notebook"}
"""Distribution → the module that `python -m` starts."""


@check(WARN, pillar="python", since="0.1")
def jupyter_not_on_path(
    jupyter: Probed[Jupyter], packages: Packages, interpreter: Interpreter, snapshot: Snapshot
) -> Verdict:
    """Jupyter is installed, and the shell does not find its command.

    `jupyter lab` ends with "command not found": pip put the programs into a folder that PATH does not name, as it does
    for installations with --user and for the Microsoft Store's Python.

    How it is told: JupyterLab or Notebook is among the judged Python's packages, and no `jupyter` is on PATH.

    Known false alarms: in an environment that is not active its programs are not meant to be on PATH, which is a note;
    editors and hosted notebooks start Jupyter without that command.

    Sources: github.com/jupyter/jupyter/issues/231, github.com/jupyter/notebook/issues/5570.
    """
    cloud, pythons = snapshot.cloud.value, snapshot.pythons.value
    server = next((name for name in SERVERS if packages.find(name)), "")
    if not server or (jupyter.missing is not None and jupyter.missing.gap != "absent"):
        return skip("no JupyterLab and no Notebook here" if not server else "Jupyter was not looked at")
    found = known(jupyter.value.command) if jupyter.value is not None else None
    if found:
        return ok(found)
    step = command(snapshot, interpreter.executable, "-m", SERVERS[server], "--version")
    title = f"start it by the Python it belongs to: {interpreter.executable} -m {SERVERS[server]}"
    fix = Fix(title=title, verify=step)
    meant = pythons is not None and ("on PATH" in pythons.chosen_because or "active" in pythons.chosen_because)
    if (cloud is not None and cloud.is_notebook) or not meant:
        return note(f"{server} is installed, no jupyter is on PATH", fixes=(fix,))
    return bad(f"{server} is installed, no jupyter is on PATH", fixes=(fix,))


@check(NOTE, pillar="python", since="0.1")
def notebook_widgets_missing(packages: Packages, snapshot: Snapshot) -> Verdict:
    """Progress bars of notebooks will be plain text.

    tqdm, and what uses it, draws its bars in a notebook by ipywidgets; without it stands "IProgress not found. Please
    update jupyter and ipywidgets".

    How it is told: ipykernel and tqdm are installed, ipywidgets is not.

    Known false alarms: nothing but looks depends on it.

    Sources: github.com/tqdm/tqdm/issues/1072.
    """
    if packages.find("ipykernel") is None or packages.find("tqdm") is None:
        return skip("no notebook with tqdm")
    if widgets := packages.find("ipywidgets"):
        return ok(f"ipywidgets {widgets.version}")
    fixes = install(snapshot, ["ipywidgets"], title="install ipywidgets, and restart the kernel")
    return note("tqdm is installed, ipywidgets is not", fixes=fixes)


@check(WARN, pillar="python", since="0.1")
def jupyter_folder_not_writable(jupyter: Jupyter, snapshot: Snapshot) -> Verdict:
    """Jupyter may not write into its own folder.

    It then ends with "PermissionError: [Errno 13] Permission denied" before any notebook opens: it was once started
    with sudo, and the folder belongs to root; or a variable names another user's.

    How it is told: the folder for its running servers, or the nearest one above that is there, may not be written to.

    Known false alarms: none known.

    Sources: github.com/ipython/ipython/issues/8997, github.com/jupyter/notebook/issues/1318.
    """
    writable = known(jupyter.runtime_writable)
    if writable is not False:
        return ok(jupyter.runtime_folder) if writable else skip("not looked at")
    os = snapshot.os.value
    steps: tuple[Command, ...] = ()
    if os is not None and os.system != "windows" and os.user and jupyter.runtime_folder.endswith("/jupyter/runtime"):
        folder = jupyter.runtime_folder.removesuffix("/runtime")
        steps = (as_admin(snapshot, "chown", "-R", os.user, folder),)
    title = "take the folder over, or name another one in JUPYTER_RUNTIME_DIR; never start Jupyter with sudo"
    fix = Fix(title=title, commands=steps, needs=("admin",) if steps else ())
    return bad(f"{jupyter.runtime_folder} may not be written to", fixes=(fix,))
