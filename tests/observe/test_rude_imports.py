"""A torch that does its worst while it is imported: it ends as one finding in words, in bounded time."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
import venv
from pathlib import Path

import pytest

from dlcheck.judge.check import FAIL
from dlcheck.model.documents import encode
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import Probed
from dlcheck.observe.context import Request
from dlcheck.observe.examine import examine
from tests.facts import findings, machine, report, roots

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are those of POSIX")
SECONDS = 30.0


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """A real interpreter without packages."""
    folder = tmp_path_factory.mktemp("environment") / "course"
    venv.create(folder, with_pip=False, symlinks=True)
    return str(folder / "bin/python")


def package(folder: Path, source: str, name: str = "torch") -> Path:
    """A package whose __init__ is `source`; the folder that is to be on sys.path."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(textwrap.dedent(source))
    return folder


def look(
    python: str, path: Path | str = "", cwd: Path | str = "/", timeout: float = SECONDS, probe: str = "torch"
) -> Probed:
    """What the probe brings, by the real child."""
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": str(path)}
    request = Request(python=python, probes=(probe,), timeout=timeout, environ=environ, cwd=str(cwd))
    began = time.monotonic()
    snapshot = examine(request)
    assert time.monotonic() - began < timeout + 5, "bounded in time, whatever it does"
    encode(snapshot)
    found: Probed = getattr(snapshot, probe)
    return found


WHOLE = """
__version__ = "9.9"
import types
version = types.SimpleNamespace(cuda=None, hip=None)
_C = types.SimpleNamespace()
backends = types.SimpleNamespace()
def get_num_threads(): return 1
"""
"""As much of torch as lets the worker come to its end."""

FAILS = {
    "raises ImportError": ("raise ImportError('libcudart.so.13: cannot open shared object file: No such file or directory')", "libcudart.so.13"),
    "raises OSError": ("raise OSError('[WinError 126] The specified module could not be found')", "WinError 126"),
    "raises RuntimeError": ("raise RuntimeError('no')", "RuntimeError: no"),
    "raises a BaseException": ("class Rude(BaseException): pass\nraise Rude('out')", "Rude: out"),
    "raises KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "has a message that cannot be made": ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "could not be made"),
    "has bytes that are no text": ("raise ImportError('caf\\udce9 \\x1b[31m')", "ImportError"),
    "sys.exit(0)": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "os._exit(0)": ("import os; os._exit(0)", "exited with status 0, without an answer while importing torch"),
    "os._exit(7)": ("import os; os._exit(7)", "exited with status 7, without an answer while importing torch"),
    "has no version": ("x = 1", "has no version"),
    "is no torch": ("__version__ = '1.0'", "AttributeError"),
    "recurses": ("def f(): f()\nf()", "RecursionError"),
    "is no Python": ("def (", "SyntaxError"),
    "raises megabytes": ("raise ImportError('x' * 5_000_000)", "ImportError: xxx"),
}  # fmt: skip
CRASHES = {
    "os.abort()": ("import os; os.abort()", "SIGABRT"),
    "reads address 0": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "an illegal instruction": ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "SIGILL"),
    "is killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "overflows the C stack": ("import sys, faulthandler; faulthandler._stack_overflow()", "SIGSEGV"),
}
SURVIVES = {
    "prints megabytes": "import sys\nfor s in (sys.stdout, sys.stderr): s.write('noise ' * 1_000_000)",
    "prints bytes that are no text": "import os\nos.write(1, b'\\xff\\xfe\\x00' * 1000); os.write(2, b'\\xff')",
    "prints what looks like an answer": "print('{\"missing\": {\"gap\": \"absent\"}}'); print('{\"done\": true}')",
    "closes stdout and stderr": "import os, sys\nsys.stdout.close()\nos.close(2)",
    "replaces sys.stdout": "import sys\nclass Rude:\n    def write(self, *a): raise OSError\n    flush = write\nsys.stdout = sys.stderr = Rude()",
    "leaves the folder": "import os; os.chdir('/')",
    "deletes modules": "import sys\nfor name in ('json', 'os', 'warnings', 'importlib', 'importlib.util', 'traceback', 'time', 'ctypes'): sys.modules.pop(name, None)",
    "clears sys.modules of the worker": "import sys\nfor name in [n for n in sys.modules if n.startswith('dlcheck')]: del sys.modules[name]",
    "replaces json.dumps": "import json\njson.dumps = lambda *a, **k: 'rude'",
    "replaces open": "import builtins\nbuiltins.open = None",
    "closes every file": "import os\nos.closerange(3, 256)",
    "turns warnings into errors": "import warnings\nwarnings.simplefilter('error')",
    "registers a rude exit handler": "import atexit, time\natexit.register(time.sleep, 1000)",
    "starts a thread that never ends": "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()",
    "sets a trace": "import sys\nsys.settrace(lambda *a: None)",
    "changes signal handlers": "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)",
}  # fmt: skip


@pytest.mark.parametrize("name", FAILS)
def test_an_import_that_fails_is_one_problem_in_its_own_words(python, tmp_path, name):
    source, words = FAILS[name]
    probed = look(python, package(tmp_path, source))
    broken = machine(torch=probed)
    assert roots(broken) == ["torch-import-fails"]
    (finding,) = findings("torch-import-fails", broken)
    assert words in finding.evidence[0]
    assert sum(map(len, finding.evidence)) < 5000


@pytest.mark.parametrize("name", CRASHES)
def test_an_import_that_dies_is_one_problem_with_the_signal(python, tmp_path, name):
    source, signal = CRASHES[name]
    broken = machine(torch=look(python, package(tmp_path, source)))
    assert roots(broken) == ["torch-import-crashes"]
    (finding,) = findings("torch-import-crashes", broken)
    assert signal in finding.evidence[0]
    assert "while importing torch" in finding.evidence[0]


@pytest.mark.parametrize(
    ("source", "words"), [("import time; time.sleep(1000)", "doing nothing"), ("while True: pass", "still working")]
)
def test_an_import_that_hangs_is_told_from_one_that_is_slow(python, tmp_path, source, words):
    probed = look(python, package(tmp_path, source), timeout=2.0)
    broken = machine(torch=probed)
    assert roots(broken) == ["torch-import-hangs"]
    (finding,) = findings("torch-import-hangs", broken)
    assert words in finding.evidence[0]
    assert str(Path("torch") / "__init__.py") in finding.evidence[1]
    assert probed.ending is not None
    assert "torch/__init__.py" in probed.ending.stack or f"{os.sep}torch{os.sep}" in probed.ending.stack


@pytest.mark.parametrize("name", SURVIVES)
def test_an_import_that_is_only_rude_is_no_problem(python, tmp_path, name):
    probed = look(python, package(tmp_path, WHOLE + SURVIVES[name]))
    assert isinstance(probed.value, Torch), probed.missing
    assert probed.value.version == "9.9"
    assert probed.ending is None
    family = [one for one in report(machine(torch=probed)).findings if one.id.startswith("torch-import")]
    assert {one.status for one in family} <= {"pass", "skip"}


def test_a_grandchild_that_keeps_the_pipes_delays_nothing_and_is_not_left_behind(python, tmp_path):
    pid_file = tmp_path / "pid"
    source = f"""
    import os, time
    pid = os.fork()
    if pid == 0:
        time.sleep(1000)
        os._exit(0)
    open({str(pid_file)!r}, "w").write(str(pid))
    """
    began = time.monotonic()
    probed = look(python, package(tmp_path, WHOLE + textwrap.dedent(source)))
    assert probed.value is not None
    assert time.monotonic() - began < 10
    pid = int(pid_file.read_text())
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    pytest.fail("the grandchild was left behind")


def test_nothing_to_import_is_absent(python, tmp_path):
    probed = look(python, tmp_path)
    assert probed.missing is not None
    assert probed.missing.gap == "absent"
    assert probed.ending is None


def test_an_empty_folder_is_a_leftover(python, tmp_path):
    (tmp_path / "torch" / "lib").mkdir(parents=True)
    assert roots(machine(torch=look(python, tmp_path))) == ["torch-leftover"]


def test_an_empty_folder_beside_a_real_one_is_none(python, tmp_path):
    (tmp_path / "first" / "torch").mkdir(parents=True)
    package(tmp_path / "second", WHOLE)
    probed = look(python, os.pathsep.join([str(tmp_path / "first"), str(tmp_path / "second")]))
    assert probed.value is not None


def test_a_folder_of_the_course_named_torch_is_not_what_is_left_of_pytorch(python, tmp_path):
    (tmp_path / "torch").mkdir()
    broken = machine(torch=look(python, cwd=tmp_path))
    assert roots(broken) == ["torch-not-installed"]
    assert str(tmp_path) in findings("torch-not-installed", broken)[0].evidence[1]


def test_a_file_in_the_working_folder_is_what_is_imported(python, tmp_path):
    package(tmp_path / "site", WHOLE)
    (tmp_path / "torch.py").write_text("import torch\ntorch.zeros(1)\n")
    broken = machine(torch=look(python, tmp_path / "site", cwd=tmp_path))
    (finding,) = findings("torch-import-fails", broken)
    assert finding.status == FAIL
    assert any("own has the name of a library" in text for text in finding.evidence)


def test_warnings_of_the_import_are_kept_once_each(python, tmp_path):
    source = WHOLE + "import warnings\nfor _ in range(3): warnings.warn('NumPy is not available', RuntimeWarning)\n"
    probed = look(python, package(tmp_path, source))
    assert probed.value is not None
    assert probed.value.warnings == ("RuntimeWarning: NumPy is not available",)


@pytest.mark.parametrize("probe", ["tensorflow", "jax", "torch_xla"])
def test_the_other_frameworks_are_as_rude(python, tmp_path, probe):
    crashed = look(python, package(tmp_path / "1", "import os; os.abort()", name=probe), probe=probe)
    assert crashed.missing is not None
    assert (crashed.missing.gap, crashed.ending and crashed.ending.signal) == ("crashed", "SIGABRT")
    raised = look(python, package(tmp_path / "2", "raise ImportError('boom')", name=probe), probe=probe)
    assert raised.missing is not None
    assert raised.missing.kind == "ImportError"
    assert look(python, probe=probe).missing.gap == "absent"


def test_the_program_as_a_whole_ends_in_time_with_its_status(python, tmp_path):
    """A torch that hangs, through the command line: the report is whole, and the exit status says not ready."""
    package(tmp_path, "import time; time.sleep(1000)")
    words = [
        "-m",
        "dlcheck",
        "doctor",
        "--python",
        python,
        "--timeout",
        "2",
        "--only",
        "torch-import-hangs",
        "--format",
        "json",
    ]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])}
    ended = subprocess.run(
        [sys.executable, *words], check=False, env=environ, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1, ended.stderr
    assert '"torch-import-hangs"' in ended.stdout
