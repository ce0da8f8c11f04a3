"""Python, NumPy, pandas, Matplotlib, SciPy, scikit-learn: imported for real, and what they compute.

Each library's exercises follow its import, so that an import that never comes back costs only what comes after it.
"""

import importlib
import importlib.util
import os
import traceback

from . import (
    exercises_algebra,
    exercises_learning,
    exercises_numexpr,
    exercises_python,
    exercises_statistics,
    exercises_validation,
    traces,
)
from .exercise import Exercises

# Distribution, modules, libraries it cannot do without. In the order in which a course meets them; scikit-learn imports
# SciPy anyway, and of its own only what the exercises use.
LIBRARIES = (
    ("numpy", ("numpy",), ()),
    ("openpyxl", ("openpyxl",), ()),
    ("pandas", ("pandas",), ("numpy",)),
    ("matplotlib", ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"), ("numpy",)),
    ("scipy", ("scipy", "scipy.stats"), ("numpy",)),
    (
        "scikit-learn",
        (
            "sklearn",
            "sklearn.linear_model",
            "sklearn.neighbors",
            "sklearn.svm",
            "sklearn.cluster",
            "sklearn.metrics",
            "sklearn.model_selection",
        ),
        ("numpy", "scipy"),
    ),
    ("numexpr", ("numexpr",), ("numpy",)),
)
SUBJECTS = (
    exercises_python,
    exercises_algebra,
    exercises_statistics,
    exercises_learning,
    exercises_validation,
    exercises_numexpr,
)


def work(answer, asked):
    """Do the exercises of Python, then import each library and do its own.

    asked: `depth`; `left_out`, library → why; `without_libraries` and `without_exercises`, name → words, of what ended
    an earlier child.
    """
    exercises = [row for subject in SUBJECTS for row in subject.EXERCISES]
    state = State(answer, asked)
    state.do("python", None, exercises)
    for distribution, modules, needs in LIBRARIES:
        library = state.bring(distribution, modules, needs)
        state.do(distribution, library, exercises)


class State(object):
    """Which libraries came, which are not installed, which failed."""

    def __init__(self, answer, asked):
        self._answer = answer
        self._deep = asked.get("depth") == "deep"
        self._left_out = asked.get("left_out") or {}
        self._without_libraries = asked.get("without_libraries") or {}
        self._without_exercises = asked.get("without_exercises") or {}
        self._versions = {}
        self._failed = {}
        self._absent = set()

    def bring(self, distribution, modules, needs):
        """Import a library; None where it is not there or fails, which is then known."""
        if not is_installed(modules[0]):
            self._absent.add(distribution)
            return None
        if distribution in self._left_out:
            return None
        for other in needs:
            if other in self._failed:
                # No second failure of its own: it cannot do without the first.
                return None
        died = self._without_libraries.get(distribution)
        if died:
            self._fail(distribution, "Crash", died)
            return None
        self._answer.stage("importing " + modules[0])
        self._answer.facts(trying=distribution)
        if distribution == "matplotlib":
            traces.keep_matplotlib_from_writing(os.path.dirname(self._answer.path))
        try:
            library = importlib.import_module(modules[0])
            if getattr(library, "__file__", None) is None:
                raise ImportError("%s is a folder without code: %s" % (modules[0], list(library.__path__)))
            for module in modules[1:]:
                importlib.import_module(module)
        except BaseException as error:
            self._fail(distribution, type(error).__name__, str(error), traceback.format_exc()[-4000:])
            return None
        self._versions[distribution] = str(getattr(library, "__version__", ""))
        self._answer.facts(imports=self._versions)
        return library

    def _fail(self, distribution, kind, message, trace=""):
        self._failed[distribution] = {"kind": kind, "message": message[:2000], "traceback": trace}
        self._answer.facts(failed_imports=self._failed)

    def do(self, distribution, library, exercises):
        """The exercises of one library, or why they cannot be done."""
        mine = Exercises(self._answer, distribution, "cpu", self._deep, self._without_exercises)
        for owner, topic, name, calculate, options in exercises:
            if owner != distribution:
                continue
            needs = (distribution, options.get("needs", ""))
            absent = [one for one in needs if one in self._absent]
            failed = [one for one in needs if one in self._failed]
            if distribution in self._left_out and not absent:
                mine.left_out(topic, name, self._left_out[distribution])
            elif failed or (library is None and distribution != "python" and not absent):
                mine.failed(topic, name, self._words(failed))
            elif absent:
                mine.missing(topic, name, absent[0])
            else:
                mine.do(topic, name, calculate, library, **options)

    def _words(self, failed):
        named = failed or sorted(self._failed)
        return "; ".join("importing %s: %s" % (one, self._failed[one]["message"]) for one in named)[:500]


def is_installed(module):
    """Would an import find anything by that name? A broken finder or spec is left to the import to tell."""
    try:
        return importlib.util.find_spec(module) is not None
    except Exception:
        return True
