"""C libraries that stand in for those of a driver: compiled at test time, told by environment variables what to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = {"libcuda.so.1": "libcuda.c", "libnvidia-ml.so.1": "libnvidia_ml.c"}


def build(folder: Path, *names: str) -> Path:
    """Compile stand-ins into a folder, by the names that programs load them by. Skips the test without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    for name in names:
        source = Path(__file__).parent / SOURCES[name]
        command = [compiler, "-shared", "-fPIC", "-O0", f"-Wl,-soname,{name}", "-o", str(folder / name), str(source)]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stderr
    return folder
