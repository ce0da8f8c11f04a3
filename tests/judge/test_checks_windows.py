import pytest

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, unseen
from tests.facts import INTERPRETER, OS, PYTHONS, change, findings, gpu_machine, machine, packages, status

MINE = (
    "visual-cpp-runtime-missing", "long-paths-disabled", "scripts-forbidden-in-powershell", "store-alias-hides-python",
)  # fmt: skip
WINDOWS = change(
    OS, system="windows", name="Windows 11", distribution="", glibc=ABSENT, shell="powershell", vc_runtime="14.44.35211",
    long_paths=False, script_policy="RemoteSigned",
)  # fmt: skip
NO_TORCH = {"torch": unseen("absent"), "packages": packages()}


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    for snapshot in (machine(), gpu_machine(), machine(os=WINDOWS)):
        assert status(identity, snapshot) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


@pytest.mark.parametrize(
    ("runtime", "works", "expected"),
    [(ABSENT, False, "fail"), ("14.29.30139", False, "fail"), ("14.44.35211", False, "pass"), (ABSENT, True, "pass"), (NOT_LOOKED, False, "skip")],
)  # fmt: skip
def test_the_visual_cpp_runtime(runtime, works, expected):
    groups = {} if works else NO_TORCH
    snapshot = machine(os=change(WINDOWS, vc_runtime=runtime), **groups)

    assert status("visual-cpp-runtime-missing", snapshot) == expected
    if expected == "fail":
        assert (
            "Microsoft.VCRedist.2015+.x64"
            in findings("visual-cpp-runtime-missing", snapshot)[0].fixes[0].commands[0].argv
        )


def test_a_dll_that_cannot_be_loaded_follows_from_the_runtime():
    said = unseen("broken", 'OSError: [WinError 126] Error loading "C:\\x\\torch\\lib\\fbgemm.dll"')
    said = change(said, missing=change(said.missing, kind="OSError"))
    snapshot = machine(os=change(WINDOWS, vc_runtime=ABSENT), torch=said)

    assert "visual-cpp-runtime-missing" in findings("torch-import-fails", snapshot)[0].caused_by


@pytest.mark.parametrize(
    ("length", "allowed", "expected"), [(120, False, "warn"), (60, False, "pass"), (120, True, "pass"), (120, NOT_LOOKED, "skip")]
)  # fmt: skip
def test_long_paths(length, allowed, expected):
    deep = change(INTERPRETER, site_packages=("C:\\" + "x" * (length - 3),))

    assert status("long-paths-disabled", machine(os=change(WINDOWS, long_paths=allowed), interpreter=deep)) == expected


@pytest.mark.parametrize(
    ("policy", "shell", "expected"),
    [("Restricted", "powershell", "note"), (ABSENT, "powershell", "note"), ("RemoteSigned", "powershell", "pass"),
     ("Restricted", "cmd", "skip"), (NOT_LOOKED, "powershell", "skip")],
)  # fmt: skip
def test_powershells_policy(policy, shell, expected):
    assert (
        status("scripts-forbidden-in-powershell", machine(os=change(WINDOWS, script_policy=policy, shell=shell)))
        == expected
    )


def test_the_stores_alias():
    hidden = change(PYTHONS, store_aliases=("python", "python3"))

    assert status("store-alias-hides-python", machine(os=WINDOWS, pythons=hidden)) == "warn"
    assert (
        status("store-alias-hides-python", machine(os=WINDOWS, pythons=change(hidden, store_aliases=("python3",))))
        == "note"
    )
    assert status("store-alias-hides-python", machine(pythons=hidden)) == "skip"
