"""pip itself: is it able to install, does it install where the person means, and is it asked for the right names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.advice.install import belongs_to_system, judged_python, newer_pip, pip_is_too_old, run_python
from dlcheck.judge.advice.missing import MISNAMED, missing_requirements
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import home
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.pasted import Pasted
from dlcheck.model.profile import Profile
from dlcheck.model.python import ExtraRequirement, Interpreter, Packages, PipOption
from dlcheck.model.report import Fix, Need
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"


@check(WARN, pillar="python", after=("externally-managed-python",), since="0.1")
def pip_too_old(interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """This pip is too old to see the wheels of today, or to start.

    pip before 20.3 does not know the names of current Linux wheels and says "No matching distribution found", or
    starts to compile; before 23.1.2 it does not start on Python 3.12 and newer: "module 'pkgutil' has no attribute
    'ImpImporter'".

    How it is told: the version of the environment's own pip against the version of its Python.

    Known false alarms: an environment without pip, as uv makes it, needs none. The same words about ImpImporter come
    from an old package that is built from source, with a pip that is fine: then the version that was asked for has no
    wheel for this Python.

    Sources: github.com/pypa/pip/issues/12416, github.com/pypa/pip/issues/12358.
    """
    if not interpreter.has_pip or not interpreter.pip_version:
        return skip("there is no pip in this environment")
    seen = f"pip {interpreter.pip_version} with Python {interpreter.version}"
    if not pip_is_too_old(snapshot):
        return ok(seen)
    if belongs_to_system(snapshot):
        return ok(f"{seen}; it is the operating system's, and a new environment brings a pip of its own")
    fix = Fix(
        title="bring pip up to date",
        commands=newer_pip(snapshot),
        needs=("network",),
        changes_packages=True,
        verify=run_python(snapshot, "import pip; print(pip.__version__)"),
    )
    return bad(seen, fixes=(fix,))


@check(FAIL, pillar="python", since="0.1")
def pip_missing(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """This environment has no pip.

    uv makes environments without one, and Debian's Python leaves it to a package of its own: `python -m pip` ends with
    "No module named pip", and a bare `pip` is that of another Python.

    How it is told: these words in the text; on a machine an environment without pip is no fault, and every advice is
    given for what brings packages there.

    Known false alarms: whoever uses uv alone needs none.

    Sources: docs.astral.sh/uv/pip/environments.
    """
    return told_by_text(snapshot, "pip-missing")


@check(FAIL, pillar="python", after=("externally-managed-python",), since="0.1")
def pip_configured_elsewhere(
    packages: Packages, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Iterator[Verdict]:
    """pip's configuration sends packages elsewhere, or lets none in.

    An option that was once set for another purpose holds for every installation: with `target` packages go into a
    folder that no Python looks into; with `no-index` none is found; `require-virtualenv` refuses, "Could not find an
    activated virtualenv", even in conda's environments, which pip does not count as such; `user` fails in a virtual
    environment; an index that holds PyTorch's builds for one CUDA alone has few other packages, and stops at some
    release.

    How it is told: pip's variables and its configuration files, read and not run.

    Known false alarms: mirrors of an organisation are fine and not named; require-virtualenv is met in a virtual
    environment; where nothing is to be installed each is a note.

    Sources: github.com/conda/conda/issues/10787, github.com/cedarconnor/SPAG4d/issues/1 (an index of one CUDA).
    """
    found = [(one, why) for one in packages.pip_options if (why := _trouble(one, interpreter))]
    installing = bool(missing_requirements(snapshot, profile))
    for option, why in found:
        evidence = f"{option.name} = {option.value} in {option.source}: {why}"
        fix = _take_out(option, interpreter, snapshot)
        yield bad(evidence, fixes=(fix,), subject=option.name) if installing else note(evidence, fixes=(fix,))
    if not found:
        yield ok("no option of pip stands in the way")


def _trouble(option: PipOption, interpreter: Interpreter) -> str:
    """What an option does to installations here; "" where it does no harm."""
    on = option.value.strip().lower() in ("1", "true", "yes", "on", "y", "t")
    virtual = interpreter.prefix != interpreter.base_prefix
    if option.name in ("target", "prefix"):
        return "packages go there, and not into this environment"
    if option.name == "no-index" and on:
        return "no package index is asked"
    if option.name == "require-virtualenv" and on and not virtual:
        return "pip refuses to install outside of a virtual environment"
    if option.name == "user" and on and virtual:
        return "pip cannot install for the user from inside a virtual environment"
    if option.name == "index-url" and (found := re.search(r"download\.pytorch\.org/whl/(\w+)", option.value)):
        return f"PyTorch's index of {found[1]} builds has few other packages"
    return ""


def _take_out(option: PipOption, interpreter: Interpreter, snapshot: Snapshot) -> Fix:
    if option.source.startswith("PIP_"):
        return without_variables(snapshot, [option.source], f"import os; print(os.environ.get('{option.source}'))")
    pip = (judged_python(snapshot), "-m", "pip", "config")
    needs: tuple[Need, ...] = ()
    level = "--global"
    if option.source.startswith(interpreter.prefix):
        level = "--site"
    elif home(snapshot) and option.source.startswith(home(snapshot)):
        level = "--user"
    else:
        needs = ("admin",)
    title = f"take {option.name} out of {option.source}"
    if not interpreter.has_pip:
        return Fix(title=title)
    step = command(snapshot, *pip, level, "unset", f"{option.section}.{option.name}")
    return Fix(title=title, commands=(step,), needs=needs, verify=command(snapshot, *pip, "list"))


@check(WARN, pillar="python", since="0.1")
def requirement_misnamed(requirements: tuple[ExtraRequirement, ...]) -> Verdict:
    """A requirement is named by what is imported, and not by the package.

    `pip install` of such a name ends with an error, or brings a package of somebody else: the module cv2 comes from
    opencv-python, sklearn from scikit-learn, and PyTorch's package is torch.

    How it is told: the names that are required against a list of those that are often mixed up. The advice of other
    checks uses the right ones.

    Known false alarms: conda's name of PyTorch is pytorch, which counts in environment.yml and not here.

    Sources: the package index's own words for `pytorch` and `sklearn`, read 2026-11-22.
    """
    wrong = {one.name: MISNAMED[one.name] for one in requirements if one.name in MISNAMED and one.applies}
    if not wrong:
        return ok("every name is a package's")
    evidence = [f"{name}: the package is {right}" for name, right in wrong.items()]
    changes = ", ".join(f"{name} to {right}" for name, right in wrong.items())
    return bad(*evidence, fixes=(Fix(title=f"change {changes} in the file of requirements"),))
