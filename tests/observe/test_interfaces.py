"""Interfaces that a variable asks for, against those of a made-up machine."""

import pytest

from dlcheck.observe.host import interfaces
from tests.facts import OS, change, findings, machine, status


@pytest.fixture
def root(tmp_path):
    for name in ("lo", "eth0", "ib0", "docker0"):
        (tmp_path / "sys/class/net" / name).mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ("", ()),
        ("eth0", ()),
        ("eth", ()),
        ("ens5", ("NCCL_SOCKET_IFNAME=ens5",)),
        ("=eth", ("NCCL_SOCKET_IFNAME=eth",)),
        ("=eth0", ()),
        ("ens5,ib", ()),
        ("^docker0", ()),
        ("a name; of nobody's", ()),
    ],
)
def test_names_are_read_as_nccl_reads_them(root, value, missing):
    assert interfaces.missing(root, {"NCCL_SOCKET_IFNAME": value}) == missing


def test_what_cannot_be_listed_is_not_missing(tmp_path):
    assert interfaces.missing(tmp_path, {"NCCL_SOCKET_IFNAME": "eth7"}) == ()


def test_it_is_told_with_the_variable():
    """tests/judge names it too: network-interface-missing."""
    asked = machine(os=change(OS, missing_interfaces=("NCCL_SOCKET_IFNAME=ens5",)))
    (finding,) = findings("network-interface-missing", asked)

    assert finding.status == "warn"
    assert finding.evidence == ("NCCL_SOCKET_IFNAME=ens5",)
    assert finding.fixes[0].commands[0].text == "unset NCCL_SOCKET_IFNAME"
    assert status("network-interface-missing", machine()) == "pass"
