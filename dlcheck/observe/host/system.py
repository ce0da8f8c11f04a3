"""Which family of operating systems this is."""

from __future__ import annotations

import sys

from dlcheck.model.host import System


def system() -> System:
    """The family, by the Python that runs."""
    families: dict[str, System] = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
    return families.get(sys.platform, "other")
