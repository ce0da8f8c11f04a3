"""dmesg and journalctl: NVIDIA's own lines in the kernel's log, and the Xid codes in them."""

from __future__ import annotations

from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

MOST_LINES = 40
_LOADED = r"NVRM: loading NVIDIA UNIX (?:Open )?(?:\w+ )?Kernel Module(?: for \w+)? {1,4}(\d{3}\.[\d.]{2,9})"


def read(text: Text, clues: Clues) -> None:
    """Tell the driver's lines and the Xid codes."""
    lines = [line.strip()[:300] for line in text.lines if "NVRM" in line and "NVRM version" not in line]
    if lines:
        clues.source("kernel log")
        clues.kernel_log.extend(list(dict.fromkeys(lines))[-MOST_LINES:])
    if loaded := text.search(_LOADED, "nvrm"):
        clues.tell(kernel_module=loaded.group(1))
    for found in text.findall(r"Xid \([^)\n]{4,40}\):? (\d{1,3})|\bXid[ :]{1,3}(\d{1,3})\b", "xid"):
        code = int(found.group(1) or found.group(2))
        if code not in clues.xids:
            clues.xids.append(code)
