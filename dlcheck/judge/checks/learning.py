"""Machine learning: do models, metrics and training come out as they must?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.exercises import judged
from dlcheck.model.frameworks import Numerics, TensorFlow, Torch
from dlcheck.model.gaps import Probed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "exercise"


@check(FAIL, pillar="machine-learning", since="0.1")
def regression_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Linear regression gives another line than the published one.

    Anscombe's first data set lies along y = 3.00 + 0.500 x with R² = 0.67.

    Sources: F. J. Anscombe, Graphs in Statistical Analysis, The American Statistician 27 (1973).
    """
    yield from judged("regression", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def classification_wrong(
    numerics: Probed[Numerics],
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """Logistic regression, nearest neighbours or a support vector machine classify wrongly.

    The odds of passing an examination by hours of study have slope 1.5046 and intercept −4.0777: by scikit-learn, by
    gradient descent, and by a network of one layer on each framework. Neighbours and margin are worked by hand.

    Sources: the worked example of Wikipedia's "Logistic regression".
    """
    yield from judged("classification", snapshot, profile, numerics=numerics, torch=torch, tensorflow=tensorflow)


@check(FAIL, pillar="machine-learning", since="0.1")
def clustering_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """K-means does not find two clouds of points that lie far apart.

    Three points around (4/3, 4/3), three around (25/3, 25/3): the sum of squared distances to the centres is 8/3.
    """
    yield from judged("clustering", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def metrics_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """A metric is wrong.

    Confusion matrix, accuracy, precision, recall, F1, AUC-ROC, log loss; RMSE, RMSLE, R², adjusted R²: on examples of
    four and ten rows that are worked by hand.
    """
    yield from judged("metrics", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def validation_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Splitting data for validation loses rows, doubles them, or gives a wrong score.

    A hundred rows into 60 for training, 20 for validation, 20 for the test; five folds; leaving one out.
    """
    yield from judged("validation", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def gradient_descent_diverges(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Gradient descent does not come to the minimum.

    On (w₀ − 3)² + 2(w₁ + 1)² a hundred steps come to (3, −1), and each step lowers the loss.
    """
    yield from judged("gradient-descent", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def fitting_wrong(numerics: Probed[Numerics], profile: Profile, snapshot: Snapshot) -> Iterator[Verdict]:
    """Over- and underfitting, or bias and variance, do not show as they must.

    Through ten noisy points of a sine a line is too stiff, a polynomial of degree 3 right, one of degree 9 too supple:
    it passes through every point and errs most between them. A guess shrunk by 0.8 has bias² 0.04 and variance 0.16,
    and its squared error is their sum.
    """
    yield from judged("fitting", snapshot, profile, numerics=numerics)


@check(FAIL, pillar="machine-learning", since="0.1")
def network_does_not_learn(
    torch: Probed[Torch], tensorflow: Probed[TensorFlow], profile: Profile, snapshot: Snapshot
) -> Iterator[Verdict]:
    """A small network does not learn.

    Two layers, thirteen weights, "exclusive or": from a fixed start the loss is 0.6605 and falls below 0.1, at which
    all four answers are right. On the best device there is.

    How it is told: sixty steps of gradient descent written out; under `--deep` also by the frameworks' own optimisers.
    """
    yield from judged("network", snapshot, profile, torch=torch, tensorflow=tensorflow)
