"""See that `make bench` has a PyTorch to measure: the judged Python's, else one in dlcheck's own environment.

usage: python scripts/torch_for_bench.py     (by the Python of .venv; installs PyTorch there if there is none anywhere)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dlcheck.cli.bench_python import is_torch_somewhere  # noqa: E402

CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
"""Where there is no GPU: a tenth of the size of the index's default, which brings CUDA."""
GPU_SIGNS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg", "/dev/dri/renderD128")


def main() -> int:
    """Install where it is needed. What cannot be installed is said, and does not stop the measurement."""
    if is_torch_somewhere(str(Path.cwd()), 15.0):
        return 0
    print("No PyTorch was found to measure. Installing one into .venv (once; it can take minutes and GB) ...")
    print("To measure another Python's instead: make bench PYTHON=/path/to/python", flush=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "torch>=2", "numpy"]
    attempts = [command]
    if sys.platform == "linux" and not has_gpu():
        attempts.insert(0, [*command, "--retries", "0", "--extra-index-url", CPU_WHEELS])
    for attempt in attempts:
        if subprocess.run(attempt, check=False).returncode == 0:
            return 0
    print("PyTorch could not be installed: NumPy is measured, where the Python has it.", flush=True)
    return 0


def has_gpu() -> bool:
    """Is there any sign of a GPU that PyTorch can use?"""
    return shutil.which("nvidia-smi") is not None or any(Path(sign).exists() for sign in GPU_SIGNS)


if __name__ == "__main__":
    sys.exit(main())
