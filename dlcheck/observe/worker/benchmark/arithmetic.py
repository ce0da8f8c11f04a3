"""Matrix products by PyTorch: in every format a device has, with known data, checked."""

import functools
import math

from .. import importing
from . import precision, software
from .formats import FORMATS

ROWS_AT_ONCE = 1024
"""How many rows of a matrix are widened to fp64 at a time when a product is verified."""


class TorchArithmetic(object):
    """Makes products; knows which formats, threads and settings there are."""

    name = "torch"

    def __init__(self, torch, asked):
        self.torch = torch
        self._data, self._seed = asked["data"], asked["seed"]
        self._operands = {}
        self.bytes = {}

    def threads(self):
        return int(self.torch.get_num_threads())

    def set_threads(self, count):
        if count and self.torch.get_num_threads() != count:
            self.torch.set_num_threads(count)

    def without_gradients(self):
        return self.torch.no_grad()

    def versions(self):
        torch = self.torch
        facts = {"torch": str(torch.__version__), "library_threads": self.threads()}
        for name, value in (
            ("torch_git", getattr(torch.version, "git_version", None)),
            ("cuda", getattr(torch.version, "cuda", None)),
            ("hip", getattr(torch.version, "hip", None)),
        ):
            if value:
                facts[name] = str(value)
        try:
            facts["interop_threads"] = int(torch.get_num_interop_threads())
            facts.update(software.parse_config(torch.__config__.show() + torch.__config__.parallel_info()))
            if getattr(torch.version, "cuda", None):
                facts["cudnn"] = str(torch.backends.cudnn.version())
        except Exception:
            pass  # a build without them
        triton = software.triton_version()
        if triton:
            facts["triton"] = triton
        return facts

    def has(self, dtype):
        """Does this torch know the format at all?"""
        return hasattr(self.torch, FORMATS[dtype].torch)

    def settings(self, device, dtype):
        """A context in which fp32 is multiplied as IEEE fp32, or as TF32, and restored afterwards."""
        return precision.of(self.torch, device, dtype)

    def flusher(self, device):
        """A function that empties a device's caches: it writes a buffer larger than the last of them."""
        size = min(256 << 20, max(64 << 20, 2 * device.last_cache))
        return self.torch.empty(size // 4, device=device.torch_device(), dtype=self.torch.int32).zero_

    def product(self, device, dtype, shape, layout="NN"):
        """The product of an m × k and a k × n matrix on a device; operands are made once for each format and shape.

        shape: (m, n, k). layout: "NT" for a second operand that lies transposed in memory.
        """
        m, n, k = shape
        key = (device.name, FORMATS[dtype].torch, shape)
        if key not in self._operands:
            made = self._matrix(device, dtype, m, k, 1), self._matrix(device, dtype, k, n, 2)
            self._operands[key] = made
            self.bytes[device.name] = self.bytes.get(device.name, 0) + (m * k + k * n) * FORMATS[dtype].bytes
        a, b = self._operands[key]
        self.bytes[device.name] += 2 * m * n * FORMATS[dtype].out_bytes
        return Product(self.torch, device, dtype, a, b.t() if layout == "NT" else b)

    def forget(self, device, dtype, shape):
        """Let the operands go: there is no memory for them."""
        self._operands.pop((device.name, FORMATS[dtype].torch, shape), None)
        device.empty_cache()

    def _matrix(self, device, dtype, rows, columns, number):
        torch, kind = self.torch, getattr(self.torch, FORMATS[dtype].torch)
        place, shape = device.torch_device(), (rows, columns)
        if self._data in ("zeros", "ones"):
            return torch.full(shape, float(self._data == "ones"), device=place).to(kind)
        where = place if device.makes_random else "cpu"
        generator = torch.Generator(device=where).manual_seed(self._seed * 2 + number)
        if dtype == "int8":
            made = torch.randint(-128, 128, shape, generator=generator, device=where, dtype=torch.int8)
        elif self._data == "uniform":
            made = torch.rand(shape, generator=generator, device=where).mul_(2).sub_(1)
        else:
            made = torch.randn(shape, generator=generator, device=where)
        return made.to(device=place, dtype=kind)


class Product(object):
    """c = a @ b, written again and again into the same memory."""

    def __init__(self, torch, device, dtype, a, b):
        self.torch, self.device, self.dtype = torch, device, dtype
        self.format, self.a, self.b = FORMATS[dtype], a, b
        self.m, self.n = int(a.shape[0]), int(b.shape[1])
        self.out_preallocated = False
        self.call = self._made()

    def _made(self):
        """The cheapest way to multiply that this device and torch have; the first call is yet to be made."""
        torch, place = self.torch, self.device.torch_device()
        if self.dtype == "fp8":
            one = torch.ones((), device=place, dtype=torch.float32)
            columns = self.b.t().contiguous().t()  # the product of this format takes its second operand by columns
            return self._kept(
                functools.partial(torch._scaled_mm, self.a, columns, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
            )
        multiply = torch._int_mm if self.dtype == "int8" else torch.matmul
        if not self.device.writes_in_place:
            return self._kept(functools.partial(multiply, self.a, self.b))
        kind = torch.int32 if self.dtype == "int8" else self.a.dtype
        self.c = torch.empty(self.m, self.n, device=place, dtype=kind)
        self.forget_result()
        self.out_preallocated = True
        return functools.partial(multiply, self.a, self.b, out=self.c)

    def _kept(self, multiply):
        self.c = None

        def call():
            self.c = multiply()

        return call

    def forget_result(self):
        """Fill the output with what no product holds, so that a product that is not made is noticed."""
        if self.c is not None:
            self.c.fill_(SENTINEL if self.dtype == "int8" else math.nan)

    def copy(self):
        """A copy of what was computed."""
        return self.c.clone()

    def equals(self, copy):
        """Is it bit for bit what was computed before?"""
        return bool(self.torch.equal(self.c, copy))

    def differing(self, copy):
        """How many entries differ, and of the first that does: row, column, both values."""
        where = (self.c != copy).to("cpu").nonzero()
        if not len(where):
            return 0, ""
        i, j = (int(number) for number in where[0])
        return len(where), "row %d, column %d: %r, before %r" % (i + 1, j + 1, self.c[i, j].item(), copy[i, j].item())

    def residual(self):
        """(fault, largest residual of a row over its norm, in rounding errors): Freivalds' test in fp64.

        fault: "", "not-written", "not-finite". Two vectors of ±1; a wrong entry goes unseen by neither of them unless
        it is within the rounding of its row.
        """
        torch = self.torch
        fault = self.unwritten()
        if fault:
            return fault, math.inf
        place = self.device.torch_device() if self.device.has_fp64 else "cpu"
        generator = torch.Generator().manual_seed(7)
        worst = 0.0
        for _ in range(2):
            x = (torch.randint(0, 2, (self.n,), generator=generator) * 2 - 1).to(torch.float64).to(place)
            expected = self._times(self.a, self._times(self.b, x, place), place)
            found = self._times(self.c, x, place)
            norm = self._norms(place)
            off = (expected - found).abs()
            worst = max(worst, float((off / norm.clamp_min(1e-300)).max()))
        return "", (worst / self.format.unit if self.format.unit else worst)

    def unwritten(self):
        """Holds the output what no product is? "not-written", "not-finite" or ""."""
        if self.dtype == "int8":
            return "not-written" if self.out_preallocated and bool((self.c == SENTINEL).any()) else ""
        finite = self.c.isfinite()
        if bool(finite.all()):
            return ""
        return "not-written" if self.out_preallocated and bool(self.c.isnan().all()) else "not-finite"

    def _times(self, matrix, vector, place):
        parts = [
            self.torch.mv(self._wide(matrix[i : i + ROWS_AT_ONCE], place), vector)
            for i in range(0, matrix.shape[0], ROWS_AT_ONCE)
        ]
        return self.torch.cat(parts)

    def _norms(self, place):
        parts = [self._wide(self.c[i : i + ROWS_AT_ONCE], place).norm(dim=1) for i in range(0, self.m, ROWS_AT_ONCE)]
        return self.torch.cat(parts)

    def _wide(self, part, place):
        return part.to(self.torch.float32 if self.dtype == "fp8" else part.dtype).to(place).to(self.torch.float64)

    def words(self, error):
        return importing.words(error)


SENTINEL = -(2**31) + 12345
"""No sum of 2^17 products of two int8."""
