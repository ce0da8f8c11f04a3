"""JAX, imported for real, without touching a TPU and without asking the network.

A TPU belongs to one process at a time: asking JAX for its devices would take it from whoever is using it.
"""

import os
import sys

from . import importing, product

PLUGINS = {
    "xla_cuda11": "cuda", "xla_cuda12": "cuda", "xla_cuda13": "cuda", "xla_rocm60": "rocm", "xla_rocm7": "rocm",
    "metal_plugin": "METAL",
}  # fmt: skip
"""Folders of the namespace package jax_plugins, and the platform that each brings."""

KINDS = {"cpu": "cpu", "gpu": "cuda", "cuda": "cuda", "rocm": "rocm", "metal": "mps", "tpu": "tpu"}


def work(answer, asked):
    """Import it with the platforms that are no TPU, ask for its devices and their products."""
    if not importing.installed(answer, "jax"):
        return
    plugins = found_plugins(sys.path)
    wanted = platforms(os.environ.get("JAX_PLATFORMS", ""), plugins)
    os.environ["JAX_PLATFORMS"] = wanted
    os.environ["TPU_SKIP_MDS_QUERY"] = "1"
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    jax = importing.bring(answer, "jax")
    if jax is None:
        return
    found = ask_devices(answer, jax, wanted)
    if not found and wanted != "cpu":
        jax.config.update("jax_platforms", "cpu")
        found = ask_devices(answer, jax, "cpu")
    devices = []
    for one in found:
        platform = str(one.platform)
        name = "cpu" if platform == "cpu" and one.id == 0 else "%s:%d" % (platform, one.id)
        kind = "rocm" if "rocm" in wanted and platform == "gpu" else KINDS.get(platform.lower(), "other")
        device = {"name": name, "kind": kind}
        if platform != "cpu":
            device["model"] = str(one.device_kind)
        devices.append(device)
        multiply(answer, jax, one, devices, device)


def found_plugins(path):
    """The accelerators that installed plugins bring, in the order JAX would prefer them; nothing is imported."""
    found = []
    for entry in path:
        try:
            names = os.listdir(os.path.join(entry or os.getcwd(), "jax_plugins"))
        except OSError:
            continue
        for name in sorted(names):
            platform = PLUGINS.get(name) or next((PLUGINS[one] for one in PLUGINS if name.startswith(one)), None)
            if platform and platform not in found:
                found.append(platform)
    return found


def platforms(asked_for, plugins):
    """The value of JAX_PLATFORMS: what the person set, else the plugins and the CPU; never a TPU."""
    wanted = [one.strip() for one in asked_for.split(",") if one.strip()] or list(plugins)
    kept = [one for one in wanted if one.lower() not in ("tpu", "axon")]
    return ",".join(kept if "cpu" in kept else [*kept, "cpu"])


def ask_devices(answer, jax, wanted):
    """All devices, or none and the reason."""
    answer.stage("asking JAX for its devices (%s)" % wanted)
    try:
        found = list(jax.devices())
        answer.facts(backend=str(jax.default_backend()))
        if any(one.platform != "cpu" for one in found):
            found = list(jax.devices("cpu")) + found
        return found
    except BaseException as error:
        answer.facts(reason=importing.words(error))
        return []


def multiply(answer, jax, place, devices, device):
    """The known product on one device, in float32."""

    def by_jax(left, right):
        import numpy

        with jax.default_device(place):
            left = jax.device_put(numpy.array(left, dtype="float32"), place)
            right = jax.device_put(numpy.array(right, dtype="float32"), place)
            return numpy.asarray(left @ right).tolist()

    product.on_device(answer, devices, device, by_jax)
