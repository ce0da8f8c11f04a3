"""TOML that is shipped: the JSON made of it says the same, and is not read where the TOML has changed since."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

import dlcheck.judge
from dlcheck.judge import shipped
from dlcheck.judge.knowledge.gpus import Gpus
from dlcheck.judge.profiles import built_in, load

JUDGE = Path(dlcheck.judge.__file__).parent
NAMES = [f"{file.parent.name}/{file.stem}" for file in sorted(JUDGE.glob("*/*.toml"))]


@pytest.mark.parametrize("name", built_in())
def test_a_profile_is_the_same_from_either(name):
    profile = load(name)
    from_toml = msgspec.toml.decode((JUDGE / "profiles" / f"{name}.toml").read_bytes())
    assert shipped.decode(f"profiles/{name}", dict[str, Any]) == from_toml
    assert profile.name == name


@pytest.mark.parametrize("json", ["", "another checksum"])
def test_where_the_json_is_missing_or_older_the_toml_is_read(monkeypatch, json):
    wanted = shipped.decode("knowledge/gpus", Gpus)
    other = {"knowledge/gpus": shipped.Compiled(checksum=1, tables=msgspec.Raw(b"{}"))} if json else {}
    monkeypatch.setattr(shipped, "_compiled", lambda: other)

    assert shipped.decode("knowledge/gpus", Gpus) == wanted


def test_no_parser_is_needed_where_the_json_is_of_this_toml(monkeypatch):
    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(msgspec.toml, "decode", refused)
    assert [name for name in NAMES if not shipped.decode(name, dict[str, Any])] == []


def test_a_file_that_there_is_not_is_told():
    with pytest.raises(OSError, match=r"knowledge/none\.toml"):
        shipped.decode("knowledge/none", Gpus)
