"""What every device can do, timed by the clock on the wall."""

import time

INSPECT_EVERY = 16
"""After so many samples the product is compared with the first one, between two samples, untimed."""


class Device(object):
    """A device that is waited for. Its kinds replace what they do otherwise."""

    family = ""
    """What a person may call it besides its name and type."""
    timer = "wall"
    writes_in_place = True
    makes_random = True
    """Random numbers can be drawn on it, from a generator of its own."""
    has_fp64 = True
    virtual = False
    last_cache = 0
    """Bytes; 0 where it does not tell."""
    calls_wait = False
    """A call returns when the product is there: nothing has to be waited for."""
    most_calls = 64
    """In one sample."""
    captured = None
    """(call, count) → a function that replays so many calls which were captured in a graph; None where it has none."""

    def __init__(self, name, kind, index=0):
        self.name, self.type, self.index = name, kind, index

    def torch_device(self):
        """As torch takes it."""
        return self.name

    def enter(self):
        """Make it the one that what follows is meant for."""

    def synchronize(self):
        """Wait until everything that was asked of it is done."""

    def describe(self):
        """Facts of it, by the names of the model."""
        return {}

    def memory_free(self):
        """Bytes that are free on it; None where it does not tell."""
        return None

    def empty_cache(self):
        """Give back what the allocator holds."""

    def formats(self, full):
        """The formats that are worth trying on it; `full`: all."""
        return ("fp32", "bf16", "fp16") + (("fp64", "int8", "fp8") if full else ())

    def samples(self, call, calls, seconds, inspect, flush=None):
        """Times of one product, from samples of `calls` of them each, for so long; at least one sample.

        inspect: called between samples now and then; the product after it is not timed, since it finds other data in
        the caches. flush: empties the caches before each sample, untimed. Returns (samples, timer).
        """
        taken = []
        clock, wait = time.perf_counter, None if self.calls_wait else self.synchronize
        end = clock() + seconds
        more = range(calls - 1)
        while True:
            if flush is not None:
                flush()
                self.synchronize()
            began = clock()
            call()
            for _ in more:
                call()
            if wait is not None:
                wait()
            ended = clock()
            taken.append((ended - began) / calls)
            if ended >= end:
                return taken, "wall"
            if len(taken) % INSPECT_EVERY == 0:
                inspect()
                call()
                if wait is not None:
                    wait()


class EventDevice(Device):
    """A device with a stream that takes the time of events in it, by the module that torch has for its kind."""

    timer = "events"
    most_calls = 256
    agreement = 0.10
    """How far the events' sum may be from the wall's time before the wall is believed."""

    def __init__(self, module, name, kind, index=0):
        Device.__init__(self, name, kind, index)
        self.module = module
        self._events = []
        self._tells_time = True

    def enter(self):
        self.module.set_device(self.index)

    def synchronize(self):
        self.module.synchronize(self.index)

    def empty_cache(self):
        self.module.empty_cache()

    def memory_free(self):
        return int(self.module.mem_get_info(self.index)[0])

    def _pairs(self, count):
        while len(self._events) < count:
            self._events.append(tuple(self.module.Event(enable_timing=True) for _ in range(2)))
        return self._events[:count]

    def samples(self, call, calls, seconds, inspect, flush=None):
        """By events where this build of torch has them for this device, else by the wall."""
        if self._tells_time:
            try:
                return self._by_events(call, calls, seconds, inspect, flush)
            except (AttributeError, NotImplementedError):
                self._tells_time = False
        return Device.samples(self, call, calls, seconds, inspect, flush)

    def _by_events(self, call, calls, seconds, inspect, flush):
        """The queue is filled with a block and waited for once; the first sample, of an empty queue, is dropped."""
        began = time.perf_counter()
        call()
        self.synchronize()
        one = max(1e-7, time.perf_counter() - began)
        count = int(min(512, max(2, seconds / (one * calls))))
        pairs = self._pairs(count + 1)
        began = time.perf_counter()
        for start, stop in pairs:
            if flush is not None:
                flush()
            start.record()
            for _ in range(calls):
                call()
            stop.record()
        self.synchronize()
        wall = (time.perf_counter() - began) / len(pairs) / calls
        taken = [start.elapsed_time(stop) / 1e3 / calls for start, stop in pairs][1:]
        inspect()
        mean = sum(taken) / len(taken)
        # An event resolves about a microsecond: kernels that are hardly longer are believed by neither clock alone.
        # With caches that are emptied between the samples the wall's time says nothing of them.
        if mean <= 0 or (flush is None and mean * calls > 200e-6 and abs(mean - wall) > self.agreement * wall):
            return [wall] * min(3, count), "wall"
        return taken, "events"
