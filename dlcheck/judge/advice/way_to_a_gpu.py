"""Where there is no GPU: how this place is given one, or where else there is one."""

from __future__ import annotations

from dlcheck.judge.advice import driver
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.nvidia_facts import PASSED_ON, in_container
from dlcheck.model.gaps import known
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

ELSEWHERE = (
    "use a hosted notebook with a GPU (Google Colab, Kaggle), or another machine; `dlcheck guide cloud` lists them"
)


def ways_to_a_gpu(snapshot: Snapshot) -> tuple[Fix, ...]:
    """Alternatives, the likeliest first."""
    cloud, os, nvidia = snapshot.cloud.value, snapshot.os.value, snapshot.nvidia.value
    elsewhere = Fix(title=ELSEWHERE)
    if cloud is not None and cloud.platform == "colab":
        return (Fix(title="in Colab choose Runtime, Change runtime type, and there a GPU"),)
    if cloud is not None and cloud.platform == "kaggle":
        return (Fix(title="in the notebook's settings choose an accelerator: GPU T4 x2, which every PyTorch serves"),)
    if cloud is not None and cloud.platform == "slurm":
        argv = ("srun", "--gres=gpu:1", "--pty", "bash")
        step = Command(argv=argv, text=" ".join(argv))
        return (Fix(title="ask the cluster for a GPU, and run dlcheck in that job", commands=(step,)),)
    if held := held_for_machines(snapshot):
        title = (
            "give the GPU back to this system: take its number out of vfio-pci.ids= on the kernel's command line and "
            "out of /etc/modprobe.d, build the first RAM disk anew, and restart"
        )
        return (Fix(title=f"{title} ({held})", needs=("admin", "reboot")), elsewhere)
    if nvidia is not None and nvidia.blacklisted_in:
        return (switch_on(snapshot), elsewhere)
    if os is not None and os.wsl:
        steps = (driver.on_windows_side("wsl", "--update"), driver.on_windows_side("wsl", "--shutdown"))
        title = "if the computer has an NVIDIA GPU: see that nvidia-smi works in Windows, then bring WSL up to date"
        return (Fix(title=title, commands=steps, needs=("admin", "network"), source=driver.WSL_GUIDE), elsewhere)
    if in_container(snapshot):
        return (Fix(title="start the container anew with its host's GPU, where that has one: --gpus all"), elsewhere)
    return (elsewhere,)


def held_for_machines(snapshot: Snapshot) -> str:
    """NVIDIA GPUs that are kept for virtual machines, in words; "" where none is."""
    pci = snapshot.pci.value
    held = [card for card in pci.of("nvidia") if known(card.driver) in PASSED_ON] if pci else []
    return ", ".join(f"{card.name or 'an NVIDIA GPU'} at {card.address}: {known(card.driver)}" for card in held)


def switch_on(snapshot: Snapshot) -> Fix:
    """Let a laptop use its NVIDIA GPU beside the processor's own."""
    return Fix(
        title="switch the NVIDIA GPU on beside the processor's own, and restart",
        commands=(as_admin(snapshot, "prime-select", "on-demand"), as_admin(snapshot, "reboot")),
        needs=("admin", "reboot"),
        verify=driver.smi(snapshot),
        source="https://github.com/JackHack96/dell-xps-9570-ubuntu-respin/issues/125",
    )
