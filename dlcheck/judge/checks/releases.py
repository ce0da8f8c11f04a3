"""Releases that go together by name and not by version, and releases that are none yet."""

from __future__ import annotations

import re

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.missing import fresh_environment
from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

FINAL_WANTED = (
    "torch", "torchvision", "tensorflow", "tensorflow-cpu", "jax", "jaxlib", "keras", "numpy", "scipy", "pandas",
    "scikit-learn",
)  # fmt: skip
_PRERELEASE = r"[\d.]+(?:a|b|rc)\d+"
"""Whole, without a local part: 2.6.0a0+ecf3bae40a.nv25.01 is what NVIDIA's images have on purpose."""

COMPANIONS: tuple[tuple[tuple[int, int], dict[str, str]], ...] = (
    ((3, 1), {"numexpr": "2.11.0", "bottleneck": "1.5.0"}),
    ((3, 0), {"numexpr": "2.10.2", "bottleneck": "1.4.2"}),
    ((2, 2), {"numexpr": "2.8.4", "bottleneck": "1.3.6"}),
)
"""From this pandas on: the oldest of each that it uses (pandas/compat/_optional.py and the metadata of its wheels, read
2026-11-22)."""
STARTS_WITH_TRAITLETS = (((6, 4, 13), (6, 5)), ((6, 5, 6), (7,)))
"""Releases of Notebook 6 that start with traitlets 5.10: from the first on, below the second (notebook#7051)."""


@check(WARN, pillar="python", since="0.1")
def framework_is_a_prerelease(
    packages: Packages, interpreter: Interpreter, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """A release candidate is installed in the place of a release.

    Where no final release has a wheel for a Python, pip takes a pre-release without a word: `pip install tensorflow`
    on Python 3.14 brought 2.22.0rc0.

    How it is told: the versions of the frameworks, NumPy, SciPy, pandas and scikit-learn.

    Known false alarms: nightly builds (dev), builds from the source (1.8.0a0) and builds with a local version, as
    NVIDIA's images have them, are there on purpose; a pasted text is not judged by it.

    Sources: packaging.python.org (pre-releases), github.com/tensorflow/tensorflow/issues/39130.
    """
    if snapshot.depth == "pasted":
        return skip("a text does not say what was meant")
    found = [
        f"{one.name} {one.version}" for name in FINAL_WANTED if (one := packages.find(name)) and _early(one.version)
    ]
    if not found:
        return ok("final releases")
    fixes = fresh_environment(snapshot, profile, why=", by a Python that has final releases")
    return bad(*found, f"Python {interpreter.version}", fixes=fixes)


def _early(version: str) -> bool:
    return re.fullmatch(_PRERELEASE, version) is not None and not version.endswith("a0")


@check(NOTE, pillar="python", after=("numexpr-wrong-results",), since="0.1")
def optional_package_too_old(packages: Packages, snapshot: Snapshot) -> Verdict:
    """pandas passes over a package that is older than it can use.

    "Pandas requires version '2.8.4' or newer of 'numexpr'": the warning does no harm, pandas computes without it.

    How it is told: the versions of pandas, numexpr and bottleneck.

    Known false alarms: nothing is wrong in the results; a numexpr that computes wrongly is another fault.

    Sources: github.com/pandas-dev/pandas/blob/main/pandas/compat/_optional.py.
    """
    pandas = packages.find("pandas")
    oldest = next((named for since, named in COMPANIONS if pandas and at_least(numbers(pandas.version), since)), {})
    if pandas is None or not oldest:
        return skip("no pandas" if pandas is None else f"pandas {pandas.version} is older than the table")
    old = {
        name: least
        for name, least in oldest.items()
        if (one := packages.find(name)) and not at_least(numbers(one.version), numbers(least))
    }
    if not old:
        return ok(f"pandas {pandas.version}")
    evidence = [f"{name}: pandas {pandas.version} uses {least} or newer" for name, least in old.items()]
    wanted = [f"{name}>={least}" for name, least in old.items()]
    return bad(*evidence, fixes=install(snapshot, wanted, title="bring it up to date", upgrade=True))


@check(WARN, pillar="python", since="0.1")
def notebook_packages_apart(packages: Packages, snapshot: Snapshot) -> Verdict:
    """Notebook 6 does not start with this release of traitlets.

    `jupyter notebook` ends with "No module named 'jupyter_server.contents'": releases of Notebook before 6.5.6 (and
    6.4.13) name a class that traitlets from 5.10 on looks for at once. Their metadata does not forbid it.

    How it is told: the versions of notebook and traitlets.

    Known false alarms: where JupyterLab or an editor shows the notebooks, Notebook 6 is not started.

    Sources: github.com/jupyter/notebook/issues/7048, github.com/jupyter/notebook/pull/7051.
    """
    notebook, traitlets = packages.find("notebook"), packages.find("traitlets")
    if notebook is None or traitlets is None:
        return skip("no Notebook is installed")
    seen = f"notebook {notebook.version}, traitlets {traitlets.version}"
    version = numbers(notebook.version)
    mended = at_least(version, (7,)) or any(
        at_least(version, first) and not at_least(version, below) for first, below in STARTS_WITH_TRAITLETS
    )
    if mended or not at_least(version, (6,)) or not at_least(numbers(traitlets.version), (5, 10)):
        return ok(seen)
    fixes = install(
        snapshot, ["notebook>=6.5.6"], title="bring Notebook up to date", upgrade=True,
        verify="import notebook; print(notebook.__version__)", source="https://github.com/jupyter/notebook/pull/7051",
    )  # fmt: skip
    return bad(seen, fixes=fixes, at_most=NOTE if packages.find("jupyterlab") else WARN)
