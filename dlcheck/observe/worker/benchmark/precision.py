"""Multiply fp32 as IEEE fp32 or as TensorFloat-32, and put the setting back.

Since torch 2.9 the old and the new switches must not be mixed: after one of the new is written, even reading the old
raises. So the new one is used wherever it is there.
"""

import contextlib


@contextlib.contextmanager
def of(torch, device, dtype):
    """The setting for products of this format on this device."""
    place = switch(torch) if device.type in ("cuda", "rocm") and dtype in ("fp32", "tf32") else None
    if place is None:
        yield
        return
    owner, name, values = place
    before = getattr(owner, name)
    setattr(owner, name, values[dtype == "tf32"])
    try:
        yield
    finally:
        setattr(owner, name, before)


def switch(torch):
    """(object, attribute, (value for IEEE, value for TF32)), or None where this torch has none."""
    matmul = getattr(getattr(torch.backends, "cuda", None), "matmul", None)
    if matmul is None:
        return None
    try:
        matmul.fp32_precision  # noqa: B018 (whether it is there is what is asked)
        return matmul, "fp32_precision", ("ieee", "tf32")
    except (AttributeError, RuntimeError):
        return matmul, "allow_tf32", (False, True)
