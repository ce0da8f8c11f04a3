"""Kernels that Jupyter would offer, and what each one starts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing, Probed
from dlcheck.model.tools import Jupyter, Kernel
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import jupyter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments are laid out as on POSIX")


def environment(prefix: Path, *scripts: str) -> Path:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\n")
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(sys.executable)
    for name in scripts:
        (prefix / "bin" / name).write_text(f"#!{prefix}/bin/python3\n")
        (prefix / "bin" / name).chmod(0o755)
    return prefix


def kernel(folder: Path, name: str, *argv: str, text: str = "", **more: str) -> Path:
    spec = folder / "kernels" / name
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(text or json.dumps({"argv": argv, "language": "python", **more}))
    return spec


def probe(home: Path, judged: Path, *path: Path, **variables) -> Probed[Jupyter]:
    environ = {"HOME": str(home), "PATH": os.pathsep.join(map(str, path)) or "/nowhere"}
    environ.update({name: str(value) for name, value in variables.items()})
    return jupyter.probe(Context(Request(environ=environ, cwd=str(home), python=str(judged / "bin/python"))))


def kernels(home: Path, judged: Path, *path: Path, **variables) -> dict[str, Kernel]:
    probed = probe(home, judged, *path, **variables)
    assert probed.value is not None, probed
    return {one.name: one for one in probed.value.kernels}


@pytest.fixture
def course(tmp_path):
    return environment(tmp_path / "course", "jupyter")


def test_the_kernel_of_an_environment_starts_its_own_python(tmp_path, course):
    kernel(course / "share/jupyter", "python3", "python", "-m", "ipykernel_launcher", display_name="Python 3")
    probed = probe(tmp_path, course, course / "bin")
    assert probed.value is not None
    assert probed.value.command == str(course / "bin/jupyter")
    assert probed.value.command_python == str(course / "bin/python3")
    assert probed.value.kernels == (
        Kernel(
            name="python3", display_name="Python 3", language="python", spec=str(course / "share/jupyter/kernels/python3"),
            executable=str(course / "bin/python"), exists=True, prefix=str(course),
        ),
    )  # fmt: skip


def test_a_kernel_of_another_environment_and_one_whose_python_is_gone(tmp_path, course):
    other = environment(tmp_path / "other")
    user = tmp_path / ".local/share/jupyter"
    kernel(user, "other", str(other / "bin/python"), "-m", "ipykernel_launcher")
    kernel(user, "gone", str(tmp_path / "deleted/bin/python"))
    kernel(user, "not-there", "no-such-program")
    seen = kernels(tmp_path, course, course / "bin")
    assert (seen["other"].prefix, seen["other"].exists) == (str(other), True)
    assert (seen["gone"].executable, seen["gone"].exists) == (str(tmp_path / "deleted/bin/python"), False)
    assert seen["gone"].prefix == ABSENT
    assert isinstance(seen["not-there"].executable, Missing)


def test_a_bare_python_is_the_one_that_jupyter_runs_under(tmp_path):
    """jupyter_client replaces the word by its own interpreter: PATH does not count."""
    judged = environment(tmp_path / "judged")
    server = environment(tmp_path / "server", "jupyter")
    kernel(server / "share/jupyter", "python3", "python3")
    kernel(judged / "share/jupyter", "unseen", "python")
    seen = kernels(tmp_path, judged, judged / "bin", server / "bin")
    assert list(seen) == ["python3"], "Jupyter of another environment does not look into the judged one"
    assert seen["python3"].prefix == str(server)


def test_the_judged_environments_own_jupyter_counts_before_the_one_on_path(tmp_path, course):
    server = environment(tmp_path / "server", "jupyter")
    kernel(server / "share/jupyter", "python3", "python3")
    kernel(course / "share/jupyter", "python3", "python")
    assert kernels(tmp_path, course, server / "bin")["python3"].prefix == str(course)


ORDER = [({}, "course"), ({"JUPYTER_PREFER_ENV_PATH": "0"}, "user"), ({"JUPYTER_PREFER_ENV_PATH": "1"}, "course")]


@pytest.mark.parametrize(("variables", "winner"), ORDER)
def test_of_two_kernels_of_one_name_the_one_that_jupyter_takes(tmp_path, course, variables, winner):
    places = {"course": course / "share/jupyter", "user": tmp_path / ".local/share/jupyter"}
    for place in places.values():
        kernel(place, "python3", "python")
    assert kernels(tmp_path, course, **variables)["python3"].spec == str(places[winner] / "kernels/python3")


def test_jupyter_path_comes_first(tmp_path, course):
    kernel(course / "share/jupyter", "python3", "python")
    spec = kernel(tmp_path / "first", "Python3", "python")
    assert kernels(tmp_path, course, JUPYTER_PATH=tmp_path / "first")["Python3"].spec == str(spec)


def test_a_kernel_that_starts_something_else_does_not_guess_its_prefix(tmp_path, course):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/conda").write_text("#!/bin/sh\n")
    (tmp_path / "bin/conda").chmod(0o755)
    kernel(course / "share/jupyter", "wrapped", "conda", "run", "-n", "dl", "python", "-m", "ipykernel")
    inside = kernel(course / "share/jupyter", "inside", "{resource_dir}/start.sh")
    (inside / "start.sh").touch()
    seen = kernels(tmp_path, course, course / "bin", tmp_path / "bin")
    assert (seen["wrapped"].executable, seen["wrapped"].exists) == (str(tmp_path / "bin/conda"), True)
    assert seen["wrapped"].prefix == NOT_LOOKED
    assert (seen["inside"].executable, seen["inside"].exists) == (str(inside / "start.sh"), True)


@pytest.mark.parametrize("text", ["{", "[]", '{"argv": []}', '{"argv": "python"}', '{"argv": [1]}', "[" * 100000, "\0"])
def test_damaged_kernels_are_gaps(tmp_path, course, text):
    kernel(course / "share/jupyter", "odd", text=text)
    executable = kernels(tmp_path, course)["odd"].executable
    assert isinstance(executable, Missing)
    assert executable.gap == "broken"


def test_folders_without_a_kernel_and_loops_are_passed_over(tmp_path, course):
    folder = course / "share/jupyter/kernels"
    folder.mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "file").touch()
    (folder / "loop").symlink_to("loop")
    probed = probe(tmp_path, course)
    assert probed.missing is not None
    assert probed.missing.gap == "absent"


def test_the_folders_on_each_system(tmp_path):
    def names(system: str, **variables: str) -> list[str]:
        environ = {"HOME": "/home/ada", "USERPROFILE": "/home/ada", **variables}
        return [str(one) for one in jupyter.kernel_folders("", environ, system)]

    assert names("linux") == [
        "/home/ada/.local/share/jupyter/kernels", "/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels",
        "/home/ada/.ipython/kernels",
    ]  # fmt: skip
    assert names("darwin")[0] == "/home/ada/Library/Jupyter/kernels"
    assert names("win32", APPDATA="/ada/Roaming", PROGRAMDATA="/pd")[:2] == [
        "/ada/Roaming/jupyter/kernels", "/pd/jupyter/kernels",
    ]  # fmt: skip
    assert names("linux", JUPYTER_DATA_DIR="/data")[0] == "/data/kernels"


def test_whether_jupyter_may_write_its_connection_files(tmp_path):
    from dlcheck.observe.host.jupyter import data_folder, may_write

    assert may_write(tmp_path / "not" / "there" / "yet")
    assert data_folder({"HOME": "/home/ada"}, "linux").as_posix() == "/home/ada/.local/share/jupyter"
    assert data_folder({"HOME": "/home/ada"}, "darwin").as_posix() == "/home/ada/Library/Jupyter"
    assert data_folder({"HOME": "/home/ada", "JUPYTER_DATA_DIR": "/data"}, "linux").as_posix() == "/data"


def test_this_machine_reaches_itself():
    assert jupyter.loopback() is True


def test_an_address_that_is_not_this_machines_is_not_reached():
    found = jupyter.loopback("192.0.2.1")

    assert isinstance(found, Missing)
    assert found.gap == "broken"
    assert found.why.startswith("192.0.2.1: OSError")


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"http_proxy": "http://proxy.example:3128"}, ("http_proxy",)),
        ({"http_proxy": "http://proxy.example:3128", "no_proxy": "example.org, localhost"}, ()),
        ({"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "127.0.0.1"}, ()),
        ({"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "*"}, ()),
        ({"http_proxy": "http://proxy.example:3128", "no_proxy": "notlocalhost"}, ("http_proxy",)),
        ({"http_proxy": "http://127.0.0.1:7890"}, ()),
        ({"https_proxy": "http://proxy.example:3128"}, ()),
        ({}, ()),
    ],
)
def test_proxies_that_stand_between_this_machine_and_itself(variables, found):
    assert jupyter.loopback_proxies(variables) == found


def test_a_sandbox_without_a_network_is_no_fault():
    code = "from dlcheck.observe.host import jupyter; found = jupyter.loopback(); print(getattr(found, 'gap', found))"
    words = ["unshare", "-rn", sys.executable, "-c", code]
    if shutil.which("unshare") is None or subprocess.run([*words[:2], "true"], check=False).returncode:
        pytest.skip("no network namespaces here")
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)

    assert ended.stdout.strip() == "absent", ended.stderr
