"""The table of names that libraries once had, beside what finds them and beside the libraries themselves."""

import importlib.util

import pytest

from dlcheck.judge.knowledge.old_names import old_names
from dlcheck.observe.host.old_names import in_source


@pytest.mark.parametrize("name", old_names())
def test_every_name_of_the_table_is_found_in_source(name):
    written = {"DataFrame.ix": "df.ix[0]"}.get(name, name)

    assert in_source(written.encode()) == (name,)


@pytest.mark.parametrize(
    "row", [one for one in old_names().values() if one.package == ("numpy",)], ids=lambda one: one.name
)
def test_numpy_itself_has_it_or_not(row):
    if importlib.util.find_spec("numpy") is None:
        pytest.skip("no NumPy here")
    import numpy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        assert hasattr(numpy, row.name.partition(".")[2]) != row.is_gone(numpy.__version__)
