"""Folders to put before a real PyTorch on PYTHONPATH: it is imported as ever, with one fault built in."""

from __future__ import annotations

import os
import subprocess
import textwrap

REAL = os.environ.get("DLCHECK_TEST_PYTHON", "")

WRAPPER = """
import importlib, os, sys
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.getcwd()) != here]
del sys.modules["torch"]
torch = importlib.import_module("torch")
real = torch.matmul
calls = [0]

def matmul(a, b, *, out):
    calls[0] += 1
    return fault(a, b, out)

torch.matmul = matmul
"""

FLIPS_A_BIT = """
def fault(a, b, out):
    real(a, b, out=out)
    if calls[0] % 97 == 0 and out.dtype == torch.float32:
        out.view(torch.int32)[3, 5] ^= 1 << 3
    return out
"""
"""The third bit from the right of one entry, in every 97th product: far below the rounding of the product."""

WRONG = """
def fault(a, b, out):
    real(a, b, out=out)
    out[7] = 0
    return out
"""
EMPTY = """
def fault(a, b, out):
    return out
"""
"""The product that a compiler has removed."""
NOT_A_NUMBER = """
def fault(a, b, out):
    real(a, b, out=out)
    out[0, 0] = float("nan")
    return out
"""
SLOW_BF16 = """
import time

def fault(a, b, out):
    if a.dtype == torch.bfloat16:
        time.sleep(a.shape[0] ** 3 * 4e-9)
    return real(a, b, out=out)
"""
OUT_OF_MEMORY = """
def fault(a, b, out):
    if a.shape[0] > 256:
        raise RuntimeError("CUDA out of memory. Tried to allocate 1.00 GiB")
    return real(a, b, out=out)
"""
HANGS = """
import time

def fault(a, b, out):
    if calls[0] > 40:
        time.sleep(600)
    return real(a, b, out=out)
"""
DIES = """
def fault(a, b, out):
    if calls[0] > 1500:
        os.abort()
    return real(a, b, out=out)
"""
ADDS_IN_ANOTHER_ORDER = """
def fault(a, b, out):
    real(a, b, out=out)
    if calls[0] % 2:
        out.mul_(1 + 2.0 ** -23)
    return out
"""


def before_the_real_one(folder, fault):
    """The environment variables by which an interpreter takes the faulty PyTorch."""
    package = folder / "faulty" / "torch"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(textwrap.dedent(WRAPPER) + textwrap.dedent(fault))
    return {**os.environ, "PYTHONPATH": str(package.parent)}


def has(module):
    """Does the interpreter for tests have it? Asked without importing it."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return bool(REAL) and subprocess.run([REAL, "-c", code], check=False).returncode == 0
