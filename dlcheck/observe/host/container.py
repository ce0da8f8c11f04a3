"""The container this runs in, and whether it was given a GPU. Files and variables only.

Signs: systemd's container interface (/run/systemd/container, /run/host/container-manager), the engines' own marks,
and where the root file system and /etc/hostname are mounted from, which also tells under cgroup v2. Read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from dlcheck.model.gaps import ABSENT, Probed, known, seen, unseen
from dlcheck.model.host import Container
from dlcheck.observe import files
from dlcheck.observe.context import Context
from dlcheck.observe.host import mounts
from dlcheck.observe.host.mounts import Mount

Engine = Literal["docker", "podman", "kubernetes", "lxc", "apptainer", "containerd", "systemd-nspawn", "other"]

ENGINE_MOUNTS = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
"""Files that Docker, podman and Kubernetes mount into every container."""

LEFT_BEHIND = ("/.dockerenv", "/.singularity.d")
"""Marks that stay when an image is unpacked onto a machine's own disk, as `wsl --import` and small VMs do."""

NO_GPU = ("", "void", "none")
"""Values of NVIDIA_VISIBLE_DEVICES that ask for none (NVIDIA container toolkit's documentation, read 2026-11-22)."""


class Sign(msgspec.Struct, frozen=True):
    """One mark of an engine."""

    engine: Engine
    variables: tuple[str, ...] = ()
    """Any of these is set."""
    files: tuple[str, ...] = ()
    """Any of these is there."""
    managers: tuple[str, ...] = ()
    """What the container interface names it."""
    mounted_from: str = ""
    """A pattern of where the root or /etc/hostname is mounted from."""
    group: str = ""
    """A pattern of the first process's group under cgroup v1."""


SIGNS: tuple[Sign, ...] = (
    Sign(
        "apptainer",
        ("APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"),
        ("/.singularity.d",),
        ("apptainer", "singularity"),
    ),
    Sign(
        "kubernetes",
        ("KUBERNETES_SERVICE_HOST",),
        ("/var/run/secrets/kubernetes.io", "/run/secrets/kubernetes.io"),
        mounted_from=r"/kubelet/pods/|/kubepods",
        group=r"kubepods",
    ),
    Sign("podman", (), ("/run/.containerenv",), ("podman",), r"/containers/storage/", r"/libpod-"),
    Sign("docker", (), ("/.dockerenv",), ("docker",), r"/docker/(containers|overlay2|volumes)/", r"/docker[/-]"),
    Sign(
        "lxc", (), ("/dev/lxd/sock", "/dev/incus/sock"), ("lxc", "lxc-libvirt"), r"^fuse\.lxcfs on /proc", r"/lxc[./]"
    ),
    Sign("systemd-nspawn", (), (), ("systemd-nspawn",)),
    Sign("containerd", (), (), ("containerd",), r"/containerd/", r"/containerd|cri-containerd"),
    Sign("other", (), ("/.flatpak-info",), ("oci", "rkt", "proot", "pouch", "flatpak")),
)
"""In this order: a pod's containers carry the marks of the engine below as well."""


def probe(context: Context) -> Probed[Container]:
    """The container, or absent."""
    root = context.root
    mounted = context.once("mounts", lambda: mounts.read(root))
    found = recognised(root, context.environ, mounted)
    if found is None:
        return unseen("absent", "no sign of a container")
    engine, evidence = found
    value = context.environ.get("NVIDIA_VISIBLE_DEVICES")
    given = any(is_nvidia(mount) for mount in mounted) or any(root.glob("dev/nvidia*")) or (root / "dev/dxg").exists()
    return seen(
        Container(
            engine=engine,
            evidence=evidence,
            gpu_requested=given or (value is not None and value.strip() not in NO_GPU),
            nvidia_visible_devices=value if value is not None else ABSENT,
        )
    )


def recognised(root: Path, environ: Mapping[str, str], mounted: tuple[Mount, ...]) -> tuple[Engine, str] | None:
    """The engine and what told; None outside of containers."""
    manager, manager_evidence = _manager(root, environ)
    group = known(files.read(root / "proc/1/cgroup")) or ""
    # Docker's own machine has mounts below /var/lib/docker too: only what is mounted on these points tells.
    sources = [f"{mount.kind} on /proc" for mount in mounted if mount.point.startswith("/proc/")]
    sources += [
        f"{mount.root} {' '.join(mount.super_options)}" for mount in mounted if mount.point in ("/", *ENGINE_MOUNTS)
    ]
    for sign in SIGNS:
        for name in sign.variables:
            if environ.get(name):
                return sign.engine, f"the variable {name}"
        for name in sign.files:
            if (root / name.lstrip("/")).exists() and not (name in LEFT_BEHIND and _on_own_disk(mounted)):
                return sign.engine, name
        if manager in sign.managers:
            return sign.engine, manager_evidence
        if sign.mounted_from and any(re.search(sign.mounted_from, source) for source in sources):
            return sign.engine, "/proc/self/mountinfo"
        if sign.group and re.search(sign.group, group):
            return sign.engine, "/proc/1/cgroup"
    if manager and manager != "wsl":
        return "other", manager_evidence
    return None


def _on_own_disk(mounted: tuple[Mount, ...]) -> bool:
    """Is the root a disk's file system, and none of the files mounted that an engine always mounts in /etc?"""
    root = mounts.of("/", mounted)
    if root is None or not root.source.startswith("/dev/") or root.source.startswith("/dev/mapper/docker-"):
        return False
    return root.root == "/" and not any(mount.point in ENGINE_MOUNTS for mount in mounted)


def _manager(root: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """The engine's name by systemd's container interface, and where it stood."""
    for name in ("run/systemd/container", "run/host/container-manager"):
        text = files.line(root / name)
        if text:
            return text, f"/{name}"
    return environ.get("container", ""), "the variable container"


def is_nvidia(mount: Mount) -> bool:
    """Did NVIDIA's container toolkit mount this: a device, the driver's library or nvidia-smi?"""
    return bool(re.search(r"/nvidia-smi$|/libcuda\.so|/dev/nvidia|^/proc/driver/nvidia", mount.point))
