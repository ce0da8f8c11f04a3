"""Intel GPUs: which kernel driver is bound, Level Zero's libraries, the render nodes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dlcheck.model.devices import Intel, PciDevice
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Probed, seen
from dlcheck.observe.context import Context
from dlcheck.observe.host import device_files, pci, shared_libraries

VENDOR = 0x8086
LOADER, GPU_DRIVER = "libze_loader.so.1", "libze_intel_gpu.so.1"


def probe(context: Context) -> Probed[Intel]:
    """Absent where no Intel GPU is on the bus; a processor's accelerator for neural networks (NPU) is none."""
    bus = pci.on_bus(context)
    cards = [card for card in pci.cards(bus, "intel") if card.class_code >> 16 == 0x03]
    if not cards:
        return pci.none_of(bus, "no Intel GPU")
    if sys.platform == "win32":
        return seen(windows(context.environ, cards))
    return seen(Intel() if sys.platform == "darwin" else read(Path("/"), context.environ, cards))


def read(root: Path, environ: Mapping[str, str], cards: Sequence[PciDevice]) -> Intel:
    """The facts by the files below `root`. Level Zero is not loaded: that may crash."""
    return Intel(
        driver=_driver(cards),
        level_zero=shared_libraries.find(LOADER, root, environ) is not None,
        level_zero_gpu=shared_libraries.find(GPU_DRIVER, root, environ) is not None,
        render_accessible=device_files.all_open(root, device_files.render_nodes(root, VENDOR)),
    )


def windows(environ: Mapping[str, str], cards: Sequence[PciDevice]) -> Intel:
    """The facts by the DLL that Intel's display driver installs; the driver is told by its version."""
    loader = Path(environ.get("SystemRoot", "C:\\Windows")) / "System32" / "ze_loader.dll"
    return Intel(driver=cards[0].driver_version, level_zero=loader.is_file())


def _driver(cards: Sequence[PciDevice]) -> Maybe[str]:
    """The driver of the first card that has one."""
    bound = [card.driver for card in cards if isinstance(card.driver, str)]
    if bound:
        return bound[0]
    return cards[0].driver if cards[0].driver != NOT_LOOKED else ABSENT
