"""Reading a file of the machine: whatever lies in its place, it comes back at once."""

import os
import time

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe import files


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_the_place_of_a_file_does_not_hold_us_up(tmp_path):
    os.mkfifo(tmp_path / "pip.conf")
    began = time.monotonic()
    assert files.read(tmp_path / "pip.conf") == ""
    assert time.monotonic() - began < 1


def test_what_cannot_be_read_is_a_gap(tmp_path):
    missing = files.read(tmp_path / "nothing")
    folder = files.read(tmp_path)
    assert isinstance(missing, Missing) and missing.gap == "absent"
    assert isinstance(folder, Missing) and folder.gap in ("broken", "denied")
    (tmp_path / "text").write_bytes(b"gr\xfcn\n")
    assert files.read(tmp_path / "text") == "gr\ufffdn\n"
    assert files.line(tmp_path / "text") == "gr\ufffdn"
