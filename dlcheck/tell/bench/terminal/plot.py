"""Rate over size as characters: both axes logarithmic, a mark for each size, dots between.

Drawn here: of the kept libraries uniplot needs NumPy, and plotext (6.1) is compiled, has no wheel for musl, where
dlcheck is to install as well, and takes longer to import than all the rest of this program.
"""

from __future__ import annotations

import math

from dlcheck.model.bench import Bench
from dlcheck.model.quantities import digits
from dlcheck.tell.bench.series import Curve, curves
from dlcheck.tell.terminal.sheet import BOLD, DIM, Sheet

MARKS, ASCII_MARKS = "●▲■◆", "ox+*"
DOT, ASCII_DOT = "·", "."
HEIGHT, WIDEST = 12, 72


def plot(sheet: Sheet, bench: Bench) -> None:
    """The curves under their heading; nothing where there is no curve."""
    found = curves(bench)
    if not found:
        return
    marks = MARKS if sheet.style.unicode else ASCII_MARKS
    sheet.blank()
    sheet.say(("TFLOP/s over the size N", BOLD))
    for line in drawn(found, min(sheet.width, WIDEST), marks, DOT if sheet.style.unicode else ASCII_DOT):
        sheet.columns([line], [0])
    sheet.say(("   ".join(f"{mark} {curve.name}" for mark, curve in zip(marks, found, strict=False)), DIM))


def drawn(found: list[Curve], width: int, marks: str, dot: str) -> list[str]:
    """The plot as lines, each at most so many columns wide."""
    sizes = sorted({n for curve in found for n, _ in curve.points})
    rates = [rate for curve in found for _, rate in curve.points]
    low, high = math.log10(min(rates)), math.log10(max(rates))
    if high - low < 0.3:
        low, high = low - 0.15, high + 0.15
    labels = {0: digits(10**high), HEIGHT // 2: digits(10 ** ((low + high) / 2)), HEIGHT - 1: digits(10**low)}
    margin = max(len(label) for label in labels.values()) + 1
    room = width - margin - 1
    first, last = math.log2(sizes[0]), math.log2(sizes[-1])

    def column(n: int) -> int:
        return round((math.log2(n) - first) / (last - first) * (room - 1))

    def line(rate: float) -> int:
        return round((high - math.log10(rate)) / (high - low) * (HEIGHT - 1))

    grid = [[" "] * room for _ in range(HEIGHT)]
    for curve in found:
        for (n, rate), (next_n, next_rate) in zip(curve.points, curve.points[1:], strict=False):
            left, right = column(n), column(next_n)
            for x in range(left, right + 1):
                share = (x - left) / max(1, right - left)
                between = 10 ** ((1 - share) * math.log10(rate) + share * math.log10(next_rate))
                grid[line(between)][x] = dot
    for curve, mark in reversed(list(zip(found, marks, strict=False))):
        for n, rate in curve.points:
            grid[line(rate)][column(n)] = mark
    rows = [f"{labels.get(number, ''):>{margin - 1}} |{''.join(row)}" for number, row in enumerate(grid)]
    return [*rows, f"{'':{margin}}+{'-' * room}", _axis(sizes, [column(n) for n in sizes], margin + 1, width)]


def _axis(sizes: list[int], places: list[int], margin: int, width: int) -> str:
    """The sizes under the axis, as many as have room."""
    text = ""
    for n, place in zip(sizes, places, strict=True):
        label = str(n)
        start = min(max(margin + place - len(label) // 2, 0), width - len(label))
        if start > len(text) or not text:
            text = f"{text:{start}}{label}"
    return text
