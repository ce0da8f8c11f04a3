"""Cures that need no network: files, variables, names."""

import json
import shutil

import pytest

from tests.cures.terminal import assert_cured, finding

pytestmark = [pytest.mark.cure, pytest.mark.quick]


def site(python):
    """The site-packages of an environment."""
    from pathlib import Path

    return next(Path(python).parent.parent.glob("lib/python*/site-packages"))


def dist(folder, name, version, **files):
    """A package without code, as an installer would list it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    for file, text in files.items():
        (info / file).write_text(text)


def test_a_leftover_of_pip_is_removed(terminal):
    python = terminal.environment()
    (site(python) / "~umpy").mkdir()
    (site(python) / "~umpy" / "core.py").write_text("")

    assert_cured(terminal, terminal.doctor(python, "--quick"), "broken-distribution", python=python)

    assert not (site(python) / "~umpy").exists()


def test_a_local_random_py_is_renamed(terminal):
    python = terminal.environment()
    (terminal.folder / "random.py").write_text("print('my dice')\n")

    assert_cured(terminal, terminal.doctor(python), "local-file-shadows-library", python=python)

    assert (terminal.folder / "my_random.py").read_text() == "print('my dice')\n"


def test_the_kernel_of_a_deleted_python_is_removed(terminal):
    python = terminal.environment()
    spec = terminal.home / ".local" / "share" / "jupyter" / "kernels" / "old"
    if (terminal.home / "Library").exists():
        pytest.skip("kernels lie elsewhere on macOS")
    spec.mkdir(parents=True)
    kernel = {
        "argv": [str(terminal.folder / "gone" / "bin" / "python"), "-m", "ipykernel_launcher"],
        "language": "python",
    }
    (spec / "kernel.json").write_text(json.dumps({**kernel, "display_name": "old"}))

    assert_cured(terminal, terminal.doctor(python, "--quick"), "jupyter-kernel-missing-interpreter", python=python)

    assert not spec.exists()


def test_git_gets_the_identity_of_the_example(terminal):
    if not shutil.which("git"):
        pytest.skip("no git here")
    python = terminal.environment()
    report = terminal.doctor(python, "--quick")
    named = finding(report, "git-identity-missing")

    assert named["status"] in ("warn", "note")
    assert named["fixes"][0]["ask"] == ["NAME", "EMAIL"]
    terminal.follow(named)

    assert finding(terminal.doctor(python, "--quick"), "git-identity-missing")["status"] == "pass"
    terminal.run("git", "init", "--quiet", "work")
    terminal.run("git", "-C", "work", "commit", "--quiet", "--allow-empty", "-m", "first")


def test_a_lost_file_of_certificates_is_unset(terminal):
    python = terminal.environment()
    terminal.environ["REQUESTS_CA_BUNDLE"] = str(terminal.home / "old" / "cacert.pem")

    assert_cured(terminal, terminal.doctor(python, "--quick"), "certificate-file-lost", python=python)


def test_packages_of_another_python_leave_with_pythonpath(terminal):
    python = terminal.environment()
    other = terminal.home / "python2.7" / "site-packages"
    dist(other, "lxml", "5.3.0", WHEEL="Tag: cp27-cp27mu-manylinux1_x86_64\n")
    terminal.environ["PYTHONPATH"] = str(other)

    assert_cured(terminal, terminal.doctor(python, "--quick"), "distribution-of-another-python", python=python)


def test_a_closed_proxy_is_unset(terminal):
    python = terminal.environment()
    terminal.environ["https_proxy"] = "http://127.0.0.1:9"

    assert_cured(terminal, terminal.doctor(python, "--quick"), "proxy-does-not-answer", python=python)


def test_scripts_get_line_ends_that_the_shell_understands(terminal):
    python = terminal.environment()
    script = terminal.folder / "train.sh"
    script.write_bytes(b"#!/bin/sh\r\necho trained\r\n")
    script.chmod(0o755)

    assert_cured(terminal, terminal.doctor(python, "--quick"), "scripts-with-windows-line-ends", python=python)

    assert terminal.run(str(script)).stdout == "trained\n"


def test_a_page_in_the_place_of_data_is_deleted(terminal):
    python = terminal.environment()
    (terminal.folder / "weights.pt").write_text("<!DOCTYPE html><html>quota exceeded</html>")

    assert_cured(terminal, terminal.doctor(python, "--quick"), "web-page-saved-as-data", python=python)


def test_an_option_of_pip_is_taken_out(terminal):
    python = terminal.environment()
    config = terminal.home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True)
    config.write_text("[global]\ntarget = /nowhere\n")
    asked = {"required": ("numpy",)}
    report = terminal.doctor(python, "--quick", **asked)

    assert report["root_causes"] == ["pip-configured-elsewhere"]
    terminal.follow(finding(report, "pip-configured-elsewhere"))

    assert "target" not in config.read_text()
    assert terminal.doctor(python, "--quick", **asked)["root_causes"] == ["required-package-missing"]
