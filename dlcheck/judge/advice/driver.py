"""Steps that bring, update, load or repair NVIDIA's driver, each for this distribution.

No test of ours can run them: each names the page that it comes from.
"""

from __future__ import annotations

from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import as_admin, package_manager
from dlcheck.judge.knowledge.cubin import Capability
from dlcheck.judge.knowledge.cuda_drivers import last_branch_for, legacy_branch_for
from dlcheck.judge.knowledge.versions import at_least, numbers
from dlcheck.judge.nvidia_facts import capabilities, has_tegra, in_container
from dlcheck.model.host import Os
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

BRANCH = "580"
"""The branch that is advised where an older one is too old: it drives Maxwell to Blackwell and runs CUDA 13."""
NVIDIA_GUIDE = "https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/"
UBUNTU_GUIDE = "https://documentation.ubuntu.com/server/how-to/graphics/install-nvidia-drivers/"
DEBIAN_GUIDE = "https://wiki.debian.org/NvidiaGraphicsDrivers"
FEDORA_GUIDE = "https://rpmfusion.org/Howto/NVIDIA"
ARCH_GUIDE = "https://wiki.archlinux.org/title/NVIDIA"
SUSE_GUIDE = "https://en.opensuse.org/SDB:NVIDIA_drivers"
WSL_GUIDE = "https://docs.nvidia.com/cuda/wsl-user-guide/"
DOWNLOAD = "https://www.nvidia.com/drivers"
TURING: Capability = (7, 5)
"""The first architecture for which there is an open kernel module."""
DEBIAN_OWN: dict[str, str] = {"13": "550", "12": "535", "11": "470"}
"""The driver branch in Debian's own releases (packages.debian.org, general knowledge)."""


def install_driver(snapshot: Snapshot, oldest: str = "") -> Fix:
    """Bring a driver, at least of version `oldest`, to where this machine's driver belongs."""
    os = snapshot.os.value
    wanted = f"NVIDIA driver {oldest} or newer" if oldest else "NVIDIA driver"
    if in_container(snapshot):
        title = f"install the {wanted} on the host, not in the container; then start the container again"
        return Fix(title=title, needs=("admin", "reboot"), source=NVIDIA_GUIDE)
    if os is None or os.system == "windows":
        title = f"install the {wanted} from {DOWNLOAD}, and restart the computer"
        return Fix(title=title, needs=("admin", "network", "reboot"), verify=smi(snapshot), source=DOWNLOAD)
    if os.wsl:
        return Fix(
            title=f"install the {wanted} in Windows ({DOWNLOAD}), never inside WSL; then stop WSL, in PowerShell",
            commands=(on_windows_side("wsl", "--shutdown"),),
            needs=("admin", "network"),
            verify=smi(snapshot),
            source=WSL_GUIDE,
        )
    if has_tegra(snapshot):
        title = f"the {wanted} of a Jetson comes with its JetPack: update JetPack"
        return Fix(
            title=title, needs=("admin", "network", "reboot"), source="https://developer.nvidia.com/embedded/jetpack"
        )
    steps, source, also = _linux_steps(snapshot, os, oldest)
    return Fix(
        title=f"install the {wanted}{also}, and restart the computer",
        commands=(*steps, as_admin(snapshot, "reboot")) if steps else (),
        needs=("admin", "network", "reboot"),
        verify=smi(snapshot),
        source=source,
    )


def newer_driver(snapshot: Snapshot, floor: str) -> tuple[Fix, ...]:
    """A newer driver, where one of that version still drives every GPU here."""
    ends = [last_branch_for(one) for one in capabilities(snapshot)]
    if any(end is not None and at_least(numbers(floor), numbers(end)) for end in ends):
        return ()
    return (install_driver(snapshot, floor),)


def coming_driver(snapshot: Snapshot) -> str:
    """The driver that advice would bring here: a version or a branch; "" where that is not known."""
    os = snapshot.os.value
    if os is None or has_tegra(snapshot):
        return ""
    legacy = [last for one in capabilities(snapshot) if (last := legacy_branch_for(one))]
    own = DEBIAN_OWN.get(os.version.partition(".")[0], "") if os.distribution == "debian" and not os.wsl else BRANCH
    return min([own, *legacy], key=numbers) if own else ""


def _linux_steps(snapshot: Snapshot, os: Os, oldest: str) -> tuple[tuple[Command, ...], str, str]:
    """The commands, the page they come from, and what the title has to add."""
    branch = BRANCH if not oldest or at_least(numbers(BRANCH), numbers(oldest)) else oldest.partition(".")[0]
    is_open = bool(capabilities(snapshot)) and min(capabilities(snapshot)) >= TURING
    manager = package_manager(os)
    if os.distribution == "ubuntu" or "ubuntu" in os.distribution_like:
        update = as_admin(snapshot, "apt-get", "update")
        if oldest:
            package = f"nvidia-driver-{branch}{'-open' if is_open else ''}"
            return (update, as_admin(snapshot, "apt-get", "install", "-y", package)), UBUNTU_GUIDE, ""
        tool = as_admin(snapshot, "apt-get", "install", "-y", "ubuntu-drivers-common")
        return (update, tool, as_admin(snapshot, "ubuntu-drivers", "install")), UBUNTU_GUIDE, ""
    if manager == "apt":
        own = DEBIAN_OWN.get(os.version.partition(".")[0], "")
        if oldest and not (own and at_least(numbers(own), numbers(oldest))):
            return (), NVIDIA_GUIDE, " from NVIDIA's repository for Debian"
        packages = (f"linux-headers-{os.kernel}", "nvidia-driver", "firmware-misc-nonfree")
        add = as_admin(snapshot, "apt-get", "install", "-y", *packages)
        sources = " (first enable contrib, non-free and non-free-firmware among apt's sources)"
        return (as_admin(snapshot, "apt-get", "update"), add), DEBIAN_GUIDE, sources
    if os.distribution == "fedora":
        add = as_admin(snapshot, "dnf", "install", "-y", "akmod-nvidia", "xorg-x11-drv-nvidia-cuda")
        return (add, as_admin(snapshot, "akmods", "--force")), FEDORA_GUIDE, " (first enable RPM Fusion)"
    if manager == "dnf":
        stream = "nvidia-driver:open-dkms" if is_open else "nvidia-driver:latest-dkms"
        add = as_admin(snapshot, "dnf", "module", "install", "-y", stream)
        return (add,), NVIDIA_GUIDE, " (first add NVIDIA's repository for this release)"
    if manager == "pacman":
        if not is_open:
            return (), ARCH_GUIDE, f" of the {BRANCH} branch: Arch's own drives Turing and newer GPUs only"
        add = as_admin(snapshot, "pacman", "-S", "--noconfirm", "--needed", "nvidia-open", "nvidia-utils")
        return (add,), ARCH_GUIDE, ""
    if manager == "zypper":
        return (), SUSE_GUIDE, " from NVIDIA's repository for openSUSE"
    return (), NVIDIA_GUIDE, ""


def legacy_driver(snapshot: Snapshot, capability: Capability) -> Fix | None:
    """The last branch for a GPU that newer drivers no longer drive; None where every driver drives it."""
    last = legacy_branch_for(capability)
    if last is None:
        return None
    os = snapshot.os.value
    steps: tuple[Command, ...] = ()
    if os is not None and os.distribution == "ubuntu":
        steps = (
            as_admin(snapshot, "apt-get", "update"),
            as_admin(snapshot, "apt-get", "install", "-y", f"nvidia-driver-{last}"),
            as_admin(snapshot, "reboot"),
        )
    title = f"install the {last} branch of the driver, the last for this GPU, with its proprietary kernel module"
    return Fix(title=title, commands=steps, needs=("admin", "network", "reboot"), verify=smi(snapshot), source=DOWNLOAD)


def reboot(snapshot: Snapshot, title: str = "restart the computer") -> Fix:
    """A restart, which loads the driver anew."""
    os = snapshot.os.value
    windows = os is not None and os.system == "windows"
    step = command(snapshot, "shutdown", "/r", "/t", "0") if windows else as_admin(snapshot, "reboot")
    return Fix(title=title, commands=(step,), needs=("admin", "reboot"), verify=smi(snapshot), source=NVIDIA_GUIDE)


def power_off(snapshot: Snapshot) -> Fix:
    """A cold start, which a GPU that fell off the bus needs."""
    os = snapshot.os.value
    windows = os is not None and os.system == "windows"
    step = command(snapshot, "shutdown", "/s", "/t", "0") if windows else as_admin(snapshot, "poweroff")
    return Fix(
        title="switch the computer off, wait a moment, and switch it on again; a warm restart may not do",
        commands=(step,),
        needs=("admin", "reboot"),
        verify=smi(snapshot),
        source="https://github.com/NVIDIA/open-gpu-kernel-modules/issues/507",
    )


def reload_modules(snapshot: Snapshot, *modules: str, title: str) -> Fix:
    """Unload kernel modules, users first, and load the driver anew; nothing may be using the GPU."""
    steps = (as_admin(snapshot, "rmmod", *modules), as_admin(snapshot, "modprobe", modules[-1]))
    return Fix(title=title, commands=steps, needs=("admin",), verify=smi(snapshot), source=NVIDIA_GUIDE)


def load_module(snapshot: Snapshot, module: str = "nvidia") -> Fix:
    """Load a kernel module that is built and not loaded."""
    return Fix(
        title=f"load the kernel module {module}",
        commands=(as_admin(snapshot, "modprobe", module),),
        needs=("admin",),
        verify=smi(snapshot),
        source=NVIDIA_GUIDE,
    )


def build_module(snapshot: Snapshot) -> Fix | None:
    """Build the kernel module for the kernel that runs; None where it is not known how this system does that."""
    os = snapshot.os.value
    if os is None:
        return None
    manager = package_manager(os)
    steps: tuple[Command, ...] = ()
    if manager == "apt":
        steps = (
            as_admin(snapshot, "apt-get", "update"),
            as_admin(snapshot, "apt-get", "install", "-y", f"linux-headers-{os.kernel}"),
            as_admin(snapshot, "dkms", "autoinstall"),
            as_admin(snapshot, "modprobe", "nvidia"),
        )
    elif manager == "dnf":
        steps = (
            as_admin(snapshot, "dnf", "install", "-y", f"kernel-devel-{os.kernel}"),
            as_admin(snapshot, "akmods", "--force"),
            as_admin(snapshot, "modprobe", "nvidia"),
        )
    if not steps:
        return None
    return Fix(
        title=f"build the driver's kernel module for the running kernel {os.kernel}, and load it",
        commands=steps,
        needs=("admin", "network"),
        verify=smi(snapshot),
        source=DEBIAN_GUIDE if manager == "apt" else FEDORA_GUIDE,
    )


def forbid_nouveau(snapshot: Snapshot) -> Fix | None:
    """Keep nouveau off the GPU; None where it is not known how this system makes its first RAM disk."""
    os = snapshot.os.value
    if os is None:
        return None
    rebuild = {"apt": ("update-initramfs", "-u"), "dnf": ("dracut", "--force"), "zypper": ("dracut", "--force"),
               "pacman": ("mkinitcpio", "-P")}.get(package_manager(os))  # fmt: skip
    if rebuild is None:
        return None
    write = r'printf "blacklist nouveau\noptions nouveau modeset=0\n" > /etc/modprobe.d/blacklist-nouveau.conf'
    return Fix(
        title="keep nouveau from taking the GPU, and restart; then install NVIDIA's driver",
        commands=(as_admin(snapshot, "sh", "-c", write), as_admin(snapshot, *rebuild), as_admin(snapshot, "reboot")),
        needs=("admin", "reboot"),
        source=NVIDIA_GUIDE,
    )


def on_windows_side(*argv: str) -> Command:
    """A command for PowerShell in Windows, typed by a person who sits in WSL."""
    return Command(argv=argv, text=" ".join(argv), shell="powershell")


def smi(snapshot: Snapshot) -> Command:
    """nvidia-smi, which lists the GPUs where the driver works."""
    os = snapshot.os.value
    return command(snapshot, "/usr/lib/wsl/lib/nvidia-smi" if os is not None and os.wsl else "nvidia-smi")
