"""What a text tells of imports that failed and requirements that are not met."""

import pytest

from tests.texts import facts, roots, status


def sure_roots(text):
    """The causes that are told as such; not that words without anything else have a likely one."""
    return [one for one in roots(text) if one != "cause-only-likely"]


PROTOBUF = """\
TensorFlow version: 2.3.0
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/venv/lib/python3.8/site-packages/tensorflow/__init__.py", line 41, in <module>
    from tensorflow.python.tools import module_util as _module_util
  File "/venv/lib/python3.8/site-packages/tensorflow/python/__init__.py", line 40, in <module>
    from tensorflow.python.eager import context
TypeError: Descriptors cannot not be created directly.
"""
AT_WORK = """\
Traceback (most recent call last):
  File "train.py", line 3, in <module>
    import pandas
  File "train.py", line 9, in main
    frame = pandas.DataFrame(1)
  File "/venv/lib/python3.8/site-packages/pandas/core/frame.py", line 40, in __init__
    raise TypeError("no")
TypeError: DataFrame constructor not properly called!
"""
WRAPPED = """\
>>> import numpy
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
  File "C:\\Users\\u\\anaconda3\\lib\\site-packages\\num
py\\__init__.py", line 140, in <module>
ImportError: DLL load failed: The specified module could not be found.
"""
BOOSTED = "xgboost.core.XGBoostError: XGBoost Library (libxgboost.dylib) could not be loaded.\n"
NOTEBOOK = """\
ImportError                               Traceback (most recent call last)
<ipython-input-1-aa> in <module>()
----> 1 import scipy.stats

ImportError: cannot import name 'x'
"""


@pytest.mark.parametrize(
    ("text", "module"),
    [(WRAPPED, "numpy"), (BOOSTED, "xgboost"), (NOTEBOOK, "scipy")],
    ids=["prompt", "kind", "notebook"],
)
def test_which_library_was_imported(text, module):
    assert [one.name for one in facts(text).libraries.value.imported] == [module]


def test_any_exception_on_the_way_of_an_import_is_its_failure():
    assert roots(PROTOBUF) == ["tensorflow-import-fails"]


def test_an_exception_at_work_is_no_failed_import():
    assert facts(AT_WORK).libraries.value is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ImportError: tokenizers>=0.22.0,<=0.23.0 is required for a normal functioning of this module, but found tokenizers==0.21.4.",
         "transformers requires tokenizers>=0.22.0,<=0.23.0; 0.21.4 is installed"),
        ("ERROR: torchtext 0.15.2 requires torch==2.0.1, but you have torch 2.1.0 which is incompatible.",
         "torchtext requires torch==2.0.1; 2.1.0 is installed"),
        ("pkg_resources.ContextualVersionConflict: (numpy 1.16.0 (/x/site-packages), Requirement.parse('numpy>=1.17'), {'scipy'})",
         "scipy requires numpy>=1.17; 1.16.0 is installed"),
        ("pkg_resources.DistributionNotFound: The 'tqdm>=4' distribution was not found and is required by nltk",
         "nltk requires tqdm>=4; missing"),
    ],
)  # fmt: skip
def test_a_requirement_that_is_not_met(line, words):
    report_of = facts(line + "\n").packages.value.unsatisfied

    assert [f"{one.distribution} requires {one.requirement}; " + (f"{one.found} is installed" if one.found else "missing")
            for one in report_of] == [words]  # fmt: skip
    assert status("requirements-unsatisfied", line + "\n") == "fail"


def test_what_could_not_be_built_from_source_was_to_be_installed():
    text = "Python 3.12.1\nCollecting numpy==1.21.2\n  Using cached numpy-1.21.2.zip (10.3 MB)\n  error: subprocess-exited-with-error\n"

    (attempt,) = facts(text).pasted.value.attempts
    assert (attempt.requirement, attempt.failed) == ("numpy==1.21.2", True)
    assert roots(text) == ["python-unsupported"]


def test_the_module_in_the_place_of_the_package_is_a_misnomer():
    text = (
        "Collecting sklearn\n  Downloading sklearn-0.0.post5.tar.gz (3.7 kB)\n  error: subprocess-exited-with-error\n"
    )

    assert roots(text) == ["requirement-misnamed"]


@pytest.mark.parametrize(("length", "expected"), [(260, ["long-paths-disabled"]), (90, [])])
def test_a_path_too_long_for_windows(length, expected):
    path = "C:\\\\Python38\\\\" + "x" * length
    assert (
        roots(f"ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: '{path}'\n")
        == expected
    )


def test_packages_of_another_system_are_why_conda_finds_none():
    text = "Windows 10\nResolvePackageNotFound:\n  - ld_impl_linux-64=2.33.1\n  - readline=8.0\n"

    assert roots(text) == ["conda-file-of-another-system"]


def test_what_was_built_from_source_is_judged_by_no_table():
    form = "TensorFlow installed from (source or binary): {}\nTensorFlow version: 1.12.0\nCUDA/cuDNN version: 10.0 / 7.4\nGPU: GeForce GTX 1080\n"

    assert roots(form.format("binary")) == ["tf-cuda-version-mismatch"]
    assert roots(form.format("source")) == []


@pytest.mark.parametrize(
    ("have", "need", "cause"),
    [("arm64", "x86_64", "rosetta-python"), ("x86_64", "arm64", "distribution-of-another-python")],
)
def test_the_processors_of_a_mac(have, need, cause):
    text = f"ImportError: dlopen(/x/numpy/_c.so, 0x0002): tried: '/x/numpy/_c.so' (mach-o file, but is an incompatible architecture (have '{have}', need '{need}'))\n"

    assert roots(text) == [cause]


OFFERED = "ERROR: Could not find a version that satisfies the requirement torch=={} (from versions: 1.13.1, 2.0.1, 2.1.2, {})\nERROR: No matching distribution found for torch=={}\n"


@pytest.mark.parametrize(
    ("before", "wanted", "last", "expected"),
    [
        ("", "2.5.1", "2.2.2", ["platform-without-wheels"]),
        ("on an Intel Mac\n", "2.4", "2.2.2", ["platform-without-wheels"]),
        ("Ubuntu 22.04\n", "9.9.9", "2.2.2", []),
        ("", "9.9.9", "2.6.0", []),
    ],
)
def test_what_pip_offers_ends_where_intel_macs_end(before, wanted, last, expected):
    assert sure_roots(before + OFFERED.format(wanted, last, wanted)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM python:3.12-alpine\nERROR: Could not find a version that satisfies the requirement onnxruntime (from versions: none)\n", ["platform-without-wheels"]),
        ("FROM python:3.9-alpine\n>>> import torch\nOSError: Error relocating /x/site-packages/torch/lib/libgomp.so.1: pthread_x: symbol not found\n", ["platform-without-wheels"]),
        ("python 3.9\nERROR: No matching distribution found for tensorflow==2.3.0\n", ["python-unsupported"]),
        ("python 3.8\nERROR: No matching distribution found for tensorflow==2.3.0\n", []),
    ],
)  # fmt: skip
def test_why_nothing_was_offered(text, expected):
    assert roots(text) == expected


def test_an_intel_python_by_file_on_apple_silicon():
    text = "zsh: illegal hardware instruction python, on a Mac with M1\n% uname -m\narm64\n% file $(which python)\n/opt/anaconda3/bin/python: Mach-O 64-bit executable {}\n"

    assert roots(text.format("x86_64")) == ["rosetta-python"]
    assert sure_roots(text.format("arm64")) == []


SEARCH_PATH = """\
['', '/home/u/miniconda3/envs/a/lib/python38.zip', '{first}', '{second}']
{third}
"""
USER, OWN = "/home/u/.local/lib/python3.8/site-packages", "/home/u/miniconda3/envs/a/lib/python3.8/site-packages"


def test_the_user_folder_before_the_environment():
    shown = SEARCH_PATH.format(first=USER, second=OWN, third=f"{USER}/numpy/__init__.py")
    unmentioned = SEARCH_PATH.format(first=USER, second=OWN, third="/x/numpy/__init__.py")
    behind = SEARCH_PATH.format(first=OWN, second=USER, third=f"{OWN}/numpy/__init__.py")

    assert roots(shown) == ["user-site-shadows-environment"]
    assert roots("Python 3.8\n" + unmentioned) == []
    assert roots("Python 3.8\n" + behind) == []


OLD_NUMPY = """\
{raised}: module compiled against {kind} version {asked} but this version of numpy is {there}
Traceback (most recent call last):
  File "main.py", line 1, in <module>
    import torch
  File "/venv/lib/python3.{minor}/site-packages/torch/__init__.py", line 53, in <module>
    from torch._C import *
ImportError: numpy.core.multiarray failed to import
"""


@pytest.mark.parametrize(
    ("kind", "asked", "there", "minor", "expected"),
    [
        ("API", "0xb", "0xa", 10, ["torch-import-fails"]),
        ("ABI", "0x1000009", "0x2000000", 10, ["numpy2-abi"]),
        ("ABI", "0x1000009", "0x2000000", 8, ["torch-import-fails"]),
    ],
    ids=["older", "numpy 2", "a Python without NumPy 2"],
)
def test_which_way_numpy_does_not_fit(kind, asked, there, minor, expected):
    text = OLD_NUMPY.format(raised="RuntimeError", kind=kind, asked=asked, there=there, minor=minor)

    assert roots(text) == expected


@pytest.mark.parametrize("quoted", ["'_bz2'", "`_bz2`", "\u2018_bz2\u2019"])
def test_all_quotation_marks_are_one(quoted):
    assert roots(f"ModuleNotFoundError: No module named {quoted}\n") == ["standard-library-incomplete"]


def test_lines_that_are_code_each_by_itself():
    lines = [
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in <module>',
        "    import torch",
        "ImportError: x.so: no",
    ]

    assert facts("\n".join(f"`{line}`" for line in lines)).libraries.value == facts("\n".join(lines)).libraries.value


def test_a_folder_of_packages_that_may_not_be_written():
    assert roots("OSError: [Errno 13] Permission denied: '/usr/lib/python3/dist-packages/x'") == [
        "environment-not-writable"
    ]


PERSONS = """\
Traceback (most recent call last):
  File "get_data.py", line 9, in <module>
    from src.reader import table
  File "/home/u/src/reader.py", line 13, in <module>
    import pandas as pd
  File "/usr/lib/python3/dist-packages/pandas/__init__.py", line 1, in <module>
    from pandas import x
ImportError: cannot import name 'x' from 'pandas'
"""


def test_a_module_of_the_persons_own_is_passed_by():
    assert [one.name for one in facts(PERSONS).libraries.value.imported] == ["pandas"]


@pytest.mark.parametrize(
    ("requirement", "offered", "expected"),
    [
        ("pandas~=1.2.0", "1.1.4, 1.1.5", ["python-unsupported"]),
        ("pandas>=1.2,<2", "1.1.4, 1.1.5", ["python-unsupported"]),
        ("pandas==99.1", "2.2.0, 2.2.1", ["required-package-missing"]),
        ("somepackage==1.2.0", "1.1.4, 1.1.5", ["required-package-missing"]),
    ],
)
def test_a_release_that_is_there_and_not_offered(requirement, offered, expected):
    lines = f"ERROR: Could not find a version that satisfies the requirement {requirement} (from versions: {offered})\n"

    assert roots(lines) == expected


def test_a_line_that_the_console_cut():
    line = "Could not fetch URL https://index.example/simple/x/: connection error: [SSL: CERTIFICATE_VERIFY_FAIL"
    cut = line[-80:] + "\nED] certificate verify failed (_ssl.c:777)\n"

    assert (
        facts(cut).pasted.value.errors[0].endswith("CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:777)")
    )


def test_what_a_docker_build_prints():
    line = "ERROR: No matching distribution found for torch==1.6.0"

    assert facts(f"#10 98.65 {line}\n#11 1.2 {line}\n").pasted.value.errors == (line,)


def test_an_import_and_its_error_in_one_line():
    assert roots(
        "import torch # fails : ImportError: cannot import name 'x' from 'typing_extensions' (/usr/lib/x.py)\n"
    ) == ["torch-import-fails"]


def test_a_windows_path_in_json():
    text = '"message": "[WinError 126] Error loading \\"C:\\\\env\\\\torch\\\\lib\\\\fbgemm.dll\\" or one of its dependencies."'

    assert roots(text) == ["visual-cpp-runtime-missing"]


NONE_OFFERED = """\
ERROR: Could not find a version that satisfies the requirement torch (from versions: none)
Libc version: glibc-{}
Python platform: Linux-5.15.12-{}-with-glibc{}
Python version: 3.10.1 (main, Dec 18 2021, 23:53:45) [GCC 11.1.0] ({}-bit runtime)
"""


@pytest.mark.parametrize(
    ("glibc", "machine", "bits", "expected"),
    [
        ("2.33", "x86_64", 64, ["python-unsupported"]),
        ("2.12", "x86_64", 64, None),
        ("2.33", "armv7l", 64, None),
        ("2.33", "x86_64", 32, ["python-32bit"]),
    ],
)
def test_where_only_the_python_can_be_why_nothing_is_offered(glibc, machine, bits, expected):
    told = roots(NONE_OFFERED.format(glibc, machine, glibc, bits))

    assert told[:1] == expected if expected else "python-unsupported" not in told
