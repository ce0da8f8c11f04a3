"""Steps that install, upgrade, reinstall or remove distributions in the judged environment, by its own installer.

    install(snapshot, ["numpy", "pandas>=2"], title="install what is missing") → alternatives, best first

uv where the environment was made by it, or has no pip and uv is on PATH; else its own pip, brought by ensurepip where
there is none; conda for what conda installed, except torch and its kin, which have no conda channel of their own any
more; a new virtual environment where the Python belongs to the operating system (PEP 668).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from dlcheck.judge.advice.environment import new_environment_steps, new_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import on_windows
from dlcheck.judge.advice.wheel_index import index_flags
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.model.gaps import known
from dlcheck.model.report import Command, Fix, Need
from dlcheck.model.snapshot import Snapshot

IMPORT_NAMES: dict[str, str] = {
    "scikit-learn": "sklearn", "scikit-image": "skimage", "opencv-python": "cv2", "opencv-python-headless": "cv2",
    "pillow": "PIL", "pyyaml": "yaml", "jupyter": "jupyter_core", "jupyterlab": "jupyterlab", "python-dotenv": "dotenv",
    "tensorflow-cpu": "tensorflow", "beautifulsoup4": "bs4", "python-dateutil": "dateutil",
    "protobuf": "google.protobuf",
}  # fmt: skip
"""Distribution → the module it is imported by, where the two differ by more than a hyphen."""

CONDA_NAMES: dict[str, str] = {"opencv-python": "opencv", "torch": "pytorch", "tensorflow-cpu": "tensorflow-cpu"}

PIP_ONLY = frozenset({"torch", "torchvision", "torchaudio", "triton", "jax", "jaxlib", "tensorflow", "tensorflow-cpu"})
"""Advised by pip in a conda environment too. PyTorch's own channel ended with 2.5 (pytorch/pytorch#138506)."""

OLDEST_PIP: tuple[tuple[tuple[int, int], str], ...] = (((3, 12), "23.1.2"), ((3, 0), "20.3"))
"""From this Python on, the first pip that works with it and knows manylinux_2_28 wheels (pypa/pip#12416)."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be installed, and how."""

    requirements: tuple[str, ...]
    index_url: str = ""
    """An index to take everything from; "": the configured one."""
    upgrade: bool = False
    reinstall: bool = False
    remove_first: tuple[str, ...] = ()
    """Distributions to remove before."""
    before: tuple[Command, ...] = ()
    """Further steps that come first."""


class _Target(msgspec.Struct, frozen=True, kw_only=True):
    """The environment that will hold the packages, and what brings them there."""

    python: str
    uv: bool = False
    prepare: tuple[Command, ...] = ()
    needs: tuple[Need, ...] = ("network",)
    new_folder: str = ""
    """A virtual environment made for it, where the judged Python must not be changed."""


def install(
    snapshot: Snapshot,
    requirements: Sequence[str],
    *,
    title: str,
    index_url: str = "",
    elsewhere: Sequence[str] = (),
    upgrade: bool = False,
    reinstall: bool = False,
    remove_first: Sequence[str] = (),
    before: Sequence[Command] = (),
    verify: str = "",
    source: str = "",
) -> tuple[Fix, ...]:
    """Alternatives, best first, that bring these requirements (PEP 508) into the judged environment.

    index_url: an index to take them from, which may be out of reach; `elsewhere` are then the requirements for a second
    alternative from the configured index. reinstall: replace what has the same version. remove_first: distributions to
    remove before; before: further steps that come first. verify: Python code that shows the cure; by default the
    distributions are imported.
    """
    request = Request(
        requirements=tuple(requirements),
        index_url=index_url,
        upgrade=upgrade,
        reinstall=reinstall,
        remove_first=tuple(remove_first),
        before=tuple(before),
    )
    fixes = [_fix(snapshot, request, title, verify, source)]
    packages = snapshot.packages.value
    configured = (known(packages.pip_index_url) if packages else None) or ""
    if index_url and elsewhere:
        other = msgspec.structs.replace(request, requirements=tuple(elsewhere), index_url="")
        where = f" ({configured})" if configured else ""
        fixes.append(_fix(snapshot, other, f"{title}, from the configured package index{where}", verify, source))
    elif configured and not index_url and _target(snapshot).uv:
        # uv does not read pip's configuration, and where a mirror is configured the default index may be closed.
        other = msgspec.structs.replace(request, index_url=configured)
        fixes.append(_fix(snapshot, other, f"{title}, from the index that pip is configured for", verify, source))
    return tuple(fixes)


def uninstall(snapshot: Snapshot, names: Sequence[str], *, title: str, verify: str = "") -> Fix:
    """Steps that remove distributions from the judged environment."""
    python = judged_python(snapshot)
    target = _target(snapshot)
    if target.new_folder:
        return Fix(title=f"{title}: this Python belongs to the operating system, so by its package manager")
    return Fix(
        title=title,
        commands=(*target.prepare, *_removal(snapshot, target, tuple(names))),
        needs=target.needs if target.prepare else (),
        changes_packages=True,
        verify=command(snapshot, python, "-c", verify) if verify else None,
    )


def judged_python(snapshot: Snapshot) -> str:
    """The judged interpreter as a command: its path, or the usual name where none was found."""
    interpreter, pythons = snapshot.interpreter.value, snapshot.pythons.value
    found = interpreter.executable if interpreter else (known(pythons.judged) if pythons else None)
    return found or ("python" if on_windows(snapshot) else "python3")


def run_python(snapshot: Snapshot, code: str) -> Command:
    """The judged interpreter running one line of code."""
    return command(snapshot, judged_python(snapshot), "-c", code)


def import_code(requirements: Sequence[str]) -> str:
    """Code that imports the distributions named, and says that it could."""
    modules = [IMPORT_NAMES.get(name, name.replace("-", "_")) for name in map(distribution_name, requirements)]
    return f"import {', '.join(modules)}; print('imported')"


def distribution_name(requirement: str) -> str:
    """The normalised name in a requirement: "scikit-learn" of "Scikit_Learn[plots]>=1.5"."""
    name = re.split(r"[\s\[<>=!~;@(]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _fix(snapshot: Snapshot, request: Request, title: str, verify: str, source: str) -> Fix:
    target = _target(snapshot)
    by_conda, by_pip = ((), request.requirements) if target.new_folder else _by_conda(snapshot, request)
    steps = [*target.prepare, *request.before]
    if request.remove_first and not target.new_folder:
        steps += _removal(snapshot, target, request.remove_first)
    if by_conda:
        names = (conda_name(requirement) for requirement in by_conda)
        flags = ("--force-reinstall",) if request.reinstall else ()
        steps.append(conda_command(snapshot, "install", *flags, *names))
    if by_pip:
        steps += _pip_steps(snapshot, target, msgspec.structs.replace(request, requirements=tuple(by_pip)))
    if target.new_folder:
        title = f"{title}, in a new virtual environment, and from then on use {target.python}"
    return Fix(
        title=title + _in_notebook(snapshot, request),
        commands=tuple(steps),
        needs=target.needs,
        changes_packages=True,
        verify=command(snapshot, target.python, "-c", verify or import_code(request.requirements)),
        source=source,
    )


def _in_notebook(snapshot: Snapshot, request: Request) -> str:
    """What a hosted notebook asks for besides: its network, and a restart where its kernel may hold the old one."""
    cloud, packages = snapshot.cloud.value, snapshot.packages.value
    if cloud is None or not cloud.is_notebook:
        return ""
    names = map(distribution_name, request.requirements)
    replaces = packages is not None and any(packages.find(name) for name in names)
    switch = " (Internet must be switched on in the notebook's settings)" if cloud.platform == "kaggle" else ""
    return f"{switch}{', then restart the runtime' if replaces else ''}"


def _target(snapshot: Snapshot) -> _Target:
    """Where packages go, and what must be done before an installer can work there."""
    interpreter = snapshot.interpreter.value
    python = judged_python(snapshot)
    if interpreter is None:
        return _Target(python=python)
    uv = has_uv(snapshot)
    if belongs_to_system(snapshot):
        steps, needs = new_environment_steps(snapshot, python, uv)
        folder, new = new_python(snapshot)
        return _Target(python=new, uv=uv, prepare=steps, needs=needs, new_folder=folder)
    if uv and interpreter.environment != "conda" and (interpreter.created_by_uv or not interpreter.has_pip):
        return _Target(python=python, uv=True)
    if not interpreter.has_pip:
        if interpreter.environment == "conda" and conda_program(snapshot):
            return _Target(python=python, prepare=(conda_command(snapshot, "install", "pip"),))
        return _Target(python=python, prepare=(command(snapshot, python, "-m", "ensurepip", "--upgrade"),))
    if pip_is_too_old(snapshot):
        return _Target(python=python, prepare=newer_pip(snapshot))
    return _Target(python=python)


def newer_pip(snapshot: Snapshot) -> tuple[Command, ...]:
    """Steps to a pip of today. From Python 3.12 on an old one does not even start: Python's own copy comes first."""
    interpreter, python = snapshot.interpreter.value, judged_python(snapshot)
    upgrade = command(snapshot, python, "-m", "pip", "install", "--upgrade", "pip")
    if interpreter is not None and "ensurepip" in interpreter.missing_stdlib:
        if has_uv(snapshot):
            return (command(snapshot, "uv", "pip", "install", "--python", python, "--upgrade", "pip"),)
        return (upgrade,)
    return command(snapshot, python, "-m", "ensurepip", "--upgrade"), upgrade


def belongs_to_system(snapshot: Snapshot) -> bool:
    """Must the judged Python not be changed: PEP 668, a distribution's Python without pip, or another user's?"""
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    if interpreter is not None and is_read_only(snapshot):
        return True
    if interpreter is None or interpreter.prefix != interpreter.base_prefix or interpreter.environment == "conda":
        return False
    if known(interpreter.externally_managed):
        return True
    linux = os is not None and os.system == "linux"
    return linux and not interpreter.has_pip and interpreter.prefix == "/usr"


def is_read_only(snapshot: Snapshot) -> bool:
    """May this user not write to the environment's folder?"""
    places = snapshot.storage.value.places if snapshot.storage.value else ()
    return any(one.role == "environment" and one.writable is False for one in places)


def has_uv(snapshot: Snapshot) -> bool:
    """Is uv on PATH?"""
    return snapshot.tools.value is not None and snapshot.tools.value.find("uv") is not None


def pip_is_too_old(snapshot: Snapshot) -> bool:
    """Is the environment's pip too old to see today's wheels, or to run at all?"""
    interpreter = snapshot.interpreter.value
    if interpreter is None or not interpreter.pip_version:
        return False
    version = numbers(interpreter.version)[:2]
    oldest = next((pip for python, pip in OLDEST_PIP if version >= python), "")
    return bool(oldest) and numbers(interpreter.pip_version) < numbers(oldest)


def conda_program(snapshot: Snapshot) -> str:
    """The program that changes this conda environment: conda, mamba or micromamba; "" where none was found."""
    conda, tools = snapshot.conda.value, snapshot.tools.value
    executable = known(conda.executable) if conda else None
    if executable:
        return executable
    return next((name for name in ("conda", "mamba", "micromamba") if tools and tools.find(name)), "")


def conda_command(snapshot: Snapshot, verb: str, *words: str) -> Command:
    """A conda command on the judged environment, which asks nothing."""
    interpreter = snapshot.interpreter.value
    prefix = interpreter.prefix if interpreter else ""
    return command(snapshot, conda_program(snapshot), verb, "-y", "-p", prefix, *words)


def conda_name(requirement: str) -> str:
    """The requirement by conda's name for the package."""
    name = distribution_name(requirement)
    rest = requirement.strip()[len(name) :].replace(" ", "")
    return CONDA_NAMES.get(name, name) + rest


def installed_by_conda(snapshot: Snapshot, name: str) -> bool:
    """Did conda install this distribution?"""
    packages = snapshot.packages.value
    found = packages.find(name) if packages else None
    return found is not None and found.installer == "conda"


def _by_conda(snapshot: Snapshot, request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements that conda should change, and the others."""
    interpreter = snapshot.interpreter.value
    if interpreter is None or interpreter.environment != "conda" or request.index_url or not conda_program(snapshot):
        return (), request.requirements
    by_conda = tuple(
        one
        for one in request.requirements
        if installed_by_conda(snapshot, distribution_name(one))
        and distribution_name(one) not in PIP_ONLY
        and not re.search(r"[\[;@]", one)
    )
    return by_conda, tuple(one for one in request.requirements if one not in by_conda)


def _pip_steps(snapshot: Snapshot, target: _Target, request: Request) -> list[Command]:
    index = index_flags(snapshot, request.index_url, uv=target.uv)
    upgrade = ("--upgrade",) if request.upgrade else ()
    if target.uv:
        again = [word for one in request.requirements for word in ("--reinstall-package", distribution_name(one))]
        flags = (*upgrade, *(again if request.reinstall else ()), *index)
        return [command(snapshot, "uv", "pip", "install", "--python", target.python, *flags, *request.requirements)]
    pip = (target.python, "-m", "pip", "install")
    steps = []
    if request.reinstall and not target.new_folder:
        # In two steps: the packages themselves are replaced, what they depend on is only completed.
        steps.append(command(snapshot, *pip, "--force-reinstall", "--no-deps", *index, *request.requirements))
    steps.append(command(snapshot, *pip, *upgrade, *index, *request.requirements))
    return steps


def _removal(snapshot: Snapshot, target: _Target, names: tuple[str, ...]) -> list[Command]:
    packages = snapshot.packages.value
    records = {one.name for one in packages.conda} if packages is not None else set()
    by_conda = [name for name in names if installed_by_conda(snapshot, name) or name in records]
    conda = by_conda if conda_program(snapshot) else []
    others = [name for name in names if name not in conda]
    steps = [conda_command(snapshot, "remove", *map(conda_name, conda))] if conda else []
    if others and target.uv:
        steps.append(command(snapshot, "uv", "pip", "uninstall", "--python", target.python, *others))
    elif others:
        steps.append(command(snapshot, target.python, "-m", "pip", "uninstall", "-y", *others))
    return steps
