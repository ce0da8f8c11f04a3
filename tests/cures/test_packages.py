"""Cures that install packages: NumPy's generations, damaged and missing packages, other installers."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.cures.terminal import assert_cured, finding, uv

pytestmark = pytest.mark.cure

CP311 = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="these releases have wheels for Python 3.11")
DATES = ("python-dateutil", "pytz", "tzdata", "six")


def site(python):
    return next(Path(python).parent.parent.glob("lib/python*/site-packages"))


def works(terminal, python, code):
    """Does the library do its work now?"""
    return terminal.run(python, "-c", code).stdout.strip()


@CP311
def test_pandas_built_for_numpy_1_meets_numpy_2(terminal):
    python = terminal.environment("numpy==2.2.6", "pandas==2.1.4", *DATES)
    asked = {"required": ("numpy", "pandas")}

    assert_cured(terminal, terminal.doctor(python, **asked), "numpy2-abi", python=python, **asked)

    assert works(terminal, python, "import pandas; print(pandas.Series([1, 2]).sum())") == "3"


@CP311
def test_scikit_learn_of_another_numpy_abi(terminal):
    python = terminal.environment("numpy==2.2.6", "scikit-learn==1.3.2", "scipy==1.15.3", "joblib", "threadpoolctl")
    asked = {"required": ("numpy", "scikit-learn")}

    assert_cured(terminal, terminal.doctor(python, **asked), "numpy2-abi", python=python, **asked)

    code = (
        "from sklearn.linear_model import LinearRegression as L; print(L().fit([[0], [1]], [0, 2]).coef_[0].round(6))"
    )
    assert works(terminal, python, code) == "2.0"


@CP311
def test_numexpr_that_computes_wrong_numbers(terminal):
    python = terminal.environment("numpy==2.3.5", "pandas==2.3.3", "numexpr==2.10.2", *DATES)
    asked = {"required": ("numpy", "pandas")}

    assert_cured(terminal, terminal.doctor(python, "--quick", **asked), "numexpr-wrong-results", python=python, **asked)

    assert works(terminal, python, "import numexpr; print(numexpr.__version__ >= '2.14.2')") == "True"


def test_a_notebook_that_does_not_start_with_its_traitlets(terminal):
    python = terminal.environment()
    terminal.add(python, "notebook==6.5.5", "traitlets==5.14.3", deps=True)
    asked = {"required": ("notebook",)}
    assert "stacklevel" in terminal.run(python, "-m", "notebook", "--version", check=False).stderr

    assert_cured(
        terminal, terminal.doctor(python, "--quick", **asked), "notebook-packages-apart", python=python, **asked
    )

    assert terminal.run(python, "-m", "notebook", "--version").stdout.strip()[:1].isdecimal()


def test_a_wheel_with_a_library_missing(terminal):
    python = terminal.environment("numpy")
    libraries = list((site(python) / "numpy.libs").glob("lib*blas*"))
    if not libraries:
        pytest.skip("this wheel brings no library of its own")
    libraries[0].unlink()
    asked = {"required": ("numpy",)}

    assert_cured(terminal, terminal.doctor(python, **asked), "library-import-fails", python=python, **asked)

    assert works(terminal, python, "import numpy; print(numpy.linalg.det(numpy.eye(3)))") == "1.0"


def test_a_distribution_listed_twice(terminal):
    python = terminal.environment("numpy==2.2.6" if sys.version_info < (3, 13) else "numpy")
    real = next(site(python).glob("numpy-*.dist-info"))
    shutil.copytree(real, real.with_name("numpy-1.26.4.dist-info"))
    metadata = real.with_name("numpy-1.26.4.dist-info") / "METADATA"
    version = real.name.removeprefix("numpy-").removesuffix(".dist-info")
    metadata.write_text(metadata.read_text().replace(f"\nVersion: {version}\n", "\nVersion: 1.26.4\n", 1))
    record = metadata.with_name("RECORD")
    record.write_text(record.read_text().replace(f"numpy-{version}.dist-info", "numpy-1.26.4.dist-info"))
    asked = {"required": ("numpy",)}

    assert_cured(terminal, terminal.doctor(python, **asked), "duplicate-distribution", python=python, **asked)

    assert works(terminal, python, "import numpy; print(numpy.ones(3).sum())") == "3.0"


def test_a_requirement_of_a_package_is_missing(terminal):
    python = terminal.environment("numpy", "pandas", "pytz", "tzdata")
    asked = {"required": ("numpy", "pandas")}

    assert_cured(terminal, terminal.doctor(python, **asked), "requirements-unsatisfied", python=python, **asked)

    assert works(terminal, python, "import pandas; print(pandas.to_datetime('2026-11-22').day)") == "22"


def test_protobuf_too_new_for_a_library(terminal):
    python = terminal.environment("tensorboardX==2.4", "protobuf==4.25.8", "numpy", "packaging", "six")
    asked = {"required": ("tensorboardX",)}

    assert_cured(terminal, terminal.doctor(python, "--deep", **asked), "library-import-fails", python=python, **asked)

    works(terminal, python, "import tensorboardX; tensorboardX.SummaryWriter('runs').close()")


def test_setuptools_too_new_for_a_library(terminal):
    python = terminal.environment("setuptools>=82", "textstat==0.7.3", "pyphen")
    asked = {"required": ("textstat",)}

    assert_cured(terminal, terminal.doctor(python, "--deep", **asked), "library-import-fails", python=python, **asked)

    assert works(terminal, python, "import textstat; print(textstat.lexicon_count('one two three'))") == "3"


def test_a_required_package_is_installed_by_pip(terminal):
    python = terminal.environment()
    asked = {"required": ("numpy",)}

    assert_cured(
        terminal, terminal.doctor(python, "--quick", **asked), "required-package-missing", python=python, **asked
    )


def test_a_required_package_is_installed_by_uv(terminal):
    python = terminal.environment(pip=False)
    terminal.environ["PATH"] = f"{Path(uv()).parent}{os.pathsep}{terminal.environ['PATH']}"
    asked = {"required": ("numpy",)}
    report = terminal.doctor(python, "--quick", **asked)

    assert finding(report, "required-package-missing")["fixes"][0]["commands"][-1]["argv"][:2] == ["uv", "pip"]
    assert_cured(terminal, report, "required-package-missing", python=python, **asked)


def test_a_required_package_where_there_is_no_installer(terminal):
    python = terminal.environment(pip=False)
    config = site(python).parents[2] / "pyvenv.cfg"
    config.write_text("\n".join(line for line in config.read_text().splitlines() if not line.startswith("uv ")))
    terminal.environ["PATH"] = "/usr/bin:/bin"
    asked = {"required": ("six",)}
    report = terminal.doctor(python, "--quick", **asked)

    assert "ensurepip" in finding(report, "required-package-missing")["fixes"][0]["commands"][0]["argv"]
    assert_cured(terminal, report, "required-package-missing", python=python, **asked)


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="no Python of the system's")
def test_the_systems_python_gets_an_environment(terminal):
    if not list(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED")):
        pytest.skip("this system's Python is not managed by it")
    terminal.environ["PATH"] = f"/usr/bin:/bin:{Path(uv()).parent}"
    asked = {"required": ("humanize",)}
    report = terminal.doctor("/usr/bin/python3", "--quick", **asked)

    assert report["root_causes"] == ["externally-managed-python"]
    terminal.follow(finding(report, "externally-managed-python"))

    made = terminal.home / ".venvs" / "dl" / "bin" / "python"
    assert terminal.doctor(str(made), "--quick", **asked)["root_causes"] == []


def test_two_builds_of_opencv_become_one(terminal):
    python = terminal.environment("numpy", "opencv-python-headless", "opencv-contrib-python-headless")
    asked = {"required": ("opencv-python-headless",)}

    assert_cured(
        terminal, terminal.doctor(python, "--quick", **asked), "module-of-two-distributions", python=python, **asked
    )

    assert works(terminal, python, "import cv2; print(cv2.countNonZero(cv2.UMat(2, 2, 0)))") == "0"


def test_the_backend_of_a_notebook_in_another_environment(terminal):
    python = terminal.environment()
    terminal.add(python, "matplotlib", deps=True)
    terminal.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    asked = {"required": ("matplotlib",)}

    assert_cured(terminal, terminal.doctor(python, **asked), "matplotlib-backend-unusable", python=python, **asked)

    works(terminal, python, "import matplotlib.pyplot as p; p.plot([1, 2]); p.savefig('line.png')")


def test_a_pip_too_old_for_its_python(terminal):
    places = [*Path.home().glob(".pyenv/versions/3.12*/bin/python3.12"), Path("/usr/bin/python3.12")]
    other = next((place for place in places if place.exists()), None)
    if other is None:
        pytest.skip("no Python 3.12 here")
    python = terminal.environment(python=str(other))
    terminal.add(python, "pip==22.3.1")

    assert_cured(terminal, terminal.doctor(python, "--quick"), "pip-too-old", python=python)

    works(
        terminal,
        python,
        "import runpy, sys; sys.argv = ['pip', '--version']; runpy.run_module('pip', run_name='__main__')",
    )


def test_packages_of_the_user_come_before_the_environments(terminal):
    python = terminal.environment("six==1.16.0")
    config = site(python).parents[2] / "pyvenv.cfg"
    config.write_text(
        config.read_text().replace("include-system-site-packages = false", "include-system-site-packages = true")
    )
    user = terminal.home / ".local" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    user.mkdir(parents=True)
    terminal.run(uv(), "pip", "install", "--quiet", "--target", str(user), "six==1.17.0")
    report = terminal.doctor(python, "--quick", required=("six",))

    assert report["root_causes"] == ["user-site-shadows-environment"]
    assert "PYTHONNOUSERSITE" in finding(report, "user-site-shadows-environment")["fixes"][0]["title"]
    terminal.environ["PYTHONNOUSERSITE"] = "1"

    assert terminal.doctor(python, "--quick", required=("six",))["root_causes"] == []
    assert works(terminal, python, "import six; print(six.__version__)") == "1.16.0"


def test_opencv_on_a_machine_without_a_desktop(terminal, tmp_path):
    library = next(iter(Path("/usr/lib").glob("*-linux-gnu/libGL.so.1")), None)
    python = terminal.environment("numpy", "opencv-python")
    asked = {"required": ("opencv-python", "numpy")}
    if library is not None:
        if shutil.which("unshare") is None or terminal.run("unshare", "-m", "true", check=False).returncode:
            pytest.skip("libGL is here, and no mount namespace of one's own to hide it in")
        folder, upper, work = library.parent, tmp_path / "upper", tmp_path / "work"
        upper.mkdir()
        work.mkdir()
        overlay = f"mount -t overlay overlay -o lowerdir={folder},upperdir={upper},workdir={work} {folder}"
        hold = terminal.hold("unshare", "-m", "sh", "-c", f"{overlay} && rm {library} && exec sleep 600")
        terminal.prefix = ("nsenter", "-m", f"--wd={terminal.folder}", "-t", str(hold.pid))
    assert terminal.run(python, "-c", "import cv2", check=False).returncode == 1

    assert_cured(
        terminal, terminal.doctor(python, "--deep", **asked), "opencv-without-desktop-libraries", python=python, **asked
    )  # fmt: skip

    assert works(terminal, python, "import cv2, numpy; print(cv2.countNonZero(numpy.eye(3)))") == "3"


def test_a_package_whose_files_are_gone(terminal):
    python = terminal.environment("numpy")
    shutil.rmtree(site(python) / "numpy")
    shutil.rmtree(site(python) / "numpy.libs", ignore_errors=True)
    asked = {"required": ("numpy",)}

    assert_cured(terminal, terminal.doctor(python, **asked), "broken-distribution", python=python, **asked)

    assert works(terminal, python, "import numpy; print(numpy.arange(3).sum())") == "3"


def test_a_notebook_gets_a_kernel_of_this_python(terminal):
    python = terminal.environment()
    terminal.add(python, "ipykernel", deps=True)
    shutil.rmtree(Path(python).parent.parent / "share" / "jupyter")
    other = terminal.home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (other / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "x", "language": "python"}))
    asked = {"required": ("ipykernel",)}

    assert_cured(terminal, terminal.doctor(python, **asked), "jupyter-kernel-of-another-python", python=python, **asked)

    made = terminal.home / ".local" / "share" / "jupyter" / "kernels" / "dl" / "kernel.json"
    assert python in made.read_text()


def test_a_python_too_old_for_the_course(terminal):
    old = next(iter(Path.home().glob(".pyenv/versions/3.9*/bin/python3.9")), None)
    new = next(iter(Path.home().glob(".pyenv/versions/3.12*/bin/python3.12")), None)
    if old is None or new is None:
        pytest.skip("no Python 3.9 and 3.12 here")
    python = terminal.environment(python=str(old))
    terminal.environ["PATH"] = os.pathsep.join([str(new.parent), str(Path(uv()).parent), "/usr/bin", "/bin"])
    asked = {"required": ("numpy",), "versions": ">=3.10"}
    report = terminal.doctor(python, "--quick", **asked)

    assert report["root_causes"] == ["python-unsupported"]
    terminal.follow(finding(report, "python-unsupported"))

    made = str(terminal.home / ".venvs" / "dl" / "bin" / "python")
    assert terminal.doctor(made, **asked)["root_causes"] == []
