"""Code, files and notebooks that were made for other versions than those installed."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.judge.knowledge.old_names import old_names
from dlcheck.model.gaps import Probed
from dlcheck.model.pasted import Pasted
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Project

LAYER = "library"

NAMED = 5
"""So many places are named; of more, the count."""


@check(FAIL, pillar="python", after=("python-unsupported",), since="0.1")
def code_for_an_older_library(project: Probed[Project], packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """The code uses a name that its library no longer has.

    np.bool went with NumPy 1.24, np.float_ with 2.0, Image.ANTIALIAS with Pillow 10, DataFrame.append with pandas 2.0,
    load_boston with scikit-learn 1.2. Notebooks of older courses are full of them; nothing is wrong with the
    installation.

    How it is told: the AttributeError or ImportError in a pasted text; on a machine the names in the scripts and
    notebooks of the working folder, against the versions that are installed.

    Known false alarms: a name that stands in a text or in code that never runs; so on a machine it is a note. Files
    that ask first (hasattr, except AttributeError, compat.v1) are passed over.

    Sources: numpy.org/doc/stable/release/1.24.0-notes.html, numpy.org/doc/stable/numpy_2_0_migration_guide.html,
    pillow.readthedocs.io/en/stable/deprecations.html, pandas.pydata.org/docs/whatsnew/v2.0.0.html.
    """
    if snapshot.depth == "pasted":
        return told_by_text(snapshot, "code-for-an-older-library")
    if project.value is None or packages.value is None:
        return skip("the working folder or the packages were not looked at")
    gone = []
    for one in project.value.old_names:
        row = old_names().get(one.name)
        there = next((found for name in row.package if (found := packages.value.find(name))), None) if row else None
        if row is not None and there is not None and row.is_gone(there.version):
            gone.append((one, row, there))
    if not gone:
        return ok(f"{project.value.looked_at} files looked at")
    evidence = [f"{one.path}: {one.name} is not in {there.name} {there.version}" for one, _, there in gone[:NAMED]]
    evidence += [f"and {len(gone) - NAMED} more"] if len(gone) > NAMED else []
    today = ", ".join(dict.fromkeys(f"{row.instead} for {row.name}" for _, row, _ in gone[:NAMED]))
    oldest = list(dict.fromkeys(f"{there.name}<{row.gone}" for _, row, there in gone))
    title = (
        f"write {today}; or use the versions of the course's own time ({', '.join(oldest[:2])}) in an environment apart"
    )
    return note(*evidence, fixes=(Fix(title=title),))


@check(FAIL, pillar="python", after=("data-are-lfs-pointers", "web-page-saved-as-data"), since="0.1")
def saved_by_another_version(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """A model was saved by another version than the one that loads it.

    scikit-learn warns, and may compute something else; since PyTorch 2.6 torch.load refuses files that hold more than
    weights. An older PyTorch is not the cure.

    How it is told: InconsistentVersionWarning or "Weights only load failed" in the text.

    Known false alarms: the same words of PyTorch about a pointer of Git LFS (operand 118) or a web page (operand 60)
    are other faults, and named as such.

    Sources: scikit-learn.org/stable/model_persistence.html, docs.pytorch.org/docs/stable/notes/serialization.html.
    """
    return told_by_text(snapshot, "saved-by-another-version")


@check(FAIL, pillar="python", since="0.1")
def main_guard_missing(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """Worker processes import the script again, because nothing guards its main part.

    On Windows, on macOS, and on Linux from Python 3.14 on, a worker of DataLoader begins by importing the script: what
    is not under `if __name__ == "__main__":` runs once more in each. Classes that are defined in a notebook are not
    found there.

    How it is told: "before the current process has finished its bootstrapping phase", or "Can't get attribute … on
    <module '__main__' (built-in)>" in the text.

    Known false alarms: none known.

    Sources: docs.pytorch.org/docs/stable/notes/windows.html, docs.python.org/3/library/multiprocessing.html.
    """
    return told_by_text(snapshot, "main-guard-missing")


@check(FAIL, pillar="python", since="0.1")
def kernel_older_than_its_packages(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """Packages were installed while the notebook's kernel ran, which still holds the old ones.

    Half of a library is then of one version and half of another: "numpy.dtype size changed" right after %pip install,
    and gone after a restart.

    How it is told: Colab's own words in the text, that what was imported before was replaced.

    Known false alarms: the same error after a restart is a real mismatch, and has checks of its own.

    Sources: github.com/googlecolab/colabtools/issues/5238.
    """
    return told_by_text(snapshot, "kernel-older-than-its-packages")
