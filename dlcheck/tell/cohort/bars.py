"""Bars as SVG, drawn for a phone and a desktop alike: the picture is as wide as its place, its text never smaller."""

from __future__ import annotations

from dlcheck.model.cohort import Spread
from dlcheck.tell.escaping import html

ROW, BAR = 44, 14
"""Heights: of a row with its words above the bar, and of the bar."""
WIDTH = 320
"""Of the picture in its own units: a phone's, so that nothing has to shrink there."""
LONGEST = 38
"""Characters of a value that fit."""


def bars(spread: Spread) -> list[str]:
    """One bar a value, with its words and number above it; the whole is told in words for who does not see it."""
    total = sum(one.count for one in spread.counts)
    longest = max((one.count for one in spread.counts), default=1)
    told = ", ".join(f"{one.value}: {one.count}" for one in spread.counts)
    height = ROW * len(spread.counts)
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html(f"{spread.name}: {told}")}">',
    ]
    for place, one in enumerate(spread.counts):
        top = place * ROW
        width = max(2.0, WIDTH * one.count / longest)
        words = one.value if len(one.value) <= LONGEST else one.value[: LONGEST - 1] + "…"
        share = f"{one.count} ({one.count / total:.0%})"
        lines += [
            f"<g><title>{html(one.value)}: {share}</title>",
            f'<text x="0" y="{top + 14}">{html(words)}</text>',
            f'<text class="count" x="{WIDTH}" y="{top + 14}" text-anchor="end">{share}</text>',
            f'<rect class="track" x="0" y="{top + 20}" width="{WIDTH}" height="{BAR}" rx="2"/>',
            f'<rect class="bar" x="0" y="{top + 20}" width="{width:.1f}" height="{BAR}" rx="2"/></g>',
        ]
    return [*lines, "</svg>"]
