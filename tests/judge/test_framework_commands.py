"""The commands that bring a framework, as real installers read them: against a folder of wheels, with no network."""

import os
import subprocess
import sys
import zipfile

import pytest

from dlcheck.judge.advice.frameworks import framework_fixes, with_builds
from dlcheck.judge.advice.jax_wheel import jax_fixes
from dlcheck.judge.advice.missing import fitting_python, install_missing
from dlcheck.judge.advice.tensorflow_wheel import tensorflow_fixes
from dlcheck.judge.advice.torch_wheel import driver_to_come, torch_fixes, torch_otherwise
from dlcheck.judge.advice.wheel_index import UV_BACKENDS
from dlcheck.judge.knowledge.jax_releases import plugins
from dlcheck.judge.knowledge.jax_releases import releases as jax_releases
from dlcheck.judge.knowledge.tensorflow_releases import releases as tensorflow_releases
from dlcheck.judge.knowledge.torch_releases import releases as torch_releases
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.knowledge.wheels import releases as wheels_of
from dlcheck.model.devices import Tpu
from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import CondaPackage, ExtraRequirement
from dlcheck.model.tools import Conda, Tool, Tools
from tests.facts import (
    BEGINNER,
    GPU,
    INTERPRETER,
    NVIDIA,
    OS,
    build,
    change,
    distribution,
    gpu_machine,
    machine,
    packages,
)
from tests.uv import UV

HERE = change(INTERPRETER, executable=sys.executable)
NEW_UV = Tools(found=(Tool(name="uv", path="/usr/bin/uv", version="0.13.9"),), looked_for=("uv",))
OLD_UV = Tools(found=(Tool(name="uv", path="/usr/bin/uv", version="0.5.1"),), looked_for=("uv",))
BY_UV = change(HERE, has_pip=False, pip_version="", created_by_uv=True)
NONE = packages(builds=())
OLD_DRIVER = change(NVIDIA, driver_version="550.54.15", kernel_module_version="550.54.15", driver_cuda=ABSENT)


def here(**changes):
    return gpu_machine(**{"interpreter": HERE, "packages": NONE, "torch": unseen("absent"), **changes})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Wheels without code for every requirement that is advised, with the extras that they have."""
    made = tmp_path_factory.mktemp("wheels")
    for fix in [fix for fixes in advised().values() for fix in fixes]:
        for word in (word for command in fix.commands for word in command.argv if "==" in word):
            name, version = word.split("==")
            name, _, extra = name.rstrip("]").partition("[")
            wheel(made, name, version, extra)
    wheel(made, "numpy", "1.26.4")
    return made


def wheel(folder, name, version, extra=""):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    provides = f"Provides-Extra: {extra}\n" if extra else ""
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as made:
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{provides}")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", "")


def advised():
    """Machine → its alternatives: all shapes of command that the three frameworks have."""
    old = here(nvidia=OLD_DRIVER)
    python_39 = change(HERE, version="3.9.18")
    chips = Tpu(evidence=("PCI device 1ae0:0063",), chips=4, device_files=("/dev/vfio/0",))
    return {
        "torch": torch_fixes(here(), "cuda"),
        "torch, an older driver": torch_fixes(old, "cuda"),
        "torch, CPU": torch_fixes(machine(interpreter=HERE, packages=NONE), "cpu"),
        "tensorflow": tensorflow_fixes(here()),
        "tensorflow, CPU": framework_fixes(machine(interpreter=HERE, packages=NONE), "tensorflow"),
        "tensorflow, Python 3.7": framework_fixes(
            machine(interpreter=change(HERE, version="3.7.17"), packages=NONE), "tensorflow"
        ),
        "tensorflow, Python 3.9": framework_fixes(machine(interpreter=python_39, packages=NONE), "tensorflow"),
        "jax": jax_fixes(here(), "cuda"),
        "jax, an older driver": jax_fixes(old, "cuda"),
        "jax, CPU": framework_fixes(machine(interpreter=HERE, packages=NONE), "jax"),
        "jax, TPU": framework_fixes(machine(interpreter=HERE, packages=NONE, tpu=chips), "jax"),
    }


@pytest.mark.parametrize("name", advised())
def test_pip_reads_what_is_advised(name, folder):
    """Word for word; only where the wheels come from is replaced, and nothing is written."""
    fixes = advised()[name]
    assert fixes
    for fix in fixes:
        (command,) = fix.commands
        assert command.argv[:4] == (sys.executable, "-m", "pip", "install")
        ended = run([*command.argv, "--dry-run", "--no-deps"], PIP_NO_INDEX="1", PIP_FIND_LINKS=str(folder))
        assert ended.returncode == 0, ended.stderr
        for wanted in (word for word in command.argv if "==" in word):
            plain = wanted.split("==")[0].partition("[")[0]
            assert f"{plain}-{wanted.split('==')[1]}" in ended.stdout
        assert "does not provide the extra" not in ended.stderr


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An environment of its own: a command that should write nothing has nothing to spoil."""
    made = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True, timeout=120)
    return str(made / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


@pytest.mark.skipif(not UV, reason="no uv here")
@pytest.mark.parametrize("name", advised())
def test_uv_reads_the_same_requirements(name, folder, empty):
    for fix in advised()[name]:
        requirements = [word for word in fix.commands[-1].argv if "==" in word]
        where = ("--no-index", "--find-links", str(folder), "--offline", "--no-deps", "--dry-run", "--no-cache")
        ended = run([UV, "pip", "install", "--python", empty, *where, *requirements])
        assert ended.returncode == 0, ended.stderr
        for wanted in requirements:
            assert f"+ {wanted.partition('[')[0].partition('==')[0]}==" in ended.stderr


def run(argv, **variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    isolated = {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment = {**clean, **isolated, **variables}
    return subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.mark.skipif(not UV, reason="no uv here")
@pytest.mark.parametrize("variant", [name for _, names in UV_BACKENDS for name in names])
def test_uv_knows_the_builds_that_it_is_told_by_name(variant, empty):
    """A name that it does not know ends with 2 and "invalid value"; one that it knows looks for wheels, offline here."""
    version = numbers(run([UV, "--version"]).stdout.split()[1])
    since = next(first for first, names in UV_BACKENDS if variant in names)
    if version < numbers(since):
        pytest.skip(f"this uv is older than {since}")
    words = ["--python", empty, "--offline", "--dry-run", "--no-cache", f"--torch-backend={variant}", "torch==2.14.1"]
    ended = run([UV, "pip", "install", *words])
    assert "invalid value" not in ended.stderr and "unexpected argument" not in ended.stderr


def test_a_new_uv_is_told_the_build_and_an_old_one_the_index():
    old_driver = {"nvidia": OLD_DRIVER, "interpreter": BY_UV}
    (new,) = torch_fixes(here(tools=NEW_UV, **old_driver), "cuda")[0].commands
    (old,) = torch_fixes(here(tools=OLD_UV, **old_driver), "cuda")[0].commands

    assert "--torch-backend=cu126" in new.argv and "--index-url" not in new.argv
    assert old.argv[5:7] == ("--index-url", "https://download.pytorch.org/whl/cu126")
    assert new.argv[-2:] == old.argv[-2:] == ("torch==2.14.1+cu126", "torchvision==0.29.1+cu126")


def test_in_a_notebook_and_a_conda_environment():
    colab = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)
    fix = jax_fixes(here(cloud=colab), "cuda")[0]
    assert fix.commands[0].text.startswith(f"!{sys.executable} -m pip install ")
    assert "restart" not in fix.title
    there = packages(distribution("jax", "0.9.2"), builds=())
    assert jax_fixes(here(cloud=colab, packages=there), "cuda")[0].title.endswith(", then restart the runtime")

    prefix = "/home/ada/miniforge3/envs/dl"
    in_conda = change(
        INTERPRETER, executable=f"{prefix}/bin/python", prefix=prefix, base_prefix=prefix, environment="conda"
    )
    conda = Conda(family="Miniforge", executable="/home/ada/miniforge3/bin/conda")
    found = packages(
        distribution("jax", "0.9.2", installer="conda"), distribution("jaxlib", "0.9.2", installer="conda")
    )
    fixes = jax_fixes(here(interpreter=in_conda, conda=conda, packages=found), "cuda")
    # as https://docs.jax.dev/en/latest/installation.html has it, on the judged environment and without a question
    assert fixes[0].commands[0].argv[1:] == (
        "install", "-y", "-p", prefix, "-c", "conda-forge", "jaxlib=*=*cuda*", "jax",
    )  # fmt: skip
    torch_too = packages(distribution("torch", "2.5.1", installer="conda"), builds=(build("torch", "2.5.1"),))
    texts = [
        one.text for one in torch_fixes(here(interpreter=in_conda, conda=conda, packages=torch_too), "cuda")[0].commands
    ]
    assert texts[0].endswith(f"conda remove -y -p {prefix} pytorch")
    assert texts[1].startswith(f"{prefix}/bin/python -m pip install ")


def test_plain_names_become_builds_for_the_gpu_and_others_stay():
    wanted = ("numpy", "tensorflow", "jax", "pandas>=2")
    assert with_builds(here(), wanted) == (
        "numpy", "tensorflow[and-cuda]==2.21.0", "jax[cuda13]==0.12.0.1", "pandas>=2",
    )  # fmt: skip
    assert with_builds(machine(packages=NONE), wanted) == wanted
    assert (
        with_builds(here(nvidia=change(NVIDIA, gpus=(change(GPU, compute_capability=(12, 0)),))), wanted)[1]
        == "tensorflow"
    )


def test_the_frameworks_own_tables_agree_with_the_table_of_wheels():
    """Two tables are read from one index: neither may know of a release, a Python or a floor that the other denies."""
    pairs = {"linux-x86_64": "linux_x86_64", "linux-aarch64": "linux_aarch64", "windows-x86_64": "windows_amd64",
             "macos-arm64": "macos_arm64", "macos-x86_64": "macos_x86_64"}  # fmt: skip
    for package, own in (("tensorflow", tensorflow_releases()), ("jaxlib", jax_releases())):
        by_version = {one.version: one for one in wheels_of(package)}
        for release in (one for one in own if one.version in by_version):
            row = by_version[release.version]
            spans = {name: span for name, attribute in pairs.items() if (span := getattr(row, attribute))}
            assert {name: tuple(text.split("-")) for name, text in release.pythons.items()} == {
                name: tuple(span) for name, span in spans.items()
            }
            assert release.glibc == row.glibc
        assert own[0].version == wheels_of(package)[-1].version


@pytest.mark.parametrize("table", [torch_releases, tensorflow_releases, jax_releases])
def test_releases_stand_newest_first_each_line_once(table):
    lines = [one.minor for one in table()]
    assert lines == sorted(set(lines), reverse=True)


def test_every_plugin_belongs_to_a_release():
    served = [plugin for release in jax_releases() for plugin in plugins(release)]
    assert {one.extra for one in served} == {"cuda13", "cuda12", "rocm7-local"}
    for release in jax_releases():
        cudas = [numbers(one.cuda) for one in plugins(release) if one.cuda]
        assert cudas == sorted(cudas, reverse=True)


@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        ("tensorflow>=2.15", "tensorflow[and-cuda]==2.21.0"),
        ("tensorflow<2.20", "tensorflow[and-cuda]==2.19.1"),
        ("tensorflow==2.19.0", "tensorflow[and-cuda]==2.19.0"),
        ("tensorflow==2.17.0", "tensorflow==2.17.0"),  # its extra is known not to work
        ("tensorflow>=3", "tensorflow>=3"),
        ("tensorflow[and-cuda]", "tensorflow[and-cuda]"),
        ("JAX >= 0.4, < 0.12", "jax[cuda13]==0.11.2"),
        ("jax==0.8.1", "jax[cuda13]==0.8.1"),
        ("jax==0.5.0", "jax==0.5.0"),  # it has no code for a GPU of Python 3.14 … or no wheel: left as asked
        ("jax; python_version < '3.9'", "jax; python_version < '3.9'"),
        ("numpy<3", "numpy<3"),
    ],
)
def test_versions_that_are_asked_for_are_kept(asked_for, expected):
    python = change(HERE, version="3.14.0") if asked_for.startswith("jax==0.5") else change(HERE, version="3.12.7")
    assert with_builds(here(interpreter=python), [asked_for]) == (expected,)


def test_a_range_of_torch_gets_a_build_that_the_driver_runs():
    found = here(nvidia=OLD_DRIVER, requirements=(ExtraRequirement(requirement="torch>=2.3,<2.13", name="torch"),))
    profile = change(BEGINNER, required=(), extra_requirements=("torch>=2.3,<2.13",), frameworks_any=())

    words = install_missing(found, profile)[0].commands[-1].argv
    assert words[-2:] == ("torch==2.12.1+cu126", "torchvision==0.27.1+cu126")
    pinned = change(profile, extra_requirements=("torch==2.3.0",))
    only = here(nvidia=OLD_DRIVER, requirements=(ExtraRequirement(requirement="torch==2.3.0", name="torch"),))
    assert install_missing(only, pinned)[0].commands[-1].argv[-1] == "torch==2.3.0"


def test_a_new_environment_gets_the_python_on_which_the_gpu_is_served():
    maxwell = change(NVIDIA, gpus=(change(GPU, name="GTX 980", compute_capability=(5, 2)),))
    profile = change(BEGINNER, frameworks_any=("tensorflow",))
    assert fitting_python(here(nvidia=maxwell), profile) == "3.11"
    assert fitting_python(here(), profile) == "3.12"
    assert fitting_python(machine(), profile) == "3.12"


def test_gpus_that_no_build_serves_together_can_be_used_apart():
    two = change(NVIDIA, gpus=(GPU, change(GPU, index=1, name="GTX 1080", compute_capability=(6, 1)),
                               change(GPU, index=2, name="RTX 5090", compute_capability=(12, 0))))  # fmt: skip
    found = here(nvidia=two)
    assert torch_fixes(found, "cuda") == ()
    fixes = torch_otherwise(found, "cuda")
    assert fixes[0].commands[0].text == "export CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=0,2"
    assert "12.0, 8.9 alone" in fixes[0].title
    assert "torch==2.15.0" in fixes[0].commands[-1].argv


def test_conda_s_tensorflow_goes_with_the_package_that_holds_its_files():
    prefix = "/home/ada/miniforge3/envs/dl"
    in_conda = change(
        INTERPRETER, executable=f"{prefix}/bin/python", prefix=prefix, base_prefix=prefix, environment="conda"
    )
    conda = Conda(family="Miniforge", executable="/home/ada/miniforge3/bin/conda")
    records = tuple(CondaPackage(name=name, version="2.18.0") for name in ("tensorflow", "tensorflow-base"))
    found = change(packages(distribution("tensorflow", "2.18.0", installer="conda")), conda=records)
    steps = [one.text for one in tensorflow_fixes(here(interpreter=in_conda, conda=conda, packages=found))[0].commands]
    assert steps[0].endswith(f"conda remove -y -p {prefix} tensorflow-base")
    assert "tensorflow[and-cuda]==2.18.1" in steps[1]


@pytest.mark.parametrize(
    ("distribution_id", "version", "capability", "driver"),
    [
        ("ubuntu", "24.04", (8, 9), "580"),
        ("debian", "12", (8, 9), "535"),
        ("debian", "10", (8, 9), "525.60.13"),  # which one it brings is not known: the oldest that would do
        ("ubuntu", "24.04", (3, 7), "470"),  # the last branch that drives it
    ],
)
def test_where_no_driver_is_yet_the_one_to_come_decides(distribution_id, version, capability, driver):
    os_ = change(OS, distribution=distribution_id, version=version, distribution_like=())
    card = change(NVIDIA, driver_version=ABSENT, kernel_module_version=ABSENT, library_version=ABSENT, driver_cuda=ABSENT,
                  gpus=(change(GPU, compute_capability=capability),))  # fmt: skip
    python = change(HERE, version="3.10.14")
    assert driver_to_come(here(os=os_, nvidia=card, cuda_driver=unseen("absent"), interpreter=python)) in (
        driver,
        "450.80.02",
    )


def test_what_cannot_be_installed_although_it_has_a_wheel_is_not_proposed():
    """TensorFlow 2.11.1 is another distribution on ARM Linux, and that one has no wheel for Python 3.10."""
    arm = change(HERE, version="3.10.14", machine="aarch64")
    there = packages(distribution("tensorflow", "2.11.0"), builds=())
    snapshot = machine(interpreter=arm, os=change(OS, machine="aarch64"), packages=there)

    words = [word for fix in framework_fixes(snapshot, "tensorflow") for word in fix.commands[-1].argv]
    assert "tensorflow==2.21.0" in words
    assert "tensorflow==2.11.1" not in words
