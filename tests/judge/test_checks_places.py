import pytest

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, unseen
from dlcheck.model.python import ExtraRequirement
from tests.facts import (
    CPU,
    GIB,
    INTERPRETER,
    MEMORY,
    OS,
    PREFIX,
    STORAGE,
    change,
    findings,
    gpu_machine,
    machine,
    packages,
    roots,
    status,
)

MINE = (
    "environment-mounted-noexec", "environment-not-writable", "work-on-a-windows-drive", "environment-in-a-synced-folder",
    "path-with-odd-characters", "environment-on-a-network-drive", "address-space-limited", "processes-limited",
    "open-files-limit-low", "killed-for-memory", "home-not-writable",
)  # fmt: skip
NO_TORCH = {"torch": unseen("absent"), "packages": packages()}


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def environment(**changes):
    places = [change(one, **changes) if one.role == "environment" else one for one in STORAGE.places]
    return change(STORAGE, places=tuple(places))


def test_a_folder_that_nothing_may_run_from_explains_the_import():
    broken = unseen("broken", "libtorch_cpu.so: failed to map segment from shared object")
    broken = change(broken, missing=change(broken.missing, kind="ImportError"))
    snapshot = machine(storage=environment(noexec=True), torch=broken)

    assert "environment-mounted-noexec" in roots(snapshot)
    assert findings("torch-import-fails", snapshot)[0].caused_by == ("environment-mounted-noexec",)
    assert status("environment-mounted-noexec", machine(storage=environment(noexec=True))) == "note"


def test_an_environment_of_somebody_else_gets_a_new_one_beside_it():
    home = change(STORAGE.places[0], role="home", path="/home/ada")
    storage = change(environment(writable=False), places=(*environment(writable=False).places, home))
    lacking = (ExtraRequirement(requirement="pandas", name="pandas"),)
    snapshot = machine(storage=storage, requirements=lacking)

    finding = findings("environment-not-writable", snapshot)[0]

    assert finding.status == "fail"
    assert texts(finding)[0].endswith("-m venv /home/ada/.venvs/dl")
    assert texts(finding)[-1].startswith("/home/ada/.venvs/dl/bin/python -m pip install")
    assert findings("required-package-missing", snapshot)[0].fixes == finding.fixes
    assert status("environment-not-writable", machine(storage=storage)) == "note"


WSL = change(OS, wsl=2, kernel="5.15.167.4-microsoft-standard-WSL2")


def test_an_environment_under_mnt_c():
    there = environment(filesystem="9p", path="/mnt/c/Users/ada/.venv")
    code = change(
        STORAGE,
        places=(*STORAGE.places, change(STORAGE.places[0], role="working", path="/mnt/c/course", filesystem="9p")),
    )
    identity = "work-on-a-windows-drive"

    assert status(identity, machine(os=WSL, storage=there)) == "warn"
    assert status(identity, machine(os=WSL, storage=code)) == "note"
    assert status(identity, machine(os=WSL)) == "pass"
    assert status(identity, machine(storage=there)) == "skip"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (r"C:\Users\ada\OneDrive - Uni\dl\.venv", "warn"), ("/Users/ada/Library/CloudStorage/Dropbox/dl/.venv", "warn"),
        ("/home/ada/Dropbox/.venv", "warn"), ("/home/ada/dropbox-client/.venv", "pass"), (PREFIX, "pass"),
    ],
)  # fmt: skip
def test_an_environment_that_is_kept_in_step(prefix, expected):
    snapshot = machine(interpreter=change(INTERPRETER, prefix=prefix))

    assert status("environment-in-a-synced-folder", snapshot) == expected


@pytest.mark.parametrize(("prefix", "works", "expected"), [
    (r"C:\Users\Zoë\.venv", False, "warn"), (r"C:\Users\Zoë\.venv", True, "note"), (r"C:\dl\my env", False, "warn"),
    (r"C:\dl\env", False, "pass"),
])  # fmt: skip
def test_a_path_that_old_tools_stumble_over(prefix, works, expected):
    windows = change(OS, system="windows", shell="powershell", glibc=ABSENT)
    groups = {} if works else NO_TORCH

    snapshot = machine(os=windows, interpreter=change(INTERPRETER, prefix=prefix), **groups)
    assert status("path-with-odd-characters", snapshot) == expected
    assert status("path-with-odd-characters", machine(interpreter=change(INTERPRETER, prefix=prefix))) == "skip"


def test_an_environment_on_a_network_is_a_problem_on_windows_alone():
    storage = environment(network=True, filesystem="nfs4")
    windows = change(OS, system="windows", shell="powershell", glibc=ABSENT)

    assert status("environment-on-a-network-drive", machine(storage=storage)) == "note"
    assert status("environment-on-a-network-drive", machine(storage=storage, os=windows)) == "warn"


@pytest.mark.parametrize(
    ("limit", "works", "expected"),
    [(4 * GIB, False, "fail"), (4 * GIB, True, "note"), (64 * GIB, False, "pass"), (ABSENT, False, "skip"), (NOT_LOOKED, False, "skip")],
)  # fmt: skip
def test_address_space(limit, works, expected):
    groups = {} if works else NO_TORCH
    snapshot = machine(memory=change(MEMORY, address_space_limit_bytes=limit), **groups)

    assert status("address-space-limited", snapshot) == expected


@pytest.mark.parametrize(
    ("limit", "cores", "expected"), [(100, 8, "warn"), (256, 8, "pass"), (256, 128, "warn"), (ABSENT, 128, "skip")]
)
def test_processes_against_cores(limit, cores, expected):
    snapshot = machine(os=change(OS, processes_limit=limit), cpu=change(CPU, logical_cores=cores))

    assert status("processes-limited", snapshot) == expected


def test_open_files():
    low = change(OS, open_files_limit=256)

    assert status("open-files-limit-low", machine(os=low)) == "warn"
    assert status("open-files-limit-low", machine(os=low, **NO_TORCH)) == "note"
    assert status("open-files-limit-low", machine(os=change(low, system="darwin"))) == "skip"
    assert status("open-files-limit-low", machine(os=change(OS, open_files_limit=1024))) == "pass"


def test_what_was_killed_is_told_and_no_problem():
    assert status("killed-for-memory", machine(memory=change(MEMORY, oom_kills=2))) == "note"
    assert status("killed-for-memory", machine(memory=change(MEMORY, oom_kills=ABSENT))) == "pass"


def test_a_home_of_nobody():
    home = change(STORAGE.places[0], role="home", path="/", writable=False)
    locked = change(STORAGE.places[1], writable=False)
    identity = "home-not-writable"

    assert status(identity, machine(storage=change(STORAGE, places=(home, locked)))) == "warn"
    assert status(identity, machine(storage=change(STORAGE, places=(home, *STORAGE.places)))) == "note"
    assert status(identity, machine(storage=change(STORAGE, places=(change(home, writable=True),)))) == "pass"
