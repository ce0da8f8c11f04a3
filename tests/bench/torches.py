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
    if calls[0] > 900:
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

AS_A_GPU = """
import contextlib, time, types

place = sys.modules["dlcheck_worker.benchmark.devices.cuda"]
place.Cuda.torch_device = lambda self: "cpu"
sys.modules["dlcheck_worker.benchmark.variants"].GRAPH_SECONDS = 1.0  # however busy this machine is
told = open(os.environ["DLCHECK_TEST_TOLD"], "a", buffering=1)
capturing = []

def say(word):
    told.write(word + "\\n")

class Event:
    def __init__(self, enable_timing=False):
        assert enable_timing

    def record(self):
        self.at = time.perf_counter()

    def elapsed_time(self, other):
        return (other.at - self.at) * 1e3

class Stream:
    def __init__(self, index=0):
        say("stream")

    def wait_stream(self, other):
        pass

class Graph:
    def __init__(self):
        self.calls = []

    def replay(self):
        for a, b, out in self.calls:
            real(a, b, out=out)

@contextlib.contextmanager
def captured(graph, stream=None):
    say("capture")
    capturing.append(graph)
    yield
    capturing.pop()

@contextlib.contextmanager
def on(stream):
    yield

def fault(a, b, out):
    if capturing:
        capturing[-1].calls.append((a, b, out))
        return out
    return real(a, b, out=out)

torch.cuda = types.SimpleNamespace(
    is_available=lambda: True, device_count=lambda: 1, set_device=lambda index: None, Event=Event, Stream=Stream,
    CUDAGraph=Graph, graph=captured, stream=on, current_stream=lambda index: Stream(), empty_cache=lambda: None,
    synchronize=lambda index=None: None, mem_get_info=lambda index: (1 << 30, 2 << 30),
    get_device_properties=lambda index: types.SimpleNamespace(
        name="NVIDIA Stand-in", major=8, minor=9, total_memory=2 << 30, multi_processor_count=2, clock_rate=1000000,
        L2_cache_size=1 << 20,
    ),
)
"""
"""The processor as a GPU of CUDA, by its module: events, streams and graphs; what was asked is written down."""


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
