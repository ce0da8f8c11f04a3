"""The table of names that libraries once had, beside what finds them and beside the libraries themselves."""

import os
import subprocess
import sys

import pytest

from dlcheck.judge.knowledge.old_names import old_names
from dlcheck.observe.host.old_names import in_source


@pytest.mark.parametrize("name", old_names())
def test_every_name_of_the_table_is_found_in_source(name):
    written = {"DataFrame.ix": "df.ix[0]"}.get(name, name)

    assert in_source(written.encode()) == (name,)


SHOWS = """
import sys, warnings
import numpy
warnings.simplefilter("ignore")
print(numpy.__version__, *[name for name in sys.argv[1:] if hasattr(numpy, name.partition(".")[2])])
"""


@pytest.fixture(scope="module")
def numpy_names():
    """The version of the NumPy that the interpreter for tests, or else this one, has; and which of the names are there."""
    python = os.environ.get("DLCHECK_TEST_PYTHON") or sys.executable
    names = [one.name for one in old_names().values() if one.package == ("numpy",)]
    ended = subprocess.run([python, "-c", SHOWS, *names], capture_output=True, text=True, timeout=60, check=False)
    if "No module named 'numpy'" in ended.stderr:
        pytest.skip("no NumPy here, and DLCHECK_TEST_PYTHON names no interpreter with it")
    assert ended.returncode == 0, ended.stderr
    version, *there = ended.stdout.split()
    return version, there


@pytest.mark.parametrize(
    "row", [one for one in old_names().values() if one.package == ("numpy",)], ids=lambda one: one.name
)
def test_numpy_itself_has_it_or_not(row, numpy_names):
    version, there = numpy_names
    assert (row.name in there) != row.is_gone(version)
