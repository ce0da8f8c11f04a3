"""A small matrix product whose answer is known: on a device that computes, it comes out exactly.

All entries are whole numbers below 2**11 and all sums below 2**24, so float32 (and TF32) hold them exactly.
"""

import time

from . import importing

SIZE = 16
LEFT = [[float(row + k) for k in range(SIZE)] for row in range(SIZE)]
RIGHT = [[float(k - column) for column in range(SIZE)] for k in range(SIZE)]


def known_answer():
    """LEFT times RIGHT, by the definition of the matrix product."""
    return [[sum(LEFT[i][k] * RIGHT[k][j] for k in range(SIZE)) for j in range(SIZE)] for i in range(SIZE)]


def on_device(answer, devices, device, multiply):
    """Multiply on one device and put what came of it into its facts.

    devices: the facts of all devices so far, answered anew; device: the one of them; multiply: makes nested lists of
    the two. If this process dies or hangs in here, the device stays without `product_right`.
    """
    answer.facts(devices=devices)
    answer.stage("multiplying on %s" % device["name"])
    began = time.perf_counter()
    try:
        got = multiply(LEFT, RIGHT)
        expected = known_answer()
        device["product_right"] = got == expected
        if got != expected:
            device["product_detail"] = difference(got, expected)
    except BaseException as error:
        device["product_right"] = {"gap": "broken", "why": importing.words(error)}
        device["product_detail"] = importing.words(error)
    device["product_seconds"] = round(time.perf_counter() - began, 4)
    answer.facts(devices=devices)


def difference(got, expected):
    """Where two products differ first: "row 1, column 2 is nan, not 4.0; 12 of 256 entries are wrong"."""
    wrong = [
        (i, j)
        for i in range(SIZE)
        for j in range(SIZE)
        if not (i < len(got) and j < len(got[i]) and got[i][j] == expected[i][j])
    ]
    if not wrong:
        return "its shape is not %d by %d" % (SIZE, SIZE)
    i, j = wrong[0]
    value = got[i][j] if i < len(got) and j < len(got[i]) else "missing"
    text = "row %d, column %d is %r, not %r; %d of %d entries are wrong"
    return text % (i + 1, j + 1, value, expected[i][j], len(wrong), SIZE * SIZE)
