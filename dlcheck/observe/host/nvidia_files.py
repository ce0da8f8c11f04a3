"""What the files of this machine tell of NVIDIA's driver: nothing is loaded, opened or asked.

One function a system: `linux` (with WSL and Tegra boards) and `windows`. Each gives the same facts or gaps in them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from dlcheck.model.devices import Nvidia
from dlcheck.model.gaps import ABSENT, Maybe, Missing
from dlcheck.observe.host import shared_libraries
from dlcheck.observe.host.shared_libraries import Library

NVML, LIBCUDA = "libnvidia-ml.so.1", "libcuda.so.1"
FOLDERS = (
    "usr/lib/wsl/lib",
    "usr/lib/aarch64-linux-gnu/nvidia",
    "usr/lib/aarch64-linux-gnu/tegra",
    "run/opengl-driver/lib",
    "usr/local/nvidia/lib64",
    "usr/local/nvidia/lib",
)
"""Where WSL, Tegra, NixOS and Google's Kubernetes put the driver's libraries, if the loader does not know of them."""

MODULES = ("nvidia", "nvidia_uvm", "nvidia_modeset", "nvidia_drm", "nouveau", "nova_core", "nvgpu")
TEGRA_NODES = ("nvhost-gpu", "nvhost-ctrl-gpu", "nvmap")
MODPROBE_FOLDERS = ("etc/modprobe.d", "run/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d")
WINDOWS_ONLY_FILES = Missing("absent", "Windows has no such files")


def linux(root: Path, environ: Mapping[str, str]) -> Nvidia:
    """By /proc, /sys, /dev, /lib/modules and the loader's folders below `root`."""
    proc = _text(root / "proc/driver/nvidia/version")
    nodes = _device_nodes(root)
    closed = tuple(node for node in nodes if not os.access(root / node.lstrip("/"), os.R_OK | os.W_OK))
    nvml = shared_libraries.find(NVML, root, environ, FOLDERS)
    cuda = list(shared_libraries.every(LIBCUDA, root, environ, FOLDERS))
    return Nvidia(
        kernel_module_version=_module_version(root, proc),
        kernel_module_open="Open Kernel Module" in proc if proc else ABSENT,
        kernel_module_files=_module_files(root),
        dkms_versions=_dkms_versions(root),
        blacklisted_in=_blacklists(root),
        library_version=_library_version(nvml, cuda),
        device_nodes=nodes,
        unreadable_nodes=closed,
        modules_loaded=_modules_loaded(root),
        nvml_library=nvml.path if nvml else Missing("absent", f"no {NVML} where the loader looks"),
        gsp_firmware=_firmware(root, _module_version(root, proc)),
        compat_libraries=compat_folders(cuda),
        tegra=tegra_release(_text(root / "etc/nv_tegra_release"), _text(root / "proc/device-tree/compatible")),
    )


def windows(environ: Mapping[str, str]) -> Nvidia:
    """By the DLLs that the driver installs."""
    return Nvidia(
        kernel_module_version=WINDOWS_ONLY_FILES,
        kernel_module_open=WINDOWS_ONLY_FILES,
        kernel_module_files=WINDOWS_ONLY_FILES,
        dkms_versions=WINDOWS_ONLY_FILES,
        library_version=WINDOWS_ONLY_FILES,
        device_nodes=WINDOWS_ONLY_FILES,
        modules_loaded=WINDOWS_ONLY_FILES,
        fabric_manager=WINDOWS_ONLY_FILES,
        xids=WINDOWS_ONLY_FILES,
        kernel_log=WINDOWS_ONLY_FILES,
        nvml_library=_first_file(
            Path(environ.get("SystemRoot", "C:\\Windows")) / "System32" / "nvml.dll",
            Path(environ.get("ProgramFiles", "C:\\Program Files")) / "NVIDIA Corporation" / "NVSMI" / "nvml.dll",
        ),
    )


def libcuda(root: Path, environ: Mapping[str, str]) -> Library | None:
    """Linux: the file that libcuda.so.1 leads to."""
    return shared_libraries.find(LIBCUDA, root, environ, FOLDERS)


def windows_libcuda(environ: Mapping[str, str]) -> Maybe[str]:
    """Windows: the driver's nvcuda.dll."""
    return _first_file(Path(environ.get("SystemRoot", "C:\\Windows")) / "System32" / "nvcuda.dll")


def parse_module_version(text: str) -> str:
    """The version in /proc/driver/nvidia/version; "" where there is none.

    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (…)"
    """
    found = re.search(r"Kernel Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)\b", text)
    return found.group(1) if found else ""


def tegra_release(release: str, compatible: str) -> str:
    """The release "R36.4.0" of "# R36 (release), REVISION: 4.0, …", or "yes" by the device tree; "" elsewhere."""
    found = re.search(r"# (R\d+) \(release\), REVISION: ([\d.]+)", release)
    if found:
        return f"{found.group(1)}.{found.group(2)}"
    return "yes" if "nvidia,tegra" in compatible else ""


def compat_folders(libraries: list[Library]) -> tuple[str, ...]:
    """Folders of forward-compatibility libraries among those that the loader finds."""
    folders = (Path(library.path).parent for library in libraries if library.found_by != "folder")
    return tuple(dict.fromkeys(str(folder) for folder in folders if {"compat", "cuda-compat"} & set(folder.parts)))


def _first_file(*paths: Path) -> Maybe[str]:
    return next((str(path) for path in paths if path.is_file()), Missing("absent", f"no {paths[0].name}"))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


def _module_version(root: Path, proc: str) -> Maybe[str]:
    version = parse_module_version(proc) or _text(root / "sys/module/nvidia/version").strip()
    if version:
        return version
    return Missing("broken", "/proc/driver/nvidia/version names none") if proc else ABSENT


def _firmware(root: Path, version: Maybe[str]) -> Maybe[bool]:
    """Is there firmware for the loaded module? It is looked for by the kernel in a folder of its very version."""
    if isinstance(version, Missing):
        return version
    folder = root / "lib/firmware/nvidia" / version
    try:
        return any(path.name.startswith("gsp") for path in folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        return Missing("denied", error.strerror or "")


def _library_version(nvml: Library | None, cuda: list[Library]) -> Maybe[str]:
    """By the file's name. NVML first: a libcuda may be of a compat package, whose version is another on purpose."""
    plain = [library for library in cuda if not compat_folders([library]) and "/stubs/" not in library.real]
    for library in [*([nvml] if nvml else []), *plain]:
        version = shared_libraries.version_in_name(library.real)
        if version:
            return version
    return Missing("absent", "the file's name tells none" if nvml or plain else "no library of the driver was found")


def _device_nodes(root: Path) -> tuple[str, ...]:
    try:
        names = sorted(path.name for path in (root / "dev").iterdir() if not path.is_dir())
    except OSError:
        return ()
    return tuple(f"/dev/{name}" for name in names if name.startswith("nvidia") or name in ("dxg", *TEGRA_NODES))


def _modules_loaded(root: Path) -> Maybe[tuple[str, ...]]:
    text = _text(root / "proc/modules")
    loaded = {line.split(" ", 1)[0] for line in text.splitlines()}
    if not text and not (root / "proc/modules").exists():
        return Missing("absent", "there is no /proc/modules")
    return tuple(name for name in MODULES if name in loaded)


def _module_files(root: Path) -> Maybe[tuple[str, ...]]:
    """Kernel releases that have the module, by the index that modprobe uses."""
    try:
        releases = sorted((root / "lib/modules").iterdir())
    except FileNotFoundError:
        return Missing("absent", "there is no /lib/modules")
    except OSError as error:
        return Missing("denied", error.strerror or "")
    return tuple(release.name for release in releases if _has_module(release))


def _has_module(release: Path) -> bool:
    index = _text(release / "modules.dep")
    if not index:
        listed = (str(path) for part in ("updates", "extra") for path in (release / part).rglob("nvidia*.ko*"))
        index = "".join(f"{path}:\n" for path in listed)
    # Debian calls its modules nvidia-current.ko, nvidia-current-open.ko, nvidia-tesla-535.ko and the like.
    names = re.findall(r"/(nvidia(?:-(?:current|tesla|legacy|open)[\w-]*)?)\.ko(?:\.\w+)?:", index)
    return any(not name.endswith(("-uvm", "-drm", "-modeset", "-peermem")) for name in names)


def _dkms_versions(root: Path) -> Maybe[tuple[str, ...]]:
    found = (path.name for path in (root / "var/lib/dkms").glob("nvidia*/[0-9]*") if not path.is_symlink())
    return tuple(sorted(set(found))) if (root / "var/lib/dkms").is_dir() else ABSENT


def _blacklists(root: Path) -> tuple[str, ...]:
    files: dict[str, str] = {}
    for folder in MODPROBE_FOLDERS:
        with contextlib.suppress(OSError):
            for path in sorted((root / folder).glob("*.conf")):
                if re.search(
                    r"^\s*(?:blacklist\s+nvidia|install\s+nvidia\s+/bin/(?:false|true))\s*$", _text(path), re.M
                ):
                    files.setdefault(str(path.resolve()), f"/{path.relative_to(root)}")
    return tuple(files.values())
