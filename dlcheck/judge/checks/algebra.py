"""Linear algebra and calculus: does the stack multiply, invert and differentiate rightly, on every device?"""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.import_cures import reinstall
from dlcheck.judge.check import FAIL, Verdict, bad, check
from dlcheck.judge.exercises import TITLES, judged
from dlcheck.model.devices import ArrayDevice
from dlcheck.model.frameworks import Numerics, TensorFlow, Torch
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "exercise"


@check(FAIL, pillar="linear-algebra-calculus", since="0.1")
def vector_products_wrong(
    numerics: Probed[Numerics],
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """Vectors are multiplied wrongly.

    A neuron is a dot product: weights times inputs, summed. [1, 3, −5] · [4, −2, −1] is 3, and [1, −3, 5] × [4, −2, −1]
    is [13, 21, 10].

    How it is told: NumPy, PyTorch and TensorFlow, as far as they are there, calculate both on every device. Small whole
    numbers are exact in every floating-point format, so the answers are compared without a tolerance.
    """
    yield from judged("vector-products", snapshot, profile, numerics=numerics, torch=torch, tensorflow=tensorflow)


@check(FAIL, pillar="linear-algebra-calculus", since="0.1")
def matrix_algebra_wrong(
    numerics: Probed[Numerics],
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """Matrices are multiplied, transposed or inverted wrongly.

    A layer is a matrix product. A scalar times a matrix, a product of 2 × 2 and of 64 × 64, a transpose, and a matrix
    times its inverse, which is the identity.

    How it is told: by whole numbers of at most seven bits whose sums stay below 2²⁴. They are exact even where a GPU's
    matrix units round to TF32 or bfloat16, so a difference is an error and no rounding. Inverses are compared to 1e-9
    in double precision, to 1e-4 in single.

    Known false alarms: an operation that a device does not offer (an inverse on Apple's GPU) is left out.
    """
    failed = {
        name: _product_failed(probed.value.devices if probed.value else ())
        for name, probed in (("torch", torch), ("tensorflow", tensorflow))
    }
    for name, words in failed.items():
        if words:
            yield bad(f"{TITLES[name]}, a product on the CPU: {words}", fixes=reinstall(snapshot, name))
    if any(failed.values()):
        return
    yield from judged("matrix-algebra", snapshot, profile, numerics=numerics, torch=torch, tensorflow=tensorflow)


def _product_failed(devices: tuple[ArrayDevice, ...]) -> str:
    """What came of the first product on the CPU where that was wrong or raised; such a device gets no exercises."""
    for device in devices:
        if device.kind == "cpu" and device.product_right is False:
            return device.product_detail or "it is wrong"
        if device.kind == "cpu" and isinstance(device.product_right, Missing) and device.product_right.gap == "broken":
            return device.product_right.words()
    return ""


@check(FAIL, pillar="linear-algebra-calculus", since="0.1")
def derivatives_wrong(
    numerics: Probed[Numerics],
    torch: Probed[Torch],
    tensorflow: Probed[TensorFlow],
    profile: Profile,
    snapshot: Snapshot,
) -> Iterator[Verdict]:
    """Derivatives are wrong.

    Training follows the gradient, which a framework finds by the chain rule. d/dx x³ at 2 is 12; of x²y + y³ at (3, 2)
    the partial derivatives are 12 and 21; d/dx sin(x²) is 2x·cos(x²).

    How it is told: by autograd (PyTorch), GradientTape (TensorFlow) and a difference quotient (NumPy), to 2e-3 in
    single precision, since some devices have a fast sine.
    """
    yield from judged("derivatives", snapshot, profile, numerics=numerics, torch=torch, tensorflow=tensorflow)
