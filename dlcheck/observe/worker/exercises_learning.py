"""Machine learning: models of scikit-learn on data whose fit is known, and what NumPy shows of learning itself.

A row of EXERCISES is: library, topic, name, calculation, options.
"""

import math

from . import known

# Two clouds of three points; by hand their centres, and the sum of squared distances to them (4/3 each).
CLOUDS = [[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [8.0, 8.0], [8.0, 9.0], [9.0, 8.0]]
CLOUD = [0, 0, 0, 1, 1, 1]
CENTRES = [[4 / 3, 4 / 3], [25 / 3, 25 / 3]]
INERTIA = 8 / 3


def linear_by_numpy(np):
    """Least squares on Anscombe's first data set."""
    x, y = np.array(known.ANSCOMBE_X), np.array(known.ANSCOMBE_Y)
    table = np.stack([x, np.ones(len(x))], axis=1)
    solution = np.linalg.lstsq(table, y, rcond=None)[0]
    return [("slope", solution[0], known.SLOPE, 1e-9), ("intercept", solution[1], known.INTERCEPT, 1e-9)]


def linear_by_sklearn(sklearn):
    """The same by LinearRegression; R² is 0.67 as published."""
    table = [[x] for x in known.ANSCOMBE_X]
    model = sklearn.linear_model.LinearRegression().fit(table, known.ANSCOMBE_Y)
    return [
        ("slope", model.coef_[0], known.SLOPE, 1e-9),
        ("intercept", model.intercept_, known.INTERCEPT, 1e-9),
        ("R²", model.score(table, known.ANSCOMBE_Y), 0.67, 5e-3),
    ]


def logistic_by_sklearn(sklearn):
    """The odds of passing by hours of study; a penalty of 1e-8 leaves the published coefficients as they are."""
    table = [[hours] for hours in known.HOURS]
    model = sklearn.linear_model.LogisticRegression(C=1e8, tol=1e-8, max_iter=1000)
    model.fit(table, [int(one) for one in known.PASSED])
    after_two, after_four = model.predict_proba([[2.0], [4.0]])[:, 1].tolist()
    return [
        ("slope", model.coef_[0][0], known.LOGISTIC_SLOPE, 1e-3),
        ("intercept", model.intercept_[0], known.LOGISTIC_INTERCEPT, 1e-3),
        ("probability of passing after 2 hours", after_two, 0.26, 5e-3),
        ("after 4", after_four, 0.87, 5e-3),
    ]


def neighbours(sklearn):
    """Each of two new points lies in one of the clouds; so do its three nearest neighbours."""
    model = sklearn.neighbors.KNeighborsClassifier(n_neighbors=3, algorithm="kd_tree").fit(CLOUDS, CLOUD)
    distance = model.kneighbors([[1.0, 1.0]])[0][0]
    return [("", model.predict([[2.0, 2.0], [7.0, 7.0]]), [0, 1], 0), ("distances", distance, [0, 1, 1], 1e-9)]


def support_vectors(sklearn):
    """Between (0, 0) and (2, 2) the widest margin has w = (½, ½) and b = −1."""
    model = sklearn.svm.SVC(kernel="linear", C=1e3).fit([[0.0, 0.0], [2.0, 2.0]], [0, 1])
    return [
        ("w", model.coef_[0], [0.5, 0.5], 1e-3),
        ("b", model.intercept_[0], -1, 1e-3),
        ("classes", model.predict([[0.5, 0.0], [2.0, 1.0]]), [0, 1], 0),
    ]


def clusters(sklearn):
    """K-means finds the two clouds."""
    model = sklearn.cluster.KMeans(n_clusters=2, n_init=5, random_state=0).fit(CLOUDS)
    return [
        ("centres", sorted(model.cluster_centers_.tolist()), CENTRES, 1e-6),
        ("inertia", model.inertia_, INERTIA, 1e-6),
    ]


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


def of_scores(sklearn):
    """AUC: three of four pairs are in order. Log loss: the mean of −ln 0.9, −ln 0.9, −ln 0.8, −ln 0.65."""
    loss = -(2 * math.log(0.9) + math.log(0.8) + math.log(0.65)) / 4
    return [
        ("AUC-ROC", sklearn.metrics.roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.75, 1e-12),
        ("log loss", sklearn.metrics.log_loss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]), loss, 1e-9),
    ]


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


def descent(np):
    """Gradient descent on (w₀ − 3)² + 2(w₁ + 1)² comes to (3, −1), and the loss falls at every step."""
    weights, rate, losses = np.zeros(2), 0.1, []
    for _ in range(100):
        losses.append(float((weights[0] - 3) ** 2 + 2 * (weights[1] + 1) ** 2))
        weights = weights - rate * np.array([2.0, 4.0]) * (weights - np.array([3.0, -1.0]))
    falls = losses == sorted(losses, reverse=True)
    return [("minimum at", weights, [3, -1], 1e-6), ("falls at every step:", falls, True, 0)]


def logistic_by_descent(np):
    """Logistic regression by gradient descent, written out."""
    x, passed = np.array(known.standardised_hours()), np.array(known.PASSED)
    weight = bias = 0.0
    for _ in range(known.LOGISTIC_STEPS):
        slope = 1 / (1 + np.exp(-(x * weight + bias))) - passed
        weight, bias = weight - known.LOGISTIC_RATE * (slope * x).mean(), bias - known.LOGISTIC_RATE * slope.mean()
    score = x * weight + bias
    return known.logistic_fit(weight, bias, float((np.logaddexp(0, score) - passed * score).mean()), 1e-3)


# sin(2πx) at x = 0, 1/9 … 1 with a noise that was drawn once (deviation 0.3).
NOISE = [0.35, -0.25, 0.30, -0.35, 0.25, -0.30, 0.35, -0.20, 0.30, -0.35]


def fitting(np):
    """Polynomials of degree 1, 3 and 9 through ten noisy points of a sine: too stiff, right, too supple.

    Degree 9 passes through all ten (training error 0) and errs most between them; degree 1 errs on both.
    """
    x = np.linspace(0.0, 1.0, 10)
    y = np.sin(2 * np.pi * x) + np.array(NOISE)
    between = (x[1:] + x[:-1]) / 2
    train, test = [], []
    for degree in (1, 3, 9):
        powers = np.vander(2 * x - 1, degree + 1)
        weights = np.linalg.lstsq(powers, y, rcond=None)[0]
        train.append(float(((powers @ weights - y) ** 2).mean()) ** 0.5)
        said = np.vander(2 * between - 1, degree + 1) @ weights
        test.append(float(((said - np.sin(2 * np.pi * between)) ** 2).mean()) ** 0.5)
    return [
        known.at_most("training error of degree 9 at most", train[2], 1e-6),
        ("training error falls with the degree:", train[0] > train[1] > train[2], True, 0),
        ("degree 1 underfits:", test[0] > 1.5 * test[1], True, 0),
        ("degree 9 overfits:", test[2] > 1.5 * test[1], True, 0),
    ]


def bias_and_variance(np):
    """0.8 times the mean of four draws of N(1, 1) as a guess of 1: bias² 0.04, variance 0.16, error 0.20.

    Of 20000 guesses; five standard errors are 0.0057 for the squared bias, 0.008 for the variance.
    """
    guesses = 0.8 * np.random.default_rng(1908).normal(1.0, 1.0, (20000, 4)).mean(axis=1)
    bias, variance = float(guesses.mean()) - 1, float(guesses.var())
    error = float(((guesses - 1) ** 2).mean())
    return [
        ("bias²", bias**2, 0.04, 6e-3),
        ("variance", variance, 0.16, 8e-3),
        ("error", error, 0.2, 0.012),
        ("error less both", error - bias**2 - variance, 0, 1e-9),
    ]


EXERCISES = (
    ("numpy", "regression", "linear-regression", linear_by_numpy, {}),
    ("scikit-learn", "regression", "linear-regression", linear_by_sklearn, {}),
    ("scikit-learn", "classification", "logistic-regression", logistic_by_sklearn, {}),
    ("scikit-learn", "classification", "nearest-neighbours", neighbours, {}),
    ("scikit-learn", "classification", "support-vector-machine", support_vectors, {}),
    ("scikit-learn", "clustering", "k-means", clusters, {}),
    ("numpy", "metrics", "of-classes", confusion_by_numpy, {}),
    ("scikit-learn", "metrics", "of-classes", confusion, {}),
    ("scikit-learn", "metrics", "of-scores", of_scores, {}),
    ("numpy", "metrics", "of-a-regression", of_regression_by_numpy, {}),
    ("scikit-learn", "metrics", "of-a-regression", of_regression, {}),
    ("scikit-learn", "validation", "split", split, {}),
    ("scikit-learn", "validation", "folds", folds, {}),
    ("scikit-learn", "validation", "cross-validation", cross_validation, {"long": True}),
    ("numpy", "gradient-descent", "descent", descent, {}),
    ("numpy", "gradient-descent", "logistic-regression-by-descent", logistic_by_descent, {}),
    ("numpy", "fitting", "polynomials", fitting, {}),
    ("numpy", "fitting", "bias-and-variance", bias_and_variance, {}),
)
