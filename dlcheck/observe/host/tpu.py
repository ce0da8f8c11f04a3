"""Google TPUs, by the bus, device files and variables.

The TPU's lock is only looked at from outside, libtpu is not loaded, and the cloud's metadata server is not asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from dlcheck.model.devices import PciDevice, Tpu
from dlcheck.model.gaps import Maybe, Missing, Probed, seen
from dlcheck.observe.context import Context
from dlcheck.observe.host import device_files, pci
from dlcheck.observe.host.pci import TPU_DEVICES

TELLING = ("TPU_ACCELERATOR_TYPE", "COLAB_TPU_1VM", "COLAB_TPU_ADDR")
"""Variables that Colab, Kaggle and TPU virtual machines set where a TPU is given."""

CHOOSING = (
    "TPU_NAME",
    "XRT_TPU_CONFIG",
    "PJRT_DEVICE",
    "JAX_PLATFORMS",
    "TPU_VISIBLE_CHIPS",
    "TPU_VISIBLE_DEVICES",
    "TPU_SKIP_MDS_QUERY",
    "TPU_TOPOLOGY",
    "TPU_WORKER_ID",
    "TPU_CHIPS_PER_HOST_BOUNDS",
    "TPU_HOST_BOUNDS",
)
"""Variables that choose a device or platform, or are left over from old instructions: no evidence of any."""

ADDRESSES = ("COLAB_TPU_ADDR", "XRT_TPU_CONFIG", "TPU_NAME")
"""Of those, the ones that hold an address or a name of the person's: only that they are set is recorded."""

SYSTEM_LIBRARIES = ("lib/libtpu.so", "usr/lib/libtpu.so")
LOCK = "tmp/libtpu_lockfile"


def probe(context: Context) -> Probed[Tpu]:
    """Absent where nothing tells of a TPU."""
    bus = pci.on_bus(context)
    found = read(Path("/"), context.environ, pci.cards(bus, "google"))
    return seen(found) if found.evidence else pci.none_of(bus, "no TPU on the bus, in /dev or in the variables")


def read(root: Path, environ: Mapping[str, str], cards: tuple[PciDevice, ...]) -> Tpu:
    """The facts; without evidence there is no TPU."""
    accel = _nodes(root / "dev", "/dev", r"accel\d+")
    # VFIO passes any device through; its groups are a TPU's only where one is on the bus.
    vfio = _nodes(root / "dev/vfio", "/dev/vfio", r"\d+") if cards else ()
    telling = tuple(name for name in TELLING if environ.get(name))
    evidence = (
        *(f"PCI device {card.vendor_id:04x}:{card.device_id:04x} ({TPU_DEVICES[card.device_id]})" for card in cards),
        *accel,
        *vfio,
        *(f"the variable {name}" for name in telling),
    )
    files = (*accel, *vfio)
    return Tpu(
        evidence=evidence,
        chips=len(cards) or len(accel) or Missing("absent", "neither the bus nor /dev shows one"),
        version=_version(environ, cards),
        device_files=files,
        unreadable_files=tuple(node for node in files if not device_files.may_open(root, node)),
        variables={
            name: "(set)" if name in ADDRESSES else environ[name][:200]
            for name in (*TELLING, *CHOOSING)
            if name in environ
        },
        lock_file=os.path.lexists(root / LOCK),
        library=_library(root, environ),
    )


def _nodes(folder: Path, prefix: str, pattern: str) -> tuple[str, ...]:
    """Device files by name. /dev/accel/ is a folder of the kernel's own accelerator drivers, and no TPU."""
    try:
        names = sorted(
            (path.name for path in folder.iterdir() if not path.is_dir()), key=lambda name: (len(name), name)
        )
    except OSError:
        return ()
    return tuple(f"{prefix}/{name}" for name in names if re.fullmatch(pattern, name))


def _version(environ: Mapping[str, str], cards: tuple[PciDevice, ...]) -> Maybe[str]:
    if environ.get("TPU_ACCELERATOR_TYPE"):
        return environ["TPU_ACCELERATOR_TYPE"][:40]
    return TPU_DEVICES[cards[0].device_id] if cards else Missing("absent", "nothing names it")


def _library(root: Path, environ: Mapping[str, str]) -> Maybe[str]:
    named = environ.get("TPU_LIBRARY_PATH")
    if named:
        return named if Path(named).is_file() else Missing("broken", "TPU_LIBRARY_PATH names no file")
    found = next((f"/{path}" for path in SYSTEM_LIBRARIES if (root / path).is_file()), None)
    return found or Missing("absent", "no libtpu.so in the system's folders")
