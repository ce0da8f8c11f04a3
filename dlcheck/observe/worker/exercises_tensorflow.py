"""TensorFlow's exercises, in eager mode, on each device; derivatives by GradientTape.

The products need no tolerance, and the others have the one that they have with PyTorch, for the same reasons:
see exercises_torch.py (TensorFlow uses TF32 on NVIDIA GPUs by default).
"""

from . import known
from .exercise import Exercises, NotOffered

ROUNDED = 2e-3


def run(answer, tf, devices, asked):
    """Do them on each of `devices`, names as `tf.device` takes them: the CPU, then the accelerators, best first."""
    deep = asked.get("depth") == "deep"
    without = asked.get("without_exercises")
    best = next((device for device in devices if "cpu" not in device.lower()), devices[0] if devices else "")
    for device in devices:
        on_cpu = "cpu" in device.lower()
        exercises = Exercises(answer, "tensorflow", "cpu" if on_cpu else device, deep, without)

        def do(topic, name, calculate, **options):
            exercises.do(topic, name, _on, calculate, tf, device, on_cpu, **options)  # noqa: B023 (used at once)

        do("vector-products", "dot-product", dot_product)
        do("vector-products", "cross-product", cross_product)
        do("matrix-algebra", "scalar-product", scalar_product)
        do("matrix-algebra", "matrix-product", matrix_product)
        do("matrix-algebra", "product-of-64-by-64", large_product)
        do("matrix-algebra", "transpose", transpose)
        do("matrix-algebra", "matrix-times-inverse", times_inverse)
        # On a GPU the first inverse loads cuSOLVER.
        do("matrix-algebra", "inverse", inverse, long=not on_cpu)
        do("derivatives", "derivative", derivative)
        do("derivatives", "partial-derivatives", partial_derivatives)
        do("derivatives", "chain-rule", chain_rule)
        do("network", "convolution", convolution, long=True)
        if device == best or on_cpu:
            do("classification", "logistic-regression-as-network", logistic_network, long=device != best)
            do("network", "exclusive-or-network", exclusive_or, long=device != best)
            # Keras is imported by its first use: a second's work and more.
            do("network", "network-by-keras", by_keras, long=True)


def _on(calculate, tf, device, on_cpu):
    """What a device other than the CPU does not offer is left out; what it gets wrong is not."""
    try:
        with tf.device(device):
            return calculate(tf)
    except (NotImplementedError, tf.errors.UnimplementedError) as error:
        if on_cpu:
            raise
        raise NotOffered("TensorFlow does not offer it on %s: %s" % (device, str(error)[:200])) from None


def _tensor(tf, values):
    return tf.constant(values, dtype=tf.float32)


def _numbers(tensor):
    return tensor.numpy().tolist()


def dot_product(tf):
    """Two vectors of three numbers."""
    one, two = (_tensor(tf, vector) for vector in known.DOT_VECTORS)
    return [("", _numbers(tf.tensordot(one, two, 1)), known.DOT_PRODUCT, 0)]


def cross_product(tf):
    """The vector that stands upright on both."""
    one, two = (_tensor(tf, vector) for vector in known.CROSS_VECTORS)
    return [("", _numbers(tf.linalg.cross(one, two)), known.CROSS_PRODUCT, 0)]


def scalar_product(tf):
    """A matrix times a number."""
    return [("", _numbers(known.SCALAR * _tensor(tf, known.MATRIX)), known.SCALED, 0)]


def matrix_product(tf):
    """Two 2 × 2 matrices."""
    return [("", _numbers(_tensor(tf, known.MATRIX) @ _tensor(tf, known.OTHER_MATRIX)), known.PRODUCT, 0)]


def large_product(tf):
    """Large enough for the library's blocked kernels, with an answer in whole numbers."""
    index = tf.range(known.LARGE, dtype=tf.float32)
    matrix = index[:, None] + index[None, :]
    return [known.wrong_elements(_numbers(matrix @ matrix))]


def transpose(tf):
    """Rows become columns."""
    return [("", _numbers(tf.transpose(_tensor(tf, known.WIDE_MATRIX))), known.TRANSPOSED, 0)]


def times_inverse(tf):
    """A matrix times its inverse, which is known in whole numbers, is the identity."""
    return [("", _numbers(_tensor(tf, known.INVERTIBLE) @ _tensor(tf, known.INVERSE)), known.IDENTITY, 0)]


def inverse(tf):
    """The inverse as the library finds it."""
    return [("", _numbers(tf.linalg.inv(_tensor(tf, known.INVERTIBLE))), known.INVERSE, 1e-4)]


def derivative(tf):
    """Of x³ at 2."""
    x = _tensor(tf, 2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x * x
    return [("", _numbers(tape.gradient(y, x)), known.CUBE_DERIVATIVE, 1e-4)]


def partial_derivatives(tf):
    """Of x²y + y³ at (3, 2)."""
    x, y = _tensor(tf, 3.0), _tensor(tf, 2.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = x * x * y + y * y * y
    by_x, by_y = tape.gradient(z, [x, y])
    return [("by x", _numbers(by_x), known.PARTIAL_X, 1e-4), ("by y", _numbers(by_y), known.PARTIAL_Y, 1e-4)]


def chain_rule(tf):
    """Of sin(x²) at 1 and 2."""
    x = _tensor(tf, known.CHAIN_AT)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sin(x * x)
    return [("", _numbers(tape.gradient(y, x)), known.CHAIN_RULE, ROUNDED)]


def convolution(tf):
    """A 2 × 2 kernel of ones over the numbers 0 … 8."""
    image = tf.reshape(tf.range(9, dtype=tf.float32), (1, 3, 3, 1))
    folded = tf.nn.conv2d(image, tf.ones((2, 2, 1, 1)), strides=1, padding="VALID")
    return [("", _numbers(folded[0, :, :, 0]), known.CONVOLUTION, 0)]


def _cost(tf, score, wanted):
    """Log loss of a score: ln(1 + e^score) − wanted · score, the mean over all."""
    return tf.reduce_mean(tf.math.softplus(score)) - tf.reduce_mean(wanted * score)


def _descend(tf, weights, loss_of, steps, rate):
    """Gradient descent with its steps written out; the first loss and the last."""
    first = None
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = loss_of(weights)
        first = loss if first is None else first
        weights = [one - rate * slope for one, slope in zip(weights, tape.gradient(loss, weights))]
    return weights, float(first), float(loss_of(weights))


def logistic_network(tf):
    """Logistic regression as a network of one layer."""
    inputs = _tensor(tf, [[hours] for hours in known.standardised_hours()])
    passed = _tensor(tf, [[one] for one in known.PASSED])
    start = [tf.zeros((1, 1)), tf.zeros((1,))]

    def loss_of(weights):
        return _cost(tf, inputs @ weights[0] + weights[1], passed)

    (weight, bias), _, loss = _descend(tf, start, loss_of, known.LOGISTIC_STEPS, known.LOGISTIC_RATE)
    return known.logistic_fit(_numbers(weight)[0][0], _numbers(bias)[0], loss, ROUNDED * 2)


def exclusive_or(tf):
    """A network of two layers learns "exclusive or": its loss falls, and its four answers are right."""
    inputs, wanted = _tensor(tf, known.EXCLUSIVE_OR_INPUTS), _tensor(tf, known.EXCLUSIVE_OR)

    def loss_of(weights):
        return _cost(tf, tf.tanh(inputs @ weights[0] + weights[1]) @ weights[2] + weights[3], wanted)

    start = [_tensor(tf, values) for values in known.NETWORK_START]
    _, first, last = _descend(tf, start, loss_of, known.NETWORK_STEPS, known.NETWORK_RATE)
    return known.network_learned(first, last)


def by_keras(tf):
    """The same by Keras' layers and fit; it starts from these weights too."""
    keras = tf.keras
    model = keras.Sequential([keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1)])
    inputs, wanted = _tensor(tf, known.EXCLUSIVE_OR_INPUTS), _tensor(tf, known.EXCLUSIVE_OR)
    model.build((None, 2))
    model.set_weights([_tensor(tf, values).numpy() for values in known.NETWORK_START])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(known.NETWORK_RATE), loss=loss)
    first = float(loss(wanted, model(inputs)))
    model.fit(inputs, wanted, batch_size=4, epochs=known.NETWORK_STEPS, shuffle=False, verbose=0)
    return known.network_learned(first, float(loss(wanted, model(inputs))))
