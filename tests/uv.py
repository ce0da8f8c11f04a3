"""uv, for the tests that need it: beside the Python that runs them, where the extra `dev` brings it, or on PATH."""

import shutil
import sys
from pathlib import Path

_BESIDE = shutil.which("uv", path=str(Path(sys.executable).parent))
UV = _BESIDE or shutil.which("uv") or ""
"""Its path; "" where there is none."""
