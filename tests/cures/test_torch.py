"""Cures of PyTorch itself: what an uninstall left, builds that do not fit each other. They unpack gigabytes."""

import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cures.terminal import assert_cured, finding

pytestmark = [
    pytest.mark.cure,
    pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="these releases are taken for Python 3.11"),
]
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
NEEDS = ("filelock", "typing-extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "fsspec", "numpy")
ASKED = {"required": ("torch", "numpy"), "frameworks": ("torch",)}


def site(python):
    return next(Path(python).parent.parent.glob("lib/python*/site-packages"))


def with_cpu_torch(terminal):
    """An environment with the CPU build of torch 2.13.0, or a skip where no index in reach has it."""
    python = terminal.environment(*NEEDS)
    try:
        terminal.add(python, "torch==2.13.0+cpu")
    except AssertionError:
        pytest.skip("no index in reach has torch 2.13.0+cpu")
    return python


def test_a_half_removed_torch(terminal):
    python = with_cpu_torch(terminal)
    torch = site(python) / "torch"
    for one in list(torch.iterdir()):
        if one.name != "lib":
            shutil.rmtree(one) if one.is_dir() else one.unlink()

    assert_cured(terminal, terminal.doctor(python, **ASKED), "torch-leftover", python=python, **ASKED)

    assert terminal.run(python, "-c", "import torch; print(torch.ones(2) @ torch.ones(2))").stdout == "tensor(2.)\n"


def test_a_torch_that_lost_a_library(terminal):
    python = with_cpu_torch(terminal)
    next((site(python) / "torch" / "lib").glob("libc10.so")).unlink()

    assert_cured(terminal, terminal.doctor(python, **ASKED), "torch-import-fails", python=python, **ASKED)

    assert terminal.run(python, "-c", "import torch; print(torch.get_num_threads() > 0)").stdout == "True\n"


def test_a_shared_memory_too_small_is_made_larger(terminal):
    if shutil.which("unshare") is None or terminal.run("unshare", "-m", "true", check=False).returncode:
        pytest.skip("no mount namespace of one's own here")
    python = with_cpu_torch(terminal)
    minimum = {"minimum": "shm_bytes = 1_073_741_824"}
    hold = terminal.hold("unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /dev/shm && exec sleep 600")
    terminal.prefix = ("nsenter", "-m", f"--wd={terminal.folder}", "-t", str(hold.pid))
    report = terminal.doctor(python, **ASKED, **minimum)

    assert "shm-too-small" in report["root_causes"]
    terminal.follow(finding(report, "shm-too-small"))

    after = terminal.doctor(python, **ASKED, **minimum)
    assert after["root_causes"] == []
    code = "import torch; t = torch.ones(2**22).share_memory_(); print(int(t.sum()))"
    assert terminal.run(python, "-c", code).stdout == f"{2**22}\n"


def test_torchvision_of_another_build(terminal):
    try:
        urllib.request.urlopen(f"{CPU_WHEELS}/torchvision/", timeout=10).close()
    except (urllib.error.URLError, OSError):
        pytest.skip(f"{CPU_WHEELS} is out of reach")
    python = with_cpu_torch(terminal)
    terminal.add(python, "torchvision==0.28.0", "pillow")
    identity = "torch-torchvision-cuda-variant-mismatch"

    assert_cured(terminal, terminal.doctor(python, **ASKED), identity, python=python, **ASKED)

    code = "import torch, torchvision; print(torchvision.ops.nms(torch.ones(1, 4), torch.ones(1), 0.5))"
    assert terminal.run(python, "-c", code).stdout == "tensor([0])\n"


def test_torchvision_of_another_release(terminal):
    if shutil.disk_usage(terminal.home).free < 20 * 2**30:
        pytest.skip("20 GB of disk are wanted for two CUDA builds")
    python = terminal.environment()
    try:
        terminal.add(python, "torch==2.14.1", "numpy", "pillow", deps=True)
    except AssertionError:
        pytest.skip("no index in reach has torch 2.14.1")
    terminal.add(python, "torchvision==0.28.0")

    assert_cured(terminal, terminal.doctor(python, **ASKED), "torch-torchvision-mismatch", python=python, **ASKED)

    code = "import torch, torchvision; print(torchvision.ops.nms(torch.ones(1, 4), torch.ones(1), 0.5))"
    assert terminal.run(python, "-c", code).stdout == "tensor([0])\n"
