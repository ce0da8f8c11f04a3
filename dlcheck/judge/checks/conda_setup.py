"""conda itself: its solver, its terms, its settings, and whether the shell knows it."""

from __future__ import annotations

from dlcheck.judge.advice.shell import command
from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.model.gaps import known
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Conda

LAYER = "library"


@check(WARN, pillar="python", since="0.1")
def conda_solver_slow(conda: Conda, snapshot: Snapshot) -> Verdict:
    """conda looks for solutions with its old, slow solver.

    "Solving environment" then takes minutes to hours in an environment of some size. Since 23.10 conda uses libmamba,
    which is faster by far.

    How it is told: the solver that is configured, else the one that this version of conda takes by itself.

    Known false alarms: mamba and micromamba have a fast solver of their own; where mamba is there this is a note.

    Sources: github.com/conda/conda/issues/8051, conda's CHANGELOG, 23.10.0.
    """
    solver = known(conda.solver)
    version = known(conda.version) or ""
    if solver is None or conda.family == "micromamba":
        return skip("its solver is not known")
    if solver != "classic":
        return ok(f"{solver}, conda {version}")
    evidence = f"solver: classic, conda {version}"
    program = known(conda.executable) or "conda"
    if conda.mamba:
        return note(evidence)
    steps = [command(snapshot, program, "config", "--set", "solver", "libmamba")]
    if numbers(version) < (23, 10):
        steps.insert(0, command(snapshot, program, "install", "-y", "-n", "base", "conda-libmamba-solver"))
    verify = command(snapshot, program, "config", "--show", "solver")
    title = "let conda use libmamba"
    return bad(evidence, fixes=(Fix(title=title, commands=tuple(steps), needs=("network",), verify=verify),))


@check(WARN, pillar="python", since="0.1")
def conda_terms_not_accepted(conda: Conda, snapshot: Snapshot) -> Verdict:
    """The terms of Anaconda's channels are not accepted, so conda installs nothing.

    Since July 2025 `conda create` and `conda install` end with "Terms of Service have not been accepted for the
    following channels" wherever nobody can be asked: in scripts, containers and notebooks.

    How it is told: conda's plugin for them is installed, Anaconda's own channels are in use, and none of the folders
    where the plugin keeps what was accepted holds an acceptance.

    Known false alarms: Miniforge does not use those channels; CONDA_PLUGINS_AUTO_ACCEPT_TOS accepts them by itself;
    whoever answers conda's question at the terminal accepts them then.

    Sources: github.com/huggingface/deep-rl-class/issues/667, anaconda.com/docs/getting-started/tos-plugin.
    """
    accepted = conda.terms_accepted
    if not isinstance(accepted, bool):
        return skip("nothing asks for them" if accepted.gap == "absent" else accepted.words())
    if accepted:
        return ok("accepted")
    program = known(conda.executable) or "conda"
    os = snapshot.os.value
    names = ("main", "r", "msys2") if os is not None and os.system == "windows" else ("main", "r")
    words = (program, "tos", "accept", "--override-channels", "--channel")
    steps = tuple(command(snapshot, *words, f"https://repo.anaconda.com/pkgs/{name}") for name in names)
    accept = Fix(title="read the terms, and accept them", commands=steps, needs=("network",))
    other = Fix(
        title="use conda-forge in their place, whose packages have no such terms",
        commands=(
            command(snapshot, program, "config", "--add", "channels", "conda-forge"),
            command(snapshot, program, "config", "--remove", "channels", "defaults"),
        ),
    )
    return bad("no acceptance was found", fixes=(accept, other))


@check(NOTE, pillar="python", since="0.1")
def conda_not_in_shell(conda: Conda, snapshot: Snapshot) -> Verdict:
    """conda is installed, and the shell cannot use it.

    "conda: command not found", or "Run 'conda init' before 'conda activate'": the installer did not change the shell's
    start-up file, or changed another shell's.

    How it is told: `conda` is not on PATH, or no start-up file sets it up and this session knows nothing of it.

    Known false alarms: whoever works without conda needs nothing of it, so it is a note; in containers and hosted
    notebooks nobody activates; on Windows Anaconda's own prompt does.

    Sources: github.com/conda/conda/issues/13786, github.com/ageron/handson-ml3 (INSTALL.md).
    """
    os = snapshot.os.value
    on_path, in_shell = known(conda.on_path), known(conda.in_shell)
    hosted = snapshot.container.value is not None or (snapshot.cloud.value is not None)
    if (on_path is not False and in_shell is not False) or hosted or in_shell is None:
        return skip("in a container or a hosted notebook" if hosted else "the shell knows it")
    program = known(conda.executable)
    said = "the shell finds no conda" if on_path is False else "no start-up file sets it up"
    shell = os.shell if os is not None and os.shell in ("bash", "zsh", "fish", "powershell") else "bash"
    if not program or conda.family == "micromamba":
        return note(said)
    step = command(snapshot, program, "init", shell)
    return note(f"{program}: {said}", fixes=(Fix(title="set it up, then open a new terminal", commands=(step,)),))


@check(WARN, pillar="python", since="0.1")
def conda_settings_in_the_way(conda: Conda, snapshot: Snapshot) -> Verdict:
    """A setting of conda stands in the way.

    With `offline: true` nothing is installed that is not there already. With `ssl_verify: false` nobody knows what is
    installed, and with `channel_priority: disabled` packages of several channels are mixed.

    How it is told: conda's configuration files, read and not run.

    Known false alarms: machines without a network are offline on purpose; the other two are notes.

    Sources: github.com/conda/conda/issues/9473, docs.conda.io (settings).
    """
    if not conda.odd_settings:
        return ok("none")
    program = known(conda.executable) or "conda"
    names = [one.partition(":")[0] for one in conda.odd_settings]
    steps = tuple(command(snapshot, program, "config", "--remove-key", name) for name in names)
    fix = Fix(title="take them out of .condarc", commands=steps)
    if "offline" not in names:
        return note(*conda.odd_settings, fixes=(fix,))
    return bad(*conda.odd_settings, fixes=(fix,))
