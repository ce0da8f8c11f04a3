import msgspec
import pytest

from dlcheck.compare.allowances import AllowanceError, parse
from dlcheck.compare.diff import drift
from dlcheck.model.devices import VisibleDevices
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, seen, unseen
from dlcheck.tell.redaction import redact
from tests.facts import (
    CPU,
    GIB,
    GIT,
    GPU,
    INTERPRETER,
    MEMORY,
    NUMERICS,
    NVIDIA,
    OS,
    STORAGE,
    TORCH_CUDA,
    build,
    change,
    distribution,
    gpu_machine,
    machine,
    packages,
    report,
)  # fmt: skip

NAMES = ("good.json", "now.json")


def changes(before, after, allowed=""):
    """Group, words, before and after of every change."""
    found = drift(report(before), report(after), NAMES, parse(allowed))
    return [(one.group, one.words, one.before, one.after) for one in found.changes]


@pytest.mark.parametrize("snapshot", [machine(), gpu_machine()])
def test_a_machine_is_as_it_is(snapshot):
    found = drift(report(snapshot), report(snapshot), NAMES)

    assert found.changes == ()
    assert found.compared > 100


NOISE = [
    {"os": change(OS, uptime_seconds=3.0)},
    {"cpu": change(CPU, frequency_mhz=800.0)},
    {"memory": change(MEMORY, available_bytes=GIB, shm_free_bytes=GIB, total_bytes=16 * GIB - 60 * 2**20)},
    {"storage": change(STORAGE, trial_seconds=9.0)},
    {"nvidia": change(NVIDIA, gpus=(change(
        GPU, temperature_celsius=88, power_watts=440.0, utilization_percent=99, memory_used_bytes=20 * GIB,
        memory_free_bytes=4 * GIB, pcie_generation=1, sm_clock_mhz=210, other_processes=3,
    ),))},
    {"torch": change(TORCH_CUDA, import_seconds=40.0, warnings=("a warning",))},
    {"git": seen(GIT, seconds=3.0)},
]  # fmt: skip


@pytest.mark.parametrize("noise", NOISE, ids=[next(iter(one)) for one in NOISE])
def test_noise_is_no_change(noise):
    assert [one for one in changes(gpu_machine(), gpu_machine(**noise)) if one[0] != "verdicts"] == []


DRIFTS = [
    ({"nvidia": change(NVIDIA, driver_version="535.54.03")}, ("driver", "NVIDIA driver", "580.82.07", "535.54.03")),
    ({"os": change(OS, kernel="6.8.0-51-generic")}, ("kernel", "kernel", "6.8.0-49-generic", "6.8.0-51-generic")),
    ({"visible_devices": VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": "-1"})}, ("cuda", "CUDA_VISIBLE_DEVICES", "", "-1")),
    ({"torch": change(TORCH_CUDA, version="2.14.0+cu130")}, ("frameworks", "PyTorch", "2.13.0+cu130", "2.14.0+cu130")),
    ({"torch": unseen("broken", "ImportError: no")}, ("frameworks", "PyTorch", "2.13.0+cu130", "gives an error")),
    ({"interpreter": change(INTERPRETER, version="3.13.1")}, ("python", "Python", "3.12.7", "3.13.1")),
    ({"nvidia": change(NVIDIA, gpus=())}, ("hardware", "GPU 0", "NVIDIA GeForce RTX 4090", "")),
    ({"memory": change(MEMORY, cgroup_limit_bytes=4 * GIB)}, ("limits", "control group's memory limit", "", "4.00 GB")),
    ({"git": unseen("absent")}, ("system", "git", "2.43.0", "")),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "expected"), DRIFTS, ids=[one[1][1] for one in DRIFTS])
def test_what_matters_is_told_in_its_group(groups, expected):
    assert expected in changes(gpu_machine(), gpu_machine(**groups))


def test_the_driver_stands_before_the_packages_and_verdicts_before_both():
    after = gpu_machine(
        nvidia=change(NVIDIA, driver_version="581.0"), git=unseen("absent"), packages=packages(distribution("numpy", "1.26.4")),
    )  # fmt: skip
    groups = [one[0] for one in changes(gpu_machine(), after)]

    assert groups[0] == "verdicts"
    assert groups.index("driver") < groups.index("packages")


def test_a_package_that_went_is_one_change():
    assert list(
        changes(machine(packages=packages(distribution("seaborn", "0.13.2"))), machine(packages=packages()))
    ) == [("packages", "seaborn", "0.13.2", "")]


def test_the_version_of_a_framework_is_told_once():
    before, after = (
        machine(
            packages=packages(distribution("torch", version.split("+")[0])), torch=change(TORCH_CUDA, version=version)
        )
        for version in ("2.12.0+cu130", "2.13.0+cu130")
    )
    assert [one[1] for one in changes(before, after) if "2.13.0" in one[3]] == ["PyTorch"]


def test_a_library_that_went_is_not_told_again_by_every_exercise():
    after = change(NUMERICS, exercises=tuple(change(one, outcome="missing-library") for one in NUMERICS.exercises))
    wrong = change(NUMERICS, exercises=tuple(change(one, outcome="wrong") for one in NUMERICS.exercises))

    assert [one for one in changes(machine(), machine(numerics=after)) if one[0] != "verdicts"] == []
    assert ("packages", "right", "wrong") in [(one[0], *one[2:]) for one in changes(machine(), machine(numerics=wrong))]


def test_a_framework_that_went_is_told_once():
    before = machine(packages=packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),)))
    gone = changes(before, machine(packages=packages(), torch=unseen("absent")))

    assert [one[1] for one in gone if one[2].startswith("2.13.0")] == ["PyTorch"]


def test_a_problem_that_came_is_a_verdict_and_its_consequences_are_not():
    found = [one for one in changes(machine(), machine(git=unseen("absent"))) if one[0] == "verdicts"]

    assert ("verdicts", "git-missing", "no problem", "warn") in found or (
        "verdicts", "git-missing", "no problem", "fail"
    ) in found  # fmt: skip
    assert not any(one[1].startswith(("git-identity", "commit-fails")) for one in found)


def test_what_only_one_side_looked_at_is_not_compared():
    found = drift(report(machine(torch=unseen("not-looked"))), report(machine()), NAMES)

    assert "PyTorch" in found.not_compared
    assert [one for one in found.changes if one.group == "frameworks"] == []


def test_a_single_fact_that_nobody_looked_at_is_not_compared():
    found = drift(report(machine(git=change(GIT, trial_commit=NOT_LOOKED))), report(machine()), NAMES)

    assert found.not_compared == ("git can commit",)
    assert found.changes == ()


def test_absent_on_both_sides_is_the_same_whatever_the_words():
    assert changes(machine(conda=unseen("absent", "no conda")), machine(conda=unseen("absent"))) == []


def test_a_redacted_report_of_the_same_machine_is_the_same():
    whole = report(machine())

    assert drift(whole, redact(whole), NAMES).changes == ()
    assert drift(redact(whole), redact(whole), NAMES).changes == ()


def test_a_redacted_report_still_tells_what_matters():
    after = report(machine(packages=packages(distribution("torch", "2.12.0"), distribution("numpy", "1.26.4"))))

    assert "numpy" in [one.words for one in drift(report(machine()), redact(after), NAMES).changes]


ALLOWED = [
    ("numpy", True), ("packages", True), ("numpy = 1.*", True), ("numpy = 2.*", False), ("pandas", False),
    ("packages.distributions.version:num*", True), ("# numpy", False), ("NumPy  # expected", True),
]  # fmt: skip


@pytest.mark.parametrize(("line", "fits"), ALLOWED)
def test_an_allowance_expects_what_it_names_and_nothing_else(line, fits):
    after = machine(packages=packages(distribution("torch", "2.13.0"), distribution("numpy", "1.26.4")))
    found = drift(report(machine()), report(after), NAMES, parse(line))
    numpy = next(one for one in found.changes if one.words == "numpy")

    assert (numpy not in found.unexpected) is fits
    assert (found.unused == ()) is (fits or line.startswith("#"))


def test_a_package_that_is_gone_can_be_expected():
    before = machine(packages=packages(distribution("seaborn", "0.13.2")))
    gone = drift(report(before), report(machine(packages=packages())), NAMES, parse("seaborn = "))

    assert gone.unexpected == ()


@pytest.mark.parametrize("text", ["= 3", " = 3\n"])
def test_an_allowance_without_a_fact_is_refused(text):
    with pytest.raises(AllowanceError, match="line 1"):
        parse(text)


def test_an_absent_and_a_present_limit_are_not_near():
    assert changes(machine(), machine(cpu=change(CPU, quota_cores=2.0, usable_cores=2.0)))
    assert not changes(machine(cpu=change(CPU, quota_cores=ABSENT)), machine())


def test_whatever_is_in_a_fact_it_is_one_line_of_bounded_length():
    huge = msgspec.structs.replace(INTERPRETER, variables={"PYTHONPATH": "/a" * 100_000})

    assert max(len(one[3]) for one in changes(machine(), machine(interpreter=huge))) <= 300
