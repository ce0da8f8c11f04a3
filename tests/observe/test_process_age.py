"""How long a process has been running, told by itself."""

from __future__ import annotations

import subprocess
import sys
import time

CODE = """
import time
time.sleep(0.5)
from dlcheck.observe import process_age
print(process_age.seconds())
"""


def test_it_is_what_the_one_who_started_it_measures():
    began = time.monotonic()
    told = float(subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True).stdout)

    assert 0.45 <= told <= time.monotonic() - began + 0.05
