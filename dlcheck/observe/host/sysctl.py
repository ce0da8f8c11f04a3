"""macOS' sysctl: asked once for what several probes want to know."""

from __future__ import annotations

from dlcheck.observe import child

NAMES = ("hw", "machdep.cpu", "kern.boottime", "kern.osproductversion", "kern.hv_vmm_present", "sysctl.proc_translated")
"""Whole branches where the names differ between Intel and Apple silicon. An unknown name costs only itself."""


def ask(seconds: float) -> dict[str, str]:
    """Name → value, by /usr/sbin/sysctl; empty where it cannot be run."""
    return parse(child.run(["/usr/sbin/sysctl", *NAMES], seconds=seconds).stdout)


def parse(text: str) -> dict[str, str]:
    """Name → value of lines like "hw.memsize: 17179869184"."""
    pairs = (line.partition(": ") for line in text.splitlines())
    return {name: value.strip() for name, separator, value in pairs if separator and " " not in name}


def number(values: dict[str, str], name: str) -> int | None:
    """A value as a whole number; None where it is not there or none."""
    value = values.get(name, "")
    return int(value) if value.isdigit() else None
