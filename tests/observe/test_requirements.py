"""Requirements of what is installed, of a profile and of a file."""

from __future__ import annotations

import pytest

from dlcheck.model.gaps import NOT_LOOKED
from dlcheck.observe.requirements import Installed, look_up, unsatisfied
from dlcheck.observe.requirements_file import RequirementsFileError, parse, read

ENVIRONMENT = {
    "implementation_name": "cpython", "implementation_version": "3.8.18", "os_name": "nt", "platform_machine": "AMD64",
    "platform_python_implementation": "CPython", "platform_release": "10", "platform_system": "Windows",
    "platform_version": "10.0.22631", "python_full_version": "3.8.18", "python_version": "3.8", "sys_platform": "win32",
}  # fmt: skip
"""Of another machine than the one the tests run on: an older Python on Windows."""


def one(name: str, version: str, *requires: str, **changes: str) -> Installed:
    return Installed(name=name, version=version, requires=requires, **changes)


def problems(*installed: Installed) -> list[tuple[str, str, str]]:
    return [(each.distribution, each.requirement, each.found) for each in unsatisfied(installed, ENVIRONMENT)]


BROKEN = {
    "missing": ([one("a", "1", "b>=2")], [("a", "b>=2", "")]),
    "of the wrong version": ([one("a", "1", "b>=2"), one("b", "1.9")], [("a", "b>=2", "1.9")]),
    "for this Python": ([one("a", "1", "b ; python_version < '3.9'")], [("a", "b", "")]),
    "for this system": ([one("a", "1", 'b ; sys_platform == "win32"')], [("a", "b", "")]),
    "of an extra that is asked for": (
        [one("a", "1", "B_b[Fast]"), one("b-b", "1", "c ; extra == 'fast'")], [("b-b", "c", "")],
    ),
    "of an extra that an extra asks for": (
        [one("a", "1", "b[x]"), one("b", "1", "b[y] ; extra == 'x'", "c ; extra == 'y'")], [("b", "c", "")],
    ),
    "an older copy first on sys.path": ([one("a", "1", "b>=2"), one("b", "1"), one("b", "3")], [("a", "b>=2", "1")]),
    "by an address with a password": (
        [one("a", "1", "b @ https://me:pass@host/b.whl")], [("a", "b @ https://host/b.whl", "")],
    ),
    "pip changed what conda installed": (
        [one("a", "1", "b<2", installer="conda"), one("b", "2.1", installer="pip")], [("a", "b<2", "2.1")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_requirement_that_is_not_met_is_told(case):
    installed, expected = BROKEN[case]
    assert problems(*installed) == expected


FINE = {
    "met": [one("a", "1", "b>=2,<3"), one("b", "2.5")],
    "another way to write a name": [one("a", "1", "Foo.Bar_baz"), one("foo-bar-baz", "1")],
    "for another system": [one("a", "1", "b ; sys_platform == 'linux'")],
    "for a later Python": [one("a", "1", "b ; python_version >= '3.10'")],
    "of an extra nobody asks for": [
        one("a", "1", "b ; extra == 'dev'", "c; (python_version > '3') and extra == \"x\"")
    ],
    "a local version": [one("torchvision", "0.28.0+cu130", "torch==2.13.0"), one("torch", "2.13.0+cu130")],
    "a pre-release": [one("a", "1", "b>=1.0"), one("b", "2.0rc1")],
    "a version that is none": [one("a", "1", "b>=1.0"), one("b", "unknown-local-build")],
    "a requirement that is none": [one("a", "1", "b (>=1.0", "???", "", "b>=1.x.*")],
    "a marker that is none": [one("a", "1", "b ; nonsense == 'x'")],
    "another distribution of the same module": [one("a", "1", "opencv-python"), one("opencv-python-headless", "4.10")],
    "an address": [one("a", "1", "b @ https://host/b-1.whl"), one("b", "0.1")],
    "left out by conda": [one("a", "1", "nvidia-cublas-cu12==12.1", installer="conda")],
    "left out by the distribution": [one("a", "1", "b", location="/usr/lib/python3/dist-packages")],
    "itself by an extra": [one("a", "1", "a[x] ; extra == 'all'")],
    "a circle of extras": [one("a", "1", "a[x]", "a[x] ; extra == 'x'")],
}


@pytest.mark.parametrize("case", FINE)
def test_what_is_no_problem_is_silent(case):
    assert problems(*FINE[case]) == []


def wanted(text: str, *installed: Installed, modules=()):
    return look_up([text], installed, ENVIRONMENT, modules)[0]


def test_a_wanted_package_is_looked_up():
    found = wanted("pandas>=2", one("pandas", "2.2.3"), modules=["pandas"])
    assert (found.name, found.found, found.satisfied, found.importable) == ("pandas", "2.2.3", True, True)
    old = wanted("pandas>=2", one("pandas", "1.5"), modules=["pandas"])
    assert (old.found, old.satisfied) == ("1.5", False)
    absent = wanted("pandas>=2")
    assert (absent.found, absent.satisfied, absent.importable) == ("", False, False)


def test_a_package_that_is_listed_but_whose_module_is_gone_is_told():
    assert wanted("scikit-learn", one("scikit-learn", "1.5"), modules=["numpy"]).importable is False
    assert wanted("scikit-learn", one("scikit-learn", "1.5"), modules=["sklearn"]).importable is True
    assert wanted("of-unknown-module", one("of-unknown-module", "1")).importable == NOT_LOOKED


@pytest.mark.parametrize("instead", ["jupyterlab", "notebook", "ipykernel"])
def test_jupyter_is_there_where_one_of_its_parts_can_run_a_notebook(instead):
    found = wanted("jupyter", one(instead, "4.2"))
    assert (found.satisfied, found.found) == (True, f"{instead} 4.2")
    assert not wanted("jupyter").satisfied


def test_a_requirement_for_another_machine_does_not_apply():
    assert not wanted("triton; sys_platform == 'linux'").applies


def test_what_is_no_requirement_is_told_and_not_failed():
    found = wanted("./my package")
    assert (found.applies, found.satisfied, bool(found.problem)) == (False, False, True)


def test_a_password_in_a_wanted_address_is_not_recorded():
    assert "secret" not in wanted("a @ git+https://me:secret@host/a.git").requirement


FILE = """\
\ufeff# comment
numpy>=1.26   # trailing
pandas[excel] >= 2 ; python_version >= "3.9"
torch==2.13.0 \\
    --hash=sha256:0123 \\
    --hash=sha256:4567
--index-url https://me:secret@host/simple
-i https://host/simple
--extra-index-url=https://host/simple
-f wheels
-c constraints.txt
-e git+https://github.com/org/thing.git@main#egg=thing[x]
git+https://github.com/org/nameless.git
https://host/wheels/some_pkg-1.2.3%2Bcpu-py3-none-any.whl ; sys_platform == "linux"
./local-folder
name @ https://host/name.zip
scikit-learn --no-binary :all:
"""


def test_a_requirements_file_is_read_as_pip_reads_it():
    assert list(parse(FILE)) == [
        "numpy>=1.26",
        'pandas[excel] >= 2 ; python_version >= "3.9"',
        "torch==2.13.0",
        "thing[x]",
        "git+https://github.com/org/nameless.git",
        'some_pkg==1.2.3+cpu ; sys_platform == "linux"',
        "./local-folder",
        "name @ https://host/name.zip",
        "scikit-learn",
    ]


def test_files_include_each_other_relative_to_themselves_and_in_circles(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("numpy\r\n-r sub/b.txt\r\n--requirement=sub/c.txt\r\n-rsub/b.txt\r\n")
    (tmp_path / "sub/b.txt").write_text("-r ../a.txt\npandas\n")
    (tmp_path / "sub/c.txt").write_bytes("scipy".encode("utf-16"))
    assert read(str(tmp_path / "a.txt")) == ("numpy", "pandas", "scipy")


def test_what_cannot_be_read_is_told_with_its_name(tmp_path):
    (tmp_path / "a.txt").write_text("-r gone.txt")
    (tmp_path / "large.txt").write_bytes(b"#" * (1024 * 1024 + 1))
    for name, words in {
        "a.txt": "gone.txt",
        "nothing.txt": "nothing.txt",
        "large.txt": "larger",
        ".": "cannot",
    }.items():
        with pytest.raises(RequirementsFileError, match=words):
            read(str(tmp_path / name))


def test_files_without_end_are_refused(tmp_path):
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt")
    with pytest.raises(RequirementsFileError, match="more than"):
        read(str(tmp_path / "0.txt"))
