"""Machine learning: models of scikit-learn on data whose fit is known, and what NumPy shows of learning itself.

A row of EXERCISES is: library, topic, name, calculation, options.
"""

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


def neighbours_by_numpy(np):
    """The same by distances."""
    points, classes = np.array(CLOUDS), np.array(CLOUD)
    said = []
    for new in ([2.0, 2.0], [7.0, 7.0]):
        distance = np.sqrt(((points - np.array(new)) ** 2).sum(axis=1))
        said.append(int(np.bincount(classes[np.argsort(distance)[:3]]).argmax()))
    return [("", said, [0, 1], 0)]


def support_vectors(sklearn):
    """Between (0, 0) and (2, 2) the widest margin has w = (½, ½) and b = −1."""
    model = sklearn.svm.SVC(kernel="linear", C=1e3).fit([[0.0, 0.0], [2.0, 2.0]], [0, 1])
    return [
        ("w", model.coef_[0], [0.5, 0.5], 1e-3),
        ("b", model.intercept_[0], -1, 1e-3),
        ("classes", model.predict([[0.5, 0.0], [2.0, 1.0]]), [0, 1], 0),
    ]


def support_vectors_by_numpy(np):
    """The same margin by its dual: for two points one multiplier, which gradient ascent finds."""
    points, signs = np.array([[0.0, 0.0], [2.0, 2.0]]), np.array([-1.0, 1.0])
    products = (points @ points.T) * signs[:, None] * signs[None, :]
    multiplier = 0.0
    for _ in range(60):
        multiplier = max(0.0, multiplier + 0.1 * (2 - multiplier * products.sum()))
    w = (multiplier * signs) @ points
    return [("w", w, [0.5, 0.5], 1e-9), ("b", 1 - w @ points[1], -1, 1e-9)]


def clusters(sklearn):
    """K-means finds the two clouds."""
    model = sklearn.cluster.KMeans(n_clusters=2, n_init=5, random_state=0).fit(CLOUDS)
    return [
        ("centres", sorted(model.cluster_centers_.tolist()), CENTRES, 1e-6),
        ("inertia", model.inertia_, INERTIA, 1e-6),
    ]


def clusters_by_numpy(np):
    """The same by Lloyd's steps: each point to its nearest centre, each centre to the mean of its points."""
    points = np.array(CLOUDS)
    centres = points[:2]
    for _ in range(5):
        distance = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        nearest = distance.argmin(axis=1)
        centres = np.stack([points[nearest == index].mean(axis=0) for index in (0, 1)])
    inertia = float(((points - centres[nearest]) ** 2).sum())
    return [("centres", sorted(centres.tolist()), CENTRES, 1e-9), ("inertia", inertia, INERTIA, 1e-9)]


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
    ("numpy", "classification", "nearest-neighbours", neighbours_by_numpy, {}),
    ("scikit-learn", "classification", "nearest-neighbours", neighbours, {}),
    ("numpy", "classification", "support-vector-machine", support_vectors_by_numpy, {}),
    ("scikit-learn", "classification", "support-vector-machine", support_vectors, {}),
    ("numpy", "clustering", "k-means", clusters_by_numpy, {}),
    ("scikit-learn", "clustering", "k-means", clusters, {}),
    ("numpy", "gradient-descent", "descent", descent, {}),
    ("numpy", "gradient-descent", "logistic-regression-by-descent", logistic_by_descent, {}),
    ("numpy", "fitting", "polynomials", fitting, {}),
    ("numpy", "fitting", "bias-and-variance", bias_and_variance, {}),
)
