"""Rules that nobody has to remember: names of facts, probes and checks agree, and every check is tested."""

import re
import subprocess
import sys
import typing
from pathlib import Path

import msgspec
import pytest

import dlcheck
from dlcheck.judge.check import EACH
from dlcheck.judge.engine import all_checks
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.report import PILLARS
from dlcheck.model.snapshot import PROBES, Snapshot

HERE = Path(__file__).parent
PACKAGE = Path(dlcheck.__file__).parent
CHECKS = all_checks()
TYPES = typing.get_type_hints(Snapshot, include_extras=True)
ONE_OF = {"gpu": "NvidiaGpu", "kernel": "Kernel", "device": "ArrayDevice"}
TESTED = "\n".join(path.read_text() for path in (HERE / "judge").glob("*.py"))


def test_every_group_of_facts_has_one_probe_of_its_name():
    from dlcheck.observe import frameworks, inside

    files = {path.stem for path in (PACKAGE / "observe" / "host").glob("*.py")} - {"__init__"}
    probes = {name for name in files if "def probe(" in (PACKAGE / "observe" / "host" / f"{name}.py").read_text()}
    functions = {name for name in PROBES if hasattr(inside, name) or hasattr(frameworks, name)}

    assert probes | functions == set(PROBES)
    assert not probes & functions


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_asks_for_facts_that_exist_with_their_type(check):
    for name, annotation in check.parameters:
        if name in EACH:
            assert annotation == ONE_OF[name]
        elif name in ("profile", "snapshot", "left_out"):
            assert annotation == name.title().replace("_", "")
        else:
            (group,) = typing.get_args(TYPES[name])
            plain = getattr(group, "__name__", str(group))
            assert annotation in (plain, f"Probed[{plain}]") or name == "requirements"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_explains_itself(check):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", check.id)
    assert 10 <= len(check.title) <= 95, check.title
    assert len(check.explanation.strip()) > 80, "a page says why it matters and how it is told"
    assert check.pillar in PILLARS


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_comes_after_checks_that_exist(check):
    assert set(check.after) <= set(CHECKS), set(check.after) - set(CHECKS)


@pytest.mark.parametrize("identity", CHECKS)
def test_every_check_is_named_in_a_test(identity):
    assert identity in TESTED


def _structs(annotation, found):
    origin = typing.get_origin(annotation)
    if origin is not None:
        for part in typing.get_args(annotation):
            _structs(part, found)
        annotation = origin
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct) and annotation not in found:
        found.add(annotation)
        for hint in typing.get_type_hints(annotation, include_extras=True).values():
            _structs(hint, found)
    return found


def test_no_fact_is_ever_a_bare_none():
    allowed = {Probed, Missing}
    for struct in _structs(Snapshot, set()):
        if struct.__name__ == "Ending" or struct in allowed:
            continue
        for name, hint in typing.get_type_hints(struct).items():
            assert type(None) not in typing.get_args(hint), f"{struct.__name__}.{name}"


def test_the_tables_as_json_are_those_of_the_toml():
    """Where they are not, all is as right, and slower."""
    program = [sys.executable, HERE.parent / "scripts" / "write_tables.py", "--check"]
    ended = subprocess.run(program, check=False, capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (0, ""), ended.stdout or ended.stderr
