"""Requirements looked up in the judged environment: those of its distributions, a profile's and a file's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from dlcheck.model.gaps import NOT_LOOKED, Maybe
from dlcheck.model.python import ExtraRequirement, Unsatisfied

if TYPE_CHECKING:
    from packaging.requirements import Requirement

ALSO_PROVIDED_BY: dict[str, tuple[str, ...]] = {
    "jupyter": ("jupyterlab", "notebook", "ipykernel"),
    "tensorflow": (
        "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tensorflow-rocm", "tensorflow-gpu", "tf-nightly",
    ),
    "opencv-python": ("opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "opencv-python-headless": ("opencv-python", "opencv-contrib-python-headless", "opencv-contrib-python"),
    "onnxruntime": ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"),
    "pillow": ("pillow-simd",),
    "psycopg2": ("psycopg2-binary",),
    "triton": ("pytorch-triton", "pytorch-triton-rocm", "triton-windows"),
}  # fmt: skip
"""Distributions that bring the same module, or the same thing to a person. `jupyter` itself is only a list of
requirements: a notebook server or a kernel for an editor does its work."""

MODULES: dict[str, str] = {
    "beautifulsoup4": "bs4", "ipykernel": "ipykernel", "ipython": "IPython", "jax": "jax", "jupyterlab": "jupyterlab",
    "keras": "keras", "matplotlib": "matplotlib", "notebook": "notebook", "numpy": "numpy", "opencv-python": "cv2",
    "pandas": "pandas", "pillow": "PIL", "pyyaml": "yaml", "scikit-image": "skimage", "scikit-learn": "sklearn",
    "scipy": "scipy", "seaborn": "seaborn", "tensorflow": "tensorflow", "tensorflow-cpu": "tensorflow",
    "torch": "torch", "torchaudio": "torchaudio", "torchvision": "torchvision", "tqdm": "tqdm",
    "transformers": "transformers", "xgboost": "xgboost",
}  # fmt: skip
"""Distribution → the module that it is imported by, where that is known for certain."""

SYSTEM_INSTALLERS = ("conda", "debian")
"""Installers with a dependency solver of their own: what they leave out of a wheel's list, they left out knowingly."""


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """An installed distribution as the worker tells it, with what it requires."""

    name: str
    version: str
    installer: str = ""
    location: str = ""
    requires: tuple[str, ...] = ()

    @property
    def solved_elsewhere(self) -> bool:
        """Did an installer place it that solves dependencies by its own names?"""
        return self.installer in SYSTEM_INSTALLERS or self.location.startswith("/usr/lib/")


Environment = Mapping[str, str]
"""The marker environment of the judged interpreter (PEP 508)."""


def unsatisfied(installed: Sequence[Installed], environment: Environment) -> tuple[Unsatisfied, ...]:
    """Requirements of the installed distributions that the environment does not meet.

    An extra's requirements count only where a distribution asks for that extra. What cannot be parsed is passed over.
    """
    used = _in_use(installed)
    extras: dict[str, set[str]] = {}
    found: dict[tuple[str, str], Unsatisfied] = {}
    waiting = [(one, "") for one in used.values()]
    while waiting:
        one, extra = waiting.pop()
        for text in one.requires:
            requirement = _wanted(text, extra, environment)
            if requirement is None:
                continue
            name = normal(requirement.name)
            problem = _problem(one, requirement, used)
            if problem is not None:
                found[(one.name, str(requirement))] = problem
            for further in requirement.extras - extras.setdefault(name, set()):
                extras[name].add(further)
                if name in used:
                    waiting.append((used[name], further))
    return tuple(found[key] for key in sorted(found))


def look_up(
    wanted: Iterable[str], installed: Sequence[Installed], environment: Environment, modules: Iterable[str]
) -> tuple[ExtraRequirement, ...]:
    """Each requirement of a profile or a file with what is installed for it.

    modules: import names among what is installed.
    """
    used, importable = _in_use(installed), frozenset(modules)
    return tuple(_looked_up(text, used, environment, importable) for text in dict.fromkeys(wanted))


def distribution_of(requirement: str) -> str:
    """The normalised name in a requirement, read without parsing the rest of it."""
    return normal(re.split(r"[\s\[<>=!~;@(]", requirement.strip(), maxsplit=1)[0])


def normal(name: str) -> str:
    """A distribution's name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _in_use(installed: Sequence[Installed]) -> dict[str, Installed]:
    """By name; of several, the first on sys.path."""
    used: dict[str, Installed] = {}
    for one in installed:
        used.setdefault(one.name, one)
    return used


def _parse(text: str) -> Requirement | str:
    """The requirement, or why it is none."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement as error:
        return str(error).splitlines()[0]


def _wanted(text: str, extra: str, environment: Environment) -> Requirement | None:
    """The requirement where it counts: for that extra, in this environment; without an extra where `extra` is ""."""
    # Most requirements belong to extras that nobody asked for; parsing them is what takes the time.
    names = re.findall(r"\bextra\s*==\s*['\"]([^'\"]*)", text)
    if bool(names) != bool(extra) and " or " not in text:
        return None
    if extra and normal(extra) not in map(normal, names):
        return None
    requirement = _parse(text)
    if isinstance(requirement, str) or not _applies(requirement, environment, extra):
        return None
    return requirement


def _applies(requirement: Requirement, environment: Environment, extra: str = "") -> bool:
    if requirement.marker is None:
        return not extra
    try:
        holds: Any = requirement.marker.evaluate({**environment, "extra": extra})
    except (ValueError, KeyError, TypeError):
        return False
    return bool(holds)


def _problem(one: Installed, requirement: Requirement, used: Mapping[str, Installed]) -> Unsatisfied | None:
    provider = _provider(normal(requirement.name), used)
    if provider is None:
        if one.solved_elsewhere:
            return None
        return Unsatisfied(distribution=one.name, requirement=_plain(requirement))
    if provider.name != normal(requirement.name) or _meets(provider.version, requirement):
        return None
    if one.solved_elsewhere and provider.solved_elsewhere:
        return None
    return Unsatisfied(distribution=one.name, requirement=_plain(requirement), found=provider.version)


def _plain(requirement: Requirement) -> str:
    """The requirement without its marker, as an installer takes it."""
    from dlcheck.observe.pip_index import without_credentials

    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    if requirement.url:
        return f"{requirement.name}{extras} @ {without_credentials(requirement.url)}"
    return f"{requirement.name}{extras}{requirement.specifier}"


def _provider(name: str, used: Mapping[str, Installed]) -> Installed | None:
    for candidate in (name, *ALSO_PROVIDED_BY.get(name, ())):
        if candidate in used:
            return used[candidate]
    return None


def _meets(version: str, requirement: Requirement) -> bool:
    """Does the version meet the requirement? A version that is none by PEP 440 is given the benefit of the doubt."""
    from packaging.version import InvalidVersion, Version

    if requirement.url or not requirement.specifier:
        return True
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _looked_up(
    text: str, used: Mapping[str, Installed], environment: Environment, modules: frozenset[str]
) -> ExtraRequirement:
    requirement = _parse(text)
    if isinstance(requirement, str):
        return ExtraRequirement(requirement=text, name=text[:80], applies=False, problem=requirement)
    name = normal(requirement.name)
    plain = _plain(requirement)
    if not _applies(requirement, environment):
        return ExtraRequirement(requirement=plain, name=name, applies=False)
    provider = _provider(name, used)
    importable = _importable(name, modules)
    if provider is None:
        return ExtraRequirement(requirement=plain, name=name, importable=importable)
    if provider.name != name:
        found = f"{provider.name} {provider.version}"
        there = _importable(provider.name, modules)
        return ExtraRequirement(requirement=plain, name=name, found=found, satisfied=True, importable=there)
    return ExtraRequirement(
        requirement=plain,
        name=name,
        found=provider.version,
        satisfied=_meets(provider.version, requirement),
        importable=importable,
    )


def _importable(name: str, modules: frozenset[str]) -> Maybe[bool]:
    """Is its module there, whatever the distribution list says? Not told where its module's name is not known."""
    module = MODULES.get(name, name.replace("-", "_"))
    if module in modules:
        return True
    return False if name in MODULES else NOT_LOOKED


def distributions(facts: Mapping[str, Any]) -> Iterator[Installed]:
    """What the worker listed, with the requirements that the Snapshot leaves out."""
    for one in facts.get("distributions", ()):
        yield msgspec.convert(one, Installed)
