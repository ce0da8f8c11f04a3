"""numexpr, which pandas uses unasked: does it compute rightly with this NumPy?"""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.model.frameworks import Numerics
from dlcheck.model.gaps import Probed
from dlcheck.model.python import Packages
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

MENDED = (2, 14, 2)
GUARDED_PANDAS = (3, 0, 3)
"""From here on pandas leaves an old numexpr alone (pandas pull requests 65400 and 65407)."""
SOURCE = "https://github.com/pandas-dev/pandas/issues/63320"


@check(FAIL, pillar="python", since="0.1")
def numexpr_wrong_results(packages: Packages, numerics: Probed[Numerics], snapshot: Snapshot) -> Verdict:
    """numexpr computes wrong numbers with this NumPy, and pandas uses it unasked.

    pandas hands operations on more than a million numbers to numexpr where it is installed. numexpr before 2.11 with
    NumPy 2.3 or newer then gives wrong quotients for most of a wide table, without any message; now and then the
    process aborts. `pip check` finds nothing. numexpr 2.14.1 was reported to err once in hundreds of runs.

    How it is told: by the versions, and by a real division of a table by a row.

    Known false alarms: without pandas, or with one that leaves old numexpr alone (3.0.3), only programs that call
    numexpr themselves are hit: that is a warning.

    Sources: github.com/pandas-dev/pandas/issues/63320 and 65408, github.com/pydata/numexpr/issues/566.
    """
    numexpr, numpy, pandas = (packages.find(name) for name in ("numexpr", "numpy", "pandas"))
    if numexpr is None:
        return skip("numexpr is not installed")
    exercises = [one for one in (numerics.value.exercises if numerics.value else ()) if one.topic == "numexpr"]
    faults = [one for one in exercises if one.outcome in ("wrong", "error")]
    version = numbers(numexpr.version)
    with_numpy = numbers(numpy.version) if numpy else ()
    evidence = [f"numexpr {numexpr.version}" + (f" with NumPy {numpy.version}" if numpy else "")]
    evidence += [f"{one.name.replace('-', ' ')}: {one.got}" for one in faults]
    unfit = not at_least(version, (2, 11)) and at_least(with_numpy, (2, 3))
    if faults or unfit or version == (2, 14, 1):
        guarded = pandas is None or at_least(numbers(pandas.version), GUARDED_PANDAS)
        through_pandas = any(one.name == "division-by-pandas" for one in faults)
        grave = through_pandas or (not guarded and (unfit or bool(faults)))
        grade: Grade = FAIL if grave else WARN
        fixes = install(snapshot, ["numexpr>=2.14.2"], title="Upgrade numexpr", upgrade=True, source=SOURCE)
        return bad(*evidence, fixes=fixes, at_most=grade)
    right = [one for one in exercises if one.outcome == "right"]
    return ok(*evidence, *(f"{one.name.replace('-', ' ')}: {one.got}" for one in right))
