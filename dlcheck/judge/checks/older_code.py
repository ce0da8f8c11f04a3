"""Code, files and notebooks that were made for other versions than those installed, as a pasted text tells them."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.pasted import Pasted
from dlcheck.model.snapshot import Snapshot

LAYER = "library"


@check(FAIL, pillar="python", after=("python-unsupported",), since="0.1")
def code_for_an_older_library(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """The code uses a name that its library no longer has.

    np.bool went with NumPy 1.24, np.float_ with 2.0, Image.ANTIALIAS with Pillow 10, DataFrame.append with pandas 2.0.
    Notebooks of older courses are full of them; nothing is wrong with the installation.

    How it is told: the AttributeError or ImportError in the text, for names that are known to be gone.

    Known false alarms: none known; a misspelt name is none of those.

    Sources: numpy.org/doc/stable/release/1.24.0-notes.html, numpy.org/doc/stable/numpy_2_0_migration_guide.html,
    pillow.readthedocs.io/en/stable/deprecations.html, pandas.pydata.org/docs/whatsnew/v2.0.0.html.
    """
    return told_by_text(snapshot, "code-for-an-older-library")


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

    Sources: github.com/googlecolab/colabtools/issues/5237.
    """
    return told_by_text(snapshot, "kernel-older-than-its-packages")
