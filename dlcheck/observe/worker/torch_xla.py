"""torch_xla, imported for real with XLA's CPU: does it fit the torch beside it?

A TPU belongs to one process at a time, and torch_xla takes it for its first tensor: PJRT_DEVICE=CPU keeps it away.
"""

import os

from . import importing, product


def work(answer, asked):
    """Import it on the CPU and multiply there."""
    if not importing.installed(answer, "torch_xla"):
        return
    answer.facts(pjrt_device=os.environ.get("PJRT_DEVICE", ""))
    os.environ["PJRT_DEVICE"] = "CPU"
    os.environ["TPU_SKIP_MDS_QUERY"] = "1"
    torch_xla = importing.bring(answer, "torch_xla")
    if torch_xla is None:
        return
    devices = [{"name": "xla:0", "kind": "xla", "model": "XLA on the CPU"}]
    answer.facts(devices=devices)
    answer.stage("asking torch_xla for its device")

    def by_xla(left, right):
        import torch

        place = torch_xla.device()
        return (torch.tensor(left).to(place) @ torch.tensor(right).to(place)).cpu().tolist()

    product.on_device(answer, devices, devices[0], by_xla)
