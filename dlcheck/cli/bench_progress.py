"""While a benchmark runs: how far it is, and what it measures now. On stderr, for a person at a terminal only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcheck.cli.progress import Progress

if TYPE_CHECKING:
    from dlcheck.bench.run import Progress as Far

BAR = 24


class BenchProgress(Progress):
    """A bar with the seconds that are left, and the newest figure beneath."""

    def __init__(self, seconds: float) -> None:
        """seconds: the budget."""
        super().__init__()
        self._seconds = seconds
        self._full, self._rest = ("█", "░") if self._unicode else ("#", "-")

    def show(self, far: Far) -> None:
        """Draw this moment."""
        share = min(1.0, max(0.0, far.fraction))
        full = round(BAR * share)
        bar = self._full * full + self._rest * (BAR - full)
        left = f"{self._seconds * (1 - share):.0f} s left"
        if self._one_line:
            self._put([f"Measuring, {left}: {far.words}"])
        else:
            self._put([f"Measuring  {bar}  {left}", f"  {far.words}"])
