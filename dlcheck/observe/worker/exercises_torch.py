"""PyTorch's exercises: on each device vectors, matrices and derivatives; on the best one, learning.

Why the products need no tolerance: their factors are whole numbers of at most seven bits, which TF32 (11 significant
bits) and bfloat16 (8) hold exactly, and whose sums stay below 2**24, up to which float32 counts exactly. So the answer
is the same whatever a device's matrix units round to; one that differs is wrong.

Functions like sine are good to a few units of float32's last place (6e-8) on CPUs and GPUs, to 1e-3 where a device has
a fast approximation (MPS, XLA on TPU): their tolerance is 2e-3, far below any wrong formula's error.
"""

from . import known
from .exercise import Exercises, NotOffered

ROUNDED = 2e-3


def run(answer, torch, devices, asked):
    """Do them on each of `devices`, names as `torch.device` takes them: the CPU, then the accelerators, best first."""
    deep = asked.get("depth") == "deep"
    without = asked.get("without_exercises")
    best = next((device for device in devices if device != "cpu"), "cpu")
    for device in devices:
        exercises = Exercises(answer, "torch", device, deep, without)

        def do(topic, name, calculate, **options):
            exercises.do(topic, name, _guarded, calculate, torch, device, **options)  # noqa: B023 (used at once)

        do("vector-products", "dot-product", dot_product)
        do("vector-products", "cross-product", cross_product)
        do("matrix-algebra", "scalar-product", scalar_product)
        do("matrix-algebra", "matrix-product", matrix_product)
        do("matrix-algebra", "product-of-64-by-64", large_product)
        do("matrix-algebra", "transpose", transpose)
        do("matrix-algebra", "matrix-times-inverse", times_inverse)
        # On a GPU the first inverse loads cuSOLVER or MAGMA: a second's work.
        do("matrix-algebra", "inverse", inverse, long=device != "cpu")
        do("matrix-algebra", "product-of-1024-by-1024", huge_product, long=True)
        do("derivatives", "derivative", derivative)
        do("derivatives", "partial-derivatives", partial_derivatives)
        do("derivatives", "chain-rule", chain_rule)
        do("network", "convolution", convolution, long=True)
        if device in ("cpu", best):
            do("classification", "logistic-regression-as-network", logistic_network, long=device != best)
            do("network", "exclusive-or-network", exclusive_or, long=device != best)
            do("network", "network-by-sgd", by_optimizer, long=True)
            do("network", "network-by-adam", by_adam, long=True)


def _guarded(calculate, torch, device):
    """What a device other than the CPU does not offer is left out; what it gets wrong is not."""
    try:
        return calculate(torch, device)
    except NotImplementedError as error:
        if device == "cpu":
            raise
        raise NotOffered("PyTorch does not offer it on %s: %s" % (device, str(error)[:200])) from None


def _tensor(torch, device, values):
    return torch.tensor(values, dtype=torch.float32, device=device)


def dot_product(torch, device):
    """Two vectors of three numbers."""
    one, two = (_tensor(torch, device, vector) for vector in known.DOT_VECTORS)
    return [("", torch.dot(one, two), known.DOT_PRODUCT, 0)]


def cross_product(torch, device):
    """The vector that stands upright on both."""
    one, two = (_tensor(torch, device, vector) for vector in known.CROSS_VECTORS)
    return [("", torch.cross(one, two, dim=0), known.CROSS_PRODUCT, 0)]


def scalar_product(torch, device):
    """A matrix times a number."""
    return [("", known.SCALAR * _tensor(torch, device, known.MATRIX), known.SCALED, 0)]


def matrix_product(torch, device):
    """Two 2 × 2 matrices."""
    return [("", _tensor(torch, device, known.MATRIX) @ _tensor(torch, device, known.OTHER_MATRIX), known.PRODUCT, 0)]


def _sum_of_indices(torch, device, size):
    index = torch.arange(size, dtype=torch.float32, device=device)
    return index[:, None] + index[None, :]


def large_product(torch, device):
    """Large enough for the library's blocked kernels, with an answer in whole numbers."""
    matrix = _sum_of_indices(torch, device, known.LARGE)
    return [known.wrong_elements((matrix @ matrix).tolist())]


def huge_product(torch, device):
    """1024 × 1024, of zeros, ones and twos: every element is one of three known numbers."""
    index = torch.arange(1024, device=device)
    matrix = ((index[:, None] + index[None, :]) % 3).to(torch.float32)
    product = matrix @ matrix
    # Of period 3 in both indices; the sums over 1024 = 3 · 341 + 1 terms are worked out in whole numbers.
    pattern = [[sum((i + k) % 3 * ((k + j) % 3) for k in range(1024)) for j in range(3)] for i in range(3)]
    right = _tensor(torch, device, pattern).repeat(342, 342)[:1024, :1024]
    return [("{} of 1048576 elements wrong", int((product != right).sum()), 0, 0)]


def transpose(torch, device):
    """Rows become columns."""
    return [("", _tensor(torch, device, known.WIDE_MATRIX).t().contiguous(), known.TRANSPOSED, 0)]


def times_inverse(torch, device):
    """A matrix times its inverse, which is known in whole numbers, is the identity."""
    product = _tensor(torch, device, known.INVERTIBLE) @ _tensor(torch, device, known.INVERSE)
    return [("", product, known.IDENTITY, 0)]


def inverse(torch, device):
    """The inverse as the library finds it; elimination in float32 loses at most a few units in the fifth digit."""
    return [("", torch.linalg.inv(_tensor(torch, device, known.INVERTIBLE)), known.INVERSE, 1e-4)]


def derivative(torch, device):
    """Of x³ at 2."""
    x = _tensor(torch, device, 2.0).requires_grad_()
    (x * x * x).backward()
    return [("", x.grad, known.CUBE_DERIVATIVE, 1e-4)]


def partial_derivatives(torch, device):
    """Of x²y + y³ at (3, 2)."""
    x = _tensor(torch, device, 3.0).requires_grad_()
    y = _tensor(torch, device, 2.0).requires_grad_()
    (x * x * y + y * y * y).backward()
    return [("by x", x.grad, known.PARTIAL_X, 1e-4), ("by y", y.grad, known.PARTIAL_Y, 1e-4)]


def chain_rule(torch, device):
    """Of sin(x²) at 1 and 2."""
    x = _tensor(torch, device, known.CHAIN_AT).requires_grad_()
    torch.sin(x * x).sum().backward()
    return [("", x.grad, known.CHAIN_RULE, ROUNDED)]


def convolution(torch, device):
    """A 2 × 2 kernel of ones over the numbers 0 … 8."""
    image = torch.arange(9, dtype=torch.float32, device=device).reshape(1, 1, 3, 3)
    kernel = torch.ones(1, 1, 2, 2, device=device)
    return [("", torch.nn.functional.conv2d(image, kernel)[0, 0], known.CONVOLUTION, 0)]


def logistic_network(torch, device):
    """Logistic regression as a network of one layer, trained by steps written out by hand."""
    inputs = _tensor(torch, device, known.standardised_hours()).unsqueeze(1)
    passed = _tensor(torch, device, known.PASSED).unsqueeze(1)
    weight = torch.zeros(1, 1, device=device, requires_grad=True)
    bias = torch.zeros(1, device=device, requires_grad=True)
    for _ in range(known.LOGISTIC_STEPS):
        score = inputs @ weight + bias
        loss = torch.nn.functional.softplus(score).mean() - (passed * score).mean()
        by_weight, by_bias = torch.autograd.grad(loss, (weight, bias))
        with torch.no_grad():
            weight -= known.LOGISTIC_RATE * by_weight
            bias -= known.LOGISTIC_RATE * by_bias
    return known.logistic_fit(float(weight.detach()), float(bias.detach()), float(loss.detach()), ROUNDED * 2)


def exclusive_or(torch, device):
    """A network of two layers learns "exclusive or": its loss falls, and its four answers are right."""
    inputs, wanted, weights = _network(torch, device)
    first = last = None
    for _ in range(known.NETWORK_STEPS):
        loss = _network_loss(torch, inputs, wanted, weights)
        first = loss if first is None else first
        slopes = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for one, slope in zip(weights, slopes):
                one.sub_(known.NETWORK_RATE * slope)
    last = _network_loss(torch, inputs, wanted, weights)
    return known.network_learned(float(first.detach()), float(last.detach()))


def by_optimizer(torch, device):
    """The same by torch.optim.SGD, whose first step imports torch._dynamo: a second's work."""
    return _by(torch, device, lambda weights: torch.optim.SGD(weights, lr=known.NETWORK_RATE))


def by_adam(torch, device):
    """The same by torch.optim.Adam."""
    return _by(torch, device, lambda weights: torch.optim.Adam(weights, lr=0.05))


def _by(torch, device, optimizer_of):
    inputs, wanted, weights = _network(torch, device)
    optimizer = optimizer_of(weights)
    first = None
    for _ in range(known.NETWORK_STEPS):
        optimizer.zero_grad()
        loss = _network_loss(torch, inputs, wanted, weights)
        first = float(loss.detach()) if first is None else first
        loss.backward()
        optimizer.step()
    return known.network_learned(first, float(_network_loss(torch, inputs, wanted, weights).detach()))


def _network(torch, device):
    """Inputs, wanted outputs, and the network's weights where they start."""
    weights = [_tensor(torch, device, values).requires_grad_() for values in known.NETWORK_START]
    return _tensor(torch, device, known.EXCLUSIVE_OR_INPUTS), _tensor(torch, device, known.EXCLUSIVE_OR), weights


def _network_loss(torch, inputs, wanted, weights):
    hidden_weight, hidden_bias, weight, bias = weights
    score = torch.tanh(inputs @ hidden_weight + hidden_bias) @ weight + bias
    return torch.nn.functional.softplus(score).mean() - (wanted * score).mean()
