"""The choices of PyTorch, TensorFlow and JAX over all kinds of machines: every floor of the tables is kept."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.judge.advice import jax_choice, tensorflow_choice, torch_choice
from dlcheck.judge.advice.jax_choice import JAX
from dlcheck.judge.advice.needs import Needs, driver_needed, other_python, why_not, without_some_gpus
from dlcheck.judge.advice.tensorflow_choice import TENSORFLOW
from dlcheck.judge.advice.torch_choice import TORCH
from dlcheck.judge.knowledge.cubin import covers
from dlcheck.judge.knowledge.cuda_drivers import driver_for, last_branch_for
from dlcheck.judge.knowledge.gpus import capability_of
from dlcheck.judge.knowledge.versions import at_least, numbers

SOLVERS = (TORCH, TENSORFLOW, JAX)
DRIVERS = st.sampled_from(["", "390.157", "418.67", "440.33", "450.80.02", "452.39", "470.256.02", "515.43.04", "525.60.13",
                           "527.41", "535.183.01", "550.54.15", "570.26", "575.57.08", "580.65.06", "595.45.04", "610.43.02"])  # fmt: skip
CAPABILITIES = st.sampled_from([(3, 0), (3, 5), (3, 7), (5, 0), (5, 2), (5, 3), (6, 0), (6, 1), (6, 2), (7, 0), (7, 2), (7, 5),
                                (8, 0), (8, 6), (8, 7), (8, 9), (9, 0), (10, 0), (10, 3), (11, 0), (12, 0), (12, 1)])  # fmt: skip
MACHINES = st.builds(
    Needs,
    backend=st.sampled_from(["cpu", "cuda", "rocm", "xpu", "mps", "tpu"]),
    platform=st.sampled_from(["linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64", "macos-x86_64", ""]),
    python=st.tuples(st.just(3), st.integers(6, 17)),
    free_threaded=st.booleans(),
    glibc=st.sampled_from(["", "2.12", "2.17", "2.27", "2.28", "2.31", "2.35", "2.39"]),
    macos=st.sampled_from(["", "10.13", "11.7", "12.6", "13.6", "14.5", "15.1", "26.0"]),
    driver=DRIVERS,
    driver_system=st.sampled_from(["linux", "windows"]),
    capabilities=st.lists(CAPABILITIES, max_size=3).map(tuple),
    gfx=st.lists(st.sampled_from(["gfx906", "gfx90a", "gfx1032", "gfx1100", "gfx1201"]), max_size=2).map(tuple),
    avx=st.booleans(),
)
CUDA_MACHINES = MACHINES.map(lambda needs: msgspec.structs.replace(needs, backend="cuda", gfx=()))


@settings(deadline=None)
@given(MACHINES)
def test_tensorflow_keeps_every_floor_of_its_table(needs):
    for choice in tensorflow_choice.choices(needs):
        release = choice.release
        assert needs.backend in ("cpu", "cuda") and not needs.free_threaded
        oldest, newest = map(numbers, release.pythons[needs.platform].split("-"))
        assert oldest <= needs.python <= newest and needs.platform not in release.without
        assert needs.avx or not needs.platform.endswith("x86_64")
        if needs.platform.startswith("linux") and needs.glibc:
            assert at_least(numbers(needs.glibc), numbers(release.glibc))
        if needs.platform == "macos-arm64":
            assert at_least(numbers(needs.macos), numbers(release.macos))
        if needs.backend == "cuda":
            floor = driver_for(release.cuda, needs.driver_system)
            assert release.extra and needs.platform in release.gpu
            assert floor is not None and at_least(numbers(needs.driver), numbers(floor))
            codes = [capability_of(one) for one in release.real]
            assert all(covers(codes, one, cuda=numbers(release.cuda)) for one in needs.capabilities)
            assert f"[{release.extra}]" in choice.requirements[0]


@settings(deadline=None)
@given(MACHINES)
def test_jax_keeps_every_floor_of_its_table(needs):
    for choice in jax_choice.choices(needs):
        release, plugin = choice.release, choice.plugin
        assert needs.backend in ("cpu", "cuda", "rocm", "tpu")
        assert needs.avx or not needs.platform.endswith("x86_64")
        for row in [one for one in (release, plugin) if one is not None]:
            oldest, newest = map(numbers, row.pythons[needs.platform].split("-"))
            assert oldest <= needs.python <= newest
            assert not needs.free_threaded or needs.python in map(numbers, row.free_threaded)
            if needs.platform.startswith("linux") and needs.glibc:
                assert at_least(numbers(needs.glibc), numbers(row.glibc))
        if needs.backend == "cuda":
            assert plugin is not None and choice.extra == plugin.extra
            if needs.glibc and plugin.libraries_glibc:
                assert at_least(numbers(needs.glibc), numbers(plugin.libraries_glibc))
            floor = driver_for(plugin.cuda, needs.driver_system)
            assert floor is not None and at_least(numbers(needs.driver), numbers(floor))
            codes = [capability_of(one) for one in plugin.real]
            for device in needs.capabilities:
                assert device >= capability_of(plugin.oldest)
                assert covers(codes, device, cuda=numbers(plugin.cuda))
        if needs.backend == "rocm":
            assert plugin is not None and set(needs.gfx) <= set(plugin.gfx)
        if needs.backend == "tpu":
            assert needs.platform == "linux-x86_64" and choice.requirement.startswith("jax[tpu]==")


@settings(deadline=None)
@given(MACHINES)
def test_pytorch_fits_no_accelerator_that_a_platform_lacks(needs):
    for choice in torch_choice.choices(needs):
        assert needs.platform in choice.release.default
        assert not (needs.backend in ("cuda", "rocm", "xpu") and needs.platform.startswith("macos"))
        assert needs.backend != "tpu"


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda one: one.title)
@settings(max_examples=30, deadline=None)
@given(needs=CUDA_MACHINES)
def test_a_newer_driver_is_proposed_only_where_it_alone_is_in_the_way(solver, needs):
    floor = driver_needed(needs, solver)
    if floor is None:
        return
    assert not solver.fits(needs), "the driver there is serves: no update"
    assert not at_least(numbers(needs.driver), numbers(floor))
    assert solver.fits(msgspec.structs.replace(needs, driver=floor))
    for one in needs.capabilities:
        end = last_branch_for(one)
        assert end is None or not at_least(numbers(floor), numbers(end)), "so new a driver no longer drives this GPU"


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda one: one.title)
@settings(max_examples=30, deadline=None)
@given(needs=CUDA_MACHINES)
def test_another_python_and_fewer_gpus_are_proposed_only_where_they_help(solver, needs):
    python = other_python(needs, solver)
    if python:
        assert solver.fits(msgspec.structs.replace(needs, python=numbers(python), free_threaded=False))
        assert needs.free_threaded or numbers(python) != needs.python
    left = without_some_gpus(needs, solver)
    if left:
        assert set(left) < set(needs.capabilities)
        assert solver.fits(msgspec.structs.replace(needs, capabilities=left))


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda one: one.title)
@settings(max_examples=30, deadline=None)
@given(needs=MACHINES)
def test_why_nothing_fits_is_one_sentence(solver, needs):
    words = why_not(needs, solver)
    assert words.startswith(f"no {solver.title} build runs with Python 3.")
    assert "\n" not in words and "()" not in words


LINUX = Needs(backend="cuda", platform="linux-x86_64", python=(3, 12), glibc="2.39", driver="580.82.07",
              capabilities=((8, 9),))  # fmt: skip


def on(**changes):
    return msgspec.structs.replace(LINUX, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "tensorflow[and-cuda]==2.21.0"),
        ({"driver": "535.183.01"}, "tensorflow[and-cuda]==2.21.0"),  # CUDA 12 runs from 525 on
        ({"driver": "470.256.02"}, None),
        ({"driver": "470.256.02", "python": (3, 10)}, "tensorflow[and-cuda]==2.14.1"),
        ({"driver": "470.256.02", "python": (3, 10), "capabilities": ((3, 7),)}, "tensorflow[and-cuda]==2.14.1"),
        ({"driver": "470.256.02", "python": (3, 11), "capabilities": ((3, 7),)}, None),  # its tensorrt has no wheel
        ({"capabilities": ((6, 1),)}, "tensorflow[and-cuda]==2.21.0"),
        ({"capabilities": ((5, 2),), "python": (3, 11)}, "tensorflow[and-cuda]==2.15.1"),
        ({"capabilities": ((5, 2),)}, None),
        ({"capabilities": ((12, 0),)}, None),
        ({"capabilities": ((6, 1), (9, 0))}, "tensorflow[and-cuda]==2.21.0"),
        ({"driver": ""}, None),
        ({"glibc": "2.17"}, "tensorflow[and-cuda]==2.20.0"),
        ({"glibc": "2.12"}, None),
        ({"python": (3, 14)}, None),
        ({"free_threaded": True, "python": (3, 13)}, None),
        ({"platform": "linux-aarch64"}, None),
        ({"platform": "windows-x86_64", "driver_system": "windows", "driver": "581.42"}, None),
        ({"backend": "cpu"}, "tensorflow==2.21.0"),
        ({"backend": "cpu", "avx": False}, None),
        ({"backend": "cpu", "platform": "linux-aarch64", "avx": False}, "tensorflow==2.21.0"),
        ({"backend": "cpu", "python": (3, 8)}, "tensorflow==2.13.1"),
        ({"backend": "cpu", "python": (3, 7)}, "tensorflow==2.10.1"),
        ({"backend": "cpu", "platform": "macos-x86_64", "macos": "15.1"}, "tensorflow==2.16.2"),
        ({"backend": "cpu", "platform": "macos-arm64", "macos": "15.1"}, "tensorflow==2.21.0"),
        ({"backend": "cpu", "platform": "macos-arm64", "macos": "11.7"}, None),
        ({"backend": "mps", "platform": "macos-arm64", "macos": "15.1"}, None),
    ],
)
def test_the_newest_tensorflow_that_runs_on_all_of_it(changes, expected):
    found = tensorflow_choice.best(on(**changes))
    assert (found.requirements[0] if found else None) == expected


def test_a_tensorflow_whose_metadata_lets_in_numpy_2_gets_a_bound():
    found = tensorflow_choice.best(on(backend="cpu", python=(3, 9)), minor=(2, 10))
    assert found is not None
    assert found.requirements == ("tensorflow==2.10.1", "numpy<2")


def test_the_last_tensorflow_with_cuda_on_native_windows_needs_the_system_s_cuda():
    windows = on(platform="windows-x86_64", driver_system="windows", driver="560.94", python=(3, 10))
    found = tensorflow_choice.best(windows, system_cuda=True)
    assert found is not None
    assert (found.requirements[0], found.release.cuda, found.release.cudnn) == ("tensorflow==2.10.1", "11.2", "8.1")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "jax[cuda13]==0.12.0.1"),
        ({"driver": "570.26"}, "jax[cuda12]==0.12.0.1"),
        ({"driver": "525.60.13"}, "jax[cuda12]==0.12.0.1"),
        ({"driver": "470.256.02"}, None),
        ({"driver": ""}, None),
        ({"capabilities": ((7, 0),)}, "jax[cuda12]==0.12.0.1"),
        ({"capabilities": ((6, 1), (12, 0))}, "jax[cuda12]==0.12.0.1"),
        ({"capabilities": ((5, 0),)}, None),  # its machine code is there, and JAX states 5.2
        ({"capabilities": ((3, 7),), "driver": "470.256.02"}, None),
        ({"capabilities": ((12, 0),)}, "jax[cuda13]==0.12.0.1"),
        ({"capabilities": ((12, 0),), "python": (3, 10)}, "jax[cuda12]==0.6.2"),
        ({"platform": "linux-aarch64", "capabilities": ((12, 1),)}, "jax[cuda13]==0.12.0.1"),
        ({"platform": "linux-aarch64", "capabilities": ((11, 0),)}, "jax[cuda13]==0.12.0.1"),
        ({"platform": "linux-aarch64", "capabilities": ((8, 7),)}, None),
        ({"python": (3, 11)}, "jax[cuda13]==0.10.2"),
        ({"python": (3, 10)}, "jax[cuda12]==0.6.2"),
        ({"python": (3, 9)}, None),
        ({"python": (3, 14), "free_threaded": True}, "jax[cuda13]==0.12.0.1"),
        ({"python": (3, 12), "free_threaded": True}, None),
        ({"glibc": "2.17"}, "jax[cuda12]==0.5.3"),  # newer ones bring a cuDNN for glibc 2.27
        ({"glibc": "2.17", "python": (3, 14)}, None),
        ({"platform": "windows-x86_64", "driver_system": "windows", "driver": "581.42"}, None),
        ({"backend": "cpu", "platform": "windows-x86_64"}, "jax==0.12.0.1"),
        ({"backend": "cpu", "platform": "macos-x86_64", "macos": "15.1"}, "jax==0.4.38"),
        ({"backend": "mps", "platform": "macos-arm64", "macos": "15.1"}, None),
        ({"backend": "cpu", "avx": False}, None),
        ({"backend": "rocm", "gfx": ("gfx1100",)}, "jax[rocm7-local]==0.11.2"),
        ({"backend": "rocm", "gfx": ("gfx1032",)}, None),
        ({"backend": "tpu"}, "jax[tpu]==0.12.0.1"),
        ({"backend": "tpu", "glibc": "2.28"}, None),
        ({"backend": "tpu", "platform": "linux-aarch64"}, None),
    ],
)
def test_the_newest_jax_that_runs_on_all_of_it(changes, expected):
    found = jax_choice.best(on(**changes))
    assert (found.requirement if found else None) == expected


@pytest.mark.parametrize(
    ("solver", "changes", "words"),
    [
        (TORCH, {"capabilities": ((3, 7),), "driver": "470.256.02", "python": (3, 14)}, "Python 3.14 (3.12 would do)"),
        (TENSORFLOW, {"python": (3, 14)}, "Python 3.14 (3.12 would do)"),
        (TENSORFLOW, {"driver": "470.256.02"}, "the driver 470.256.02 (525.60.13 would do)"),
        (TENSORFLOW, {"capabilities": ((6, 1), (12, 0))}, "the GPU of compute capability 12.0"),
        (TENSORFLOW, {"backend": "cpu", "avx": False}, "the processor without AVX"),
        (TORCH, {"capabilities": ((6, 1), (12, 0))}, "the GPU of compute capability 6.1"),
        (JAX, {"glibc": "2.12"}, "in the way is glibc 2.12"),
        (JAX, {"backend": "cpu", "platform": "macos-arm64", "macos": "10.15"}, "macOS 10.15"),
        (JAX, {"python": (3, 12), "free_threaded": True}, "the Python without the global lock"),
    ],
)
def test_what_stands_in_the_way_is_named(solver, changes, words):
    assert words in why_not(on(**changes), solver)
