"""The session and the folder one works in: watchers, locale, loopback, uv's project, an archive, conda's files."""

import pytest

from dlcheck.model.devices import Apple
from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.host import Container
from dlcheck.model.python import CondaPackage
from dlcheck.model.tools import OldName, Project
from tests.facts import (
    BEGINNER,
    INTERPRETER,
    JUPYTER,
    OS,
    PREFIX,
    change,
    distribution,
    findings,
    machine,
    packages,
    roots,
    status,
)

MAC = change(OS, system="darwin", name="macOS 15.1", version="15.1", glibc=ABSENT, distribution="", machine="arm64")


def test_few_watches_are_a_note_with_the_command_that_raises_them():
    (found,) = findings("inotify-limit-low", machine(os=change(OS, inotify_watches=8192, inotify_instances=128)))

    assert found.status == "note"
    assert "fs.inotify.max_user_watches=524288" in found.fixes[0].commands[0].argv


@pytest.mark.parametrize(
    ("watches", "instances", "expected"), [(524288, 1024, "pass"), (65536, 128, "pass"), (ABSENT, ABSENT, "skip")]
)
def test_many_watches_are_well(watches, instances, expected):
    snapshot = machine(os=change(OS, inotify_watches=watches, inotify_instances=instances))

    assert status("inotify-limit-low", snapshot) == expected


def test_in_a_container_the_host_sets_the_watches():
    inside = Container(engine="docker", evidence="/.dockerenv")
    snapshot = machine(os=change(OS, inotify_watches=8192, inotify_instances=128), container=inside)

    assert findings("inotify-limit-low", snapshot)[0].fixes == ()


def test_a_locale_that_is_not_there_is_a_note():
    python = change(INTERPRETER, unknown_locale="de_DE.UTF-8", variables={"LC_ALL": "de_DE.UTF-8"})
    (found,) = findings("locale-not-installed", machine(interpreter=python))

    assert found.status == "note"
    assert found.fixes[0].commands[0].text == "export LC_ALL=C.UTF-8"


def test_a_locale_that_is_there_is_well():
    assert status("locale-not-installed", machine()) == "pass"


def test_a_machine_that_does_not_reach_itself_cannot_run_notebooks():
    blocked = change(JUPYTER, loopback=Missing("broken", "127.0.0.1: TimeoutError: timed out"))

    assert roots(machine(jupyter=blocked)) == ["kernel-not-reached"]


def test_without_jupyter_it_is_a_note():
    blocked = change(JUPYTER, loopback=Missing("broken", "127.0.0.1: TimeoutError: timed out"))
    profile = change(BEGINNER, required=tuple(one for one in BEGINNER.required if one != "jupyter"))

    assert status("kernel-not-reached", machine(jupyter=blocked), profile) == "note"


def test_a_proxy_for_this_machine_itself_is_a_note():
    jupyter = change(JUPYTER, loopback=True, loopback_proxies=("http_proxy",))

    assert status("kernel-not-reached", machine(jupyter=jupyter)) == "note"
    assert status("kernel-not-reached", machine(jupyter=change(JUPYTER, loopback=True))) == "pass"
    assert status("kernel-not-reached", machine()) == "skip"


def uv_project(active, own="/home/ada/course", **variables):
    python = change(INTERPRETER, variables={"VIRTUAL_ENV": active, **variables})
    return machine(interpreter=python, project=Project(looked_at=3, uv_project=own))


def test_uv_and_the_active_environment_differ():
    assert status("uv-passes-over-active-environment", uv_project("/home/ada/other")) == "note"


@pytest.mark.parametrize(
    "snapshot",
    [
        uv_project("/home/ada/course/.venv"),
        uv_project("/home/ada/course/.venv/"),
        uv_project("/home/ada/other", UV_PROJECT_ENVIRONMENT="/home/ada/other"),
        uv_project("/home/ada/other", own=""),
        machine(),
    ],
)
def test_uv_and_the_active_environment_agree(snapshot):
    assert status("uv-passes-over-active-environment", snapshot) in ("pass", "skip")


def test_a_folder_from_an_archive_is_a_note():
    snapshot = machine(project=Project(looked_at=3, archive_folder="/home/ada/course-main/course-main"))

    assert status("folder-from-an-archive", snapshot) == "note"
    assert status("folder-from-an-archive", machine()) == "pass"


def conda_with(*of_conda, **changes):
    return machine(interpreter=change(INTERPRETER, environment="conda"), packages=packages(conda=of_conda, **changes))


GONE = CondaPackage(name="libtiff", version="4.6.0", build="h0_0", channel="conda-forge", files_gone=9)


def test_files_that_conda_installed_and_that_are_gone():
    (found,) = findings("conda-environment-damaged", conda_with(GONE))

    assert found.status == "warn"
    assert found.fixes[0].commands[0].argv[-2:] == ("--force-reinstall", "libtiff=4.6.0")
    assert PREFIX in found.fixes[0].commands[0].argv


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_single_files_are_no_damage(gone):
    assert status("conda-environment-damaged", conda_with(change(GONE, files_gone=gone))) == "pass"


def test_what_pip_replaced_lacks_condas_files_on_purpose():
    replaced = change(GONE, name="pillow")
    snapshot = machine(
        interpreter=change(INTERPRETER, environment="conda"),
        packages=packages(distribution("pillow", "11.0.0"), conda=(replaced,)),
    )

    assert status("conda-environment-damaged", snapshot) == "pass"


def test_outside_of_conda_nothing_of_conda_is_missed():
    assert status("conda-environment-damaged", machine()) == "skip"


def test_command_line_tools_that_are_gone():
    apple = Apple(chip="Apple M2", command_line_tools=False)

    assert status("command-line-tools-missing", machine(os=MAC, apple=apple, git=unseen("absent"))) == "warn"
    assert status("command-line-tools-missing", machine(os=MAC, apple=apple)) == "note"
    assert status("command-line-tools-missing", machine(os=MAC, apple=change(apple, command_line_tools=True))) == "pass"
    assert status("command-line-tools-missing", machine()) == "skip"


def with_old_name(name, **versions):
    project = Project(looked_at=3, old_names=(OldName(path="/home/ada/course/lesson.ipynb", name=name),))
    extra = [distribution(package.replace("_", "-"), version) for package, version in versions.items()]
    return machine(project=project, packages=packages(*extra))


@pytest.mark.parametrize(
    ("name", "versions", "expected"),
    [
        ("numpy.int", {"numpy": "1.24.0"}, "note"),
        ("numpy.int", {"numpy": "1.23.5"}, "pass"),
        ("numpy.bool", {"numpy": "1.26.4"}, "note"),
        ("numpy.bool", {"numpy": "2.1.3"}, "pass"),
        ("numpy.float_", {"numpy": "2.0.0"}, "note"),
        ("Image.ANTIALIAS", {"pillow": "10.0.0"}, "note"),
        ("Image.ANTIALIAS", {}, "pass"),
        ("load_boston", {"scikit_learn": "1.2.0"}, "note"),
        ("something.else", {"numpy": "2.1.3"}, "pass"),
    ],
)
def test_names_that_the_installed_library_no_longer_has(name, versions, expected):
    assert status("code-for-an-older-library", with_old_name(name, **versions)) == expected


def test_what_is_written_today_is_said():
    (found,) = findings("code-for-an-older-library", with_old_name("numpy.float_", numpy="2.1.3"))

    assert found.evidence == ("/home/ada/course/lesson.ipynb: numpy.float_ is not in numpy 2.1.3",)
    assert "np.float64 for numpy.float_" in found.fixes[0].title
