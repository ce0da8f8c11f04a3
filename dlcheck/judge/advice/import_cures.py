"""Steps that mend a library which is installed and cannot be imported."""

from __future__ import annotations

import re

from dlcheck.judge.advice.frameworks import with_builds
from dlcheck.judge.advice.install import (
    IMPORT_NAMES,
    conda_command,
    conda_program,
    distribution_name,
    install,
    run_python,
)
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, install_program
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.knowledge.error_messages import Meaning
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

TORCH_WHEELS = "https://download.pytorch.org/whl"
_VARIANT = r"(?:cpu|xpu|cu\d{2,3}|rocm[\d.]+)$"
_PARTNERS = ("torchvision", "torchaudio")
"""Compiled for one release of torch: they are replaced with it, in one step."""


def cures(snapshot: Snapshot, meaning: Meaning, distribution: str) -> tuple[Fix, ...]:
    """Alternatives that mend what `meaning` says of the import of this distribution; none where nothing is known."""
    verify = verify_import(snapshot, distribution)
    if meaning.cure == "look":
        return (Fix(title=meaning.advice, verify=verify, source=meaning.source),)
    if meaning.cure == "unset":
        return (without_variables(snapshot, meaning.unset, _import_of(snapshot, distribution), source=meaning.source),)
    if meaning.cure == "conda":
        return _by_conda(snapshot, meaning, verify) or reinstall(snapshot, distribution)
    if meaning.cure == "system":
        return _by_system(snapshot, meaning, verify)
    if meaning.cure == "brew":
        steps = install_program(snapshot, SystemPackage(brew=meaning.install))
        title = f"install {meaning.install} by Homebrew, of the same processor as this Python"
        return (Fix(title=title, commands=steps, needs=("network",), verify=verify, source=meaning.source),)
    if meaning.cure == "renew":
        return _renew(snapshot, meaning, distribution)
    if meaning.cure in ("install", "upgrade") and _may_be_installed(snapshot, meaning):
        name = distribution_of(meaning.install)
        wanted = meaning.install if re.search("[<=>]", meaning.install) else name
        return install(
            snapshot,
            [wanted],
            title=f"install {wanted} anew" if meaning.cure == "install" else f"bring {name} up to date",
            reinstall=meaning.cure == "install",
            upgrade=meaning.cure == "upgrade",
            remove_first=meaning.remove,
            verify=_import_of(snapshot, distribution),
            source=meaning.source,
        )
    if meaning.cure == "complete" and (wanted := _unsatisfied(snapshot, distribution_of(meaning.install))):
        return install(
            snapshot,
            [wanted],
            title=f"install {wanted}",
            verify=_import_of(snapshot, distribution),
            source=meaning.source,
        )
    return reinstall(snapshot, distribution, source=meaning.source)


def alone(snapshot: Snapshot, meaning: Meaning) -> tuple[Fix, ...]:
    """What mends it where nobody says which library was imported."""
    steps: tuple[Command, ...] = ()
    titles = {
        "look": meaning.advice,
        "unset": f"take {', '.join(meaning.unset)} away, here and where it is set",
        "conda": f"install {meaning.install} by conda into this environment",
        "brew": f"install {meaning.install} by Homebrew, of the same processor as this Python",
        "system": "install Microsoft's Visual C++ runtime of today, and restart",
        "renew": "bring the library that the traceback names up to date"
        + (f", or go back to {meaning.install}" if meaning.install else ""),
        "reinstall": "install the library that the traceback names again, all its files anew",
    }
    title = titles.get(meaning.cure, f"install {meaning.install} into this environment, all its files anew")
    if meaning.cure == "conda":
        steps = (command(snapshot, "conda", "install", "-y", meaning.install),)
    elif meaning.cure in ("brew", "system"):
        kinds = {"brew": SystemPackage(brew=meaning.install), "system": SystemPackage(winget=meaning.install)}
        steps = install_program(snapshot, kinds[meaning.cure])
    return (Fix(title=title, commands=steps, needs=("network",) if steps else (), source=meaning.source),)


def reinstall(snapshot: Snapshot, distribution: str, *, source: str = "") -> tuple[Fix, ...]:
    """Alternatives that install the distribution again in the version and the build that it has, all its files anew.

    torch's partners come with it, in one step: resolved apart they would be of another build.
    """
    requirements, index = [_pinned(snapshot, distribution)], ""
    if distribution == "torch":
        requirements += [_pinned(snapshot, name) for name in _PARTNERS if _version(snapshot, name)]
        variant = _version(snapshot, "torch").partition("+")[2]
        index = f"{TORCH_WHEELS}/{variant}" if re.match(_VARIANT, variant) else ""
    plain = [requirement.partition("+")[0] for requirement in requirements]
    return install(
        snapshot,
        requirements if index else plain,
        title=f"install {distribution} again, all its files anew",
        index_url=index,
        elsewhere=plain if index else (),
        reinstall=True,
        verify=_import_of(snapshot, distribution),
        source=source,
    )


def _renew(snapshot: Snapshot, meaning: Meaning, distribution: str) -> tuple[Fix, ...]:
    """A newer release of the library itself; or what it was made for, older than what is there.

    Where the library says itself what it can do with, installing it once more brings that.
    """
    packages = snapshot.packages.value
    if packages is not None and any(one.distribution == distribution for one in packages.unsatisfied):
        return reinstall(snapshot, distribution, source=meaning.source)
    verify = _import_of(snapshot, distribution)
    partners = [name for name in _PARTNERS if _version(snapshot, name)] if distribution == "torch" else []
    newer = install(
        snapshot,
        [*with_builds(snapshot, [distribution]), *partners],
        title=f"bring {distribution} up to date",
        upgrade=True,
        verify=verify,
        source=meaning.source,
    )
    older = (
        install(
            snapshot, [meaning.install], title=f"or go back to {meaning.install}", verify=verify, source=meaning.source
        )
        if meaning.install
        else ()
    )
    return (*newer, *older)


def verify_import(snapshot: Snapshot, distribution: str) -> Command:
    """The command that shows whether it can be imported."""
    return run_python(snapshot, _import_of(snapshot, distribution))


def _may_be_installed(snapshot: Snapshot, meaning: Meaning) -> bool:
    """Is it sure which distribution the cure names? One that a message names must be there already.

    The module of a traceback may belong to the standard library, and a namesake on the package index to anybody.
    """
    packages = snapshot.packages.value
    if meaning.cure == "install":
        return True
    return packages is not None and packages.find(distribution_of(meaning.install)) is not None


def _pinned(snapshot: Snapshot, distribution: str) -> str:
    """The distribution in the version it has; without one where that is not known or no index keeps it for long."""
    version = _version(snapshot, distribution)
    return distribution if not version or "dev" in version else f"{distribution}=={version}"


def _version(snapshot: Snapshot, distribution: str) -> str:
    packages = snapshot.packages.value
    found = packages.find(distribution) if packages else None
    return found.version if found else ""


def _unsatisfied(snapshot: Snapshot, name: str) -> str:
    """The requirement on `name` that an installed distribution has and the environment lacks, or ""."""
    packages = snapshot.packages.value
    lacking = (one.requirement for one in packages.unsatisfied) if packages else ()
    return next((one.partition(";")[0].strip() for one in lacking if distribution_name(one) == name), "")


def _by_conda(snapshot: Snapshot, meaning: Meaning, verify: Command) -> tuple[Fix, ...]:
    interpreter = snapshot.interpreter.value
    if interpreter is None or interpreter.environment != "conda" or not conda_program(snapshot):
        return ()
    step = conda_command(snapshot, "install", meaning.install)
    title = f"install {meaning.install} by conda"
    return (
        Fix(
            title=title,
            commands=(step,),
            needs=("network",),
            changes_packages=True,
            verify=verify,
            source=meaning.source,
        ),
    )


def _by_system(snapshot: Snapshot, meaning: Meaning, verify: Command) -> tuple[Fix, ...]:
    steps = install_program(snapshot, SystemPackage(winget=meaning.install))
    title = "install Microsoft's Visual C++ runtime (https://aka.ms/vs/17/release/vc_redist.x64.exe)"
    return (Fix(title=title, commands=steps, needs=("admin", "network"), verify=verify, source=meaning.source),)


def distribution_of(module: str) -> str:
    """The distribution that brings a module: "pillow" for "PIL"; as a rule they have one name."""
    by_module = {imported: name for name, imported in reversed(IMPORT_NAMES.items())}
    return by_module.get(module, distribution_name(module))


def _import_of(snapshot: Snapshot, distribution: str) -> str:
    """Code that imports it and says that it could; by the module that was tried, where one was."""
    libraries = snapshot.libraries.value
    tried = {one.name: one.module for one in libraries.imported} if libraries else {}
    module = IMPORT_NAMES.get(distribution) or tried.get(distribution) or distribution.replace("-", "_")
    return f"import {module}; print('imported')"
