import pytest

from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.tools import OddFile, Project
from tests.facts import GIT, PYTHON, change, findings, gpu_machine, machine, status

MINE = (
    "data-are-lfs-pointers", "web-page-saved-as-data", "scripts-with-windows-line-ends", "conda-file-of-another-system",
    "editor-python-missing",
)  # fmt: skip
HERE = "/home/ada/course"


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    for snapshot in (machine(), gpu_machine(), machine(project=unseen("not-looked", "no project's"))):
        assert status(identity, snapshot) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def odd(kind, *names):
    return Project(odd=tuple(OddFile(path=f"{HERE}/{name}", kind=kind) for name in names), is_repository=True)


def test_pointers_are_replaced_by_git_lfs():
    there = findings("data-are-lfs-pointers", machine(project=odd("lfs-pointer", "a.pt")))[0]
    without = findings(
        "data-are-lfs-pointers", machine(project=odd("lfs-pointer", "a.pt"), git=change(GIT, lfs_version=ABSENT))
    )[0]

    assert there.status == "warn"
    assert texts(there) == [f"git -C {HERE} lfs install", f"git -C {HERE} lfs pull"]
    assert texts(without)[1] == "sudo apt-get install -y git-lfs"


def test_pointers_of_a_zip_are_cloned_anew():
    unpacked = change(odd("lfs-pointer", "a.pt"), is_repository=False)

    assert "clone" in findings("data-are-lfs-pointers", machine(project=unpacked))[0].fixes[0].title


def test_many_files_are_counted():
    finding = findings("web-page-saved-as-data", machine(project=odd("web-page", *(f"{n}.csv" for n in range(9)))))[0]

    assert finding.evidence[-1] == "and 4 more"
    assert texts(finding)[0].startswith(f"rm -rf -- {HERE}/0.csv")


def test_scripts_get_plain_line_ends():
    finding = findings("scripts-with-windows-line-ends", machine(project=odd("windows-line-ends", "run.sh")))[0]

    argv = finding.fixes[0].commands[0].argv
    assert (argv[0], argv[-1]) == (PYTHON, f"{HERE}/run.sh")


@pytest.mark.parametrize(
    ("builds", "foreign", "expected"),
    [(0, (), "pass"), (40, (), "note"), (40, ("vc",), "warn"), (0, ("appnope",), "warn")],
)
def test_an_environment_file(builds, foreign, expected):
    file = Project(conda_file=f"{HERE}/environment.yml", conda_file_builds=builds, conda_file_foreign=foreign)

    assert status("conda-file-of-another-system", machine(project=file)) == expected


def test_the_editors_python():
    gone = Project(editor_python="/opt/gone/python", editor_python_exists=False)

    assert status("editor-python-missing", machine(project=gone)) == "warn"
    assert status("editor-python-missing", machine(project=change(gone, editor_python_exists=True))) == "pass"
