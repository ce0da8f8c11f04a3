"""Measure what the devices of this machine multiply, with the PyTorch of this interpreter; without it, with NumPy.

Everything is answered as it is taken: devices, rows (a size on a device in a format), blocks of raw samples, what was
verified. The statistics are made by whoever asked.
"""

import gc
import importlib
import time

from .. import importing
from . import clock, extras, probing, rounds, software, threads, training, watch
from .devices import discover, xla


def work(answer, asked):
    """asked: see dlcheck/bench/plan.py; the budget began at `began`, seconds since the epoch, without the import."""
    hours = clock.Clock(answer, asked)
    watcher = watch.Watch(answer)
    hours.importing()
    library = bring(answer, asked)
    hours.imported()
    watcher.before_the_run()
    if library is None:
        return
    answer.stage("looking for devices")
    count, because = threads.usable(asked, library.threads())
    answer.facts(library=library.name, threads=count, threads_because=because, **software.of(library))
    devices = discover(answer, library, asked, count)
    answer.stage("trying each size")
    gc.collect()
    gc.disable()
    run = probing.Run(answer, asked, hours, library, watcher)
    with library.without_gradients():
        try:
            tried = probing.probe_all(run, devices, count)
            rows = rounds.chosen(run, tried)
            extras.measure(run, devices)
            if asked["mode"] == "full":
                training.measure(run, devices)
            rounds.measure(run, rows, tried)
        finally:
            hours.over()
    answer.facts(worked_s=time.monotonic() - hours.began)


def bring(answer, asked):
    """The library that multiplies: PyTorch, else NumPy; None where there is neither or the import fails."""
    from .arithmetic import TorchArithmetic
    from .arrays import NumpyArithmetic

    if importing.has("torch"):
        torch = importing.bring(answer, "torch")
        if torch is not None:
            with_xla(answer, asked)
            return TorchArithmetic(torch, asked)
    if importing.has("numpy"):
        numpy = importing.bring(answer, "numpy")
        return NumpyArithmetic(numpy, asked) if numpy is not None else None
    answer.missing("absent", "neither PyTorch nor NumPy is installed")
    return None


def with_xla(answer, asked):
    """Import torch_xla, where its devices are wanted: its import is no part of the budget either."""
    if not xla.wanted(asked):
        return
    answer.stage("importing torch_xla")
    try:
        answer.facts(torch_xla=str(importlib.import_module("torch_xla").__version__))
    except BaseException as error:
        answer.add("lost", {"what": "xla", "why": importing.words(error)})
