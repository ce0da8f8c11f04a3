"""A terminal of the test's own; POSIX, since the faults are made by POSIX means."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cures.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A session with a folder and a home that are thrown away."""
    if sys.platform == "win32":
        pytest.skip("these faults are made by POSIX means")
    session = Terminal(tmp_path)
    yield session
    session.close()
