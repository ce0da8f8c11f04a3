"""Modules that were compiled for NumPy 1 beside NumPy 2."""

from __future__ import annotations

import re

from dlcheck.judge.advice.frameworks import with_builds
from dlcheck.judge.advice.install import import_code, install
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok
from dlcheck.judge.knowledge.numpy2 import COMPLAINT, FIRST_PYTHON, TOO_OLD, first_release, too_old
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import imported, platform_of, required_names, wanted_frameworks
from dlcheck.model.gaps import Missing
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

TEXT = "the text"
"""Stands for the library whose complaint a pasted text repeats without naming it."""
WANTS_NUMPY_2: dict[str, str] = {
    "jax": "0.7", "jaxlib": "0.7", "opencv-python": "4.12", "opencv-python-headless": "4.12", "pandas": "3.1",
}  # fmt: skip
"""From this release on, a package takes no NumPy 1 any more: then going back to it is no way out."""


@check(
    FAIL,
    pillar="python",
    after=("python-missing", "broken-distribution", "kernel-older-than-its-packages"),
    since="0.1",
)
def numpy2_abi(packages: Packages, snapshot: Snapshot, profile: Profile) -> Verdict:
    """A library was compiled for NumPy 1, and NumPy 2 is installed.

    Its import ends with "numpy.dtype size changed" or "numpy.core.multiarray failed to import"; torch imports with a
    warning and says later "Numpy is not available".

    How it is told: the versions, against a table of the first release of each that works with NumPy 2; or the words
    of an import that failed, unless they say that NumPy is older than what the library was compiled for. A library
    that was imported without a complaint works, whatever the table says.

    Known false alarms: builds of conda-forge and of the person's own may be newer than their number; "ndarray size
    changed … Expected 16 from C header, got 96" is a harmless warning.

    Sources: the table numpy2.toml; github.com/pytorch/pytorch/issues/135013, github.com/numpy/numpy/issues/26191.
    """
    numpy = packages.find("numpy")
    works = imported(snapshot)
    heard = _heard(snapshot)
    python = numbers(snapshot.interpreter.value.version)[:2] if snapshot.interpreter.value is not None else ()
    if python and python < FIRST_PYTHON:
        return ok("this Python has no NumPy 2")
    if numpy is not None and numbers(numpy.version) < (2,):
        return ok(f"NumPy {numpy.version}")
    windows = snapshot.os.value is not None and snapshot.os.value.system == "windows"
    old = {
        one.name: one.version
        for one in packages.distributions
        if numpy is not None and one.name not in works and too_old(one.name, one.version, windows=windows)
    }
    if not old and not heard:
        return ok(f"NumPy {numpy.version}" if numpy else "no NumPy")
    evidence = [f"NumPy {numpy.version}" if numpy else "NumPy 2"]
    for name, version in old.items():
        evidence.append(f"{name} {version}; the first for NumPy 2 is {first_release(name, windows=windows)}")
    evidence += [f"{name}: {words}" for name, words in heard.items()]
    affected = tuple(dict.fromkeys((*old, *heard)))
    needed = required_names(profile) | set(wanted_frameworks(profile)) | {TEXT}
    at_most = FAIL if needed & set(affected) else WARN
    return bad(*evidence, fixes=_fixes(snapshot, packages, affected), at_most=at_most)


def _heard(snapshot: Snapshot) -> dict[str, str]:
    """Library → its words, of those that complained of NumPy's ABI."""
    said: list[tuple[str, str]] = []
    numerics, libraries, torch = snapshot.numerics.value, snapshot.libraries.value, snapshot.torch.value
    if numerics is not None:
        said += [(name, failure.message) for name, failure in numerics.failed_imports.items()]
    if libraries is not None:
        said += [(one.name, one.error) for one in libraries.imported if isinstance(one.error, str)]
    if torch is not None:
        bridge = torch.numpy_bridge
        said += [("torch", bridge.why)] if isinstance(bridge, Missing) else []
        said += [("torch", warning) for warning in torch.warnings if bridge is not True]
    pasted = snapshot.pasted.value
    if pasted is not None:
        said += [(TEXT, line) for line in pasted.errors]
    for name in ("torch", "tensorflow"):
        missing = getattr(snapshot, name).missing
        said += [(name, missing.why)] if missing is not None else []
    if any(TOO_OLD in words.lower() for _, words in said):
        return {}
    return {name: _first_line(words) for name, words in said if re.search(COMPLAINT, words)}


def _first_line(words: str) -> str:
    found = re.search(COMPLAINT, words)
    line = next((line for line in words.splitlines() if re.search(COMPLAINT, line)), found[0] if found else words)
    return " ".join(line.split())[:200]


def _fixes(snapshot: Snapshot, packages: Packages, affected: tuple[str, ...]) -> tuple[Fix, ...]:
    """Newer releases of what is too old, or NumPy 1; NumPy first for torch, whose new release may want a new driver."""
    windows = snapshot.os.value is not None and snapshot.os.value.system == "windows"
    affected = tuple(name for name in affected if name != TEXT)
    verify = import_code(affected or ("numpy",))
    if "torch" in affected:
        verify = "import torch; print(torch.ones(1).numpy())"
    newer = [f"{name}>={first}" if (first := first_release(name, windows=windows)) else name for name in affected]
    upgrade = install(
        snapshot,
        with_builds(snapshot, newer),
        title="upgrade what was compiled for NumPy 1",
        upgrade=True,
        verify=verify,
    )
    back = install(snapshot, ["numpy<2"], title="go back to NumPy 1", verify=verify)
    if platform_of(snapshot) == "macos_x86_64" and {"torch", "tensorflow"} & set(affected):
        return back
    wants_2 = any(
        (found := packages.find(name)) is not None and numbers(found.version) >= numbers(first)
        for name, first in WANTS_NUMPY_2.items()
    )
    if not affected:
        return back
    if wants_2:
        return upgrade
    return (*back, *upgrade) if "torch" in affected else (*upgrade, *back)
