"""Probability and statistics: with Python's own library, which is always there, and with NumPy, pandas and SciPy.

Published answers are compared to the last digit that was published. The simulations are seeded; their tolerance is
five standard errors of what they estimate, so that another random generator would pass too.
A row of EXERCISES is: library, topic, name, calculation, options.
"""

import math
import random
import statistics

from . import known


def _described(mean, variance, deviation, sample_variance, sample_deviation):
    return [
        ("mean", mean, known.MEAN, 1e-12),
        ("variance", variance, known.VARIANCE, 1e-12),
        ("standard deviation", deviation, known.STANDARD_DEVIATION, 1e-12),
        ("of a sample: variance", sample_variance, known.SAMPLE_VARIANCE, 1e-12),
        ("standard deviation", sample_deviation, known.SAMPLE_DEVIATION, 1e-12),
    ]


def described_by_python(_):
    """Mean, variance, standard deviation, of a population and of a sample."""
    data = known.EIGHT
    return _described(
        statistics.mean(data),
        statistics.pvariance(data),
        statistics.pstdev(data),
        statistics.variance(data),
        statistics.stdev(data),
    )


def described_by_numpy(np):
    """The same."""
    data = np.array(known.EIGHT)
    return _described(data.mean(), data.var(), data.std(), data.var(ddof=1), data.std(ddof=1))


def described_by_pandas(pandas):
    """The same; pandas takes data for a sample unless told otherwise."""
    data = pandas.Series(known.EIGHT)
    return _described(data.mean(), data.var(ddof=0), data.std(ddof=0), data.var(), data.std())


def five_numbers_by_python(_):
    """Minimum, quartiles, maximum."""
    quartiles = statistics.quantiles(known.SIX, n=4, method="inclusive")
    return [("", [min(known.SIX), *quartiles, max(known.SIX)], known.FIVE_NUMBERS, 1e-12)]


def five_numbers_by_numpy(np):
    """The same."""
    return [("", np.percentile(np.array(known.SIX), [0, 25, 50, 75, 100]), known.FIVE_NUMBERS, 1e-12)]


def five_numbers_by_pandas(pandas):
    """The same, as `describe` tells it."""
    told = pandas.Series(known.SIX).describe()
    return [("", [told[name] for name in ("min", "25%", "50%", "75%", "max")], known.FIVE_NUMBERS, 1e-12)]


def _normal(within_one, at_196, quantile):
    return [
        ("within one standard deviation", within_one, known.WITHIN_ONE_DEVIATION, 1e-12),
        ("below 1.96:", at_196, known.NORMAL_AT_196, 1e-12),
        ("quantile of 97.5 %", quantile, known.NORMAL_QUANTILE, 1e-9),
    ]


def normal_by_python(_):
    """The normal distribution: its integral by the error function, its quantile by the standard library."""

    def below(x):
        return (1 + math.erf(x / math.sqrt(2))) / 2

    return _normal(below(1) - below(-1), below(1.96), statistics.NormalDist().inv_cdf(0.975))


def normal_by_scipy(scipy):
    """The same."""
    norm = scipy.stats.norm
    return _normal(norm.cdf(1) - norm.cdf(-1), norm.cdf(1.96), norm.ppf(0.975))


DRAWS, REPETITIONS = 40, 1000


def _limit(means):
    """Means of 40 draws of a skewed distribution (exponential: mean 1, deviation 1) are nearly normal.

    Of 1000 such means: their mean has standard error 0.005, their deviation (1/√40) 0.0037, and the share within
    1.96 deviations (95 %) 0.007; five of them are allowed each.
    """
    expected = 1 / math.sqrt(DRAWS)
    within = sum(abs(mean - 1) <= 1.96 * expected for mean in means) / len(means)
    return [
        ("mean of means", statistics.fmean(means), 1, 0.025),
        ("their standard deviation", statistics.pstdev(means), expected, 0.019),
        ("share within 1.96 of them", within, 0.95, 0.035),
    ]


def limit_by_python(_):
    """The central limit theorem, seen."""
    draw = random.Random(1908)
    return _limit(
        [statistics.fmean(draw.expovariate(1.0) for _ in range(DRAWS)) for _ in range(REPETITIONS)],
    )


def limit_by_numpy(np):
    """The same by NumPy's generator."""
    return _limit(np.random.default_rng(1908).exponential(1.0, (REPETITIONS, DRAWS)).mean(axis=1).tolist())


def passing_by_python(_):
    """The probability of passing an examination of ten questions with four choices by guessing: six or more right."""
    passing = sum(math.comb(10, right) * 0.25**right * 0.75 ** (10 - right) for right in range(6, 11))
    return [("", passing, known.PASS_BY_GUESSING, 1e-12)]


def passing_by_scipy(scipy):
    """The same by the binomial distribution's survival function."""
    return [("", scipy.stats.binom.sf(5, 10, 0.25), known.PASS_BY_GUESSING, 1e-12)]


def passing_simulated(np):
    """The same by a hundred thousand examinations; the standard error is 0.00044."""
    right = np.random.default_rng(1908).binomial(10, 0.25, 100000)
    return [("", float((right >= 6).mean()), known.PASS_BY_GUESSING, 0.0022)]


def sleep_by_python(_):
    """Student's paired t-test on his data of sleep: beyond the critical value of the tables, so p < 0.05."""
    differences = [one - two for one, two in zip(known.SLEEP_ONE, known.SLEEP_TWO)]
    t = statistics.mean(differences) / (statistics.stdev(differences) / math.sqrt(len(differences)))
    return [("paired t", t, known.PAIRED_T, 5e-5), ("significant at 5 %:", abs(t) > known.PAIRED_CRITICAL, True, 0)]


def sleep_by_scipy(scipy):
    """The same with its p, and Welch's test of the two groups."""
    paired = scipy.stats.ttest_rel(known.SLEEP_ONE, known.SLEEP_TWO)
    welch = scipy.stats.ttest_ind(known.SLEEP_ONE, known.SLEEP_TWO, equal_var=False)
    return [
        ("paired t", paired[0], known.PAIRED_T, 5e-5),
        ("p", paired[1], known.PAIRED_P, 5e-7),
        ("Welch's t", welch[0], known.WELCH_T, 5e-5),
        ("p", welch[1], known.WELCH_P, 5e-6),
    ]


def chi_square(scipy):
    """Mendel's peas against 9 : 3 : 3 : 1."""
    found = scipy.stats.chisquare(known.PEAS, known.PEAS_EXPECTED)
    return [("χ²", found[0], known.PEAS_CHI_SQUARE, 5e-4), ("p", found[1], known.PEAS_P, 5e-4)]


EXERCISES = (
    ("python", "descriptive-statistics", "mean-and-deviation", described_by_python, {}),
    ("numpy", "descriptive-statistics", "mean-and-deviation", described_by_numpy, {}),
    ("pandas", "descriptive-statistics", "mean-and-deviation", described_by_pandas, {}),
    ("python", "descriptive-statistics", "five-number-summary", five_numbers_by_python, {}),
    ("numpy", "descriptive-statistics", "five-number-summary", five_numbers_by_numpy, {}),
    ("pandas", "descriptive-statistics", "five-number-summary", five_numbers_by_pandas, {}),
    ("python", "distributions", "normal-distribution", normal_by_python, {}),
    ("scipy", "distributions", "normal-distribution", normal_by_scipy, {}),
    ("python", "distributions", "passing-by-guessing", passing_by_python, {}),
    ("scipy", "distributions", "passing-by-guessing", passing_by_scipy, {}),
    ("numpy", "distributions", "passing-by-guessing-simulated", passing_simulated, {"long": True}),
    ("python", "central-limit-theorem", "means-of-40-draws", limit_by_python, {}),
    ("numpy", "central-limit-theorem", "means-of-40-draws", limit_by_numpy, {}),
    ("python", "hypothesis-test", "t-test", sleep_by_python, {}),
    ("scipy", "hypothesis-test", "t-tests", sleep_by_scipy, {}),
    ("scipy", "hypothesis-test", "chi-square-test", chi_square, {}),
)
