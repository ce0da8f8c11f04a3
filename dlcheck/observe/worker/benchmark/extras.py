"""What a product is not: copying between memories, the memories' bandwidth, the cost of a single small operation."""

import time

from .. import importing

SHARE, MOST_SECONDS = 0.1, 1.5
"""Of what is left, for all of it; and at most for one device."""
COPY_BYTES = {"quick": 16 << 20, "default": 64 << 20, "full": 64 << 20}
CALLS = 200
MOST_COPIES = 20


def measure(run, devices):
    """Latency, copies and bandwidth of each device, each within its part of the time."""
    if run.library.torch is None:
        return
    seconds = min(MOST_SECONDS, SHARE * run.clock.left() / max(1, len(devices)))
    for device in devices:
        parts = [(latency, 0.1), (bandwidth, 0.4)]
        if device.type != "cpu" and not device.virtual:
            parts.append((transfers, 0.5))
        for part, share in parts:
            run.answer.stage("measuring %s of %s" % (part.__name__, device.name))
            try:
                device.enter()
                if device.type == "cpu":
                    run.library.set_threads(device.threads)
                part(run, device, share * seconds)
            except Exception as error:
                run.answer.add(
                    "lost", {"what": "%s of %s" % (part.__name__, device.name), "why": importing.words(error)}
                )
        device.empty_cache()


def latency(run, device, seconds):
    """Enqueueing an operation on one number, and the same with waiting for it; the median of each."""
    torch = run.library.torch
    x = torch.zeros(1, device=device.torch_device())

    def launch():
        x.add_(1)

    def round_trip():
        x.add_(1)
        device.synchronize()

    round_trip()
    half = seconds / 2
    waited = timed(round_trip, half, CALLS)
    # The queue must not fill up, or a launch would wait for an earlier one: it is emptied between the samples.
    launched = [one / 20 for one in timed(lambda: [launch() for _ in range(20)], half, CALLS // 20, device.synchronize)]
    told = {"device": device.name, "launch_us": median(launched) * 1e6, "roundtrip_us": median(waited) * 1e6}
    run.answer.add("latency", told)


def bandwidth(run, device, seconds):
    """c = a + 3·b over arrays beyond the caches; two are read, one is written."""
    torch, place = run.library.torch, device.torch_device()
    size = array_bytes(run, device)
    count = size // 4
    a, b, c = (torch.full((count,), float(number), device=place) for number in (1, 2, 0))

    def triad():
        if device.writes_in_place:
            torch.add(a, b, alpha=3, out=c)
        else:
            triad.kept = torch.add(a, b, alpha=3)
        device.synchronize()

    triad()
    cpu, began = time.process_time(), time.perf_counter()
    taken = timed(triad, seconds, 100)
    wall = time.perf_counter() - began
    told = {
        "device": device.name,
        "bytes": size,
        "threads": getattr(device, "threads", 0),
        "gbps": 3 * size / median(taken) / 1e9,
        "gbps_best": 3 * size / min(taken) / 1e9,
        "noise": median(taken) / min(taken) - 1,
        "samples": len(taken),
    }
    if device.type == "cpu":
        told["cpu_share"] = min(1.0, (time.process_time() - cpu) / (wall * device.threads))
    run.answer.add("memory_bw", told)


def array_bytes(run, device):
    """Of one array: far larger than the last cache where the memory allows, at most 128 MiB."""
    most = (32 if run.asked["mode"] == "quick" else 128) << 20
    free = run.asked["memory"] if device.type == "cpu" or device.virtual else device.memory_free()
    return most if free is None else max(1 << 20, min(most, free // 6))


def transfers(run, device, seconds):
    """Copies both ways, from and to pinned and pageable memory."""
    torch = run.library.torch
    size = COPY_BYTES.get(run.asked["mode"], 64 << 20)
    there = torch.zeros(size // 4, device=device.torch_device())
    for kind in ("pinned", "pageable"):
        here = torch.ones(size // 4)
        if kind == "pinned":
            try:
                here = here.pin_memory()
            except Exception as error:
                run.answer.add("lost", {"what": "pinned copies of " + device.name, "why": importing.words(error)})
                continue
        for way in ("h2d", "d2h"):
            target, source = (there, here) if way == "h2d" else (here, there)

            def copy(target=target, source=source, at_once=kind == "pinned"):
                target.copy_(source, non_blocking=at_once)
                device.synchronize()

            copy()
            taken = timed(copy, seconds / 4, MOST_COPIES)
            told = {"device": device.name, "dir": way, "kind": kind, "bytes": size, "samples": len(taken)}
            told.update(gbps=size / median(taken) / 1e9, gbps_best=size / min(taken) / 1e9)
            run.answer.add("transfers", told)


def timed(call, seconds, most, between=None):
    """Seconds of each call, for so long, at least three and at most so many. between: called untimed after each."""
    taken, until = [], time.perf_counter() + seconds
    while len(taken) < most:
        began = time.perf_counter()
        call()
        ended = time.perf_counter()
        taken.append(ended - began)
        if between is not None:
            between()
        if ended >= until and len(taken) >= 3:
            break
    return taken


def median(values):
    """The middle one; of an even number the lower of the two."""
    return sorted(values)[(len(values) - 1) // 2]
