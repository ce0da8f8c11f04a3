"""Matrix products by NumPy on the CPU, where there is no PyTorch."""

import contextlib
import ctypes
import functools
import math

from .. import importing
from .formats import FORMATS


class NumpyArithmetic(object):
    """Makes products; the same face as TorchArithmetic."""

    name = "numpy"
    torch = None

    def __init__(self, numpy, asked):
        self.numpy = numpy
        self._data, self._seed = asked["data"], asked["seed"]
        self._operands = {}
        self.bytes = {}
        self._blas = blas_threads()

    def threads(self):
        return self._blas[0]() if self._blas else 0

    def set_threads(self, count):
        if self._blas and count and self._blas[0]() != count:
            self._blas[1](count)

    def without_gradients(self):
        return contextlib.nullcontext()

    def versions(self):
        facts = {"numpy": str(self.numpy.__version__), "library_threads": self.threads()}
        try:
            built = self.numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
            facts["blas_info"] = "%s %s" % (built.get("name"), built.get("version"))
            if "openblas" in str(built.get("name")):
                facts["openblas"] = str(built.get("version"))
        except Exception:
            pass  # before NumPy 1.26
        return facts

    def has(self, dtype):
        """float16 and whole numbers have no BLAS: NumPy multiplies them one by one."""
        return dtype in ("fp32", "fp64")

    def settings(self, device, dtype):
        return contextlib.nullcontext()

    def flusher(self, device):
        buffer = self.numpy.empty(64 << 20, dtype="uint8")
        return lambda: buffer.fill(0)

    def product(self, device, dtype, shape, layout="NN"):
        m, n, k = shape
        if (dtype, shape) not in self._operands:
            self._operands[dtype, shape] = self._matrix(dtype, (m, k), 1), self._matrix(dtype, (k, n), 2)
            self.bytes["cpu"] = self.bytes.get("cpu", 0) + (m * k + k * n) * FORMATS[dtype].bytes
        a, b = self._operands[dtype, shape]
        self.bytes["cpu"] += 2 * m * n * FORMATS[dtype].bytes
        return ArrayProduct(self.numpy, dtype, a, b.T if layout == "NT" else b)

    def forget(self, device, dtype, shape):
        self._operands.pop((dtype, shape), None)

    def _matrix(self, dtype, shape, number):
        kind = FORMATS[dtype].numpy
        if self._data in ("zeros", "ones"):
            return self.numpy.full(shape, float(self._data == "ones"), dtype=kind)
        random = self.numpy.random.RandomState(self._seed * 2 + number)
        made = random.uniform(-1, 1, shape) if self._data == "uniform" else random.standard_normal(shape)
        return made.astype(kind)


class ArrayProduct(object):
    """c = a @ b, written again and again into the same memory."""

    def __init__(self, numpy, dtype, a, b):
        self.numpy, self.dtype, self.format = numpy, dtype, FORMATS[dtype]
        self.m, self.n = a.shape[0], b.shape[1]
        self.a, self.b, self.c = a, b, numpy.empty((self.m, self.n), dtype=a.dtype)
        self.forget_result()
        self.out_preallocated = True
        self.call = functools.partial(numpy.matmul, a, b, out=self.c)

    def forget_result(self):
        self.c.fill(math.nan)

    def copy(self):
        return self.c.copy()

    def equals(self, copy):
        return bool((self.c == copy).all())

    def differing(self, copy):
        where = self.numpy.argwhere(self.c != copy)
        if not len(where):
            return 0, ""
        i, j = (int(number) for number in where[0])
        return len(where), "row %d, column %d: %r, before %r" % (i + 1, j + 1, float(self.c[i, j]), float(copy[i, j]))

    def unwritten(self):
        if self.numpy.isfinite(self.c).all():
            return ""
        return "not-written" if self.numpy.isnan(self.c).all() else "not-finite"

    def residual(self):
        numpy, fault = self.numpy, self.unwritten()
        if fault:
            return fault, math.inf
        random = numpy.random.RandomState(7)
        a, b, c = (matrix.astype("float64") for matrix in (self.a, self.b, self.c))
        worst = 0.0
        for _ in range(2):
            x = random.randint(0, 2, self.n) * 2.0 - 1.0
            off = abs(a.dot(b.dot(x)) - c.dot(x))
            norms = numpy.sqrt((c * c).sum(axis=1))
            worst = max(worst, float((off / numpy.maximum(norms, 1e-300)).max()))
        return "", worst / self.format.unit

    def words(self, error):
        return importing.words(error)


GETTERS = ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads64_", "openblas_get_num_threads")


def blas_threads():
    """Two functions, to ask and to set how many threads OpenBLAS uses; None where it is not OpenBLAS or not found."""
    for path in importing.loaded_libraries(("libscipy_openblas", "libopenblas")):
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        for name in GETTERS:
            getter = getattr(library, name, None)
            setter = getattr(library, name.replace("_get_", "_set_"), None)
            if getter is not None and setter is not None:
                getter.restype, setter.argtypes, setter.restype = ctypes.c_int, [ctypes.c_int], None
                return getter, setter
    return None
