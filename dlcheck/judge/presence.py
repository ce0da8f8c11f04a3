"""Which frameworks a profile wants, and which of them are there and work."""

from __future__ import annotations

from typing import Any

from dlcheck.judge.advice.install import distribution_name
from dlcheck.judge.knowledge.wheels import WheelPlatform, wheel_platform
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Framework, Profile
from dlcheck.model.snapshot import Snapshot

FRAMEWORKS: tuple[Framework, ...] = ("torch", "tensorflow", "jax")
FRAMEWORK_TITLES: dict[str, str] = {"torch": "PyTorch", "tensorflow": "TensorFlow", "jax": "JAX"}
_DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly"),
    "jax": ("jax",),
}


def named_frameworks(profile: Profile) -> tuple[Framework, ...]:
    """Frameworks that the profile needs by name."""
    return tuple(name for name in FRAMEWORKS if profile.needs_framework(name))


def wanted_frameworks(profile: Profile) -> tuple[Framework, ...]:
    """Frameworks that the profile needs by name, or of which one has to do."""
    return tuple(dict.fromkeys((*named_frameworks(profile), *profile.frameworks_any)))


def installed(snapshot: Snapshot, framework: Framework) -> bool:
    """Is there anything of it: a distribution, a folder, or an import that came to some end?"""
    packages = snapshot.packages.value
    if packages is not None and (
        packages.build(framework) or any(packages.find(name) for name in _DISTRIBUTIONS[framework])
    ):
        return True
    probed: Probed[Any] = getattr(snapshot, framework)
    importing = probed.ending is not None and probed.ending.stage.startswith("importing")
    died = probed.missing is not None and probed.missing.gap in ("broken", "crashed")
    return probed.value is not None or died or importing


def works(snapshot: Snapshot, framework: Framework) -> bool:
    """Was it imported, or, where nobody looked, is it at least installed?"""
    probed: Probed[Any] = getattr(snapshot, framework)
    if probed.value is not None:
        return True
    nobody_looked = probed.missing is not None and probed.missing.gap == "not-looked"
    return nobody_looked and installed(snapshot, framework)


def enough_works(snapshot: Snapshot, profile: Profile) -> bool:
    """Do all frameworks work that the profile names, and one of those of which one has to do?"""
    if not all(works(snapshot, name) for name in named_frameworks(profile)):
        return False
    return not profile.frameworks_any or any(works(snapshot, name) for name in profile.frameworks_any)


def enough_installed(snapshot: Snapshot, profile: Profile) -> bool:
    """Are they at least there, working or not?"""
    if not all(installed(snapshot, name) for name in named_frameworks(profile)):
        return False
    return not profile.frameworks_any or any(installed(snapshot, name) for name in profile.frameworks_any)


def required_names(profile: Profile) -> frozenset[str]:
    """Normalised names of what the profile requires."""
    return frozenset(map(distribution_name, (*profile.required, *profile.extra_requirements)))


def platform_of(snapshot: Snapshot) -> WheelPlatform:
    """The platform that wheels for the judged interpreter are made for."""
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    tag, machine = (interpreter.platform_tag, interpreter.machine) if interpreter else ("", "")
    if not tag and os is not None:  # a text may not tell; it is then taken to come from where most of them do
        system = {"darwin": "macosx", "windows": "win", "other": "linux"}.get(os.system, os.system)
        machine = machine or os.machine or ("arm64" if os.system == "darwin" else "x86_64")
        tag = f"{system}-{machine.lower()}"
    return wheel_platform(tag, machine, musl=os is not None and os.musl)


def imported(snapshot: Snapshot) -> set[str]:
    """Distributions that were really imported, and did not complain."""
    numerics, libraries, torch = snapshot.numerics.value, snapshot.libraries.value, snapshot.torch.value
    works = set(numerics.imports) if numerics else set()
    works |= (
        {one.name for one in libraries.imported if one.version and not isinstance(one.error, str)}
        if libraries
        else set()
    )
    if torch is not None and torch.numpy_bridge is True:
        works.add("torch")
    return works
