import typing
from fnmatch import fnmatchcase

import msgspec
import pytest

from dlcheck.compare.facts import IDENTITY, flatten
from dlcheck.compare.tables import table, told
from dlcheck.model.drift import GROUP_TITLES
from dlcheck.model.gaps import Missing
from dlcheck.model.snapshot import PROBES, Snapshot
from tests.facts import gpu_machine, machine


def fields(hint, path="", owner=None):
    """Every field of the model that holds no further struct: its path, the class it is of, its own name."""
    if typing.get_origin(hint) not in (None, dict):
        for part in typing.get_args(hint):
            if part not in (Missing, ...):
                yield from fields(part, path, owner)
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        for name, one in typing.get_type_hints(hint, include_extras=True).items():
            yield from fields(one, f"{path}.{name}" if path else name, hint.__name__)
    elif path:
        yield path, owner, path.rpartition(".")[2]


FIELDS = {path: (owner, name) for path, owner, name in fields(Snapshot)}
LEFT_OUT = [pattern for patterns in table().left_out.values() for pattern in patterns]


@pytest.mark.parametrize("path", FIELDS)
def test_every_fact_of_the_model_is_compared_or_left_out_on_purpose(path):
    owner, name = FIELDS[path]
    left_out = any(fnmatchcase(path, pattern) for pattern in LEFT_OUT)

    assert [path in told(), left_out, name in IDENTITY.get(owner, ()) and path not in told()].count(True) >= 1, (
        "say in dlcheck/compare/facts.toml how it is told, or why it is left out"
    )
    assert not (path in told() and left_out), "both compared and left out"


def test_the_table_names_nothing_that_is_not_there():
    assert set(told()) <= set(FIELDS)
    assert [one for one in LEFT_OUT if not any(fnmatchcase(path, one) for path in FIELDS)] == []
    assert set(table().probes) == set(PROBES)
    assert {whole.stands for whole in table().probes.values()} <= {"", *told()}
    assert set(table().groups) <= set(GROUP_TITLES)


def test_words_name_the_thing_where_there_are_several():
    rows = [
        path for path in told() if any(path.startswith(f"{row}.") for row in ("nvidia.gpus", "packages.distributions"))
    ]

    assert rows
    assert all("{}" in told()[path].words for path in rows)


def test_values_are_words_a_person_reads():
    flat = flatten(gpu_machine())

    assert flat.facts["nvidia.gpus.compute_capability:0"].text == "8.9"
    assert flat.facts["memory.total_bytes"].text == "16.0 GB"
    assert flat.facts["git.trial_commit"].text == "yes"
    assert flat.facts["packages.distributions.version:numpy"].words == "numpy"
    assert flat.facts["interpreter.prefix"].text.endswith("/course/.venv")


def test_what_nobody_looked_at_is_no_fact():
    flat = flatten(Snapshot())

    assert flat.facts == {}
    assert set(flat.gaps) == set(PROBES)


def test_paths_in_the_environment_do_not_depend_on_where_it_lies():
    interpreter = machine().interpreter.value
    moved = msgspec.structs.replace(interpreter, variables={"PYTHONPATH": f"{interpreter.prefix}/extra"})

    assert flatten(machine(interpreter=moved)).facts["interpreter.variables:PYTHONPATH"].text == "(environment)/extra"
