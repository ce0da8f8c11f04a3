"""The numbers by which a processor's cores are known: CPUID's family and model, Arm's implementer and part."""

import ctypes
import os
import re
import sys

from .watch import read


def numbers():
    """Of this machine, by the names of the model; those that nobody tells are left out."""
    if sys.platform == "darwin":
        return of_sysctl(sysctl)
    if os.name == "nt":
        return parse_identifier(os.environ.get("PROCESSOR_IDENTIFIER", ""))
    return parse_cpuinfo(read("/proc/cpuinfo"))


def parse_cpuinfo(text):
    """Of /proc/cpuinfo. Of Arm's only where all cores are of one kind: cores of two kinds have no rate in common."""
    facts, parts = {}, set()
    implementer = None
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        key = {"cpu family": "cpu_family", "model": "cpu_model"}.get(name)
        if key and value.isdigit():
            facts.setdefault(key, int(value))
        elif name == "CPU implementer":
            implementer = hexadecimal(value)
        elif name == "CPU part":
            parts.add((implementer, hexadecimal(value)))
    if len(parts) == 1 and None not in min(parts):
        facts["cpu_implementer"], facts["cpu_part"] = min(parts)
    return facts


def parse_identifier(text):
    """Of Windows' PROCESSOR_IDENTIFIER: "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel"."""
    found = re.match(r"^(?:Intel64|AMD64|x86) Family (\d{1,4}) Model (\d{1,4}) ", text)
    return {"cpu_family": int(found.group(1)), "cpu_model": int(found.group(2))} if found else {}


def of_sysctl(ask):
    """Of macOS on Intel; Apple's own cores have no such numbers. ask: name → number or None."""
    family, model = ask("machdep.cpu.family"), ask("machdep.cpu.model")
    return {} if family is None or model is None else {"cpu_family": family, "cpu_model": model}


def sysctl(name):
    """A whole number of 32 bits that the kernel of macOS tells; None where it does not."""
    value, size = ctypes.c_int32(0), ctypes.c_size_t(4)
    try:
        code = ctypes.CDLL(None).sysctlbyname(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0)
    except (OSError, AttributeError):
        return None
    return int(value.value) if code == 0 and size.value == 4 else None


def hexadecimal(text):
    """The number; None where it is none."""
    try:
        return int(text, 16)
    except ValueError:
        return None
