import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.judge.advice.torch_choice import Needs, best, choices, driver_needed
from dlcheck.judge.knowledge.cubin import covers
from dlcheck.judge.knowledge.cuda_drivers import driver_for, toolkit_driver
from dlcheck.judge.knowledge.torch_releases import code_in
from dlcheck.judge.knowledge.versions import at_least, numbers

LINUX = Needs(backend="cuda", platform="linux-x86_64", python=(3, 12), glibc="2.39", driver="580.82.07",
              capabilities=((8, 9),))  # fmt: skip


def chosen(**changes):
    found = best(msgspec.structs.replace(LINUX, **changes))
    return (found.release.version, found.variant, found.is_default) if found else None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("2.15.0", "cu132", True)),
        ({"driver": "570.124.06"}, ("2.14.1", "cu126", False)),
        ({"driver": "470.86"}, ("2.7.1", "cu118", False)),
        ({"driver": ""}, None),
        ({"capabilities": ((6, 1),)}, ("2.14.1", "cu126", False)),
        ({"capabilities": ((7, 0),)}, ("2.14.1", "cu126", False)),
        ({"capabilities": ((12, 0),), "driver": "570.124.06"}, ("2.11.0", "cu128", False)),
        ({"capabilities": ((6, 1), (12, 0))}, None),
        ({"capabilities": ((6, 1), (8, 9))}, ("2.14.1", "cu126", False)),
        ({"capabilities": ((3, 7),), "driver": "470.256.02", "python": (3, 10)}, ("2.7.1", "cu118", False)),
        ({"capabilities": ((3, 5),), "driver": "470.256.02"}, None),
        ({"python": (3, 10)}, ("2.14.1", "cu130", True)),
        ({"python": (3, 9)}, ("2.8.0", "cu128", True)),
        ({"python": (3, 7)}, ("1.13.1", "cu117", True)),
        ({"python": (3, 6)}, None),
        ({"glibc": "2.17"}, ("2.6.0", "cu124", True)),
        ({"platform": "windows-x86_64", "driver_system": "windows", "driver": "581.42"}, ("2.14.1", "cu132", False)),
        ({"platform": "windows-x86_64", "driver_system": "windows", "driver": "560.94"}, ("2.14.1", "cu126", False)),
        ({"platform": "linux-aarch64", "capabilities": ((12, 1),)}, ("2.15.0", "cu132", True)),
        ({"platform": "linux-aarch64", "capabilities": ((8, 7),), "driver": "540.3.0"}, None),
        ({"python": (3, 14), "free_threaded": True}, ("2.15.0", "cu132", True)),
        ({"platform": ""}, None),
        ({"backend": "cpu"}, ("2.14.1", "cpu", False)),
        ({"backend": "cpu", "platform": "windows-x86_64"}, ("2.15.0", "cpu", True)),
        ({"backend": "mps", "platform": "macos-arm64", "macos": "15.1"}, ("2.15.0", "mps", True)),
        ({"backend": "mps", "platform": "macos-arm64", "macos": "13.6"}, ("2.9.1", "mps", True)),
        ({"backend": "mps", "platform": "macos-arm64", "macos": "12.7.6"}, ("2.4.1", "mps", True)),
        ({"backend": "cpu", "platform": "macos-x86_64", "macos": "15.1"}, ("2.2.2", "cpu", True)),
        ({"backend": "rocm", "gfx": ("gfx1151",)}, ("2.13.0", "rocm7.2", False)),
        ({"backend": "rocm", "gfx": ("gfx1032",)}, None),
        ({"backend": "xpu"}, ("2.14.1", "xpu", False)),
    ],
)
def test_the_newest_that_runs_on_all_of_it(changes, expected):
    assert chosen(**changes) == expected


def test_the_release_can_be_kept():
    found = best(msgspec.structs.replace(LINUX, driver="570.86.10"), minor=(2, 13))
    assert found is not None
    assert found.requirement() == "torch==2.13.0+cu126"
    assert found.requirement("torchvision") == "torchvision==0.28.0+cu126"
    assert found.requirement("torchaudio") == ""
    assert found.index_url == "https://download.pytorch.org/whl/cu126"


def test_the_package_index_alone():
    found = best(msgspec.structs.replace(LINUX, driver="535.183.01"), only_default=True)
    assert found is not None
    assert (found.requirement(), found.index_url) == ("torch==2.10.0", "")


@pytest.mark.parametrize(
    ("changes", "floor"),
    [
        ({"driver": "440.33"}, "450.80.02"),
        ({"driver": "", "capabilities": ((12, 0),)}, "525.60.13"),
        ({"driver": "470.256.02", "capabilities": ((3, 5),)}, None),
        ({"driver": "", "capabilities": ((6, 1),)}, "450.80.02"),
    ],
)
def test_the_driver_that_would_do(changes, floor):
    assert driver_needed(msgspec.structs.replace(LINUX, **changes)) == floor


DRIVERS = st.sampled_from(["", "390.157", "440.33", "450.80.02", "470.256.02", "515.43.04", "525.60.13", "535.183.01",
                           "550.54.15", "570.26", "575.57.08", "580.65.06", "595.45.04", "610.43.02"])  # fmt: skip
CAPABILITIES = st.sampled_from([(3, 5), (3, 7), (5, 0), (5, 2), (5, 3), (6, 0), (6, 1), (7, 0), (7, 2), (7, 5), (8, 0),
                                (8, 6), (8, 7), (8, 9), (9, 0), (10, 0), (10, 3), (11, 0), (12, 0), (12, 1)])  # fmt: skip
MACHINES = st.builds(
    Needs,
    backend=st.just("cuda"),
    platform=st.sampled_from(["linux-x86_64", "linux-aarch64", "windows-x86_64"]),
    python=st.tuples(st.just(3), st.integers(6, 16)),
    free_threaded=st.booleans(),
    glibc=st.sampled_from(["", "2.17", "2.27", "2.28", "2.31", "2.39"]),
    driver=DRIVERS,
    driver_system=st.sampled_from(["linux", "windows"]),
    capabilities=st.lists(CAPABILITIES, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(MACHINES)
def test_what_is_proposed_satisfies_every_floor(needs):
    for choice in choices(needs):
        code = code_in(choice.release.version, choice.variant, needs.platform)
        floor = driver_for(choice.cuda, needs.driver_system)
        assert code is not None and floor is not None
        assert at_least(numbers(needs.driver), numbers(floor))
        own = toolkit_driver(choice.cuda, needs.driver_system)
        jit = code.ptx_code if own and at_least(numbers(needs.driver), numbers(own)) else ()
        cuda = numbers(choice.cuda)
        assert all(covers(code.machine_code, one, ptx=jit, cuda=cuda) for one in needs.capabilities)
        assert choice.release.has_python(needs.python, free_threaded=needs.free_threaded)
        if needs.glibc and needs.platform.startswith("linux"):
            wanted = choice.release.glibc_of.get(choice.variant, choice.release.glibc)
            assert at_least(numbers(needs.glibc), numbers(wanted))


@settings(deadline=None)
@given(MACHINES)
def test_a_newer_driver_is_asked_for_only_where_it_helps(needs):
    found, floor = best(needs), driver_needed(needs)
    if found is None and floor is not None:
        assert not at_least(numbers(needs.driver), numbers(floor))
        assert best(msgspec.structs.replace(needs, driver=floor)) is not None


@settings(deadline=None)
@given(MACHINES, DRIVERS)
def test_a_newer_driver_never_takes_a_build_away(needs, driver):
    older, newer = sorted((needs.driver, driver), key=numbers)
    with_older = {one.requirement() for one in choices(msgspec.structs.replace(needs, driver=older))}
    with_newer = {one.requirement() for one in choices(msgspec.structs.replace(needs, driver=newer))}
    assert with_older <= with_newer
