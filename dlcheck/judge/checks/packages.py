"""What is installed: is everything there, whole, once, and of versions that fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.advice.files import remove_files
from dlcheck.judge.advice.install import belongs_to_system, distribution_name, import_code, install, uninstall
from dlcheck.judge.advice.missing import fresh_environment, install_missing, unmet
from dlcheck.judge.asked import answers
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok
from dlcheck.judge.presence import FRAMEWORKS, required_names, wanted_frameworks
from dlcheck.model.profile import Profile
from dlcheck.model.python import ExtraRequirement, Interpreter, Leftover, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

NO_PYTHON = ("python-missing", "python-too-old-to-judge", "python-does-not-start")
NO_WHEELS = ("python-32bit", "python-unsupported", "platform-without-wheels", "externally-managed-python")

OWN_CHECKS: dict[str, tuple[str, ...]] = {"torchvision": ("torch",), "torchaudio": ("torch",)}
"""Distribution → requirements that a check of their own judges."""

STACK = frozenset({"keras", "protobuf", "tensorboard", "torchvision", "jaxlib", "ml-dtypes", "pillow"})
"""What the frameworks lean on; a requirement of theirs that is not met breaks imports."""


@check(
    FAIL,
    pillar="python",
    after=(
        *NO_PYTHON,
        *NO_WHEELS,
        "pip-configured-elsewhere",
        "requirement-misnamed",
        "uv-passes-over-active-environment",
    ),
    since="0.1",
)
def required_package_missing(
    requirements: tuple[ExtraRequirement, ...], snapshot: Snapshot, profile: Profile
) -> Iterator[Verdict]:
    """A required package is missing.

    It is not there, or not in a version that is asked for.

    How it is told: the profile's requirements, and those of `-r`, looked up among the judged Python's own
    distributions; of those whose module's name is known for certain, that module too. Each package is a finding; the
    advice installs all of them at once.

    Known false alarms: JupyterLab or Notebook serve as Jupyter, and so does a kernel for a Jupyter from elsewhere;
    tensorflow-cpu serves as TensorFlow; a requirement whose marker rules it out here is met. A framework that is not
    there at all has a check of its own.
    """
    fixes = install_missing(snapshot, profile)
    gone = list(_only_listed(snapshot, profile))
    yield from gone
    missing = [one for one in unmet(snapshot, profile) if one.found or one.name not in FRAMEWORKS]
    for one in missing:
        seen = f"{one.name} {one.found} is installed, {one.requirement} is required" if one.found else "not installed"
        yield bad(seen, fixes=fixes, subject=one.name)
    if not missing and not gone:
        names = [one.name for one in requirements if one.name in required_names(profile)]
        yield ok(f"required and there: {', '.join(names)}" if names else "nothing is required")


def _only_listed(snapshot: Snapshot, profile: Profile) -> Iterator[Verdict]:
    """What is listed, and nothing of it is there to import.

    A framework has checks of its own; what is installed as editable lies elsewhere.
    """
    packages = snapshot.packages.value
    for one in answers(snapshot, (*profile.required, *profile.extra_requirements)):
        if not one.applies or not one.satisfied or one.importable is not False or one.name in FRAMEWORKS:
            continue
        name, _, version = one.found.rpartition(" ")  # "jupyterlab 4.2", where another one serves
        name = name or one.name
        listed = packages.find(name) if packages is not None else None
        if listed is not None and listed.editable:
            continue
        fixes = install(snapshot, [f"{name}=={version}"], title=f"install {name} again", reinstall=True)
        seen = f"{name} {version} is listed as installed, and its module is not there"
        yield bad(seen, fixes=fixes, subject=one.name, after=("broken-distribution",))


@check(NOTE, pillar="python", since="0.1")
def requirement_without_a_name(
    requirements: tuple[ExtraRequirement, ...], snapshot: Snapshot, profile: Profile
) -> Verdict:
    """A requirement names no package, and was not looked up.

    A path of a source folder, an address, or a line that no installer could read: what it would install is not known
    before it is installed.

    How it is told: the lines of the profile and of `-r` that are no requirement by PEP 508 and name no distribution.

    Sources: packaging.python.org/en/latest/specifications/dependency-specifiers.
    """
    asked = answers(snapshot, (*profile.required, *profile.extra_requirements))
    nameless = [one.requirement for one in asked if one.problem]
    return note(*nameless) if nameless else ok()


@check(NOTE, pillar="python", after=(*NO_PYTHON, *NO_WHEELS), since="0.1")
def recommended_package_missing(
    requirements: tuple[ExtraRequirement, ...], snapshot: Snapshot, profile: Profile
) -> Verdict:
    """A recommended package is not installed.

    How it is told: the profile's recommendations, looked up among the judged Python's own distributions.
    """
    names = [one.requirement for one in unmet(snapshot, profile, recommended=True)]
    if not names:
        return ok()
    return note(", ".join(names), fixes=install(snapshot, names, title="install what is recommended"))


@check(WARN, pillar="python", after=("torch-leftover",), since="0.1")
def broken_distribution(packages: Packages, interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """What an installation left behind, or broke, lies among the packages.

    pip renames a package to `~name` before it deletes it; interrupted, or locked by a running kernel, it leaves that
    folder, and often a half-removed package beside it. An empty folder named like a library is imported without an
    error and holds nothing.

    How it is told: folders that begin with `~`, metadata without a name or a version, distributions whose files are
    gone, empty folders named like a library.

    Known false alarms: an empty folder beside the real package never wins; a leftover of torch has its own check.

    Sources: github.com/pypa/pip/issues/11857, github.com/pypa/pip/pull/14047.
    """
    left = [one for one in packages.leftovers if not (one.kind == "empty-package" and one.name == "torch")]
    if not left:
        return ok("no damaged installation")
    evidence = [f"{one.path}: {_LEFTOVERS[one.kind]}" for one in left]
    return bad(*evidence, fixes=_clean(left, packages, interpreter, snapshot))


_LEFTOVERS = {
    "tilde": "what an interrupted removal by pip left",
    "no-metadata": "metadata without a name or a version",
    "empty-package": "a folder without code, named like a library",
    "no-record-files": "listed as installed, its files are gone",
    "invalid-name": "not a name of a package",
}


def _clean(left: list[Leftover], packages: Packages, interpreter: Interpreter, snapshot: Snapshot) -> tuple[Fix, ...]:
    """Remove the leftovers and install again what they broke. Only paths inside the environment are ever named."""
    folders = (*interpreter.site_packages, *((interpreter.user_site,) if interpreter.user_site else ()))
    inside = [one.path for one in left if any(_is_child(one.path, folder) for folder in folders)]
    gone = [one.name for one in left if one.kind == "no-record-files"]
    again = [f"{name}=={found.version}" for name in dict.fromkeys(gone) if (found := packages.find(name))]
    steps = (remove_files(snapshot, inside),) if len(inside) == len(left) else ()
    if not steps or (again and belongs_to_system(snapshot)):
        return (Fix(title="stop all kernels and editors that use this environment, then delete these by hand"),)
    title = "stop all kernels and editors that use this environment, then delete what was left"
    if not again:
        return (Fix(title=title, commands=steps, changes_packages=True),)
    return install(snapshot, again, title=f"{title} and install again what was broken", before=steps)


def _is_child(path: str, folder: str) -> bool:
    path, folder = path.replace("\\", "/"), folder.replace("\\", "/").rstrip("/")
    rest = path.removeprefix(f"{folder}/")
    return bool(folder) and rest != path and bool(rest) and "/" not in rest and rest not in (".", "..")


@check(
    WARN,
    pillar="python",
    after=("user-site-shadows-environment", "conda-pip-mixed-torch", "cluster-modules-bring-packages"),
    since="0.1",
)
def duplicate_distribution(packages: Packages, interpreter: Interpreter, snapshot: Snapshot) -> Iterator[Verdict]:
    """A package is installed twice in one folder, or one from PYTHONPATH hides the environment's own.

    pip shows the one version and the import takes the other; modules compiled for one meet those of the other.

    How it is told: two entries of one name in one folder, or an earlier one in a folder of PYTHONPATH.

    Known false alarms: one version listed twice, as Debian does it with egg-info and dist-info; a folder that is on
    sys.path twice; a package of the system that an environment's own hides;
    the user's own packages and torch have checks of their own; hosted notebooks ship some on purpose.

    Sources: github.com/numpy/numpy/issues/11628.
    """
    variable = {entry.path for entry in interpreter.path if entry.origin == "PYTHONPATH"}
    found = False
    for name, places in packages.duplicates.items():
        folders = [place.partition(" in ")[2] for place in places]
        twice = len(set(folders)) < len(set(places))
        if name == "torch" or not (twice or folders[0] in variable):
            continue
        found = True
        versions = [place.partition(" in ")[0] for place in places]
        if not twice:
            fix = Fix(title=f"take {folders[0]} out of PYTHONPATH")
            yield bad(*places, fixes=(fix,), subject=name)
            continue
        yield bad(*places, fixes=_only_once(snapshot, _newest(versions), name), subject=name)
    if not found:
        yield ok(f"{len(packages.distributions)} distributions, each once")


def _newest(versions: list[str]) -> str:
    """The newest of several versions."""
    return max(versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)])


def _only_once(snapshot: Snapshot, version: str, name: str) -> tuple[Fix, ...]:
    if belongs_to_system(snapshot):
        return (uninstall(snapshot, [name], title=f"remove one {name}"),)
    # Each removal takes one of the two.
    title = f"remove both and install {name} {version} again"
    return install(
        snapshot, [f"{name}=={version}"], title=title, before=uninstall(snapshot, [name], title="").commands * 2
    )


@check(WARN, pillar="python", after=("numpy2-abi", "python-unsupported", "broken-distribution"), since="0.1")
def requirements_unsatisfied(packages: Packages, snapshot: Snapshot, profile: Profile) -> Verdict:
    """An installed package misses what it requires, or has it in another version.

    How it is told: the metadata of every installed distribution against the versions that are there, as `pip check`
    does it. For packages that the profile does not ask for it is a note.

    Known false alarms: hosted notebooks (Colab, Kaggle) ship such sets on purpose; torchvision's and torchaudio's
    torch have checks of their own; passing here does not mean that torch and torchvision are the same build.

    Sources: github.com/fastai/fastbook/issues/424.
    """
    left = [
        one
        for one in packages.unsatisfied
        if distribution_name(one.requirement) not in OWN_CHECKS.get(one.distribution, ())
    ]
    if not left:
        return ok("all requirements are met")
    matters = required_names(profile) | set(wanted_frameworks(profile)) | STACK
    if snapshot.depth == "pasted":  # a text names what failed
        matters |= {one.distribution for one in left}
    evidence = [
        f"{one.distribution} requires {one.requirement}; " + (f"{one.found} is installed" if one.found else "missing")
        for one in sorted(left, key=lambda one: one.distribution not in matters)
    ]
    wanted = _merged([one.requirement for one in left if one.distribution in matters])
    cloud = snapshot.cloud.value
    if not wanted or (cloud is not None and cloud.is_notebook):
        return note(*evidence)
    fixes = install(snapshot, wanted, title="install what is required", verify=import_code(wanted))
    return bad(*evidence, fixes=(*fixes, *fresh_environment(snapshot, profile)))


def _merged(requirements: list[str]) -> list[str]:
    """One requirement a package: numpy>=1.26 and numpy<2.2 become numpy>=1.26,<2.2."""
    bounds: dict[str, list[str]] = {}
    for one in requirements:
        plain = one.partition(";")[0].strip()
        name = re.split(r"[\s(<>=!~]", plain, maxsplit=1)[0]
        rest = plain[len(name) :].strip(" ()").replace(" ", "")
        bounds.setdefault(name, []).extend(part for part in rest.split(",") if part)
    return [name + ",".join(dict.fromkeys(parts)) for name, parts in bounds.items()]
