"""Linear algebra and calculus with NumPy: the worked examples a beginner meets.

The products are of small whole numbers, which floating point holds exactly: they need no tolerance. Inverse,
eigenvalues and solutions are good to a few units of the sixteenth digit; 1e-9 is far above that and far below any
wrong answer. A row of EXERCISES is: library, topic, name, calculation, options.
"""

from . import known


def dot_product(np):
    """Two vectors of three numbers."""
    return [("", np.dot(np.array(known.DOT_VECTORS[0]), np.array(known.DOT_VECTORS[1])), known.DOT_PRODUCT, 0)]


def cross_product(np):
    """The vector that stands upright on both."""
    return [("", np.cross(np.array(known.CROSS_VECTORS[0]), np.array(known.CROSS_VECTORS[1])), known.CROSS_PRODUCT, 0)]


def scalar_product(np):
    """A matrix times a number."""
    return [("", known.SCALAR * np.array(known.MATRIX), known.SCALED, 0)]


def matrix_product(np):
    """Two 2 × 2 matrices."""
    return [("", np.array(known.MATRIX) @ np.array(known.OTHER_MATRIX), known.PRODUCT, 0)]


def large_product(np):
    """Large enough for the blocked kernels of BLAS, in both precisions."""
    for name in ("float64", "float32"):
        index = np.arange(known.LARGE).astype(name)
        matrix = index[:, None] + index[None, :]
        compared = known.wrong_elements((matrix @ matrix).tolist())
        if compared[1] != compared[2]:
            break
    return [compared]


def transpose(np):
    """Rows become columns."""
    return [("", np.array(known.WIDE_MATRIX).T, known.TRANSPOSED, 0)]


def times_inverse(np):
    """A matrix times its inverse is the identity."""
    matrix = np.array(known.INVERTIBLE)
    return [("", matrix @ np.linalg.inv(matrix), known.IDENTITY, 1e-9)]


def inverse(np):
    """The inverse itself, known in whole numbers."""
    return [("", np.linalg.inv(np.array(known.INVERTIBLE)), known.INVERSE, 1e-9)]


def determinant(np):
    """Of a 2 × 2 matrix."""
    return [("", np.linalg.det(np.array(known.MATRIX)), known.DETERMINANT, 1e-9)]


def linear_system(np):
    """x + 2y = 5 and 3x + 4y = 11."""
    return [("", np.linalg.solve(np.array(known.MATRIX), np.array(known.RIGHT_SIDE)), known.SOLUTION, 1e-9)]


def eigenvalues(np):
    """Of a symmetric matrix, in ascending order."""
    return [("", np.linalg.eigvalsh(np.array(known.SYMMETRIC)), known.EIGENVALUES, 1e-9)]


def difference_quotient(np):
    """d/dx sin(x²) at 1 and 2 by central differences, whose error is of the order of the step's square."""
    x, step = np.array(known.CHAIN_AT), 1e-5
    slopes = (np.sin((x + step) ** 2) - np.sin((x - step) ** 2)) / (2 * step)
    return [("", slopes, known.CHAIN_RULE, 1e-6)]


def integral(np):
    """Of sin from 0 to π by 1000 trapezia is 2; their error is below π³/12 · 10⁻⁶ = 2.6e-6."""
    x = np.linspace(0.0, np.pi, 1001)
    y = np.sin(x)
    return [("", float(((y[1:] + y[:-1]) * (x[1:] - x[:-1]) / 2).sum()), 2, 2.6e-6)]


EXERCISES = (
    ("numpy", "vector-products", "dot-product", dot_product, {}),
    ("numpy", "vector-products", "cross-product", cross_product, {}),
    ("numpy", "matrix-algebra", "scalar-product", scalar_product, {}),
    ("numpy", "matrix-algebra", "matrix-product", matrix_product, {}),
    ("numpy", "matrix-algebra", "product-of-64-by-64", large_product, {}),
    ("numpy", "matrix-algebra", "transpose", transpose, {}),
    ("numpy", "matrix-algebra", "matrix-times-inverse", times_inverse, {}),
    ("numpy", "matrix-algebra", "inverse", inverse, {}),
    ("numpy", "matrix-algebra", "determinant", determinant, {}),
    ("numpy", "matrix-algebra", "linear-system", linear_system, {}),
    ("numpy", "matrix-algebra", "eigenvalues", eigenvalues, {}),
    ("numpy", "derivatives", "difference-quotient", difference_quotient, {}),
    ("numpy", "derivatives", "integral", integral, {}),
)
