"""Reports about environments, told in words, as snapshots: the cause that the thread confirmed is found, others not.

Each holds the facts that the reporter gave; the address is where they stand.
"""

import pytest

from dlcheck.model.gaps import ABSENT, Ending, Missing, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.python import CondaPackage, ExtraRequirement, Shadow
from dlcheck.model.tools import OddFile, OtherPython, Project
from tests.facts import (
    BEGINNER,
    CPU,
    GIB,
    INTERPRETER,
    NUMERICS,
    OS,
    PYTHONS,
    STORAGE,
    TOOLS,
    change,
    distribution,
    findings,
    machine,
    packages,
    roots,
)  # fmt: skip

WINDOWS = change(OS, system="windows", name="Windows 10", distribution="", glibc=ABSENT, machine="AMD64", shell="cmd")
MAC = change(
    OS, system="darwin", name="macOS 15.1", version="15.1", distribution="", glibc=ABSENT, shell="zsh", machine="arm64"
)
NO_FRAMEWORK = {"torch": unseen("absent"), "packages": packages()}


def failed(words, kind="ImportError", stage="importing torch"):
    return change(
        unseen("broken", words, ending=Ending(words="exited with status 1", exit_status=1, stage=stage)),
        missing=Missing("broken", words, kind),
    )


def python_32_bits():
    python = change(INTERPRETER, version="3.8.10", bits=32, platform_tag="win32", environment="conda", machine="i686")
    return machine(os=WINDOWS, interpreter=python, **NO_FRAMEWORK)


def pip_of_the_32_bit_python():
    other = OtherPython(
        command="",
        path=r"C:\Python36-32\python.exe",
        executable=r"C:\Python36-32\python.exe",
        prefix=r"C:\Python36-32",
        version="3.6.1",
    )
    pythons = change(
        PYTHONS, found=(*PYTHONS.found, other), pip=r"C:\Python36-32\Scripts\pip.exe", pip_python=other.path
    )
    return machine(pythons=pythons)


def certificates():
    framework = "/Library/Frameworks/Python.framework/Versions/3.12"
    python = change(
        INTERPRETER, base_prefix=framework, prefix=framework, environment="framework", platform_tag="macosx-11.0-arm64",
        machine="arm64", certificates=Missing("absent", f"neither {framework}/etc/openssl/cert.pem nor certs"),
    )  # fmt: skip
    return machine(os=MAC, interpreter=python)


def user_site():
    user, conda = "/home/ada/.local/lib/python3.12/site-packages", "/home/ada/.anaconda"
    python = change(
        INTERPRETER, environment="conda", prefix=conda, base_prefix=conda, user_site=user, user_site_enabled=True
    )
    mine = distribution("numpy", "1.8.0", location=user, in_user_site=True)
    both = change(packages(mine), duplicates={"numpy": (f"1.8.0 in {user}", f"1.7.1 in {conda}/lib")})
    return machine(interpreter=python, packages=both)


def file_named_torch():
    shadow = Shadow(module="torch", path="/home/ada/sahi/utils/torch.py")
    words = "cannot import name 'stack' from partially initialized module 'torch' (/home/ada/sahi/utils/torch.py)"
    return machine(interpreter=change(INTERPRETER, shadows=(shadow,)), torch=failed(words))


def mkl():
    records = (
        CondaPackage(name="mkl", version="2024.1.0", channel="https://repo.anaconda.com/pkgs/main/linux-64"),
        CondaPackage(name="pytorch", version="2.2.2", channel="https://conda.anaconda.org/pytorch/linux-64"),
    )
    python = change(INTERPRETER, environment="conda", base_prefix=INTERPRETER.prefix)
    torch = failed("libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent")
    return machine(interpreter=python, packages=packages(conda=records), torch=torch)


def fbgemm():
    words = '[WinError 126] The specified module could not be found. Error loading "C:\\torch\\lib\\fbgemm.dll"'
    torch = distribution("torch", "2.4.0")
    return machine(os=WINDOWS, torch=failed(words, "OSError"), packages=packages(torch))


COLAB = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)


def pinned_in_a_running_session():
    pinned = packages(distribution("numpy", "1.26.4"), distribution("pandas", "2.2.3"), distribution("torch", "2.6.0"))
    return machine(
        cloud=COLAB, packages=pinned, numerics=change(NUMERICS, imports={**NUMERICS.imports, "numpy": "1.26.4"})
    )


def translated_python():
    python = change(INTERPRETER, platform_tag="macosx-10.9-x86_64", machine="x86_64", translated=True)
    died = unseen(
        "crashed",
        "killed by SIGILL",
        ending=Ending(words="killed by SIGILL", signal="SIGILL", stage="importing tensorflow"),
    )
    cpu = change(CPU, brand="Apple M1", architecture="arm64", instruction_sets=("neon",))
    return machine(os=MAC, interpreter=python, cpu=cpu, tensorflow=died, **NO_FRAMEWORK)


def python_home():
    words = "exited with status 1; PYTHONHOME is set to /opt/nce/packages/global/python/3.8.2"
    tail = "Python path configuration:\n  PYTHONHOME = '/opt/nce'\nModuleNotFoundError: No module named 'encodings'"
    interpreter = unseen("broken", words, ending=Ending(words="exited with status 1", exit_status=1, stderr_tail=tail))
    gone = {name: unseen("broken", words) for name in ("packages", "requirements", "numerics", "torch")}
    return machine(interpreter=interpreter, **gone)


def cache_on_a_small_disk():
    small = change(STORAGE.places[1], path="/root/.cache/huggingface", total_bytes=30 * GIB, free_bytes=GIB)
    return machine(storage=change(STORAGE, places=(STORAGE.places[0], small, STORAGE.places[2])))


def editor_at_fault():
    return machine(os=change(WINDOWS, name="Windows 11"))


def no_avx():
    died = unseen(
        "crashed",
        "killed by SIGILL",
        ending=Ending(words="killed by SIGILL", signal="SIGILL", stage="importing tensorflow"),
    )
    cpu = change(CPU, brand="Intel(R) Xeon(R) CPU W3520 @ 2.67GHz", instruction_sets=("sse4_2",))
    return machine(
        cpu=cpu, tensorflow=died, torch=unseen("absent"), packages=packages(distribution("tensorflow", "2.18.0"))
    )


def wrong_division():
    installed = packages(
        distribution("numpy", "2.3.5"),
        distribution("pandas", "2.3.3"),
        distribution("numexpr", "2.10.2"),
        distribution("torch", "2.13.0"),
    )
    return machine(packages=installed)


def pointers():
    odd = OddFile(path="/content/smoothquant/act_scales/opt-13b.pt", kind="lfs-pointer")
    return machine(project=Project(odd=(odd,), is_repository=True))


def network_drive():
    there = change(STORAGE.places[0], path=r"u:\DATA\env", filesystem="cifs", network=True)
    return machine(os=WINDOWS, storage=change(STORAGE, places=(there, *STORAGE.places[1:])))


PINNED = change(BEGINNER, extra_requirements=("numpy==1.20.3",))


def a_pin_without_a_wheel():
    pin = ExtraRequirement(requirement="numpy==1.20.3", name="numpy")
    compilers = change(TOOLS, found=())
    without = change(packages(distribution("torch", "2.13.0")), distributions=())
    return machine(requirements=(pin,), tools=compilers, packages=without, torch=unseen("absent"))


CASES = {
    "tensorflow/tensorflow#13340": (python_32_bits, "python-32bit", ("python-unsupported",)),
    "tensorflow/tensorflow#10786": (pip_of_the_32_bit_python, "pip-of-another-python", ()),
    "ageron/handson-ml#644": (certificates, "certificates-missing", ("certificate-file-lost", "proxy-does-not-answer")),
    "conda/conda#448": (user_site, "user-site-shadows-environment", ("duplicate-distribution",)),
    "obss/sahi#402": (file_named_torch, "local-file-shadows-library", ("torch-import-fails", "torch-leftover")),
    "interaction-lab/BlossomNav#3": (
        mkl,
        "mkl-too-new-for-torch",
        ("torch-import-fails", "torch-torchvision-mismatch"),
    ),
    "Zarxrax/Cutie-Roto#5": (fbgemm, "torch-import-fails", ()),
    "googlecolab/colabtools#5205": (pinned_in_a_running_session, "", ("numpy2-abi", "requirements-unsatisfied")),
    "apple/tensorflow_macos#81": (translated_python, "rosetta-python", ("cpu-without-avx",)),
    "bioconda/bioconda-utils#717": (
        python_home,
        "python-does-not-start",
        ("required-package-missing", "torch-import-fails"),
    ),
    "hiyouga/LlamaFactory#275": (cache_on_a_small_disk, "disk-almost-full", ()),
    "microsoft/vscode-jupyter#17084": (editor_at_fault, "", ("jupyter-kernel-of-another-python",)),
    "tensorflow/tensorflow#30114": (no_avx, "cpu-without-avx", ("tensorflow-import-crashes",)),
    "pandas-dev/pandas#63320": (
        wrong_division,
        "numexpr-wrong-results",
        ("ram-below-minimum", "requirements-unsatisfied"),
    ),
    "mit-han-lab/smoothquant#13": (pointers, "data-are-lfs-pointers", ("torch-import-fails",)),
    "microsoft/vscode-jupyter#8182": (
        network_drive,
        "environment-on-a-network-drive",
        ("jupyter-kernel-of-another-python",),
    ),
}


@pytest.mark.parametrize("thread", CASES)
def test_the_confirmed_cause_is_named_first_and_the_wrong_ones_not(thread):
    make, cause, wrong = CASES[thread]

    found = roots(make())

    assert found[:1] == ([cause] if cause else []), found
    assert not set(wrong) & set(found)


def test_a_pin_without_a_wheel_sends_nobody_to_a_compiler():
    snapshot = a_pin_without_a_wheel()

    finding = findings("python-unsupported", snapshot, PINNED)[0]

    assert roots(snapshot, PINNED)[0] == "python-unsupported"
    words = str(finding.fixes)
    assert "3.9" in words and "build-essential" not in words and "Build Tools" not in words


def test_torch_2_4_0_is_renewed_and_no_single_library_fetched():
    fix = findings("torch-import-fails", fbgemm())[0].fixes[0]

    assert fix.commands[-1].argv[-2:] == ("--upgrade", "torch")


def test_a_processor_without_avx_is_no_reason_to_install_anything_again():
    finding = findings("cpu-without-avx", no_avx())[0]

    assert finding.fixes[0].commands == ()
    assert "reinstalling does not help" in finding.fixes[0].title


def test_the_cache_is_named_and_not_the_larger_disk():
    finding = findings("disk-almost-full", cache_on_a_small_disk())[0]

    assert finding.subject == "hugging-face"
    assert any("HF_HOME" in fix.title for fix in finding.fixes)
