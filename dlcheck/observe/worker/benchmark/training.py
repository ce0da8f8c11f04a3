"""A small training step on each device: forward, loss, backward, and an update written by hand.

Optimisers of torch are left out: the first step of one imports a second's worth of compilers. All devices start from
the same numbers, so their first losses can be compared.
"""

import time

from .. import importing

SHARE = 0.25
"""Of what is left, for all devices and networks."""
OVER = 3.0
"""A device that compiles each network for so many times its share gets no further ones."""
COMPARED_STEPS = 4
TOLERANCE = 1e-3
"""Of the losses of the first steps, relatively: fp32 in another order of adding."""
RATE = 0.05
WIDTH, LENGTH, HEADS = 256, 64, 4


def measure(run, devices):
    """Each network on each device, the CPU first: its losses are what the others are compared with."""
    if run.library.torch is None:
        return
    seconds = SHARE * run.clock.left() / max(1, len(devices)) / len(NETWORKS)
    slow = {}
    for network in NETWORKS:
        compared = None
        for device in sorted(devices, key=lambda device: device.type != "cpu"):
            told = {"device": device.name, "model": network.name, "batch": network.batch}
            run.answer.stage("training a small %s on %s" % (network.name, device.name))
            began = time.perf_counter()
            if device.name in slow:
                told["skipped_reason"] = (
                    "the network before it took %.2g s: this run has no time for more" % slow[device.name]
                )
                run.answer.add("training", told)
                continue
            try:
                device.enter()
                if device.type == "cpu":
                    run.library.set_threads(device.threads)
                with run.library.torch.enable_grad(), run.library.settings(device, "fp32"):
                    told.update(train(run, device, network, seconds))
            except Exception as error:
                told["skipped_reason"] = importing.words(error)
            losses = told.pop("losses", [])
            if losses:
                told.update(loss_first=losses[0], loss_last=losses[-1])
                if compared is None and device.type == "cpu":
                    compared = losses
                elif compared:
                    off = max(abs(one - other) / max(abs(other), 1e-9) for one, other in zip(losses, compared))
                    # NaN is no agreement.
                    told.update(loss_difference=off, loss_agrees=bool(off <= TOLERANCE), loss_tolerance=TOLERANCE)
            taken = time.perf_counter() - began
            if taken > OVER * seconds and taken > 0.25 * run.clock.left():
                slow[device.name] = taken
            run.answer.add("training", told)
            device.empty_cache()


def train(run, device, network, seconds):
    """Steps for so long, the compared ones not timed; their losses, and seconds of the others."""
    torch, place = run.library.torch, device.torch_device()
    generator = torch.Generator().manual_seed(run.asked["seed"])
    parameters = [
        (torch.randn(*shape, generator=generator) * shape_scale(shape)).to(place).requires_grad_(True)
        for shape in network.shapes
    ]
    x = torch.randn(network.batch, *network.input, generator=generator).to(place)
    y = torch.randint(0, 10, (network.batch,), generator=generator).to(place)

    def step():
        loss = torch.nn.functional.cross_entropy(network.forward(torch, parameters, x), y)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter.sub_(gradient, alpha=RATE)
        device.synchronize()
        return loss

    losses = [float(step()) for _ in range(COMPARED_STEPS)]
    taken, until = [], time.perf_counter() + min(seconds, run.clock.left() / 4)
    while len(taken) < 500 and (len(taken) < 2 or time.perf_counter() < until):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    middle = sorted(taken)[(len(taken) - 1) // 2]
    return {
        "losses": losses,
        "parameters": sum(parameter.numel() for parameter in parameters),
        "samples_per_s": network.batch / middle,
        "step_s_best": min(taken),
        "step_s_median": middle,
        "steps": len(taken),
    }


def shape_scale(shape):
    """One over the root of how many numbers are added into one: of a matrix its rows, of a filter its volume."""
    fan_in = 1
    for size in shape[1:] if len(shape) == 4 else shape[:1]:
        fan_in *= size
    return fan_in**-0.5 if len(shape) > 1 else 0.0


class Mlp(object):
    """Two hidden layers over 784 inputs, as of handwritten digits."""

    name, batch, input = "mlp", 256, (784,)
    shapes = ((784, 512), (512,), (512, 512), (512,), (512, 10), (10,))

    @staticmethod
    def forward(torch, p, x):
        x = torch.relu(torch.addmm(p[1], x, p[0]))
        x = torch.relu(torch.addmm(p[3], x, p[2]))
        return torch.addmm(p[5], x, p[4])


class ConvNet(object):
    """Two convolutions over pictures of 32 × 32 in colour."""

    name, batch, input = "convnet", 64, (3, 32, 32)
    shapes = ((32, 3, 3, 3), (32,), (64, 32, 3, 3), (64,), (64 * 8 * 8, 10), (10,))

    @staticmethod
    def forward(torch, p, x):
        functional = torch.nn.functional
        x = functional.max_pool2d(torch.relu(functional.conv2d(x, p[0], p[1], padding=1)), 2)
        x = functional.max_pool2d(torch.relu(functional.conv2d(x, p[2], p[3], padding=1)), 2)
        return torch.addmm(p[5], x.flatten(1), p[4])


class Transformer(object):
    """One block: attention of four heads and a feed-forward layer, over 64 tokens 256 wide."""

    name, batch, input = "transformer", 16, (LENGTH, WIDTH)
    shapes = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH), (WIDTH, 10), (10,))

    @staticmethod
    def forward(torch, p, x):
        functional = torch.nn.functional
        batch = x.shape[0]
        parts = (functional.layer_norm(x, (WIDTH,)) @ p[0]).chunk(3, dim=-1)
        q, k, v = (part.reshape(batch, LENGTH, HEADS, WIDTH // HEADS).transpose(1, 2) for part in parts)
        attention = torch.softmax(q @ k.transpose(-2, -1) * (WIDTH // HEADS) ** -0.5, dim=-1)
        x = x + (attention @ v).transpose(1, 2).reshape(batch, LENGTH, WIDTH) @ p[1]
        x = x + torch.relu(functional.layer_norm(x, (WIDTH,)) @ p[2]) @ p[3]
        return torch.addmm(p[5], x.mean(dim=1), p[4])


NETWORKS = (Mlp, ConvNet, Transformer)
