import pytest

from dlcheck.model.frameworks import ImportFailure
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Ending, Missing, unseen
from dlcheck.model.host import Cloud, Container
from dlcheck.model.python import CondaPackage
from dlcheck.model.tools import Conda
from tests.facts import (
    INTERPRETER,
    NUMERICS,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    roots,
    status,
)

MINE = (
    "conda-package-overwritten-by-pip", "mkl-too-new-for-torch", "conda-channels-mixed", "conda-pytorch-channel-ended",
    "conda-solver-slow", "conda-terms-not-accepted", "conda-not-in-shell", "conda-settings-in-the-way",
)  # fmt: skip
PREFIX = "/home/ada/miniforge3/envs/dl"
IN_CONDA = change(
    INTERPRETER, executable=f"{PREFIX}/bin/python", prefix=PREFIX, base_prefix=PREFIX, environment="conda"
)
CONDA = Conda(
    family="Miniforge", executable="/home/ada/miniforge3/bin/conda", version="24.9.2", solver="libmamba", channels=("conda-forge",), on_path=True, in_shell=True, terms_accepted=ABSENT,
)  # fmt: skip
FORGE = "https://conda.anaconda.org/conda-forge/linux-64"
MAIN = "https://repo.anaconda.com/pkgs/main/linux-64"
PYTORCH = "https://conda.anaconda.org/pytorch/linux-64"


def record(name, version, channel=FORGE):
    return CondaPackage(name=name, version=version, build="py312_0", channel=channel)


def conda_machine(*records, distributions=(), **groups):
    return machine(interpreter=IN_CONDA, conda=CONDA, **{"packages": packages(*distributions, conda=records), **groups})


HEALTHY = conda_machine(record("numpy", "2.1.3"), record("libblas", "3.9.0"), record("openssl", "3.4.0"))


@pytest.mark.parametrize("identity", MINE)
@pytest.mark.parametrize("snapshot", [machine(), gpu_machine(), HEALTHY], ids=["laptop", "gpu", "conda"])
def test_a_healthy_machine_is_silent(identity, snapshot):
    assert status(identity, snapshot) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def test_numpy_of_pip_over_condas_is_taken_back():
    by_pip = distribution("numpy", "2.2.0", installer="pip")
    snapshot = conda_machine(record("numpy", "1.26.4"), distributions=(by_pip,))

    finding = findings("conda-package-overwritten-by-pip", snapshot)[0]

    assert finding.status == "warn"
    assert finding.evidence == ("numpy: conda installed 1.26.4, 2.2.0 of pip is there",)
    assert texts(finding) == [
        f"{PREFIX}/bin/python -m pip uninstall -y numpy",
        f"/home/ada/miniforge3/bin/conda install -y -p {PREFIX} --force-reinstall numpy",
    ]


@pytest.mark.parametrize(
    ("name", "installer", "recorded"),
    [("numpy", "conda", "1.26.4"), ("numpy", "pip", "2.2.0"), ("tqdm", "pip", "4.0"), ("numpy", "pip", "")],
    ids=["conda's own", "the same version", "pure Python", "pip's alone"],
)
def test_what_pip_may_bring_into_a_conda_environment(name, installer, recorded):
    records = [record(name, recorded)] if recorded else [record("python", "3.12.7")]
    snapshot = conda_machine(*records, distributions=(distribution(name, "2.2.0", installer=installer),))

    assert status("conda-package-overwritten-by-pip", snapshot) == "pass"


BROKEN_TORCH = unseen("broken", "libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent")


def test_mkl_without_the_symbol_is_the_root_cause_of_the_import():
    torch = change(BROKEN_TORCH, missing=Missing("broken", BROKEN_TORCH.missing.why, "ImportError"))
    torch = change(torch, ending=Ending(words="exited with status 1", stage="importing torch"))
    snapshot = conda_machine(
        record("mkl", "2024.1.0", MAIN), record("pytorch", "2.1.2", PYTORCH), torch=torch,
    )  # fmt: skip

    assert "mkl-too-new-for-torch" in roots(snapshot)
    assert findings("torch-import-fails", snapshot)[0].caused_by == ("mkl-too-new-for-torch",)
    assert texts(findings("mkl-too-new-for-torch", snapshot)[0]) == [
        f'/home/ada/miniforge3/bin/conda install -y -p {PREFIX} "mkl<2024.1"'
    ]


@pytest.mark.parametrize(
    ("mkl", "torch", "channel", "expected"),
    [
        ("2024.1.0", "2.2.2", PYTORCH, "fail"), ("2023.1.0", "2.2.2", PYTORCH, "pass"),
        ("2024.1.0", "2.3.0", PYTORCH, "pass"), ("2024.2.0", "2.1.0", FORGE, "pass"),
    ],
)  # fmt: skip
def test_mkl_by_the_records_alone(mkl, torch, channel, expected):
    snapshot = conda_machine(record("mkl", mkl), record("pytorch", torch, channel), torch=unseen("broken", "?"))

    assert status("mkl-too-new-for-torch", snapshot) == expected


def test_a_torch_that_was_imported_shows_that_its_mkl_fits():
    snapshot = conda_machine(record("mkl", "2024.1.0"), record("pytorch", "2.2.2", PYTORCH))

    assert status("mkl-too-new-for-torch", snapshot) == "pass"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(FORGE, MAIN, "warn"), (FORGE, PYTORCH, "warn"), (MAIN, PYTORCH, "pass"), (FORGE, FORGE, "pass"),
     (MAIN, "https://repo.anaconda.com/pkgs/r/linux-64", "pass"), ("defaults", "conda-forge", "warn")],
)  # fmt: skip
def test_channels_that_do_not_go_together(first, second, expected):
    name = "pytorch" if second == PYTORCH else "mkl"
    records = (record("numpy", "1.26.4", first), record(name, "2023.1.0", second))
    failed = change(NUMERICS, failed_imports={"scipy": ImportFailure(kind="ImportError", message="undefined symbol")})

    assert status("conda-channels-mixed", conda_machine(*records, numerics=failed)) == expected
    assert status("conda-channels-mixed", conda_machine(*records)) == ("note" if expected == "warn" else "pass")


def test_the_ended_channel_is_told_and_no_problem():
    assert status("conda-pytorch-channel-ended", conda_machine(record("pytorch", "2.5.1", PYTORCH))) == "note"
    assert status("conda-pytorch-channel-ended", conda_machine(record("pytorch", "2.5.1"))) == "skip"


def test_the_old_solver_is_replaced():
    old = change(CONDA, version="22.9.0", solver="classic")

    finding = findings("conda-solver-slow", machine(conda=old))[0]

    assert finding.status == "warn"
    assert texts(finding) == [
        "/home/ada/miniforge3/bin/conda install -y -n base conda-libmamba-solver",
        "/home/ada/miniforge3/bin/conda config --set solver libmamba",
    ]
    assert len(texts(findings("conda-solver-slow", machine(conda=change(old, version="24.1.0")))[0])) == 1
    assert status("conda-solver-slow", machine(conda=change(old, mamba=True))) == "note"
    assert status("conda-solver-slow", machine(conda=change(old, solver=NOT_LOOKED))) == "skip"


def test_terms_are_accepted_or_the_channel_left():
    finding = findings("conda-terms-not-accepted", machine(conda=change(CONDA, terms_accepted=False)))[0]

    assert finding.status == "warn"
    assert texts(finding)[0] == (
        "/home/ada/miniforge3/bin/conda tos accept --override-channels --channel https://repo.anaconda.com/pkgs/main"
    )
    assert texts(finding, 1)[-1] == "/home/ada/miniforge3/bin/conda config --remove channels defaults"
    assert status("conda-terms-not-accepted", machine(conda=change(CONDA, terms_accepted=True))) == "pass"


def test_conda_that_the_shell_cannot_use_is_told():
    lost = change(CONDA, on_path=False, in_shell=False)

    finding = findings("conda-not-in-shell", machine(conda=lost))[0]

    assert (finding.status, texts(finding)) == ("note", ["/home/ada/miniforge3/bin/conda init bash"])
    docker, colab = Container(engine="docker", evidence="x"), Cloud(platform="colab", name="Colab", evidence="x")
    assert status("conda-not-in-shell", machine(conda=lost, container=docker)) == "skip"
    assert status("conda-not-in-shell", machine(conda=lost, cloud=colab)) == "skip"
    assert status("conda-not-in-shell", machine(conda=change(lost, in_shell=ABSENT))) == "skip"


def test_settings_that_stand_in_the_way():
    offline = change(CONDA, odd_settings=("offline: true", "ssl_verify: false"))

    finding = findings("conda-settings-in-the-way", machine(conda=offline))[0]

    assert finding.status == "warn"
    assert texts(finding)[0] == "/home/ada/miniforge3/bin/conda config --remove-key offline"
    insecure = change(CONDA, odd_settings=("ssl_verify: false",))
    assert status("conda-settings-in-the-way", machine(conda=insecure)) == "note"
