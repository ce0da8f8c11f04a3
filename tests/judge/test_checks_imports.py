"""What came of importing a framework: which check says it, with which meaning, and who is silent."""

import msgspec
import pytest

from dlcheck.judge.checks.probes import has_own_check
from dlcheck.judge.engine import all_checks
from dlcheck.judge.explanations import waiting_in
from dlcheck.judge.knowledge.error_messages import meaning_of, meaning_of_signal, table
from dlcheck.model.frameworks import ImportFailure, Libraries, LibraryImport, Numerics, TensorFlow, Torch
from dlcheck.model.gaps import ABSENT, Ending, Missing, Probed, seen, unseen
from dlcheck.model.python import Shadow, Unsatisfied
from dlcheck.model.report import Report
from dlcheck.model.snapshot import PROBES
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    INTERPRETER,
    NUMERICS,
    OS,
    TORCH_CUDA,
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
)

TENSORFLOW = TensorFlow(version="2.21.0", import_seconds=4.0)
IMPORTING = "importing torch"


def raised(kind: str, message: str, stack: str = "", stderr: str = "") -> Probed:
    ending = Ending(words="exited with status 0", exit_status=0, stage=IMPORTING, stack=stack, stderr_tail=stderr)
    return Probed(missing=Missing("broken", f"{kind}: {message}", kind), seconds=1.0, ending=ending)


def died(signal: str = "SIGSEGV", stage: str = IMPORTING, stderr: str = "") -> Probed:
    ending = Ending(words=f"killed by {signal}", signal=signal, stage=stage, stderr_tail=stderr)
    return Probed(missing=Missing("crashed", f"{ending.words} while {stage}"), seconds=1.0, ending=ending)


def stuck(busy: bool, stage: str = IMPORTING) -> Probed:
    ending = Ending(words="no answer after 60 s", busy=busy, stage=stage)
    return Probed(missing=Missing("timed-out", f"{ending.words} while {stage}"), seconds=60.0, ending=ending)


def later(ending: Ending, torch: Torch = TORCH_CUDA) -> Probed:
    """Imported, and ended badly afterwards."""
    return seen(torch, seconds=3.0, ending=ending)


LEFTOVER = Probed(missing=Missing("broken", "/site/torch holds no __init__.py", "leftover"), seconds=0.1)
NOT_TORCH = Probed(
    missing=Missing("broken", "/home/ada/course/torch.py was imported as torch and has no version", "no-version")
)
CUDA_CRASH = Ending(
    words="killed by SIGSEGV (invalid memory access)", signal="SIGSEGV", stage="asking CUDA whether it is available"
)
CUDA_HANG = Ending(words="no answer after 60 s", busy=False, stage="asking CUDA whether it is available")
PRODUCT_CRASH = Ending(words="killed by SIGILL", signal="SIGILL", stage="multiplying on cpu")
EXERCISE_EXIT = Ending(
    words="exited with status 3, without an answer", exit_status=3, stage="derivatives on cpu: chain-rule"
)
EXERCISE_HANG = Ending(words="no answer after 60 s", busy=True, stage="derivatives on cpu: chain-rule")


@pytest.mark.parametrize(
    ("torch", "root"),
    [
        (unseen("absent"), "torch-not-installed"),
        (LEFTOVER, "torch-leftover"),
        (NOT_TORCH, "torch-import-fails"),
        (
            raised("ImportError", "libcudart.so.13: cannot open shared object file: No such file or directory"),
            "torch-import-fails",
        ),
        (raised("SystemExit", "0"), "torch-import-fails"),
        (
            Probed(
                missing=Missing("broken", "exited with status 0, without an answer while importing torch"),
                ending=Ending(words="exited with status 0, without an answer", exit_status=0, stage=IMPORTING),
            ),
            "torch-import-fails",
        ),
        (died("SIGILL"), "torch-import-crashes"),
        (died("0xC0000005"), "torch-import-crashes"),
        (died("SIGSEGV", stage="starting"), "torch-import-crashes"),
        (stuck(busy=True), "torch-import-hangs"),
        (stuck(busy=False), "torch-import-hangs"),
        (later(CUDA_CRASH), "torch-cuda-init-crashes"),
        (later(CUDA_HANG), "torch-cuda-init-hangs"),
        (later(PRODUCT_CRASH), "torch-computing-crashes"),
        (later(EXERCISE_EXIT), "torch-computing-crashes"),
        (later(EXERCISE_HANG), "torch-computing-hangs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_end_of_torch_is_one_problem_of_its_own(torch, root):
    broken = machine(torch=torch)
    assert roots(broken) == [root]
    assert report(broken).verdict == "not-ready"
    # With another framework that works, the course can be held.
    assert report(machine(torch=torch, tensorflow=TENSORFLOW)).verdict in ("ready", "ready-with-warnings")


FAMILY = ("-not-installed", "-leftover", "-import-fails", "-import-crashes", "-import-hangs", "-cuda-init-crashes",
          "-cuda-init-hangs", "-computing-crashes", "-computing-hangs")  # fmt: skip


@pytest.mark.parametrize("snapshot", [machine(), gpu_machine(), machine(tensorflow=TENSORFLOW)])
def test_what_works_is_silent(snapshot):
    family = [one for one in report(snapshot).findings if one.id.endswith(FAMILY)]
    assert {one.status for one in family} <= {"pass", "skip"}
    assert {"torch-import-fails", "tensorflow-import-fails", "jax-import-fails"} <= {one.id for one in family}


@pytest.mark.parametrize(
    ("tensorflow", "root"),
    [
        (raised("TypeError", "Descriptors cannot be created directly."), "tensorflow-import-fails"),
        (LEFTOVER, "tensorflow-import-fails"),
        (died("SIGILL", "importing tensorflow"), "tensorflow-import-crashes"),
        (stuck(True, "importing tensorflow"), "tensorflow-import-hangs"),
        (
            seen(TENSORFLOW, 4.0, Ending(words="killed by SIGABRT", signal="SIGABRT", stage="multiplying on GPU:0")),
            "tensorflow-computing-crashes",
        ),
        (
            seen(TENSORFLOW, 4.0, Ending(words="no answer", busy=False, stage="asking TensorFlow for its GPUs")),
            "tensorflow-computing-hangs",
        ),
    ],
)
def test_each_end_of_tensorflow_is_one_problem_of_its_own(tensorflow, root):
    without_torch = machine(torch=unseen("absent"), tensorflow=tensorflow)
    assert roots(without_torch) == [root]
    beside_torch = machine(tensorflow=tensorflow)
    assert status(root, beside_torch) == "warn"
    assert report(beside_torch).verdict == "ready-with-warnings"


@pytest.mark.parametrize(
    ("group", "probed", "root"),
    [
        (
            "jax",
            raised("RuntimeError", "jaxlib is version 0.4.1, but this version of jax requires version >= 0.5"),
            "jax-import-fails",
        ),
        ("jax", died("SIGILL", "importing jax"), "jax-crashes"),
        ("jax", stuck(False, "importing jax"), "jax-hangs"),
        (
            "torch_xla",
            raised("ImportError", "_XLAC.so: undefined symbol: _ZN5torch8autograd10deleteNodeEPNS0_4NodeE"),
            "torch-xla-import-fails",
        ),
        ("torch_xla", died("SIGSEGV", "importing torch_xla"), "torch-xla-crashes"),
        ("torch_xla", stuck(False, "importing torch_xla"), "torch-xla-hangs"),
        ("numerics", died("SIGSEGV", "importing pandas"), "numerics-crash"),
        ("numerics", stuck(False, "importing numpy"), "numerics-hang"),
        (
            "numerics",
            seen(Numerics(), 1.0, Ending(words="killed by SIGABRT", signal="SIGABRT", stage="importing scipy")),
            "numerics-crash",
        ),
    ],
)
def test_each_end_of_the_others_is_one_problem_of_its_own(group, probed, root):
    assert root in roots(machine(**{group: probed}))


def test_a_framework_that_the_profile_does_not_need_only_warns():
    assert status("jax-crashes", machine(jax=died("SIGILL", "importing jax"))) == "warn"


@pytest.mark.parametrize("group", PROBES)
@pytest.mark.parametrize("gap", ["crashed", "timed-out"])
def test_every_group_has_one_check_that_judges_its_crash_and_its_time_out(group, gap):
    """Whatever child dies or hangs, one finding says so, and it is no pass."""
    busy = False if gap == "timed-out" else None
    ending = Ending(
        words="it ended", busy=busy, signal="" if busy is not None else "SIGSEGV", stage=f"importing {group}"
    )
    broken = machine(**{group: Probed(missing=Missing(gap, "it ended"), seconds=1.0, ending=ending)})
    said = report(broken)
    assert len(said.root_causes) == 1, said.root_causes
    (own,) = [one for one in said.findings if one.id == said.root_causes[0] and one.status in ("warn", "fail")]
    assert has_own_check(group, gap) == (own.id not in ("probe-crashes", "probe-hangs"))


def test_a_host_program_that_hangs_leaves_what_it_would_have_told_unknown():
    broken = machine(git=unseen("timed-out", "no answer after 60 s"))
    said = report(broken)
    assert said.root_causes == ("probe-hangs",)
    (git,) = findings("git-missing", broken)
    assert (git.status, git.caused_by) == ("unknown", ("probe-hangs",))
    assert said.verdict == "unknown", "a profile that needs git cannot be met by a git that hangs"
    assert "git" in said.summary


def test_the_interpreter_that_does_not_start_is_one_problem_and_not_one_a_framework():
    ending = Ending(words="killed by SIGSEGV", signal="SIGSEGV", stage="starting")
    crash = Probed(missing=Missing("crashed", "killed by SIGSEGV while starting"), seconds=0.1, ending=ending)
    groups = ("interpreter", "packages", "torch", "tensorflow", "jax", "numerics")
    assert roots(machine(**dict.fromkeys(groups, crash))) == ["python-does-not-start"]


def test_a_framework_that_is_installed_and_broken_is_the_problem_not_the_one_that_is_absent():
    broken = machine(torch=unseen("absent"), tensorflow=raised("ImportError", "boom"))
    assert status("torch-not-installed", broken) == "skip"
    assert roots(broken) == ["tensorflow-import-fails"]


@pytest.mark.parametrize(
    ("builds", "expected"),
    [((), "fail"), ((build("torch", "2.13.0+cpu"),), "pass"), ((build("tensorflow", "2.21.0"),), "skip")],
)
def test_quick_knows_by_the_files_whether_it_is_there(builds, expected):
    quick = machine(
        depth="quick",
        torch=unseen("not-looked", "left out by --quick"),
        tensorflow=unseen("not-looked"),
        packages=packages(builds=builds),
    )
    assert status("torch-not-installed", quick) == expected


def test_quick_sees_a_leftover():
    empty = build("torch", "2.13.0", has_code=False, metadata_version="")
    quick = machine(depth="quick", torch=unseen("not-looked"), packages=packages(builds=(empty,)))
    assert status("torch-leftover", quick) == "fail"


def test_without_an_interpreter_nothing_is_said_to_be_missing_from_it():
    none = unseen("absent", "no Python was found")
    assert status("torch-not-installed", machine(interpreter=none, torch=none)) == "skip"


def test_what_is_advised_fits_the_machine():
    """The CPU build where there is no GPU, the one for CUDA where there is; never a build that cannot run."""
    bare = packages()
    (laptop,) = findings("torch-not-installed", machine(torch=unseen("absent"), packages=bare))
    assert "/whl/cpu" in laptop.fixes[0].commands[-1].text
    (workstation,) = findings("torch-not-installed", gpu_machine(torch=unseen("absent"), packages=bare))
    assert "/whl/cpu" not in workstation.fixes[0].commands[-1].text
    assert "device='cuda'" in workstation.fixes[0].verify.text


def test_a_profile_without_torch_does_not_ask_for_it():
    profile = change(BEGINNER, name="statistics", frameworks_any=())
    assert findings("torch-not-installed", machine(torch=unseen("absent")), profile)[0].status == "skip"


MESSAGES = [
    ("libcudart.so.13: cannot open shared object file: No such file or directory", "cuda-library-missing"),
    ("/x/nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version libnvJitLink.so.12", "nvjitlink-too-old"),
    ("/x/torch/lib/libtorch_cuda.so: undefined symbol: ncclCommRegister", "cuda-library-of-another-version"),
    ("/x/libcublas.so.11: symbol free_gemm_select version libcublasLt.so.11 not defined in file libcublasLt.so.11 with link time reference", "cuda-libraries-mixed"),
    ("Error relocating /x/torch/lib/libgomp-a34b3233.so.1: pthread_attr_setaffinity_np: symbol not found", "musl-in-place-of-glibc"),
    ("No module named 'tf_keras'", "keras-2-wanted"),
    ("/x/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", "mkl-too-new"),
    ("libcuda.so.1: cannot open shared object file: No such file or directory", "driver-library-missing"),
    ("/lib64/libm.so.6: version `GLIBC_2.27' not found (required by /x/libtorch_cpu.so)", "glibc-too-old"),
    ("/x/libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by /x/a.so)", "libstdcxx-too-old"),
    ("DLL load failed while importing _C: The specified module could not be found.", "windows-library-missing"),
    ('[WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\fbgemm.dll" or one of its dependencies.', "torch-2.4.0-on-windows"),
    ('[WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading "C:\\x\\torch\\lib\\c10.dll"', "windows-library-missing"),
    ("[WinError 1455] The paging file is too small for this operation to complete.", "paging-file-too-small"),
    ("[WinError 4551] An Application Control policy has blocked this file", "application-control"),
    ("A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.2.6 as it may crash.", "numpy-1-abi"),
    ("numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject", "numpy-1-abi"),
    ("cannot import name 'stack' from partially initialized module 'torch' (most likely due to a circular import)", "shadowed-by-a-file"),
    ("/x/libtorch_cpu.so: failed to map segment from shared object", "cannot-map"),
    ("/x/libgomp-d22c30c5.so.1.0.0: cannot allocate memory in static TLS block", "static-tls"),
    ("dlopen(/x/_C.so): mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64')", "wrong-architecture"),
    ("/x/libtorch.so: file too short", "wrong-elf-class"),
    ("libGL.so.1: cannot open shared object file: No such file or directory", "opengl-library-missing"),
    ("/x/_XLAC.cpython-311-x86_64-linux-gnu.so: undefined symbol: _ZN5torch8autograd10deleteNodeEPNS0_4NodeE", "torch-extension-of-another-torch"),
    ("/x/_multiarray.so: undefined symbol: _PyUnicode_Ready", "extension-of-another-python"),
    ("operator torchvision::nms does not exist", "operator-missing"),
    ("Descriptors cannot be created directly.", "protobuf-too-new"),
    ("Detected incompatible Protobuf Gencode/Runtime versions when loading x.proto", "protobuf-generations"),
    ("Unable to import required dependency dateutil. Please see the traceback for details.", "dependency-missing"),
    ("Unable to import required dependencies:\nnumpy: No module named 'numpy'", "dependency-missing"),
    ("jaxlib is version 0.4.1, but this version of jax requires version >= 0.5", "jaxlib-mismatch"),
    ("module compiled against API version 0xe but this version of numpy is 0xd", "numpy-too-old"),
    ("/x/mmcv/_ext.so: undefined symbol: _ZTIN3c1021AutogradMetaInterfaceE", "torch-extension-of-another-torch"),
    ("No module named '_ctypes'", "standard-library-incomplete"),
    ("No module named 'typing_extensions'", "module-missing"),
    ("No module named 'pkg_resources'", "pkg-resources-missing"),
    ("No module named 'distutils'", "distutils-gone"),
    ("No module named 'distutils.version'", "distutils-gone"),
    ("No module named 'imp'", "old-standard-modules"),
    ("XGBoost Library (libxgboost.dylib) could not be loaded. Library not loaded: @rpath/libomp.dylib", "openmp-of-homebrew"),
    ("No module named 'torch._C'", "part-missing"),
    ("cannot import name 'TypeAliasType' from 'typing_extensions' (/x/typing_extensions.py)", "name-missing"),
    ("OMP: Error #15: Initializing libiomp5.so, but found libomp.so already initialized.", "two-openmp-runtimes"),
    ("[Errno 28] No space left on device", "out-of-space"),
    ("libfoo.so.3: cannot open shared object file: No such file or directory", "library-missing"),
    ("OpenBLAS blas_thread_init: pthread_create failed for thread 21 of 128: Resource temporarily unavailable", "thread-limit"),
    ("The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.", "no-avx"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "identity"), MESSAGES, ids=[identity for _, identity in MESSAGES])
def test_a_message_has_its_meaning(message, identity):
    meaning = meaning_of(message)
    assert meaning is not None
    assert meaning.id == identity
    assert "{" not in meaning.meaning


def test_every_row_of_the_table_has_a_message_in_these_tests_or_is_seen_elsewhere():
    assert {row.id for row in table().messages} - {identity for _, identity in MESSAGES} == {
        "numpy-of-another-python", "rocm-library-missing", "intel-gpu-library-missing", "openmp-library-missing",
        "out-of-memory", "symbol-missing", "not-readable", "newer-syntax",
    }  # fmt: skip


def test_a_message_that_nobody_knows_means_nothing():
    assert meaning_of("boom") is None
    assert meaning_of_signal("SIGHUP") is None


def commands(snapshot, identity="torch-import-fails") -> list[str]:
    (finding,) = findings(identity, snapshot)
    return [command.text for command in finding.fixes[0].commands]


def test_an_incomplete_installation_is_installed_again_in_the_build_it_was():
    broken = machine(
        torch=raised("ImportError", "libc10.so: cannot open shared object file: No such file or directory"),
        packages=packages(distribution("torch", "2.13.0+cpu"), distribution("torchvision", "0.28.0+cpu")),
    )
    first, *_ = commands(broken)
    assert "--force-reinstall" in first
    assert "torch==2.13.0+cpu torchvision==0.28.0+cpu" in first
    assert "https://download.pytorch.org/whl/cpu" in first


def test_a_missing_requirement_is_what_is_installed():
    lacking = Unsatisfied(distribution="torch", requirement="typing-extensions>=4.13; python_version > '3.8'")
    broken = machine(
        torch=raised("ModuleNotFoundError", "No module named 'typing_extensions'"),
        packages=packages(distribution("torch", "2.13.0"), unsatisfied=(lacking,)),
    )
    assert any("typing-extensions>=4.13" in text for text in commands(broken))


def test_a_driver_that_crashes_is_no_reason_to_install_torch_again():
    ending = Ending(words="killed by SIGSEGV", signal="SIGSEGV", stage="starting libcuda (cuInit)")
    driver = seen(change(CUDA_DRIVER, init_code=Missing("crashed", "killed by SIGSEGV")), 0.1, ending)
    broken = gpu_machine(torch=later(CUDA_CRASH), cuda_driver=driver)
    assert roots(broken) == ["nvidia-driver-crashes"]
    (finding,) = findings("torch-cuda-init-crashes", broken)
    assert finding.fixes == ()


def test_a_library_path_that_spoils_the_import_is_taken_away():
    broken = machine(torch=raised("ImportError", "libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4"))
    assert commands(broken) == ["unset LD_LIBRARY_PATH"]


def test_a_file_of_the_persons_own_is_renamed_and_nothing_is_installed():
    file = "/home/ada/course/torch.py"
    shadow = change(INTERPRETER, shadows=(Shadow(module="torch", path=file),))
    stack = f'File "{file}", line 1, in <module>\nImportError: cannot import name "tensor" from "torch"'
    broken = machine(
        interpreter=shadow, torch=raised("ImportError", "cannot import name 'tensor' from 'torch'", stack=stack)
    )
    (finding,) = [one for one in report(broken).findings if one.id == "torch-import-fails"]
    assert file in finding.fixes[0].title
    assert "my_torch.py" in finding.fixes[0].commands[0].text
    assert not finding.fixes[0].changes_packages
    assert finding.caused_by == ("local-file-shadows-library",)


def test_the_last_words_of_a_crash_are_told():
    broken = machine(
        torch=died("SIGABRT", stderr="noise\nOMP: Error #15: Initializing libiomp5.so, but found it already\n")
    )
    (finding,) = findings("torch-import-crashes", broken)
    assert any("OMP: Error #15" in text for text in finding.evidence)
    assert any("Two OpenMP runtimes" in text for text in finding.evidence)


@pytest.mark.parametrize(("name", "expected"), [("scikit-learn", "fail"), ("wandb", "warn")])
def test_a_library_that_cannot_be_imported_weighs_by_the_profile(name, expected):
    one = LibraryImport(name=name, module=name, version="1.0", error="ImportError: boom")
    (finding,) = findings("library-import-fails", machine(libraries=Libraries(imported=(one,))))
    assert (finding.subject, finding.status) == (name, expected)


def test_a_library_that_failed_twice_is_told_once_and_one_that_is_not_installed_not_at_all():
    numerics = Numerics(
        imports={"numpy": "2.1.3"},
        failed_imports={
            "pandas": ImportFailure(
                kind="ValueError", message="numpy.dtype size changed, may indicate binary incompatibility"
            ),
            "scipy": ImportFailure(kind="ModuleNotFoundError", message="No module named 'scipy'"),
        },
    )
    again = Libraries(
        imported=(LibraryImport(name="pandas", module="pandas", error="ValueError: numpy.dtype size changed"),)
    )
    (finding,) = findings("library-import-fails", machine(numerics=numerics, libraries=again))
    assert finding.subject == "pandas"
    assert "generation of NumPy" in finding.evidence[1]


def test_a_file_that_shadows_the_standard_library_is_no_reason_to_install_anything():
    """pip would find a stranger's package of that name."""
    file = "/home/ada/course/random.py"
    message = f"cannot import name 'Random' from 'random' ({file})"
    shadow = change(INTERPRETER, shadows=(Shadow(module="random", path=file, standard_library=True),))
    numerics = Numerics(failed_imports={"pandas": ImportFailure(kind="ImportError", message=message)})
    broken = machine(interpreter=shadow, numerics=numerics, torch=raised("ImportError", message))
    for identity in ("library-import-fails", "torch-import-fails"):
        (finding,) = findings(identity, broken)
        assert finding.caused_by == ("local-file-shadows-library",)
        assert file in finding.evidence[1]
        assert not any(fix.changes_packages for fix in finding.fixes)
    assert roots(broken) == ["local-file-shadows-library"]


def test_a_file_that_only_the_traceback_names_is_the_cause():
    file = "/home/ada/course/random.py"
    shadow = change(INTERPRETER, shadows=(Shadow(module="random", path=file, standard_library=True),))
    trace = f'File "{file}", line 1, in <module>\nRuntimeError: mine'
    failure = ImportFailure(kind="RuntimeError", message="mine", traceback=trace)
    broken = machine(interpreter=shadow, numerics=change(NUMERICS, failed_imports={"pandas": failure}))
    assert roots(broken) == ["local-file-shadows-library"]


@pytest.mark.parametrize(
    ("unmet", "causes"),
    [
        (Unsatisfied(distribution="torch", requirement="setuptools>=77", found="65"), ()),
        (
            Unsatisfied(distribution="scikit-learn", requirement="scipy>=1.9", found="1.2"),
            ("requirements-unsatisfied",),
        ),
        (
            Unsatisfied(distribution="pandas", requirement="scikit-learn>=1.9", found="1.2"),
            ("requirements-unsatisfied",),
        ),
        (Unsatisfied(distribution="pandas", requirement="scipy>=2", found="1"), ("requirements-unsatisfied",)),
    ],
)
def test_an_unmet_requirement_explains_only_what_has_to_do_with_it(unmet, causes):
    message, trace = "DLL load failed while importing _ufuncs", 'File "/x/scipy/special/__init__.py", line 1'
    failure = ImportFailure(kind="ImportError", message=message, traceback=trace)
    broken = machine(
        numerics=change(NUMERICS, failed_imports={"scikit-learn": failure}), packages=packages(unsatisfied=(unmet,))
    )
    (finding,) = findings("library-import-fails", broken)
    assert finding.caused_by == causes


def test_a_local_torch_is_no_second_installation_of_torch():
    """Uninstalling the real one would be the worst advice there is."""
    file = "/home/ada/course/torch.py"
    found = build("torch", "", location=file, has_code=True, other_locations=("/site/torch",))
    shadow = change(INTERPRETER, shadows=(Shadow(module="torch", path=file),))
    broken = machine(
        interpreter=shadow,
        packages=packages(distribution("torch", "2.13.0"), builds=(found,)),
        torch=raised("AttributeError", f"no zeros in {file}"),
    )
    assert roots(broken) == ["local-file-shadows-library"]


def test_a_module_that_only_a_message_names_is_never_installed():
    broken = machine(torch=raised("ImportError", "cannot import name 'Random' from 'random' (/x/random.py)"))
    assert not any("random" in text for text in commands(broken))


def test_where_a_hang_waits_is_told():
    stack = """Timeout (0:00:01)!
Thread 0x00007f (most recent call first):
  File "/usr/lib/python3.12/threading.py", line 355 in wait

Thread 0x00007e (most recent call first):
  File "<frozen importlib._bootstrap>", line 488 in _call
  File "/site/torch/_vendor.py", line 12 in connect
  File "/site/torch/__init__.py", line 3 in <module>
  File "/dlcheck/observe/worker/__init__.py", line 90 in main
"""
    assert waiting_in(stack) == "/site/torch/_vendor.py, line 12 (connect)"
    assert waiting_in("") == ""
    ending = Ending(words="no answer after 60 s", busy=False, stage=IMPORTING, stack=stack)
    broken = machine(torch=Probed(missing=Missing("timed-out", "no answer"), ending=ending))
    (finding,) = findings("torch-import-hangs", broken)
    assert "it was at /site/torch/_vendor.py, line 12 (connect)" in finding.evidence


def test_libraries_that_import_are_silent():
    good = Libraries(imported=(LibraryImport(name="pandas", module="pandas", version="2.2.3", error=ABSENT),))
    assert (
        status("library-import-fails", machine(numerics=Numerics(imports={"numpy": "2.1.3"}), libraries=good)) == "pass"
    )


ONLY_IN_TEXTS = {
    "conda-cuda-libs-mismatch", "cuda-libs-shadowed-by-ld-library-path", "extension-built-for-other-torch",
    "mkl-too-new-for-torch",
}  # fmt: skip
"""Causes that a pasted text tells of; where no check of this machine has that id, nothing is linked."""


def test_causes_named_in_the_table_are_checks():
    """A misspelt id would leave a consequence standing as a problem of its own."""
    named = {cause for row in (*table().messages, *table().signals) for cause in row.causes}
    assert named - set(all_checks()) <= ONLY_IN_TEXTS


def test_reports_of_broken_frameworks_are_documents():
    said = report(machine(torch=died(), tensorflow=raised("ImportError", "boom \udcff")))
    assert msgspec.json.decode(msgspec.json.encode(said.root_causes)) == list(said.root_causes)
    assert isinstance(said, Report)


def test_a_library_that_needs_pkg_resources_gets_a_setuptools_that_has_it():
    failed = Numerics(
        failed_imports={"pandas": ImportFailure(kind="ModuleNotFoundError", message="No module named 'pkg_resources'")}
    )

    finding = findings("library-import-fails", machine(numerics=failed))[0]

    assert [one.argv[-1] for one in finding.fixes[0].commands] == ["setuptools<82", "setuptools<82"]


def test_openmp_for_xgboost_comes_from_homebrew():
    mac = change(OS, system="darwin", name="macOS 15.1", version="15.1", machine="arm64", shell="zsh")
    failed = Numerics(
        failed_imports={
            "xgboost": ImportFailure(
                kind="XGBoostError", message="XGBoost Library (libxgboost.dylib) could not be loaded."
            )
        }
    )

    finding = findings("library-import-fails", machine(os=mac, numerics=failed))[0]

    assert [one.text for one in finding.fixes[0].commands] == ["brew install libomp"]
