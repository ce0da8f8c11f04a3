"""The exercises' data and their known answers, each with where it comes from. Plain numbers, no library."""

# Vectors and matrices, worked by hand.
DOT_VECTORS = ([1.0, 3.0, -5.0], [4.0, -2.0, -1.0])
DOT_PRODUCT = 3  # 1·4 + 3(−2) + (−5)(−1)
CROSS_VECTORS = ([1.0, -3.0, 5.0], [4.0, -2.0, -1.0])
CROSS_PRODUCT = [13, 21, 10]  # [(−3)(−1) − 5(−2), 5·4 − 1(−1), 1(−2) − (−3)4]
SCALAR = 3
MATRIX = [[1.0, 2.0], [3.0, 4.0]]
SCALED = [[3, 6], [9, 12]]
OTHER_MATRIX = [[5.0, 6.0], [7.0, 8.0]]
PRODUCT = [[19, 22], [43, 50]]
WIDE_MATRIX = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
TRANSPOSED = [[1, 4], [2, 5], [3, 6]]
INVERTIBLE = [[2.0, 1.0], [5.0, 3.0]]  # its determinant is 1
INVERSE = [[3.0, -1.0], [-5.0, 2.0]]
IDENTITY = [[1, 0], [0, 1]]
SYMMETRIC = [[2.0, 1.0], [1.0, 2.0]]
EIGENVALUES = [1, 3]  # (2 − λ)² = 1
DETERMINANT = -2  # of MATRIX: 1·4 − 2·3
RIGHT_SIDE = [5.0, 11.0]
SOLUTION = [1, 2]  # 1·1 + 2·2 = 5, 3·1 + 4·2 = 11
LARGE = 64
CONVOLUTION = [[8, 12], [20, 24]]  # 0+1+3+4, 1+2+4+5, 3+4+6+7, 4+5+7+8

# Calculus.
CUBE_DERIVATIVE = 12  # 3x² at 2
PARTIAL_X = 12  # 2xy at (3, 2)
PARTIAL_Y = 21  # x² + 3y² at (3, 2)
CHAIN_AT = [1.0, 2.0]
CHAIN_RULE = [1.0806046117362795, -2.6145744834544478]  # 2x·cos(x²): 2 cos 1 and 4 cos 4

# Statistics. The eight numbers whose standard deviation is worked out in Wikipedia's "Standard deviation".
EIGHT = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
MEAN = 5
VARIANCE = 4
STANDARD_DEVIATION = 2
SAMPLE_VARIANCE = 32 / 7
SAMPLE_DEVIATION = 2.1380899352993952  # √(32/7)
# Quartiles by linear interpolation (Hyndman & Fan's type 7): positions 5/4 and 15/4 of the sorted values, from 0.
SIX = [7.0, 15.0, 36.0, 39.0, 40.0, 41.0]
FIVE_NUMBERS = [7, 20.25, 37.5, 39.75, 41]
# Abramowitz & Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.5.
WITHIN_ONE_DEVIATION = 0.6826894921370859
NORMAL_AT_196 = 0.9750021048517795
NORMAL_QUANTILE = 1.959963984540054
# Ten questions with four choices each, answered by guessing: six or more right.
# Σ C(10, k) 3^(10 − k) for k = 6 … 10 is 17010 + 3240 + 405 + 30 + 1, of 4^10.
PASS_BY_GUESSING = 20686 / 1048576
# Student's data on sleep (1908), and the answers in the documentation of R's `sleep` and `t.test`.
SLEEP_ONE = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_TWO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
WELCH_T, WELCH_P = -1.8608, 0.07939
PAIRED_T, PAIRED_P = -4.0621, 0.002833
PAIRED_CRITICAL = 2.262  # of t with nine degrees of freedom, two-sided, at 5 %
# Mendel's 556 peas against 9 : 3 : 3 : 1; R. A. Fisher (1936) and many textbooks: χ² = 0.470, p = 0.925.
PEAS = [315.0, 101.0, 108.0, 32.0]
PEAS_EXPECTED = [312.75, 104.25, 104.25, 34.75]
PEAS_CHI_SQUARE, PEAS_P = 0.470, 0.925

# F. J. Anscombe, Graphs in Statistical Analysis (1973), the first of the four data sets: y = 3.00 + 0.500 x, R² = 0.67.
ANSCOMBE_X = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0]
ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
SLOPE = 55.01 / 110  # Σ(x − x̄)(y − ȳ) / Σ(x − x̄)²
INTERCEPT = 82.51 / 11 - 9 * SLOPE  # ȳ − slope · x̄

# Hours of study and a passed examination, the example of Wikipedia's "Logistic regression" with its coefficients.
HOURS = [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5]
PASSED = [0.0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
HOURS_MEAN = 2.7875
HOURS_DEVIATION = 1.4690026378465084
LOGISTIC_SLOPE = 1.5046
LOGISTIC_INTERCEPT = -4.0777
LOGISTIC_LOSS = 0.401494  # −8.02988 / 20
LOGISTIC_STEPS = 30
LOGISTIC_RATE = 8.0  # on standardised hours 30 such steps come within 1e-5 of the answer

# A network of two layers (tanh, then a score) for "exclusive or". The start was chosen once; from it the loss falls
# from 0.6605 (worked out in double precision by the chain rule written out) to 0.034 in 60 steps.
EXCLUSIVE_OR_INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
EXCLUSIVE_OR = [[0.0], [1.0], [1.0], [0.0]]
NETWORK_START = ([[1.0, -0.8, 0.5], [0.9, -1.0, -0.6]], [-0.5, 1.2, 0.1], [[0.5], [0.4], [-0.3]], [0.0])
NETWORK_STEPS = 60
NETWORK_RATE = 2.0
NETWORK_LOSS_FIRST = 0.660481
NETWORK_LOSS_LAST = 0.1  # at which all four answers are right: the worst of them costs at most 0.4, less than ln 2


def sum_of_indices_squared(size):
    """The square of the matrix whose element (i, j) is i + j, in whole numbers."""
    first = size * (size - 1) // 2
    second = (size - 1) * size * (2 * size - 1) // 6
    return [[size * i * j + (i + j) * first + second for j in range(size)] for i in range(size)]


def wrong_elements(got):
    """How many elements of the square of the LARGE matrix of i + j are wrong, as a comparison."""
    right = sum_of_indices_squared(LARGE)
    if len(got) != LARGE or any(len(row) != LARGE for row in got):
        return ("elements", len(got), LARGE * LARGE, 0)
    wrong = sum(one != other for row, known in zip(got, right) for one, other in zip(row, known))
    return ("{} of %d elements wrong" % (LARGE * LARGE), wrong, 0, 0)


def at_most(label, value, bound):
    """A comparison that is right where the value is at most the bound; nan is not."""
    return (label, bound if value <= bound else value, bound, 0)


def standardised_hours():
    """HOURS with mean 0 and standard deviation 1: gradient descent then needs few steps."""
    return [(hours - HOURS_MEAN) / HOURS_DEVIATION for hours in HOURS]


def logistic_fit(weight, bias, loss, tolerance):
    """Weight and bias on standardised hours as the published coefficients, and the loss."""
    return [
        ("slope", weight / HOURS_DEVIATION, LOGISTIC_SLOPE, tolerance),
        ("intercept", bias - weight * HOURS_MEAN / HOURS_DEVIATION, LOGISTIC_INTERCEPT, tolerance),
        ("loss", loss, LOGISTIC_LOSS, tolerance),
    ]


def network_learned(first, last):
    """The loss begins where it must and falls."""
    return [
        ("loss at the start", first, NETWORK_LOSS_FIRST, 2e-3),
        at_most("after training at most", last, NETWORK_LOSS_LAST),
    ]
