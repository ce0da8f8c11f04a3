import re
import shlex
import shutil
import subprocess
import sys

import pytest

from dlcheck.judge.advice.install import install, uninstall
from dlcheck.judge.advice.shell import join, quote
from dlcheck.judge.advice.system import SystemPackage, install_program
from dlcheck.model.gaps import ABSENT
from dlcheck.model.host import Cloud
from dlcheck.model.tools import Conda, Tool, Tools
from tests.facts import INTERPRETER, OS, PREFIX, PYTHON, change, distribution, machine, packages

UV = Tools(found=(Tool(name="uv", path="/usr/bin/uv"),), looked_for=("uv",))
NO_PIP = change(INTERPRETER, has_pip=False, pip_version="")
SYSTEM = change(
    INTERPRETER, executable="/usr/bin/python3", prefix="/usr", base_prefix="/usr", environment="system",
    externally_managed="/usr/lib/python3.12/EXTERNALLY-MANAGED",
)  # fmt: skip
CONDA_PREFIX = "/home/ada/miniforge3/envs/dl"
IN_CONDA = change(
    INTERPRETER, executable=f"{CONDA_PREFIX}/bin/python", prefix=CONDA_PREFIX, base_prefix=CONDA_PREFIX, environment="conda"
)  # fmt: skip
CONDA = Conda(family="Miniforge", executable="/home/ada/miniforge3/bin/conda")
WINDOWS = change(OS, system="windows", name="Windows 11", distribution="", distribution_like=(), shell="powershell")
ON_WINDOWS = change(
    INTERPRETER, executable=r"C:\Users\Ada L\dl\Scripts\python.exe", prefix=r"C:\Users\Ada L\dl", base_prefix=r"C:\Python312"
)  # fmt: skip
COLAB = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)

MACHINES = {
    "pip": (machine(), [f'{PYTHON} -m pip install "pandas>=2" numpy']),
    "uv": (
        machine(interpreter=change(NO_PIP, created_by_uv=True), tools=UV),
        [f'uv pip install --python {PYTHON} "pandas>=2" numpy'],
    ),
    "no pip, uv on PATH": (machine(interpreter=NO_PIP, tools=UV), [f'uv pip install --python {PYTHON} "pandas>=2" numpy']),
    "pip, uv on PATH": (machine(tools=UV), [f'{PYTHON} -m pip install "pandas>=2" numpy']),
    "no pip, no uv": (
        machine(interpreter=NO_PIP),
        [f"{PYTHON} -m ensurepip --upgrade", f'{PYTHON} -m pip install "pandas>=2" numpy'],
    ),
    "a pip too old for its Python": (
        machine(interpreter=change(INTERPRETER, pip_version="22.3")),
        [f"{PYTHON} -m ensurepip --upgrade", f"{PYTHON} -m pip install --upgrade pip",
         f'{PYTHON} -m pip install "pandas>=2" numpy'],
    ),
    "externally managed": (
        machine(interpreter=SYSTEM),
        ["/usr/bin/python3 -m venv /home/ada/.venvs/dl", '/home/ada/.venvs/dl/bin/python -m pip install "pandas>=2" numpy'],
    ),
    "externally managed, without ensurepip": (
        machine(interpreter=change(SYSTEM, missing_stdlib=("ensurepip",))),
        ["sudo apt-get update", "sudo apt-get install -y python3.12-venv", "/usr/bin/python3 -m venv /home/ada/.venvs/dl",
         '/home/ada/.venvs/dl/bin/python -m pip install "pandas>=2" numpy'],
    ),
    "externally managed, uv": (
        machine(interpreter=SYSTEM, tools=UV),
        ["uv venv --allow-existing --python /usr/bin/python3 /home/ada/.venvs/dl",
         'uv pip install --python /home/ada/.venvs/dl/bin/python "pandas>=2" numpy'],
    ),
    "a distribution's Python without pip": (
        machine(interpreter=change(SYSTEM, externally_managed=ABSENT, has_pip=False)),
        ["/usr/bin/python3 -m venv /home/ada/.venvs/dl", '/home/ada/.venvs/dl/bin/python -m pip install "pandas>=2" numpy'],
    ),
    "conda, one package of its own": (
        machine(
            interpreter=IN_CONDA, conda=CONDA,
            packages=packages(distribution("pandas", "1.5", installer="conda"), distribution("numpy", "1.26")),
        ),
        [f'/home/ada/miniforge3/bin/conda install -y -p {CONDA_PREFIX} "pandas>=2"',
         f"{CONDA_PREFIX}/bin/python -m pip install numpy"],
    ),
    "conda without pip": (
        machine(interpreter=change(IN_CONDA, has_pip=False), conda=CONDA),
        [f"/home/ada/miniforge3/bin/conda install -y -p {CONDA_PREFIX} pip",
         f'{CONDA_PREFIX}/bin/python -m pip install "pandas>=2" numpy'],
    ),
    "PowerShell, a path with a space": (
        machine(os=WINDOWS, interpreter=ON_WINDOWS),
        [r"& 'C:\Users\Ada L\dl\Scripts\python.exe' -m pip install 'pandas>=2' numpy"],
    ),
    "cmd": (
        machine(os=change(WINDOWS, shell="cmd"), interpreter=ON_WINDOWS),
        [r'"C:\Users\Ada L\dl\Scripts\python.exe" -m pip install "pandas>=2" numpy'],
    ),
    "a Colab notebook": (
        machine(cloud=COLAB, interpreter=change(SYSTEM, externally_managed=ABSENT)),
        ['!/usr/bin/python3 -m pip install "pandas>=2" numpy'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MACHINES)
def test_each_environment_gets_its_own_installer(name):
    snapshot, expected = MACHINES[name]

    fix = install(snapshot, ["pandas>=2", "numpy"], title="install what is missing")[0]

    assert [one.text for one in fix.commands] == expected
    assert fix.changes_packages
    assert "network" in fix.needs
    assert fix.verify is not None
    for one in (*fix.commands, fix.verify):
        assert_text_is_argv(one)


def assert_text_is_argv(one):
    if one.shell in ("bash", "zsh", "fish"):
        assert tuple(shlex.split(one.text)) == one.argv
    if one.shell == "notebook":
        assert one.text.startswith("!")
        assert tuple(shlex.split(one.text[1:])) == one.argv


def test_torch_comes_by_pip_into_a_conda_environment_and_conda_s_own_is_removed_before():
    there = packages(distribution("torch", "2.5.1", installer="conda"))
    snapshot = machine(interpreter=IN_CONDA, conda=CONDA, packages=there)

    fix = install(snapshot, ["torch"], title="replace torch", remove_first=["torch"])[0]

    assert [one.text for one in fix.commands] == [
        f"/home/ada/miniforge3/bin/conda remove -y -p {CONDA_PREFIX} pytorch",
        f"{CONDA_PREFIX}/bin/python -m pip install torch",
    ]


def test_a_reinstall_replaces_the_package_and_only_completes_what_it_depends_on():
    index = "https://download.pytorch.org/whl/cpu"

    fixes = install(machine(), ["torch==2.13.0"], title="x", index_url=index, elsewhere=["torch"], reinstall=True)

    assert [one.text for one in fixes[0].commands] == [
        f"{PYTHON} -m pip install --force-reinstall --no-deps --index-url {index} torch==2.13.0",
        f"{PYTHON} -m pip install --index-url {index} torch==2.13.0",
    ]
    assert [index in one.text for one in fixes[1].commands] == [False, False]


def test_a_reinstall_by_uv_is_one_step():
    snapshot = machine(interpreter=change(NO_PIP, created_by_uv=True), tools=UV)

    fix = install(snapshot, ["torch==2.13.0"], title="x", reinstall=True)[0]

    assert [one.text for one in fix.commands] == [
        f"uv pip install --python {PYTHON} --reinstall-package torch torch==2.13.0"
    ]


def test_uv_gets_a_second_way_by_the_index_that_only_pip_knows():
    mirror = "https://mirror.example.org/simple"
    snapshot = machine(
        interpreter=change(NO_PIP, created_by_uv=True), tools=UV, packages=packages(pip_index_url=mirror)
    )

    first, second = install(snapshot, ["numpy"], title="x")

    assert mirror not in first.commands[0].text
    assert f"--index-url {mirror}" in second.commands[0].text


def test_uninstalling_asks_nothing():
    assert [one.text for one in uninstall(machine(), ["torch"], title="x").commands] == [
        f"{PYTHON} -m pip uninstall -y torch"
    ]


@pytest.mark.parametrize("name", MACHINES)
def test_nothing_dangerous_is_ever_advised(name):
    snapshot, _ = MACHINES[name]
    for fix in (*install(snapshot, ["torch"], title="x", reinstall=True), uninstall(snapshot, ["torch"], title="x")):
        text = "\n".join(one.text for one in fix.commands)
        assert not re.search(r"--break-system-packages|sudo \S*pip|sudo .*-m pip|trusted-host|chmod", text)


WORDS = (
    "plain",
    "pandas>=2",
    "fastai[dev]",
    "a b",
    "it's",
    'say "x"',
    "$HOME",
    "back\\slash",
    "~",
    "=eq",
    "!x",
    "",
    "é{x}",
)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_reads_the_words_that_were_meant(shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    line = join((sys.executable, "-c", "import sys; print(sys.argv[1:])", *WORDS), shell)

    said = subprocess.run([program, "-c", line], capture_output=True, text=True, timeout=20, check=True).stdout

    assert said.strip() == repr(list(WORDS))


def test_powershell_gets_what_it_would_split_or_expand_in_quotes():
    assert [quote(word, "powershell") for word in ("--index-url", "-a.b", "-x:y", "it's", "$x", "a>=1", "https://a/b")] == [
        "--index-url", "'-a.b'", "'-x:y'", "'it''s'", "'$x'", "'a>=1'", "https://a/b",
    ]  # fmt: skip


def test_a_notebook_fills_nothing_in():
    assert join(("echo", "{x}", "$y"), "notebook") == "!echo \"{{x}}\" '$$y'"


GIT = SystemPackage(apt="git", dnf="git", brew="git", winget="Git.Git")


@pytest.mark.parametrize(
    ("os", "expected"),
    [
        (OS, ["sudo apt-get update", "sudo apt-get install -y git"]),
        (change(OS, is_admin=True), ["apt-get update", "apt-get install -y git"]),
        (change(OS, distribution="linuxmint", distribution_like=("ubuntu",)), ["sudo apt-get update", "sudo apt-get install -y git"]),
        (change(OS, distribution="fedora", distribution_like=()), ["sudo dnf install -y git"]),
        (change(OS, distribution="gentoo", distribution_like=()), []),
        (change(OS, system="darwin", shell="zsh"), ["brew install git"]),
        (WINDOWS, ["winget install --exact --id Git.Git --accept-package-agreements --accept-source-agreements --disable-interactivity"]),
    ],
)  # fmt: skip
def test_a_program_comes_from_the_system_s_package_manager(os, expected):
    assert [one.text for one in install_program(machine(os=os), GIT)] == expected


def test_the_installer_is_named_for_this_environment_only():
    assert PREFIX in install(machine(), ["numpy"], title="x")[0].commands[0].argv[0]
