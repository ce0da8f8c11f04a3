"""TensorFlow: can it be imported, and does it compute without dying or getting stuck?"""

from __future__ import annotations

from dlcheck.judge.check import FAIL, WARN, Verdict, check
from dlcheck.judge.imports import Library, import_crashed, import_failed, import_hung, work_crashed, work_hung
from dlcheck.model.frameworks import TensorFlow
from dlcheck.model.gaps import Probed
from dlcheck.model.snapshot import Snapshot

LAYER = "framework"


def _library(snapshot: Snapshot) -> Library:
    """TensorFlow under the name of the distribution that brought it."""
    packages = snapshot.packages.value
    names = ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tensorflow-intel", "tf-nightly")
    distribution = next((name for name in names if packages and packages.find(name)), "tensorflow")
    return Library(distribution=distribution, title="TensorFlow", module="tensorflow")


@check(FAIL, pillar="python", wanted="tensorflow", otherwise=WARN, since="0.1")
def tensorflow_import_fails(tensorflow: Probed[TensorFlow], snapshot: Snapshot) -> Verdict:
    """Importing TensorFlow fails.

    The import raises an exception, ends the process with an exit status, or finds only a remainder without code. The
    exception's message is looked up: protobuf of another generation, NumPy of another generation, a file of the
    person's own named tensorflow.py, an incomplete installation.
    """
    return import_failed(_library(snapshot), tensorflow, snapshot)


@check(FAIL, pillar="python", wanted="tensorflow", otherwise=WARN, since="0.1")
def tensorflow_import_crashes(tensorflow: Probed[TensorFlow], snapshot: Snapshot) -> Verdict:
    """Importing TensorFlow kills the process.

    Its builds use AVX instructions, which old processors, some virtual machines and Rosetta lack: the import then ends
    by an illegal instruction. Otherwise compiled parts do not fit each other.
    """
    return import_crashed(_library(snapshot), tensorflow, snapshot)


@check(FAIL, pillar="python", wanted="tensorflow", otherwise=WARN, since="0.1")
def tensorflow_import_hangs(tensorflow: Probed[TensorFlow], snapshot: Snapshot) -> Verdict:
    """Importing TensorFlow does not come back in time.

    Slow (a cold disk, a network drive, a virus scanner) or stuck: whether it still used the processor or the disk at
    its deadline is told.
    """
    return import_hung(_library(snapshot), tensorflow, snapshot)


@check(FAIL, pillar="python", wanted="tensorflow", otherwise=WARN, after=("nvidia-driver-hangs",), since="0.1")
def tensorflow_computing_crashes(tensorflow: Probed[TensorFlow], snapshot: Snapshot) -> Verdict:
    """TensorFlow dies while it looks for devices or computes.

    It can be imported; then a GPU's driver or one of its libraries ends the process.
    """
    return work_crashed(_library(snapshot), tensorflow, snapshot)


@check(FAIL, pillar="python", wanted="tensorflow", otherwise=WARN, after=("nvidia-driver-hangs",), since="0.1")
def tensorflow_computing_hangs(tensorflow: Probed[TensorFlow]) -> Verdict:
    """TensorFlow does not come back from looking for devices or from a small calculation.

    It can be imported, so the first real program would stop here. What it was doing when its time was up is told; a
    driver that does not answer has a check of its own and comes before.
    """
    return work_hung(tensorflow)
