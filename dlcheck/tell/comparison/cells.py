"""The rows of a comparison's tables as texts."""

from __future__ import annotations

from dlcheck.model.comparison import Against, Comparison, Difference
from dlcheck.model.quantities import digits
from dlcheck.tell.bench.rows import grouped

HEADS = ("device", "format", "size", "before", "after", "effect", "interval", "verdict")


def heading(comparison: Comparison, against: Against) -> str:
    """What is compared with what."""
    first, other = comparison.runs[0].label, comparison.runs[against.run].label
    kind = (
        "the same devices" if against.same_devices else "different devices: this compares machines, it shows no change"
    )
    return f"{other} against {first} ({kind})"


def counted(against: Against) -> str:
    """How many rows of each verdict: "3 SAME, 1 SLOWER"."""
    verdicts = [one.verdict for one in against.differences]
    return ", ".join(
        f"{verdicts.count(verdict)} {verdict}"
        for verdict in ("SLOWER", "FASTER", "SAME", "AMBIGUOUS")
        if verdict in verdicts
    )


def unlike(against: Against) -> list[str]:
    """What must not be compared, rows of the same reason together."""
    return grouped((one.device, one.threads, one.dtype, one.size, one.why) for one in against.incomparable)


def difference(one: Difference) -> tuple[str, ...]:
    """One row, in the order of HEADS."""
    device = one.device + (f" / {one.other_device}" if one.other_device else "")
    if max(one.threads, one.other_threads) > 1:
        same = one.threads == one.other_threads
        device += f" ×{one.threads}" if same else f" ×{one.threads} / ×{one.other_threads}"
    low, high = one.interval
    return (
        device,
        one.dtype,
        one.size,
        digits(one.tflops[0]),
        digits(one.tflops[1]),
        f"{one.effect:.3f} ×",
        f"{low:.3f} to {high:.3f}",
        one.verdict,
    )


def reach(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """What each device reaches: heads, and a line for every run's device."""
    formats = list(dict.fromkeys(one.dtype for one in comparison.reach))
    lines = []
    for number, run in enumerate(comparison.runs):
        for device in dict.fromkeys(one.device for one in comparison.reach if one.run == number):
            of_it = {one.dtype: one for one in comparison.reach if one.run == number and one.device == device}
            rates = [
                f"{'≈' if of_it[one].approximate else ''}{digits(of_it[one].tflops)}" if one in of_it else ""
                for one in formats
            ]
            lines.append([run.label, device, *rates])
    return ["run", "device", *formats], lines
