"""Try each size before it is measured: no call is made that is predicted to take longer than the run can give."""

import time

from .. import importing
from . import variants
from .formats import FORMATS
from .rows import Row, take
from .sizes import SMALLEST, headline_size, largest

SLOW = 8.0
"""A format that is so many times slower than fp32 has no fast kernel on a CPU."""
SLOW_ELSEWHERE = 1.2
"""On an accelerator the formats of 16 bits are faster than fp32; one that is slower by so much is emulated."""
JUDGED_AT = {"cpu": (128, 256)}
JUDGED_ELSEWHERE = (1024, 2048)
"""Sizes at which that is told: large enough to be no matter of starting a kernel."""
FIRST_BLOCK_SECONDS, FIRST_CALLS_SECONDS = 0.015, 0.2
"""Of the block that follows each trial, and the longest product of which there is one."""
PROBING_SHARE = 0.15
"""Of what is left, for trying all sizes."""


class Run(object):
    """What all parts of one run need."""

    def __init__(self, answer, asked, clock, library, watch):
        self.answer, self.asked, self.clock, self.library, self.watch = answer, asked, clock, library, watch
        self.count = 0
        self.several_threads = False
        self.estimates = {}
        """Seconds of one product by (device, format, size, threads)."""

    def row(self, device, dtype, n, threads, layout="NN", l2="warm", **more):
        """A new row."""
        self.count += 1
        return Row(self.count, device, dtype, n, threads, layout, l2, **more)

    def skip(self, device, dtype, n, threads, reason, **more):
        """Say of a row why it is not measured."""
        facts = self.row(device, dtype, n, threads).facts()
        facts.update(more)
        facts["skipped_reason"] = reason
        self.answer.add("rows", facts)


def probe_all(run, devices, threads):
    """The rows that can be measured, of all devices and formats; the others are answered with the reason."""
    rows = []
    full = run.asked["mode"] == "full"
    run.several_threads = threads > 1
    for device in devices:
        for dtype in wanted_formats(run, device, full):
            for count in thread_counts(device, dtype, threads):
                sweep = Sweep(run, device, dtype, count)
                tried = sweep.rows()
                rows += tried
                if run.asked["mode"] != "quick":
                    rows += variants.captured(sweep, tried)
                if full and count in (0, threads):
                    rows += variants.of(sweep, tried)
    return rows


def wanted_formats(run, device, full):
    """The formats to try on a device, fp32 first: the others are compared with it."""
    wanted = run.asked["dtypes"]
    here = [dtype for dtype in device.formats(full or bool(wanted)) if run.library.has(dtype)]
    if run.asked["mode"] == "quick" and not wanted:
        here = [dtype for dtype in here if dtype in ("fp32", "bf16", "fp16")]
    return [dtype for dtype in here if not wanted or dtype in wanted]


def thread_counts(device, dtype, threads):
    """One thread and all; of other formats than fp32 one thread is tried at one size alone, known from all of them."""
    if device.type != "cpu":
        return (0,)
    return (1, threads) if threads > 1 and dtype == "fp32" else (threads, 1) if threads > 1 else (1,)


class Sweep(object):
    """The sizes of one device, format and number of threads, each twice the one before."""

    def __init__(self, run, device, dtype, threads):
        self.run, self.device, self.dtype, self.threads = run, device, dtype, threads
        self.limit = run.asked["per_call"]
        self._until = run.clock.left() * (1 - PROBING_SHARE)
        self._largest = largest(device, run.asked["mode"])
        self._slow = SLOW if device.type == "cpu" or device.virtual else SLOW_ELSEWHERE
        self._judged_at = JUDGED_AT.get("cpu" if device.virtual else device.type, JUDGED_ELSEWHERE)

    def sizes(self):
        """All sizes of the sweep; of one thread and another format than fp32, the one that stands for the device."""
        mode = self.run.asked["mode"]
        if self.threads == 1 and self.dtype != "fp32" and self.run.several_threads:
            return (headline_size(self.device, mode),)
        sizes, n = [], SMALLEST
        while n <= self._largest:
            sizes.append(n)
            n *= 2
        return tuple(sizes)

    def _left_out(self, n):
        if self.run.asked["mode"] == "quick" and n > headline_size(self.device, "quick"):
            return "--quick measures one size"
        return ""

    def rows(self):
        """Try them in turn; rows that can be measured."""
        rows, last, reason, factor = [], None, "", {}
        for n in self.sizes():
            if not reason:
                reason = self._left_out(n) or self.forbidden((n, n, n), last)
            if reason:
                self.run.skip(self.device, self.dtype, n, self.threads, reason, **factor)
                continue
            row = self.run.row(self.device, self.dtype, n, self.threads)
            reason = self.trial(row)
            if reason:
                self.run.skip(self.device, self.dtype, n, self.threads, reason)
                continue
            last = row
            self.run.estimates[self.device.name, self.dtype, n, self.threads] = row.estimate
            factor, reason = self._emulated(row)
            self.tell(row, factor)
            row.emulated = bool(factor)
            # So that something is known of it should the run be ended soon.
            if row.estimate < FIRST_CALLS_SECONDS:
                take(self.run, row, 0, "rounds", FIRST_BLOCK_SECONDS)
            rows.append(row)
        return rows

    def tell(self, row, more, reason=""):
        """Answer a row that was tried."""
        facts = row.facts()
        facts.update(more)
        if reason:
            facts["skipped_reason"] = reason
        else:
            facts.update(estimate=row.estimate, first_call_s=row.first, accumulate=row.product.format.accumulate)
            facts["out_preallocated"] = row.product.out_preallocated
        self.run.answer.add("rows", facts)
        if not reason:
            self.run.answer.add("verified", row.check.facts())  # more will be known, but the run may be ended before

    def forbidden(self, shape, last, most=None):
        """Why this shape must not be tried; "" where it may be. most: seconds, in place of what one call may take."""
        m, n, k = shape
        limit = self.limit if most is None else most
        predicted = self._least(last.n) * (m * n * k / last.n**3) if last is not None else 0.0
        if last is None and n > SMALLEST:
            # One thread at one size: it is known how long all threads take for it.
            others = [self.run.estimates.get((self.device.name, self.dtype, n, count)) for count in range(2, 1025)]
            known = [one * count for count, one in enumerate(others, 2) if one is not None]
            if not known:
                return "it was not measured with several threads"
            predicted = known[0]
        if predicted > limit:
            return "one product would take about %s; this run allows %s" % (seconds(predicted), seconds(limit))
        if 3 * predicted > max(0.0, self.run.clock.left() - self._until):
            return "there is no time left in this run"
        # The product is kept twice: its first copy is what the others are compared with.
        need = (m * k + k * n) * FORMATS[self.dtype].bytes + 2 * m * n * FORMATS[self.dtype].out_bytes
        held = self.run.library.bytes.get(self.device.name, 0)
        allowed = self.memory()
        if allowed is not None and held + need > allowed:
            return "the matrices would take %d MB more; %d MB are left to this run" % (
                need >> 20,
                (allowed - held) >> 20,
            )
        return ""

    def _least(self, n, dtype=None):
        """The shortest time of that size with any number of threads: a busy machine holds several threads up most.

        None where the size was not tried.
        """
        wanted = (self.device.name, dtype or self.dtype, n)
        return min((one for key, one in self.run.estimates.items() if key[:3] == wanted), default=None)

    def memory(self):
        """Bytes that all matrices on the device may take together: those of all formats and sizes stay there."""
        if self.device.type == "cpu" or self.device.virtual:
            return self.run.asked["memory"]
        if not hasattr(self.device, "allowed"):
            free = self.device.memory_free()
            most = (8 if self.run.asked["mode"] == "full" else 4) << 30
            self.device.allowed = most if free is None else min(free // 2, most)
        return self.device.allowed

    def trial(self, row):
        """Make the matrices and multiply them; why that cannot be done, "" where it can."""
        self.run.answer.stage("multiplying %s on %s, %d x %d" % (self.dtype, self.device.name, row.m, row.n))
        try:
            row.product = self.run.library.product(self.device, self.dtype, row.shape, row.layout)
            row.first = row.try_out(self.run.library, 0.003)
            return ""
        except MemoryError as error:
            words = importing.words(error)
        except Exception as error:
            words = importing.words(error)
        row.product = row.check = None
        try:
            self.run.library.forget(self.device, self.dtype, row.shape)
        except Exception:
            pass  # the device is gone; what follows on it will say so
        return "out of memory: " + words if "memory" in words.lower() else words

    def _emulated(self, row):
        """(facts, reason to stop) where this format has no fast kernel here."""
        others = {dtype: self._least(row.n, dtype) for dtype in ("fp32", "fp16", "bf16")}
        if self.dtype in ("fp32", "tf32", "fp64") or not others["fp32"] or row.n not in self._judged_at:
            return {}, ""
        if row.estimate < self._slow * others["fp32"] or self._factor(row, "fp32") < self._slow:
            return {}, ""
        fastest = min((one, dtype) for dtype, one in others.items() if one and dtype != self.dtype)[1]
        factor = self._factor(row, fastest)
        words = "no fast kernel for %s here: %.0f times slower than %s" % (self.dtype, factor, fastest)
        return {"emulated_factor": factor, "emulated_against": fastest}, words

    def _factor(self, row, dtype):
        """How many times slower the row is than another format of its size: the best of several, in turn.

        With one thread: a busy machine holds up several threads ten times as long, now and then.
        """
        other = self.run.row(self.device, dtype, row.n, row.threads)
        other.product = self.run.library.product(self.device, dtype, row.shape)
        best = {}
        until = time.perf_counter() + min(0.3, 0.02 * self.run.clock.left())
        row.enter(self.run.library)
        self.run.library.set_threads(1 if self.device.type == "cpu" else 0)
        for turn in range(8):
            for one in (row, other):
                with self.run.library.settings(self.device, one.dtype):
                    best[one.dtype] = min(one.once(), best.get(one.dtype, 1e9))
            if time.perf_counter() > until and turn > 1:
                break
        return best[row.dtype] / best[dtype]


def seconds(value):
    """For a person: "0.35 s", "12 s"."""
    return "%.2g s" % value if value < 10 else "%d s" % value
