"""A row: one size of the sweep, in one format, on one device, with so many threads; and what came of it."""

import time

from .. import importing
from . import verification
from .watch import waited

GRAPH_PRODUCTS = 64
"""Captured in one graph: starting it is a few microseconds, and so hardly a tenth of one to each of them."""
SAMPLE_SECONDS = 200e-6
"""A sample is one product, or as many as it takes to last so long: the clock's own error is a thousandth of that."""


class Row(object):
    """One row of the result while it is measured."""

    def __init__(self, number, device, dtype, n, threads, layout="NN", l2="warm", m=0, k=0, graph=False):
        """m, k: of a product that is not square. graph: products are captured and replayed, none is started alone."""
        self.id, self.device, self.dtype, self.n, self.threads = number, device, dtype, n, threads
        self.m, self.k, self.graph = m or n, k or n, graph
        self.layout, self.l2 = layout, l2
        self.flush = None
        self.at_once = 1
        """Products that one call makes: those of a graph."""
        self.product = None
        self.estimate = None
        self.weight = self.patience = 1.0
        self.calls = 1
        self.taken = []
        self.block_bests = []
        self.used = 0.0
        self.credit = 0.0
        self.settled = False
        self.lost = ""
        self.told = False
        self.check = None
        self.first = None
        self.emulated = False
        self.headline = False

    def facts(self):
        """What is said of it before it is sampled."""
        return {
            "id": self.id,
            "device": self.device.name,
            "dtype": self.dtype,
            "m": self.m,
            "n": self.n,
            "k": self.k,
            "threads": self.threads,
            "layout": self.layout,
            "l2": self.l2,
            "graph": self.graph,
        }

    def tell_fault(self, answer):
        """Say at once that a product was wrong: the run may be ended before its end."""
        if self.check.fault and not self.told:
            self.told = True
            answer.add("verified", self.check.facts())

    @property
    def plain(self):
        """One of the sweep: square, as it lies in memory, with the caches as they are, each product started alone."""
        return self.layout == "NN" and self.l2 == "warm" and not self.graph and self.m == self.n == self.k

    @property
    def shape(self):
        """(m, n, k)."""
        return self.m, self.n, self.k

    def try_out(self, library, most_seconds):
        """The first products: the very first one's time, then an estimate of one. Raises what the library raises."""
        self.enter(library)
        with library.settings(self.device, self.dtype):
            first = self.once()
            if self.graph:
                self.product.call = self.device.captured(self.product.call, GRAPH_PRODUCTS)
                self.at_once = GRAPH_PRODUCTS
                self.product.forget_result()
                self.once()
            self.check = verification.Check(self)
            best = first
            until = time.perf_counter() + most_seconds
            for count in range(20):
                taken = self.once()
                best = min(best, taken)
                # Two of a long product, more of a short one: another process may have interrupted it.
                if count >= 1 and (taken > 0.02 or time.perf_counter() >= until):
                    break
            self.check.inspect()
        self.estimate = best
        alone = best * self.at_once
        enough = int(SAMPLE_SECONDS / alone) + 1 if alone < SAMPLE_SECONDS else 1
        # With cold caches, only the first product after they were emptied is cold.
        self.calls = min(enough, self.device.most_calls) if self.flush is None else 1
        return first

    def enter(self, library):
        """Make its device and its threads the ones that compute."""
        self.device.enter()
        if self.device.type == "cpu":
            library.set_threads(self.threads)

    def once(self):
        """Multiply, wait, and say how many seconds it took."""
        began = time.perf_counter()
        self.product.call()
        if not self.device.calls_wait:
            self.device.synchronize()
        return (time.perf_counter() - began) / self.at_once

    def _warm_up(self, seconds):
        """Calls that are not timed, each compared with the first product, then one that is not: caches as in a sample.

        A product that takes long warms itself up.
        """
        if self.estimate < 0.025:
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                self.once()
                self.check.inspect()
            self.once()

    def block(self, library, seconds, phase):
        """Sample it for so long, warmed up first; a dict of what came."""
        self.enter(library)
        with library.settings(self.device, self.dtype):
            call = self.product.call
            if phase != "steady":
                self._warm_up(min(0.1 * seconds, 0.005))
            held_up = waited()
            at, cpu = time.monotonic(), time.process_time()
            taken, timer = self.device.samples(call, self.calls, seconds, self.check.inspect, self.flush)
            if self.graph:
                taken, timer = [one / self.at_once for one in taken], "graph"
            cpu = time.process_time() - cpu
            wall = time.monotonic() - at
            held_up = max(0.0, (waited() or 0.0) - held_up) if held_up is not None else None
            self.check.inspect()
        self.taken += taken
        self.block_bests.append(min(taken))
        return {
            "row": self.id,
            "at": at,
            "wall": wall,
            "cpu": cpu,
            "waited": held_up,
            "calls": self.calls * self.at_once,
            "timer": timer,
            "samples": [round(one, 10) for one in taken],
        }


def take(run, row, number, phase, seconds):
    """One block, answered; the seconds it took with everything around it."""
    before = run.clock.left()
    try:
        told = row.block(run.library, min(seconds, run.clock.left()), phase)
    except Exception as error:
        row.lost = importing.words(error)
        run.answer.add("unsampled", {"row": row.id, "lost": row.lost})
        return before - run.clock.left()
    told.update(round=number, phase=phase)
    run.answer.add("blocks", told)
    row.tell_fault(run.answer)
    run.watch.look()
    return before - run.clock.left()
