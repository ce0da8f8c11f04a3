"""The curves as SVG: both axes logarithmic, told apart by colour, dash and mark."""

from __future__ import annotations

import math

from dlcheck.model.quantities import digits
from dlcheck.tell.bench.series import Curve
from dlcheck.tell.escaping import html

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 34, 16, 44
KEY_LINE = 24
MOST_TICKS = 8


def plot(found: list[Curve]) -> list[str]:
    """The picture with its key; the key stands beneath, so that no curve is hidden."""
    sizes = sorted({n for curve in found for n, _ in curve.points})
    rates = [rate for curve in found for _, rate in curve.points]
    low, high = math.log10(min(rates)), math.log10(max(rates))
    margin = max(0.05 * (high - low), 0.05)
    low, high = low - margin, high + margin
    first, last = math.log2(sizes[0]), math.log2(sizes[-1])
    height = HEIGHT + KEY_LINE * len(found)

    def x(n: float) -> float:
        return LEFT + (math.log2(n) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(rate: float) -> float:
        return TOP + (high - math.log10(rate)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    names = ", ".join(curve.name for curve in found)
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="TFLOP/s over the size N: {html(names)}">',
        f"<title>TFLOP/s over the size N: {html(names)}</title>",
    ]
    for rate in ticks(10**low, 10**high):
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(rate):.1f}" y2="{y(rate):.1f}"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y(rate) + 4:.1f}" text-anchor="end">{rate:g}</text>')
    for n in sizes:
        lines.append(f'<line class="grid" x1="{x(n):.1f}" x2="{x(n):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        lines.append(f'<text x="{x(n):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{n}</text>')
    lines.append(f'<text class="soft" x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">N of N × N</text>')
    for number, curve in enumerate(found):
        points = " ".join(f"{x(n):.1f},{y(rate):.1f}" for n, rate in curve.points)
        lines.append(f'<polyline class="curve c{number}" points="{points}"/>')
        for n, rate in curve.points:
            what = f"<title>{html(curve.name)} at {n}: {digits(rate)} TFLOP/s</title>"
            lines.append(_mark(number, x(n), y(rate), what))
        line = HEIGHT + KEY_LINE * number + 8
        lines.append(f'<line class="curve c{number}" x1="{LEFT}" x2="{LEFT + 40}" y1="{line}" y2="{line}"/>')
        lines.append(_mark(number, LEFT + 20, line, ""))
        lines.append(f'<text x="{LEFT + 52}" y="{line + 5}">{html(curve.name)}</text>')
    return [*lines, "</svg>"]


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between both: powers of ten, with 2 and 5 between them where there is room."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1.0, 2.0, 5.0), (1.0,)):
        found = [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]
        if len(found) <= MOST_TICKS:
            return found
    return found[:: math.ceil(len(found) / MOST_TICKS)]


def _mark(number: int, x: float, y: float, title: str) -> str:
    """Circle, square, triangle, diamond."""
    if number == 0:
        return f'<circle class="mark m0" cx="{x:.1f}" cy="{y:.1f}" r="5">{title}</circle>'
    corners = {
        1: ((-5, -5), (5, -5), (5, 5), (-5, 5)),
        2: ((0, -6), (6, 5), (-6, 5)),
        3: ((0, -7), (6, 0), (0, 7), (-6, 0)),
    }[number]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon class="mark m{number}" points="{points}">{title}</polygon>'
