"""Probability and statistics: do Python, NumPy, pandas and SciPy agree with what is published?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.exercises import judged
from dlcheck.model.frameworks import Numerics
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "exercise"


@check(FAIL, pillar="probability-statistics", since="0.1")
def descriptive_statistics_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Mean, variance, standard deviation or quartiles are wrong.

    2, 4, 4, 4, 5, 5, 7, 9 has mean 5, variance 4, standard deviation 2; as a sample, variance 32/7. The five-number
    summary of 7, 15, 36, 39, 40, 41 is 7, 20.25, 37.5, 39.75, 41.

    How it is told: by Python's own library, by NumPy (which takes data for a population) and pandas (for a sample).
    """
    yield from judged("descriptive-statistics", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="probability-statistics", since="0.1")
def distributions_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """The normal or the binomial distribution is wrong.

    68.27 % of a normal distribution lie within one standard deviation, 97.5 % below 1.96. Who guesses at ten questions
    with four choices each has six or more right with probability 20686 / 4¹⁰, 2 %.

    Sources: Abramowitz & Stegun, Handbook of Mathematical Functions, chapter 26.
    """
    yield from judged("distributions", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="probability-statistics", since="0.1")
def central_limit_theorem_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Means of random draws do not come out as the central limit theorem has it.

    The means of 40 draws of a skewed distribution are nearly normal around its mean, with its deviation over √40. Where
    they are not, the random generator is broken, and with it every shuffle, split and initial weight.

    How it is told: by a thousand such means, seeded; five standard errors are allowed, so any sound generator passes.
    """
    yield from judged("central-limit-theorem", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="probability-statistics", since="0.1")
def hypothesis_test_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """A hypothesis test gives another answer than the published one.

    Student's data on sleep (1908): paired t = −4.0621, p = 0.002833; Welch's t = −1.8608, p = 0.07939.

    How it is told: by SciPy; Python alone calculates t and compares it with the tables.

    Sources: the documentation of R's data set `sleep`.
    """
    yield from judged("hypothesis-test", snapshot, profile, numerics=numerics)
