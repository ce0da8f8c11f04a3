"""The devices that can multiply. One small file each: is it there, wait for it, take its time, its memory, its name."""

from ... import importing
from . import accelerator, cpu, cuda, mps, xla, xpu

KINDS = (cuda, mps, xpu, xla, accelerator)
"""Where devices are looked for, besides the CPU; an accelerator that an earlier one found is not found again."""


def names(device):
    """What a person may call it."""
    return (device.name, device.type, device.family)


def discover(answer, library, asked, threads):
    """The devices that are wanted and there; each is answered, with what it says of itself."""
    wanted = asked["devices"]
    found = [cpu.Cpu(threads)]
    if library.torch is not None:
        for kind in KINDS:
            answer.stage("looking for %s devices" % kind.__name__.rsplit(".", 1)[-1])
            try:
                found += kind.available(library.torch, asked, {device.type for device in found})
            except BaseException as error:
                answer.add("lost", {"what": kind.__name__.rsplit(".", 1)[-1], "why": importing.words(error)})
    for name in wanted:
        if not any(name in names(device) for device in found):
            answer.add("lost", {"what": name, "why": "%s offers no such device here" % library.name})
    devices = []
    for device in found:
        if wanted and not any(name in wanted for name in names(device)):
            continue
        facts = {"name": device.name, "type": device.type, "index": device.index, "virtual": device.virtual}
        try:
            facts.update(device.describe())
        except BaseException as error:
            facts["model"] = {"gap": "broken", "why": importing.words(error)}
        answer.add("devices", facts)
        devices.append(device)
    return devices
