"""The alternatives of a torch that does not fit: what is said is what is installed."""

import re

from tests.facts import CUDA_DRIVER, NVIDIA, TORCH_CPU, TORCH_CUDA, change, findings, gpu_machine


def test_alternatives_say_what_they_install_and_none_stands_twice():
    old = change(NVIDIA, driver_version="525.147.05", kernel_module_version="525.147.05", driver_cuda=(12, 0))
    torch = change(TORCH_CUDA, cuda_available=False, devices=TORCH_CPU.devices)
    snapshot = gpu_machine(nvidia=old, cuda_driver=change(CUDA_DRIVER, version=(12, 0)), torch=torch)
    fixes = findings("driver-too-old-for-torch-cuda", snapshot)[0].fixes

    said = [(fix.title, " ; ".join(command.text for command in fix.commands)) for fix in fixes]
    assert len({commands for _, commands in said}) == len(said)
    for title, commands in said:
        if found := re.match(r"install PyTorch (\S+)", title):
            assert f"torch=={found.group(1)}" in commands
    assert any("configured package index" in title and "--index-url" not in commands for title, commands in said)
