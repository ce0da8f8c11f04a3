import pytest

from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import ExtraRequirement
from dlcheck.model.tools import Jupyter, OtherPython
from tests.facts import (
    BEGINNER,
    CPU,
    EXPECTS_CUDA,
    GIB,
    INTERPRETER,
    JUPYTER,
    MEMORY,
    OS,
    PREFIX,
    PYTHON,
    PYTHONS,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    status,
)

MINE = (
    "python-on-path-of-another-environment", "matplotlib-backend-unusable", "threads-limited-by-variable",
    "downloads-switched-off", "login-node-of-a-cluster", "jupyter-not-on-path", "notebook-widgets-missing",
    "jupyter-folder-not-writable", "clock-wrong", "two-environments-active",
)  # fmt: skip
SLURM = Cloud(platform="slurm", name="Slurm", evidence="sbatch on PATH and SLURM_JOB_ID not set", inside_job=False)


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


PYENV = OtherPython(
    command="python", path="/home/ada/.pyenv/shims/python", executable="/home/ada/.pyenv/versions/3.10.4/bin/python",
    prefix="/home/ada/.pyenv/versions/3.10.4", version="3.10.4",
)  # fmt: skip
OWN = OtherPython(command="python", path="/opt/dl/bin/python", prefix="/opt/dl", version="3.12.1", is_own=True)


def on_path(*found, because="the active virtual environment"):
    return machine(pythons=change(PYTHONS, found=(*found, *PYTHONS.found), chosen_because=because))


def test_a_shim_before_the_active_environment():
    finding = findings("python-on-path-of-another-environment", on_path(PYENV))[0]

    assert finding.status == "warn"
    assert finding.evidence == (f"{PREFIX} is active, and `python` is /home/ada/.pyenv/shims/python",)


def test_what_may_come_first_on_path():
    identity = "python-on-path-of-another-environment"

    assert status(identity, on_path(OWN)) == "pass"
    assert status(identity, on_path(PYENV, because="python3 on PATH")) == "skip"
    in_notebook = machine(os=change(OS, shell="notebook"), pythons=on_path(PYENV).pythons)
    assert status(identity, in_notebook) == "skip"


INLINE = "module://matplotlib_inline.backend_inline"


@pytest.mark.parametrize(
    ("backend", "extra", "lacks", "expected"),
    [
        (INLINE, (), (), "warn"), (INLINE, ("matplotlib-inline",), (), "pass"), ("Agg", (), (), "pass"),
        ("TkAgg", (), ("tkinter",), "warn"), ("TkAgg", (), (), "pass"), ("module://my_own.backend", (), (), "pass"),
    ],
)  # fmt: skip
def test_what_draws_figures(backend, extra, lacks, expected):
    interpreter = change(INTERPRETER, variables={"MPLBACKEND": backend}, missing_stdlib=lacks)
    installed = packages(*(distribution(name, "0.1") for name in extra))

    assert status("matplotlib-backend-unusable", machine(interpreter=interpreter, packages=installed)) == expected


def test_the_notebooks_backend_is_installed_or_the_variable_taken_away():
    interpreter = change(INTERPRETER, variables={"MPLBACKEND": INLINE})

    finding = findings("matplotlib-backend-unusable", machine(interpreter=interpreter))[0]

    assert texts(finding) == ["unset MPLBACKEND"]
    assert finding.fixes[0].verify.argv[:3] == ("env", "-u", "MPLBACKEND")
    assert texts(finding, 1) == [f"{PYTHON} -m pip install matplotlib-inline ipython"]


@pytest.mark.parametrize(
    ("value", "cores", "inside_job", "expected"),
    [("1", 8.0, None, "warn"), ("1", 2.0, None, "pass"), ("8", 8.0, None, "pass"), ("1", 8.0, True, "note")],
)
def test_one_thread_of_many_cores(value, cores, inside_job, expected):
    cloud = unseen("absent") if inside_job is None else change(SLURM, inside_job=inside_job)
    interpreter = change(INTERPRETER, variables={"OMP_NUM_THREADS": value})
    snapshot = machine(interpreter=interpreter, cpu=change(CPU, usable_cores=cores), cloud=cloud)

    assert status("threads-limited-by-variable", snapshot) == expected


@pytest.mark.parametrize(("value", "expected"), [("1", "note"), ("0", "pass"), ("false", "pass"), ("", "pass")])
def test_models_that_may_not_be_downloaded(value, expected):
    interpreter = change(INTERPRETER, variables={"HF_HUB_OFFLINE": value})

    assert status("downloads-switched-off", machine(interpreter=interpreter)) == expected


def test_a_login_node_is_a_problem_where_it_limits_or_a_gpu_is_expected():
    limited = change(MEMORY, cgroup_limit_bytes=4 * GIB)
    identity = "login-node-of-a-cluster"

    assert status(identity, machine(cloud=SLURM)) == "note"
    assert status(identity, machine(cloud=SLURM), EXPECTS_CUDA) == "warn"
    assert "srun" in findings(identity, machine(cloud=SLURM, memory=limited), BEGINNER)[0].fixes[0].title
    assert status(identity, machine(cloud=change(SLURM, inside_job=True)), EXPECTS_CUDA) == "skip"
    assert status(identity, machine(cloud=change(SLURM, inside_job=ABSENT)), EXPECTS_CUDA) == "skip"


LAB = packages(distribution("jupyterlab", "4.2.5"))


def test_jupyter_that_the_shell_does_not_find():
    finding = findings("jupyter-not-on-path", machine(packages=LAB, jupyter=Jupyter(command=ABSENT)))[0]

    assert finding.status == "warn"
    assert f"{PYTHON} -m jupyterlab" in finding.fixes[0].title
    assert status("jupyter-not-on-path", machine(packages=LAB, jupyter=unseen("absent", "none"))) == "warn"


def test_jupyter_of_an_environment_that_is_not_active_is_no_problem():
    asked = change(PYTHONS, chosen_because="asked for by --python")
    colab = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)

    for groups in ({"pythons": asked}, {"cloud": colab}):
        assert status("jupyter-not-on-path", machine(packages=LAB, jupyter=Jupyter(), **groups)) == "note"
    assert status("jupyter-not-on-path", machine(packages=LAB)) == "pass"
    assert status("jupyter-not-on-path", machine(packages=LAB, jupyter=unseen("denied", "x"))) == "skip"


def test_plain_progress_bars_are_told():
    tqdm, widgets = distribution("tqdm", "4.67.1"), distribution("ipywidgets", "8.1.5")

    assert status("notebook-widgets-missing", machine(packages=packages(tqdm))) == "note"
    assert status("notebook-widgets-missing", machine(packages=packages(tqdm, widgets))) == "pass"


def test_jupyters_folder_belongs_to_root():
    rooted = change(JUPYTER, runtime_writable=False)

    finding = findings("jupyter-folder-not-writable", machine(jupyter=rooted))[0]

    assert finding.status == "warn"
    assert texts(finding) == ["sudo chown -R ada /home/ada/.local/share/jupyter"]
    named = change(rooted, runtime_folder="/run/user/0/jupyter")
    assert findings("jupyter-folder-not-writable", machine(jupyter=named))[0].fixes[0].commands == ()


@pytest.mark.parametrize(
    ("day", "expected"),
    [("1970-01-01", "warn"), ("2025-12-24", "warn"), ("2026-11-22", "pass"), ("2031-01-01", "pass")],
)
def test_a_clock_that_went_back(day, expected):
    snapshot = machine(taken_at=f"{day}T09:00:00Z")
    lacking = machine(taken_at=snapshot.taken_at, requirements=(ExtraRequirement(requirement="pandas", name="pandas"),))

    assert status("clock-wrong", snapshot) == expected
    assert status("clock-wrong", lacking) == ("fail" if expected == "warn" else "pass")
    assert status("clock-wrong", change(snapshot, depth="pasted")) == "skip"


def test_the_clock_is_set_by_the_systems_own_means():
    wsl = machine(os=change(OS, wsl=2), taken_at="2020-01-01T00:00:00Z")

    assert texts(findings("clock-wrong", wsl)[0]) == ["sudo hwclock --hctosys"]
    assert texts(findings("clock-wrong", machine(taken_at="2020-01-01T00:00:00Z"))[0]) == [
        "sudo timedatectl set-ntp true"
    ]


def test_conda_and_a_virtual_environment_at_once():
    both = change(INTERPRETER, variables={"VIRTUAL_ENV": PREFIX, "CONDA_PREFIX": "/home/ada/miniforge3"})

    assert status("two-environments-active", machine(interpreter=both)) == "note"
    assert (
        status("two-environments-active", machine(interpreter=change(both, variables={"VIRTUAL_ENV": PREFIX})))
        == "pass"
    )
