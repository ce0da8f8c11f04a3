"""numexpr, which pandas uses unasked on large tables: does it divide a table by a row rightly?

numexpr < 2.11 with NumPy ≥ 2.3 does not, without any message (pandas issue 63320): half of the numbers of a table of
more than 4096 columns come out wrong. The quotients here are halves, which floating point holds exactly.
"""

import importlib

from .exercise import NotOffered

ROWS, COLUMNS = 250, 5000


def _table(numpy):
    return numpy.arange(ROWS * COLUMNS, dtype=float).reshape(ROWS, COLUMNS) % 7 + 1


def division(numexpr):
    """A table of 250 × 5000 by a row of twos."""
    numpy = importlib.import_module("numpy")
    table = _table(numpy)
    quotient = numexpr.evaluate("table / row", {"table": table, "row": numpy.full(COLUMNS, 2.0)})
    return [("{} of %d quotients wrong" % table.size, int((quotient != table * 0.5).sum()), 0, 0)]


def division_by_pandas(_):
    """The same through pandas, which asks numexpr from a million numbers on."""
    numpy = importlib.import_module("numpy")
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        raise NotOffered("there is no pandas") from None
    table = _table(numpy)
    quotient = pandas.DataFrame(table).div(pandas.Series(numpy.full(COLUMNS, 2.0))).to_numpy()
    return [("{} of %d quotients wrong" % table.size, int((quotient != table * 0.5).sum()), 0, 0)]


EXERCISES = (
    ("numexpr", "numexpr", "division", division, {}),
    ("numexpr", "numexpr", "division-by-pandas", division_by_pandas, {}),
)
