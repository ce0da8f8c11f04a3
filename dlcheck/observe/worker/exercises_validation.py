"""Is a model any good? Metrics whose values are worked by hand, and the ways to keep data aside.

A row of EXERCISES is: library, topic, name, calculation, options.
"""

import math

# Ten answers, worked by hand: 3 true positives, 1 false negative, 2 false positives, 4 true negatives.
TRUE = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
SAID = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]


def confusion(sklearn):
    """Confusion matrix and what follows from it."""
    metrics = sklearn.metrics
    return [
        ("confusion matrix", metrics.confusion_matrix(TRUE, SAID), [[4, 2], [1, 3]], 0),
        ("accuracy", metrics.accuracy_score(TRUE, SAID), 0.7, 1e-12),
        ("precision", metrics.precision_score(TRUE, SAID), 0.6, 1e-12),
        ("recall", metrics.recall_score(TRUE, SAID), 0.75, 1e-12),
        ("F1", metrics.f1_score(TRUE, SAID), 2 / 3, 1e-12),
    ]


def confusion_by_numpy(np):
    """The same from the definitions."""
    true, said = np.array(TRUE, dtype=bool), np.array(SAID, dtype=bool)
    hit = int((true & said).sum())
    precision, recall = hit / int(said.sum()), hit / int(true.sum())
    return [
        ("accuracy", (true == said).mean(), 0.7, 1e-12),
        ("precision", precision, 0.6, 1e-12),
        ("recall", recall, 0.75, 1e-12),
        ("F1", 2 * precision * recall / (precision + recall), 2 / 3, 1e-12),
    ]


LOG_LOSS = -(2 * math.log(0.9) + math.log(0.8) + math.log(0.65)) / 4


def of_scores(sklearn):
    """AUC: three of four pairs are in order. Log loss: the mean of −ln 0.9, −ln 0.9, −ln 0.8, −ln 0.65."""
    return [
        ("AUC-ROC", sklearn.metrics.roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.75, 1e-12),
        ("log loss", sklearn.metrics.log_loss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]), LOG_LOSS, 1e-9),
    ]


def of_scores_by_numpy(np):
    """The same from the definitions: the share of pairs in order, the mean surprise."""
    true, score = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    in_order = score[true == 1][:, None] > score[true == 0][None, :]
    wanted, said = np.array([1, 0, 0, 1]), np.array([0.9, 0.1, 0.2, 0.65])
    loss = -np.log(np.where(wanted == 1, said, 1 - said)).mean()
    return [("AUC-ROC", in_order.mean(), 0.75, 1e-12), ("log loss", loss, LOG_LOSS, 1e-9)]


# By hand: squared errors 0.25, 0.25, 0, 1; about the mean 2.875 the squares sum to 29.1875.
WANTED, PREDICTED = [3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]
RMSE, R_SQUARED = 0.375**0.5, 1 - 1.5 / 29.1875
# With one predictor and four values: 1 − (1 − R²) · 3 / 2.
ADJUSTED = 1 - 1.5 / 29.1875 * 3 / 2
# √ of the mean of (ln 4/3.5)², 0, (ln 3.5/5)², (ln 8/9)².
POSITIVE, GUESSED = [3.0, 5.0, 2.5, 7.0], [2.5, 5.0, 4.0, 8.0]
RMSLE = ((math.log(4 / 3.5) ** 2 + math.log(3.5 / 5) ** 2 + math.log(8 / 9) ** 2) / 4) ** 0.5


def _of_regression(square_error, square_log_error, r_squared):
    return [
        ("RMSE", square_error**0.5, RMSE, 1e-12),
        ("RMSLE", square_log_error**0.5, RMSLE, 1e-12),
        ("R²", r_squared, R_SQUARED, 1e-12),
        ("adjusted R²", 1 - (1 - r_squared) * 3 / 2, ADJUSTED, 1e-12),
    ]


def of_regression(sklearn):
    """RMSE, RMSLE, R² and adjusted R²."""
    metrics = sklearn.metrics
    return _of_regression(
        float(metrics.mean_squared_error(WANTED, PREDICTED)),
        float(metrics.mean_squared_log_error(POSITIVE, GUESSED)),
        float(metrics.r2_score(WANTED, PREDICTED)),
    )


def of_regression_by_numpy(np):
    """The same from the definitions."""
    wanted, predicted = np.array(WANTED), np.array(PREDICTED)
    square_error = float(((wanted - predicted) ** 2).mean())
    logs = np.log1p(np.array(POSITIVE)) - np.log1p(np.array(GUESSED))
    return _of_regression(square_error, float((logs**2).mean()), 1 - square_error / float(wanted.var()))


def split(sklearn):
    """A hundred rows into 60 for training, 20 for validation, 20 for the test: none twice, none lost."""
    cut = sklearn.model_selection.train_test_split
    rest, test = cut(list(range(100)), test_size=20, random_state=0)
    train, validation = cut(rest, test_size=20, random_state=0)
    return [
        ("rows", [len(train), len(validation), len(test)], [60, 20, 20], 0),
        ("none twice, none lost:", sorted(train + validation + test) == list(range(100)), True, 0),
    ]


def folds(sklearn):
    """Ten rows in five folds, each row tested once; five rows left out one at a time."""
    chosen = sklearn.model_selection
    rows = [[one] for one in range(10)]
    tests = [test.tolist() for _, test in chosen.KFold(5, shuffle=True, random_state=0).split(rows)]
    alone = [(len(train), test.tolist()) for train, test in chosen.LeaveOneOut().split(rows[:5])]
    return [
        ("fold sizes", [len(test) for test in tests], [2] * 5, 0),
        ("each row tested once:", sorted(row for test in tests for row in test) == list(range(10)), True, 0),
        ("leave-one-out", alone, [[4, [one]] for one in range(5)], 0),
    ]


def split_by_numpy(np):
    """The same by a shuffled index."""
    rows = np.random.default_rng(1908).permutation(100)
    train, validation, test = (part.tolist() for part in np.split(rows, [60, 80]))
    return [
        ("rows", [len(train), len(validation), len(test)], [60, 20, 20], 0),
        ("none twice, none lost:", sorted(train + validation + test) == list(range(100)), True, 0),
    ]


def cross_validation_by_numpy(np):
    """Five folds test each of ten rows once; leaving one out as below."""
    tests = [fold.tolist() for fold in np.array_split(np.random.default_rng(1908).permutation(10), 5)]
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    errors = [float(values[index] - np.delete(values, index).mean()) ** 2 for index in range(5)]
    return [
        ("fold sizes", [len(test) for test in tests], [2] * 5, 0),
        ("each row tested once:", sorted(row for test in tests for row in test) == list(range(10)), True, 0),
        ("leave-one-out: mean squared error", sum(errors) / 5, 3.125, 1e-9),
    ]


def cross_validation(sklearn):
    """Leaving one out, the mean of the others predicts 1 … 5 with the squared error 25/16 · 2 = 3.125."""
    # A regression on a constant column is the mean of what it was fitted to.
    scores = sklearn.model_selection.cross_val_score(
        sklearn.linear_model.LinearRegression(),
        [[0.0]] * 5,
        [1.0, 2.0, 3.0, 4.0, 5.0],
        cv=sklearn.model_selection.LeaveOneOut(),
        scoring="neg_mean_squared_error",
    )
    return [("mean squared error", -scores.mean(), 3.125, 1e-9)]


EXERCISES = (
    ("numpy", "metrics", "of-classes", confusion_by_numpy, {}),
    ("scikit-learn", "metrics", "of-classes", confusion, {}),
    ("scikit-learn", "metrics", "of-scores", of_scores, {}),
    ("numpy", "metrics", "of-a-regression", of_regression_by_numpy, {}),
    ("scikit-learn", "metrics", "of-a-regression", of_regression, {}),
    ("scikit-learn", "validation", "split", split, {}),
    ("scikit-learn", "validation", "folds", folds, {}),
    ("scikit-learn", "validation", "cross-validation", cross_validation, {"long": True}),
    ("numpy", "metrics", "of-scores", of_scores_by_numpy, {}),
    ("numpy", "validation", "split", split_by_numpy, {}),
    ("numpy", "validation", "cross-validation", cross_validation_by_numpy, {}),
)
