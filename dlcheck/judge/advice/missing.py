"""One command for everything that a profile requires and the judged environment lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from dlcheck.judge.advice.environment import new_python, other_python_steps
from dlcheck.judge.advice.frameworks import asked, serves_gpus, with_builds
from dlcheck.judge.advice.install import belongs_to_system, distribution_name, has_uv, import_code, install
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import home, on_windows
from dlcheck.judge.advice.torch_wheel import torch_requirements
from dlcheck.judge.advice.wheel_index import index_flags
from dlcheck.judge.asked import answers
from dlcheck.judge.knowledge.torch_releases import release_of
from dlcheck.judge.knowledge.versions import is_pin, numbers
from dlcheck.judge.knowledge.wheels import matching, newest, wheels
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.judge.presence import enough_installed, installed, platform_of, wanted_frameworks
from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.python import ExtraRequirement
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

STAND_INS: dict[str, tuple[str, ...]] = {
    "jupyter": ("jupyterlab", "notebook"),
    "matplotlib": ("matplotlib-base",),
    "opencv-python": ("opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "tensorflow": ("tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly"),
}
"""Distributions that serve in the place of one that is asked for without a version."""

MISNAMED: dict[str, str] = {
    "pytorch": "torch", "sklearn": "scikit-learn", "cv2": "opencv-python", "pil": "pillow", "skimage": "scikit-image",
    "yaml": "pyyaml", "dotenv": "python-dotenv", "tensorflow-gpu": "tensorflow",
}  # fmt: skip
"""What is asked for by the name of its module, or by one that was given up → the distribution."""

UV_SOURCE = "https://docs.astral.sh/uv/getting-started/installation/"
_INTEL_MAC = {"torch": "torch==2.2.2", "numpy": "numpy<2"}
"""The last torch with wheels for Intel Macs was built for NumPy 1."""


def is_met(snapshot: Snapshot, wanted: ExtraRequirement) -> bool:
    """Is a requirement met, or needless here, or served by another distribution of the same library?"""
    if not wanted.applies:
        return True
    if wanted.satisfied or wanted.found:
        return wanted.satisfied
    packages, cloud, jupyter = snapshot.packages.value, snapshot.cloud.value, snapshot.jupyter.value
    if packages is not None and wanted.name in MISNAMED and packages.find(MISNAMED[wanted.name]):
        return True
    if packages is None or distribution_name(wanted.requirement) != wanted.requirement.strip().lower():
        return False
    if any(packages.find(name) for name in STAND_INS.get(wanted.name, ())):
        return True
    # A Jupyter from elsewhere, or a hosted one, works on this Python through its kernel.
    hosted = cloud is not None and cloud.is_notebook
    elsewhere = jupyter is not None and bool(known(jupyter.command))
    return wanted.name == "jupyter" and packages.find("ipykernel") is not None and (hosted or elsewhere)


def unmet(snapshot: Snapshot, profile: Profile, *, recommended: bool = False) -> tuple[ExtraRequirement, ...]:
    """The profile's requirements, or its recommendations, that the judged environment does not meet."""
    if snapshot.requirements.value is None:
        return ()
    required = (*profile.required, *profile.extra_requirements)
    wanted = tuple(one for one in profile.recommended if one not in required) if recommended else required
    return tuple(one for one in answers(snapshot, wanted) if not is_met(snapshot, one))


def missing_requirements(snapshot: Snapshot, profile: Profile) -> tuple[str, ...]:
    """Everything to install, a framework included where the profile wants one and none is there."""
    if snapshot.requirements.value is None:
        wanted = [*profile.required, *profile.extra_requirements]
    else:
        wanted = [one.requirement for one in unmet(snapshot, profile)]
    if not enough_installed(snapshot, profile):
        named = set(map(distribution_name, wanted))
        framework = next((name for name in wanted_frameworks(profile) if not installed(snapshot, name)), "")
        if framework and framework not in named:
            wanted.append(framework)
    return _fitted(snapshot, wanted)


def everything(snapshot: Snapshot, profile: Profile) -> tuple[str, ...]:
    """All that the profile requires, and a framework where one of several has to do: what a new environment needs."""
    wanted = [
        one.requirement for one in answers(snapshot, (*profile.required, *profile.extra_requirements)) if one.applies
    ]
    names = set(map(distribution_name, wanted))
    wanted += [name for name in profile.frameworks_any[:1] if not names & set(profile.frameworks_any)]
    return _fitted(snapshot, wanted)


def install_missing(snapshot: Snapshot, profile: Profile) -> tuple[Fix, ...]:
    """One installation of all that is missing; none where nothing is."""
    wanted = missing_requirements(snapshot, profile)
    if not wanted:
        return ()
    if belongs_to_system(snapshot):  # a new environment begins with nothing
        wanted = everything(snapshot, profile)
    title = f"install {'everything that is missing' if len(wanted) > 1 else wanted[0]}"
    wanted = with_builds(snapshot, wanted)
    torch_as_asked, versions = _torch_in(snapshot, wanted)
    if not torch_as_asked:
        return install(snapshot, wanted, title=title)
    others = [one for one in wanted if one != torch_as_asked]
    torch, index = torch_requirements(snapshot, versions=versions)
    if not index or not others:
        return install(snapshot, [*others, *torch], title=title, index_url=index, elsewhere=wanted if index else ())
    first, then = install(snapshot, others, title=title)[0], install(snapshot, torch, title=title, index_url=index)[0]
    steps = tuple(dict.fromkeys((*first.commands, *then.commands)))
    both = msgspec.structs.replace(then, commands=steps, verify=_verify(first, wanted, snapshot))
    return (both, *install(snapshot, wanted, title=f"{title}, from the configured package index"))


def _torch_in(snapshot: Snapshot, wanted: Sequence[str]) -> tuple[str, str]:
    """The requirement of torch for which a build is to be chosen, and its versions; ("", "") where there is none.

    A version that is pinned is the person's own choice, and a range needs a choice only where there is a GPU.
    """
    for one in wanted:
        name, versions = asked(one)
        if name == "torch" and (not versions or (capabilities(snapshot) and not is_pin(versions))):
            return one, versions
    return "", ""


def _verify(fix: Fix, wanted: tuple[str, ...], snapshot: Snapshot) -> Command | None:
    """The same interpreter as the fix's own check, importing everything that is wanted."""
    return command(snapshot, fix.verify.argv[0], "-c", import_code(wanted)) if fix.verify is not None else None


def fresh_environment(snapshot: Snapshot, profile: Profile, *, why: str = "") -> tuple[Fix, ...]:
    """An environment with a Python that fits, and in it everything that the profile requires."""
    version = fitting_python(snapshot, profile)
    title = f"make an environment with Python {version}{why}"
    cloud = snapshot.cloud.value
    if cloud is not None and cloud.is_notebook:
        return (Fix(title=f"choose a runtime with Python {version} in the settings of {cloud.name}"),)
    steps, python, needs = other_python_steps(snapshot, version)
    source = ""
    if not steps:
        steps, needs, source = _by_uv(snapshot, version), ("network",), UV_SOURCE
    if not steps:
        return (
            Fix(title=f"install Python {version} (64 bit) from python.org, by uv or by Miniforge, and use that one"),
        )
    wanted = with_builds(snapshot, everything(snapshot, profile), numbers(version))
    if wanted:
        by_uv = has_uv(snapshot)
        argv = ("uv", "pip", "install", "--python", python) if by_uv else (python, "-m", "pip", "install")
        as_asked, versions = _torch_in(snapshot, wanted) if capabilities(snapshot) else ("", "")
        torch, index = torch_requirements(snapshot, numbers(version), versions) if as_asked else ((), "")
        if index:  # the index of that build has not all of the others
            others = [one for one in wanted if one != as_asked]
            steps = (*steps, *((command(snapshot, *argv, *others),) if others else ()))
            steps = (*steps, command(snapshot, *argv, *index_flags(snapshot, index, uv=by_uv), *torch))
        else:
            steps = (*steps, command(snapshot, *argv, *wanted))
    code = import_code(wanted) if wanted else "import sys; print(sys.version)"
    return (
        Fix(
            title=f"{title}, and from then on use {python}",
            commands=steps,
            needs=needs,
            changes_packages=True,
            verify=command(snapshot, python, "-c", code),
            source=source,
        ),
    )


def fitting_python(snapshot: Snapshot, profile: Profile) -> str:
    """The Python to advise: the recommended one where the profile and its frameworks allow it, else the nearest."""
    first = wheels().recommended
    candidates = [first, *(f"3.{minor}" for minor in (13, 11, 14, 10, 15, 9, 8) if f"3.{minor}" != first)]
    platform = platform_of(snapshot) or "linux_x86_64"
    frameworks = wanted_frameworks(profile)
    pinned = [found for one in (*profile.required, *profile.extra_requirements) if (found := matching(one))]
    torch_pins = (re.match(r"torch==(\d[\d.]*)", one) for one in (*profile.required, *profile.extra_requirements))
    old_torches = [one for pin in torch_pins if pin and (one := release_of(pin.group(1)))]
    if capabilities(snapshot):  # those with which a framework that is wanted computes on the GPUs come first
        on_gpu = [one for one in candidates if any(serves_gpus(snapshot, name, numbers(one)) for name in frameworks)]
        candidates = [*on_gpu, *(one for one in candidates if one not in on_gpu)]
    for version in candidates:
        served = not frameworks or any(newest(name, platform, version) for name in frameworks)
        pins_served = all(any(release.serves(platform, version) for release in releases) for releases in pinned)
        pins_served = pins_served and all(release.has_python(numbers(version)) for release in old_torches)
        if served and pins_served and in_range(version, profile.python):
            return version
    return first


def in_range(version: str, wanted: str) -> bool:
    """Is a Python version within a PEP 440 range? A range that cannot be read, or none, allows every one."""
    if not wanted.strip():
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(wanted).contains(version if version.count(".") > 1 else f"{version}.99", prereleases=True)
    except InvalidSpecifier:
        return True


def _by_uv(snapshot: Snapshot, version: str) -> tuple[Command, ...]:
    """Steps that bring uv by its own installer, without the administrator, and by it the Python."""
    top = home(snapshot)
    if on_windows(snapshot) or not top or numbers(version) < (3, 8):
        return ()
    folder, _ = new_python(snapshot)
    return (
        command(snapshot, "sh", "-c", "curl -LsSf https://astral.sh/uv/install.sh | sh"),
        command(snapshot, f"{top}/.local/bin/uv", "venv", "--allow-existing", "--seed", "--python", version, folder),
    )


def _fitted(snapshot: Snapshot, wanted: list[str]) -> tuple[str, ...]:
    """Requirements without doubles, with the versions that an old platform needs."""
    pins = _INTEL_MAC if platform_of(snapshot) == "macos_x86_64" else {}
    if "torch" not in map(distribution_name, wanted):
        pins = {}
    return tuple(dict.fromkeys(pins.get(one, one) for one in map(_rightly_named, wanted)))


def _rightly_named(requirement: str) -> str:
    """The requirement by the distribution's own name; of a wrong name the version means nothing."""
    return MISNAMED.get(distribution_name(requirement), requirement)
