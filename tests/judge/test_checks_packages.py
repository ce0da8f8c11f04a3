import shlex

import pytest

from dlcheck.model.frameworks import ImportFailure, Numerics
from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import (  # fmt: skip
    CondaPackage,
    ExtraRequirement,
    Leftover,
    Packages,
    PathEntry,
    Shadow,
    Unsatisfied,
)
from dlcheck.model.tools import Conda, Jupyter, Kernel
from tests.facts import (
    BEGINNER,
    INTERPRETER,
    JUPYTER,
    OS,
    PYTHON,
    SITE,
    TORCH_CPU,
    build,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    report,
    roots,
    status,
)  # fmt: skip

MINE = (
    "required-package-missing", "recommended-package-missing", "broken-distribution", "duplicate-distribution",
    "requirements-unsatisfied", "numpy2-abi", "local-file-shadows-library",
    "user-site-shadows-environment", "torch-torchvision-mismatch", "torch-torchaudio-mismatch",
    "torch-torchvision-cuda-variant-mismatch", "duplicate-torch-install", "conda-pip-mixed-torch",
)  # fmt: skip
NOTHING = {
    "packages": Packages(), "numerics": Numerics(), "torch": unseen("absent"), "jupyter": change(JUPYTER, kernels=()),
    "requirements": tuple(ExtraRequirement(requirement=name, name=name) for name in BEGINNER.required),
}  # fmt: skip
COLAB = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)
CONDA = Conda(family="Miniforge", executable="/home/ada/miniforge3/bin/conda")
CONDA_PREFIX = "/home/ada/miniforge3/envs/dl"
IN_CONDA = change(
    INTERPRETER, executable=f"{CONDA_PREFIX}/bin/python", prefix=CONDA_PREFIX, base_prefix=CONDA_PREFIX, environment="conda"
)  # fmt: skip


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def test_a_bare_python_is_told_one_command():
    snapshot = machine(**NOTHING)

    missing = findings("required-package-missing", snapshot)

    assert [one.subject for one in missing] == list(BEGINNER.required)
    for one in missing:
        assert one.status == "fail"
        others, torch = one.fixes[0].commands
        assert others.text == f"{PYTHON} -m pip install numpy pandas matplotlib scikit-learn jupyter"
        assert torch.text.startswith(
            f"{PYTHON} -m pip install --index-url https://download.pytorch.org/whl/cpu torch=="
        )
        assert texts(one, 1) == [f"{PYTHON} -m pip install numpy pandas matplotlib scikit-learn jupyter torch"]
        assert tuple(shlex.split(others.text)) == others.argv
    assert roots(snapshot) == ["required-package-missing"]
    assert len(findings("required-package-missing", gpu_machine(**NOTHING))[0].fixes[0].commands) == 1


def test_a_package_of_the_wrong_version_says_both():
    wanted = ExtraRequirement(requirement="pandas>=3", name="pandas", found="2.2.3")
    profile = change(BEGINNER, extra_requirements=("pandas>=3",))

    finding = findings("required-package-missing", machine(requirements=(wanted,)), profile)[0]

    assert finding.evidence == ("pandas 2.2.3 is installed, pandas>=3 is required",)
    assert texts(finding) == [f'{PYTHON} -m pip install "pandas>=3"']


NO_JUPYTER = (ExtraRequirement(requirement="jupyter", name="jupyter"),)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"packages": Packages(distributions=(distribution("jupyterlab", "4.2"),))}, "pass"),
        ({"packages": Packages(distributions=(distribution("notebook", "7.2"),))}, "pass"),
        ({"packages": Packages(distributions=(distribution("ipykernel", "6.29"),))}, "pass"),
        ({"packages": Packages(distributions=(distribution("ipykernel", "6.29"),)), "jupyter": Jupyter(command=ABSENT)}, "fail"),
        ({"packages": Packages(distributions=(distribution("ipykernel", "6.29"),)), "jupyter": Jupyter(command=ABSENT), "cloud": COLAB}, "pass"),
        ({"packages": Packages()}, "fail"),
    ],
)  # fmt: skip
def test_what_serves_as_jupyter(groups, expected):
    asks = change(BEGINNER, required=("jupyter",))
    assert status("required-package-missing", machine(requirements=NO_JUPYTER, **groups), asks) == expected


def test_a_requirement_whose_marker_rules_it_out_is_met():
    wanted = ExtraRequirement(requirement="pywin32; sys_platform=='win32'", name="pywin32", applies=False)
    profile = change(BEGINNER, extra_requirements=(wanted.requirement,))

    assert status("required-package-missing", machine(requirements=(wanted,)), profile) == "pass"


def test_a_recommended_package_is_a_note_and_never_counts_as_required():
    profile = change(BEGINNER, required=(), recommended=("seaborn",))
    snapshot = machine(requirements=(ExtraRequirement(requirement="seaborn", name="seaborn"),))

    assert status("recommended-package-missing", snapshot, profile) == "note"
    assert status("required-package-missing", snapshot, profile) == "pass"
    assert report(snapshot, profile).verdict == "ready"


def test_a_leftover_is_deleted_and_what_it_broke_is_installed_again():
    left = (
        Leftover(path=f"{SITE}/~umpy", kind="tilde", name="~umpy"),
        Leftover(path=f"{SITE}/numpy-2.1.3.dist-info", kind="no-record-files", name="numpy"),
    )

    finding = findings("broken-distribution", machine(packages=packages(leftovers=left)))[0]

    assert finding.status == "warn"
    assert texts(finding)[0] == f'rm -rf -- "{SITE}/~umpy" {SITE}/numpy-2.1.3.dist-info'
    assert texts(finding)[1].endswith("pip install numpy==2.1.3")


@pytest.mark.parametrize("path", ["/etc", "/home/ada", f"{SITE}/../../x", SITE, f"{SITE}/..", f"{SITE}/numpy/core"])
def test_only_what_lies_in_the_environment_is_ever_deleted(path):
    left = (Leftover(path=path, kind="tilde", name="x"),)

    finding = findings("broken-distribution", machine(packages=packages(leftovers=left)))[0]

    assert finding.fixes[0].commands == ()


def test_an_empty_torch_has_its_own_check():
    left = (Leftover(path=f"{SITE}/torch", kind="empty-package", name="torch"),)

    assert status("broken-distribution", machine(packages=packages(leftovers=left))) == "pass"


def test_two_entries_in_one_folder_are_a_duplicate_and_two_folders_are_none():
    twice = {"numpy": (f"1.26.4 in {SITE}", f"2.1.3 in {SITE}")}
    finding = findings("duplicate-distribution", machine(packages=packages(duplicates=twice)))[0]
    assert (finding.status, finding.subject) == ("warn", "numpy")
    assert [text.split(" -m ")[1] for text in texts(finding)] == [
        "pip uninstall -y numpy", "pip uninstall -y numpy", "pip install numpy==2.1.3",
    ]  # fmt: skip

    debian = {"numpy": (f"2.1.3 in {SITE}", f"2.1.3 in {SITE}")}
    assert status("duplicate-distribution", machine(packages=packages(duplicates=debian))) == "pass"
    system = {"numpy": (f"2.1.3 in {SITE}", "1.26.4 in /usr/lib/python3/dist-packages")}
    assert status("duplicate-distribution", machine(packages=packages(duplicates=system))) == "pass"


def test_a_package_from_pythonpath_that_hides_the_environment_s_own():
    python = change(INTERPRETER, path=(PathEntry(path="/opt/ros/lib", origin="PYTHONPATH"),))
    hides = {"numpy": ("1.21.5 in /opt/ros/lib", f"2.1.3 in {SITE}")}

    assert status("duplicate-distribution", machine(interpreter=python, packages=packages(duplicates=hides))) == "warn"


def unsatisfied(*rows):
    return tuple(Unsatisfied(distribution=one, requirement=two, found=three) for one, two, three in rows)


def test_requirements_that_are_not_met_are_installed_together():
    left = unsatisfied(
        ("pandas", "numpy<2.1,>=1.26; python_version<'3.13'", "2.1.3"), ("pandas", "tzdata>=2022.7", ""), ("scikit-learn", "numpy>=1.19", "2.1.3")
    )  # fmt: skip

    finding = findings("requirements-unsatisfied", machine(packages=packages(unsatisfied=left)))[0]

    assert finding.status == "warn"
    assert texts(finding) == [f'{PYTHON} -m pip install "numpy<2.1,>=1.26,>=1.19" "tzdata>=2022.7"']


def test_what_others_miss_is_a_note_and_so_is_all_of_it_on_colab():
    stranger = unsatisfied(("some-tool", "click<8", "8.1"))
    assert status("requirements-unsatisfied", machine(packages=packages(unsatisfied=stranger))) == "note"

    ours = packages(unsatisfied=unsatisfied(("pandas", "numpy<2", "2.1.3")))
    assert status("requirements-unsatisfied", machine(packages=ours, cloud=COLAB)) == "note"


def test_torchvision_s_torch_has_its_own_check():
    left = unsatisfied(("torchvision", "torch==2.13.0", "2.14.1"))

    assert status("requirements-unsatisfied", machine(packages=packages(unsatisfied=left))) == "pass"


def old_torch(**changes):
    return machine(packages=packages(distribution("torch", "2.1.2"), builds=(build("torch", "2.1.2"),)), **changes)


def test_a_torch_of_numpy_1_is_told_to_go_back_to_it():
    bridge = Missing("broken", "RuntimeError: Numpy is not available")
    snapshot = old_torch(torch=change(TORCH_CPU, version="2.1.2", numpy_bridge=bridge))

    finding = findings("numpy2-abi", snapshot)[0]

    assert finding.status == "fail"
    assert finding.evidence == ("NumPy 2.1.3", "torch 2.1.2; the first for NumPy 2 is 2.3.0")
    assert texts(finding) == [f'{PYTHON} -m pip install "numpy<2"']


def test_a_torch_that_does_work_with_numpy_2_works_whatever_its_number():
    assert status("numpy2-abi", old_torch(torch=change(TORCH_CPU, version="2.1.2"))) == "pass"


def test_an_old_pandas_is_upgraded_and_an_old_opencv_alone_is_a_warning():
    old = packages(distribution("pandas", "2.1.4"))
    finding = findings("numpy2-abi", machine(packages=old, numerics=Numerics()))[0]
    assert finding.status == "fail"
    assert texts(finding) == [f'{PYTHON} -m pip install --upgrade "pandas>=2.2.2"']

    assert status("numpy2-abi", machine(packages=packages(distribution("opencv-python", "4.9.0.80")))) == "warn"


def test_the_words_of_a_failed_import_are_enough():
    words = "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject"
    snapshot = machine(
        numerics=Numerics(failed_imports={"scikit-learn": ImportFailure(kind="ValueError", message=words)})
    )

    assert status("numpy2-abi", snapshot) == "fail"


def test_numpy_1_is_silent():
    old = packages(distribution("numpy", "1.26.4"), distribution("pandas", "2.1.4"))

    assert status("numpy2-abi", machine(packages=old)) == "pass"


@pytest.mark.parametrize(
    ("shadow", "expected"),
    [
        (Shadow(module="torch", path="/home/ada/course/torch.py"), "fail"),
        (Shadow(module="seaborn", path="/home/ada/course/seaborn.py"), "warn"),
        (Shadow(module="random", path="/home/ada/course/random.py", standard_library=True), "fail"),
        (Shadow(module="chunk", path="/home/ada/course/chunk.py", standard_library=True), "note"),
    ],
)
def test_a_file_named_like_a_library(shadow, expected):
    finding = findings("local-file-shadows-library", machine(interpreter=change(INTERPRETER, shadows=(shadow,))))[0]

    name = shadow.path.rpartition("/")[2]
    assert finding.status == expected
    assert texts(finding) == [f"mv -n -- {shadow.path} /home/ada/course/my_{name}"]


def test_the_package_one_works_on_is_no_shadow():
    shadow = Shadow(module="transformers", path="/home/ada/transformers/src/transformers")
    mine = packages(distribution("transformers", "5.0.dev0", editable=True))

    assert (
        status("local-file-shadows-library", machine(interpreter=change(INTERPRETER, shadows=(shadow,)), packages=mine))
        == "pass"
    )


USER = "/home/ada/.local/lib/python3.12/site-packages"


def test_a_package_of_the_user_s_folder_hides_conda_s():
    python = change(IN_CONDA, user_site_enabled=True)
    both = packages(
        distribution("torch", "1.13.1", in_user_site=True, location=USER),
        duplicates={"torch": (f"1.13.1 in {USER}", f"2.13.0 in {SITE}")},
    )

    finding = findings("user-site-shadows-environment", machine(interpreter=python, packages=both, conda=CONDA))[0]

    assert finding.status == "warn"
    assert "torch 1.13.1 hides 2.13.0" in finding.evidence[0]
    assert texts(finding) == [
        f"/home/ada/miniforge3/bin/conda env config vars set -p {CONDA_PREFIX} PYTHONNOUSERSITE=1"
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"user_site_enabled": False}, "pass"),
        ({"user_site_enabled": True, "prefix": "/usr", "base_prefix": "/usr", "environment": "system"}, "pass"),
        ({"user_site_enabled": True, "prefix": CONDA_PREFIX, "base_prefix": CONDA_PREFIX, "environment": "conda"}, "note"),
    ],
)  # fmt: skip
def test_the_user_s_folder_alone_is_no_fault(changes, expected):
    only = packages(distribution("black", "24.1", in_user_site=True, location=USER))

    assert (
        status("user-site-shadows-environment", machine(interpreter=change(INTERPRETER, **changes), packages=only))
        == expected
    )


def pair(torch, vision, *, name="torchvision", listed="", **changes):
    """A machine with these two builds, as their version.py names them."""
    ours = build("torch", torch, **({"metadata_version": listed} if listed else {}), **changes.pop("torch_build", {}))
    theirs = build(name, vision, **changes.pop("their_build", {}))
    rows = (distribution("torch", ours.metadata_version), distribution(name, theirs.metadata_version))
    return machine(packages=packages(*rows, builds=(ours, theirs), **changes))


@pytest.mark.parametrize(
    ("torch", "vision", "expected"),
    [
        ("2.13.0+cpu", "0.28.0+cpu", "pass"),
        ("2.14.1+cu130", "0.29.1+cu130", "pass"),
        ("2.15.0", "0.29.2", "pass"),
        ("2.14.1+cpu", "0.28.0+cpu", "fail"),
        ("2.13.0+cpu", "0.29.1+cpu", "fail"),
        ("1.14.0.dev20221116", "0.14.0", "fail"),
        ("2.6.0a0+ecf3bae40a.nv25.01", "0.20.0a0", "skip"),
        ("2.13.0+cpu", "0.1.9", "skip"),
    ],
)
def test_torch_and_its_torchvision(torch, vision, expected):
    assert status("torch-torchvision-mismatch", pair(torch, vision)) == expected


def test_another_patch_of_the_right_line_is_a_note():
    left = unsatisfied(("torchvision", "torch==2.3.1", "2.3.0"))

    assert status("torch-torchvision-mismatch", pair("2.3.0", "0.18.1", unsatisfied=left)) == "note"


def test_the_partner_comes_from_where_torch_came_from():
    fixes = findings("torch-torchvision-mismatch", pair("2.13.0+cpu", "0.20.1+cpu", listed="2.13.0+cpu"))[0].fixes

    assert fixes[0].commands[0].text == (
        f'{PYTHON} -m pip install --index-url https://download.pytorch.org/whl/cpu "torchvision==0.28.*"'
    )
    assert fixes[1].commands[0].text == f'{PYTHON} -m pip install torch==2.13.0 "torchvision==0.28.*"'


@pytest.mark.parametrize(
    ("torch", "audio", "expected"),
    [
        ("2.13.0+cpu", "2.11.0+cpu", "pass"), ("2.11.0", "2.10.0", "warn"), ("1.4.0a0", "0.3.0", "warn"), ("2.10.0", "2.11.0", "warn"),
    ],
)  # fmt: skip
def test_torch_and_its_torchaudio(torch, audio, expected):
    assert status("torch-torchaudio-mismatch", pair(torch, audio, name="torchaudio")) == expected


def test_torchaudio_that_is_required_fails():
    profile = change(BEGINNER, required=("torchaudio",))

    assert status("torch-torchaudio-mismatch", pair("2.11.0", "2.10.0", name="torchaudio"), profile) == "fail"


@pytest.mark.parametrize(
    ("torch", "vision", "torch_build", "their_build", "expected"),
    [
        ("2.13.0+cpu", "0.28.0+cu130", {}, {"cuda": "13.0"}, "fail"),
        ("2.13.0+cu130", "0.28.0+cpu", {"cuda": "13.0"}, {}, "fail"),
        ("2.13.0+cu130", "0.28.0+cu130", {"cuda": "13.0"}, {"cuda": "13.0"}, "pass"),
        ("2.0.1+cu117", "0.15.2+cu118", {"cuda": "11.7"}, {"cuda": "11.8"}, "fail"),
        ("2.14.1+cu130", "0.29.2+cu132", {"cuda": "13.0"}, {"cuda": "13.2"}, "note"),
        ("2.14.1+cu126", "0.29.2+cu132", {"cuda": "12.6"}, {"cuda": "13.2"}, "fail"),
        ("2.13.0", "0.28.0", {}, {}, "skip"),
        ("2.6.0", "0.21.0", {"cuda": "12.6"}, {}, "skip"),
    ],
)  # fmt: skip
def test_builds_for_different_devices(torch, vision, torch_build, their_build, expected):
    snapshot = pair(torch, vision, torch_build=torch_build, their_build=their_build)

    assert status("torch-torchvision-cuda-variant-mismatch", snapshot) == expected


def test_the_right_build_of_the_same_number_is_really_reinstalled():
    snapshot = pair("2.13.0+cpu", "0.28.0+cu130", listed="2.13.0+cpu", their_build={"cuda": "13.0"})

    commands = texts(findings("torch-torchvision-cuda-variant-mismatch", snapshot)[0])

    assert "--force-reinstall --no-deps --index-url https://download.pytorch.org/whl/cpu" in commands[0]


def test_two_torches():
    doubled = build("torch", "2.13.0+cpu", other_locations=("/usr/lib/python3/dist-packages/torch",))
    other = build("torch", "2.13.0+cpu", metadata_version="2.4.1")
    plain = build("torch", "2.13.0+cu130", cuda="13.0", metadata_version="2.13.0")

    def with_torch(one):
        return machine(packages=packages(distribution("torch", "2.13.0"), builds=(one,)))

    assert status("duplicate-torch-install", with_torch(doubled)) == "warn"
    assert status("duplicate-torch-install", with_torch(other)) == "warn"
    assert status("duplicate-torch-install", with_torch(plain)) == "pass"


def test_torch_from_conda_and_from_pip():
    torch = build("torch", "2.13.0")
    both = packages(
        distribution("torch", "2.13.0"), builds=(torch,), conda=(CondaPackage(name="pytorch", version="2.5.1"),)
    )
    snapshot = machine(interpreter=IN_CONDA, conda=CONDA, packages=both)

    finding = findings("conda-pip-mixed-torch", snapshot)[0]

    assert finding.status == "warn"
    assert texts(finding)[0] == f"/home/ada/miniforge3/bin/conda remove -y -p {CONDA_PREFIX} --force pytorch"
    alone = packages(
        distribution("torch", "2.13.0"), builds=(torch,), conda=(CondaPackage(name="numpy", version="2.1"),)
    )
    assert status("conda-pip-mixed-torch", machine(interpreter=IN_CONDA, conda=CONDA, packages=alone)) == "pass"


def test_a_kernel_whose_python_is_gone_is_removed():
    gone = Kernel(
        name="old", language="python", spec="/home/ada/.local/share/jupyter/kernels/old", executable="/home/ada/old/bin/python",
        exists=False,
    )  # fmt: skip
    snapshot = machine(jupyter=change(JUPYTER, kernels=(*JUPYTER.kernels, gone)))

    by_subject = {one.subject: one for one in findings("jupyter-kernel-missing-interpreter", snapshot)}

    assert {name: one.status for name, one in by_subject.items()} == {"old": "warn", "python3": "pass"}
    assert texts(by_subject["old"]) == ["rm -rf -- /home/ada/.local/share/jupyter/kernels/old"]
    assert roots(snapshot) == ["jupyter-kernel-missing-interpreter"]


@pytest.mark.parametrize(
    "kernel",
    [
        Kernel(name="ir", language="R", spec="/x/kernels/ir", executable="/opt/R/bin/R", exists=False),
        Kernel(name="python3", language="python", spec="/x/kernels/python3", executable=ABSENT, exists=False),
    ],
)
def test_kernels_of_others_and_bare_names_are_left_alone(kernel):
    assert "jupyter-kernel-missing-interpreter" not in roots(machine(jupyter=change(JUPYTER, kernels=(kernel,))))


ELSEWHERE = Kernel(
    name="python3", language="python", spec="/home/ada/.local/share/jupyter/kernels/python3",
    executable="/home/ada/miniconda3/bin/python", exists=True, prefix="/home/ada/miniconda3",
)  # fmt: skip


def test_a_kernel_of_another_python_alone_is_a_warning_with_the_way_to_an_own_one():
    snapshot = machine(jupyter=change(JUPYTER, kernels=(ELSEWHERE,)))

    finding = findings("jupyter-kernel-of-another-python", snapshot)[0]

    assert finding.status == "warn"
    assert texts(finding) == [f'{PYTHON} -m ipykernel install --user --name dl --display-name "Python (dl)"']


@pytest.mark.parametrize(
    ("jupyter", "changes", "expected"),
    [
        (change(JUPYTER, kernels=(ELSEWHERE, *JUPYTER.kernels)), {}, "note"),
        (change(JUPYTER, kernels=()), {}, "skip"),
        (change(JUPYTER, kernels=(ELSEWHERE,)), {"cloud": COLAB}, "skip"),
        (change(JUPYTER, kernels=(change(JUPYTER.kernels[0], executable="/usr/bin/python", prefix="/usr"),)), {}, "pass"),
    ],
)  # fmt: skip
def test_where_a_kernel_of_another_python_is_no_fault(jupyter, changes, expected):
    assert status("jupyter-kernel-of-another-python", machine(jupyter=jupyter, **changes)) == expected


def test_on_windows_files_are_renamed_in_its_own_words():
    windows = change(OS, system="windows", name="Windows 11", shell="powershell", distribution="", glibc=ABSENT)
    shadow = Shadow(module="torch", path=r"C:\Users\Ada\torch.py")
    snapshot = machine(os=windows, interpreter=change(INTERPRETER, shadows=(shadow,)))

    assert texts(findings("local-file-shadows-library", snapshot)[0]) == [
        r"Rename-Item -LiteralPath 'C:\Users\Ada\torch.py' -NewName 'my_torch.py'"
    ]
