"""Compiling while a program runs: what torch.compile and Triton need of this system."""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.shell import shell_of
from dlcheck.judge.advice.system import SystemPackage, admin_needs, as_admin, install_program, on_windows
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.knowledge.cubin import written
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.nvidia_facts import capabilities
from dlcheck.judge.said import complained
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.host import Os
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Tools

LAYER = "library"
COMPILERS = ("gcc", "clang", "cc")
COMPILER = SystemPackage(
    apt="build-essential", dnf="gcc gcc-c++", pacman="base-devel", zypper="gcc gcc-c++", apk="build-base"
)
OLDEST_FOR_TRITON = (7, 0)
"""torch/_inductor/exc.py of PyTorch 2.13."""
FIRST_WITH_ASSEMBLER = (3, 6)
"""The first Triton with an assembler for 10.3, 11.0 and 12.1 (triton-lang/triton#10331, a table of its wheels)."""
NEED_NEW_ASSEMBLER = ((10, 3), (11, 0), (12, 1))
EAGER = Fix(title="go on without compiling: leave torch.compile away, or set TORCHDYNAMO_DISABLE=1")


def _triton(packages: Packages | None) -> str:
    """The version of Triton, which every CUDA and ROCm build of PyTorch brings on Linux; "" where there is none."""
    names = ("triton", "pytorch-triton", "triton-rocm", "pytorch-triton-rocm", "triton-windows")
    found = [one for name in names if packages is not None and (one := packages.find(name))]
    return found[0].version if found else ""


@check(WARN, pillar="python", since="0.1")
def c_compiler_missing(tools: Probed[Tools], packages: Probed[Packages], os: Os, snapshot: Snapshot) -> Verdict:
    """There is no C compiler, which torch.compile and Triton need while a program runs.

    Triton writes a small C program for every kernel and compiles it at once. Slim images have no compiler: "Failed to
    find C compiler". Everything else in PyTorch works without one.

    How it is told: those words; or Triton is installed and no gcc, clang or cc is on PATH, which alone is a note.

    Known false alarms: who never compiles needs none; Triton for Windows brings its own.

    Sources: https://github.com/MIC-DKFZ/nnUNet/issues/2268, https://github.com/apple/ml-cross-entropy/issues/5
    """
    complaint = complained(snapshot, "c-compiler-missing")
    if complaint and on_windows(snapshot):
        title = "run it in the “x64 Native Tools” prompt of Visual Studio's Build Tools, which knows its compiler cl"
        return bad(complaint, fixes=(Fix(title=title), EAGER))
    steps = install_program(snapshot, COMPILER)
    fixes = (Fix(title="install a C compiler", commands=steps, needs=admin_needs(snapshot)), EAGER)
    if complaint:
        return bad(complaint, fixes=fixes)
    facts, triton = tools.value, _triton(packages.value)
    if facts is None or os.system != "linux" or not triton or not set(COMPILERS) <= set(facts.looked_for):
        return skip("nothing here compiles")
    found = next((tool for name in COMPILERS if (tool := facts.find(name))), None)
    if found is not None:
        return ok(f"{found.name} is there")
    return note(f"Triton {triton} is there, and no {', '.join(COMPILERS)}: torch.compile does not work", fixes=fixes)


@check(WARN, pillar="python", since="0.1")
def python_headers_missing(interpreter: Probed[Interpreter], packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """This Python has no header files, so nothing can be compiled for it.

    Linux distributions put Python.h into a package of its own. torch.compile, Triton and every package that pip has to
    build end with "fatal error: Python.h: No such file or directory".

    How it is told: those words; or Triton is installed and the interpreter's own folder of headers has no Python.h,
    which alone is a note.

    Known false alarms: who compiles nothing needs none; the Pythons of conda, uv and python.org bring them.

    Sources: https://github.com/pytorch/pytorch/issues/129351, https://github.com/sgl-project/sglang/pull/18644
    """
    complaint, facts = complained(snapshot, "python-headers-missing"), interpreter.value
    absent = facts is not None and isinstance(facts.headers, Missing) and facts.headers.gap == "absent"
    triton = _triton(packages.value)
    if not complaint and not (absent and triton):
        return ok("Python.h is there") if facts is not None and known(facts.headers) else skip("nothing asks for it")
    line = ".".join(map(str, numbers(facts.version)[:2])) if facts is not None else ""
    package = SystemPackage(
        apt=f"python{line or '3'}-dev", dnf="python3-devel", zypper="python3-devel", apk="python3-dev"
    )
    title = "install the header files of the system's Python, or use a Python of uv or conda, which brings them"
    steps = () if snapshot.depth == "pasted" and not line else install_program(snapshot, package)
    fix = Fix(title=title, commands=steps, needs=admin_needs(snapshot) if steps else ())
    if complaint:
        return bad(complaint, fixes=(fix,))
    return note(f"Triton {triton} is there, and no Python.h: torch.compile does not work", fixes=(fix, EAGER))


@check(FAIL, pillar="python", after=("no-driver", "container-without-gpu"), since="0.1")
def triton_finds_no_libcuda(snapshot: Snapshot) -> Verdict:
    """Triton does not find the NVIDIA driver's library, although CUDA works.

    Triton links what it compiles to libcuda.so. It asks ldconfig where that is; Colab, Kaggle and NixOS keep it in a
    folder that ldconfig does not know, and some systems have libcuda.so.1 alone.

    How it is told: "libcuda.so cannot found!", in these words.

    Known false alarms: none; newer Tritons also look into LD_LIBRARY_PATH, and need nothing.

    Sources: https://github.com/googlecolab/colabtools/issues/4300 (the way out is confirmed there),
    https://github.com/triton-lang/triton/issues/2507
    """
    complaint = complained(snapshot, "triton-finds-no-libcuda")
    if not complaint:
        return skip("nothing complains of it")
    source = "https://github.com/googlecolab/colabtools/issues/4300"
    if shell_of(snapshot) == "notebook":
        text = "!echo /usr/lib64-nvidia > /etc/ld.so.conf.d/libcuda.conf && ldconfig"
        step = Command(argv=("bash", "-c", text[1:]), text=text, shell="notebook")
        return bad(
            complaint, fixes=(Fix(title="tell ldconfig of the driver's folder", commands=(step,), source=source),)
        )
    index = Fix(
        title="let ldconfig look again; where libcuda.so.1 lies in an odd folder, name that folder in a file under "
        "/etc/ld.so.conf.d first",
        commands=(as_admin(snapshot, "ldconfig"),),
        needs=("admin",),
        source=source,
    )
    newer = Fix(title="use a newer PyTorch, whose Triton also looks into LD_LIBRARY_PATH")
    return bad(complaint, fixes=(index, newer))


@check(FAIL, pillar="python", since="0.1")
def triton_missing(snapshot: Snapshot) -> Verdict:
    """torch.compile has no Triton to compile kernels with.

    Triton comes with PyTorch's GPU builds on Linux. On Windows it is a package of its own, triton-windows, and very old
    releases of PyTorch compile nothing there.

    How it is told: torch.compile's own words.

    Known false alarms: everything but torch.compile works without it.

    Sources: https://github.com/pytorch/pytorch/issues/90768, torch/_inductor/exc.py
    """
    complaint = complained(snapshot, "triton-missing")
    if not complaint:
        return skip("nothing complains of it")
    name = "triton-windows" if on_windows(snapshot) else "triton"
    fixes = install(snapshot, [name], title=f"install {name}", verify="import triton; print(triton.__version__)")
    return bad(complaint, fixes=(*fixes, EAGER))


@check(WARN, pillar="python", since="0.1")
def gpu_too_old_for_triton(packages: Probed[Packages], snapshot: Snapshot) -> Verdict:
    """The GPU is too old for Triton, so torch.compile cannot be used on it.

    Triton writes code for compute capability 7.0 (Volta) and newer only. Whatever is not compiled runs.

    How it is told: Triton's own words; or every visible GPU is below 7.0, which alone is a note.

    Known false alarms: who never compiles loses nothing.

    Sources: torch/_inductor/exc.py of PyTorch 2.13
    """
    complaint, devices = complained(snapshot, "gpu-too-old-for-triton"), capabilities(snapshot)
    if complaint:
        return bad(complaint, fixes=(EAGER,))
    if not devices or not _triton(packages.value):
        return skip("there is no Triton, or no GPU for it")
    if max(devices) >= OLDEST_FOR_TRITON:
        return ok(f"compute capability {written(max(devices))}")
    return note(
        f"compute capability {written(max(devices))}; Triton needs 7.0: torch.compile does not work", fixes=(EAGER,)
    )


@check(FAIL, pillar="python", since="0.1")
def ptxas_older_than_gpu(packages: Probed[Packages], interpreter: Probed[Interpreter], snapshot: Snapshot) -> Verdict:
    """Triton's assembler is older than the GPU, so torch.compile cannot be used on it.

    Triton brings an assembler, ptxas, of its own. Before 3.6 it does not know the GPUs of DGX Spark (12.1), Thor (11.0)
    and B300 (10.3): "ptxas fatal : Value 'sm_121a' is not defined".

    How it is told: those words; or such a GPU and an older Triton.

    Known false alarms: TRITON_PTXAS_PATH names another assembler.

    Sources: https://github.com/triton-lang/triton/issues/10331 (which wheel knows which GPU), 9181
    """
    complaint, devices = complained(snapshot, "ptxas-older-than-gpu"), capabilities(snapshot)
    triton = _triton(packages.value)
    variables = interpreter.value.variables if interpreter.value else {}
    new = [one for one in devices if one in NEED_NEW_ASSEMBLER]
    old = bool(triton) and numbers(triton)[:2] < FIRST_WITH_ASSEMBLER and "TRITON_PTXAS_PATH" not in variables
    if not complaint and not (new and old):
        return ok(f"Triton {triton}") if triton else skip("there is no Triton")
    evidence = [complaint] if complaint else []
    evidence += [f"compute capability {written(new[0])}"] if new else []
    evidence += [f"Triton {triton}; 3.6 is the first that knows such a GPU"] if triton and old else []
    text = "export TRITON_PTXAS_PATH=/usr/local/cuda/bin/ptxas"
    own = Fix(
        title="let Triton use the assembler of a CUDA toolkit 13 that is installed",
        commands=(Command(argv=("sh", "-c", text), text=text),),
        source="https://github.com/triton-lang/triton/issues/9181",
    )
    newer = Fix(title="install PyTorch 2.10 or newer, which brings Triton 3.6")
    return bad(*evidence, fixes=(newer, own), at_most=FAIL if complaint else WARN)
