"""The kernel's log, where this user may read it: the lines of NVIDIA's driver in it.

A log that may not be read is a gap; that nothing was found is said only of one that was read.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable

from dlcheck.model.gaps import Maybe, Missing
from dlcheck.observe import child

KMSG = "/dev/kmsg"
KMSG_DEVICE = (1, 11)
"""Of Linux' admin-guide/devices.txt. Containers link the name to a terminal."""
MOST_SECONDS = 5.0
KEEP = 40
DENIED = Missing("denied", "the kernel's log may not be read by this user")


def nvidia_lines(seconds: float) -> Maybe[tuple[str, ...]]:
    """The lines with "NVRM", each once, the last 40."""
    lines = _kmsg()
    return _journal(min(seconds, MOST_SECONDS)) if isinstance(lines, Missing) else pick(lines)


def pick(lines: Iterable[str]) -> tuple[str, ...]:
    """The driver's lines, each once, the last 40."""
    return tuple(dict.fromkeys(line for line in lines if "NVRM" in line))[-KEEP:]


def parse_record(record: str) -> str:
    """The text of a record of /dev/kmsg: "6,339,5140900,-;NVRM: …" and lines of further fields; "" of anything else."""
    found = re.match(r"\d+,\d+,\d+,[^;\n]*;([^\n]*)", record)
    return found.group(1) if found else ""


def parse_xids(lines: Iterable[str]) -> tuple[int, ...]:
    """Codes of "NVRM: Xid (PCI:0000:01:00): 79, …", each once, in their order."""
    found = (re.search(r"NVRM: Xid \([^)]*\): (\d{1,4})\b", line) for line in lines)
    return tuple(dict.fromkeys(int(match.group(1)) for match in found if match))


def _kmsg() -> Maybe[list[str]]:
    try:
        status = os.stat(KMSG)  # noqa: PTH116 (Path.stat knows no device numbers by name)
        if not stat.S_ISCHR(status.st_mode) or (os.major(status.st_rdev), os.minor(status.st_rdev)) != KMSG_DEVICE:
            return DENIED
        descriptor = os.open(KMSG, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return DENIED
    lines: list[str] = []
    until = time.monotonic() + 2.0
    try:
        while time.monotonic() < until:
            try:
                lines.append(parse_record(os.read(descriptor, 8192).decode("utf-8", "replace")))
            except BlockingIOError:
                break
            except BrokenPipeError:
                continue  # this record was overwritten while it was read
    except OSError:
        return DENIED
    finally:
        os.close(descriptor)
    return lines if any(lines) else DENIED


def _journal(seconds: float) -> Maybe[tuple[str, ...]]:
    """By journalctl, which members of some groups may ask; it shows others an empty log, so that is no answer."""
    argv = ["journalctl", "--dmesg", "--boot", "--quiet", "--no-pager", "--output=cat"]
    if not child.run([*argv, "--lines=1"], seconds=seconds).stdout.strip():
        return DENIED
    ended = child.run([*argv, "--grep=NVRM", f"--lines={KEEP * 5}"], seconds=seconds)
    # Status 1 without a word is "no line matches".
    if ended.outcome == "done" or (ended.ending.exit_status == 1 and not ended.stderr.strip()):
        return pick(ended.stdout.splitlines())
    return DENIED
