"""Frameworks asked through the real child, with small packages that stand in for them and do what they are told."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import venv
from pathlib import Path

import pytest

from dlcheck.model.gaps import Missing, Probed
from dlcheck.observe.context import Request
from dlcheck.observe.examine import examine
from dlcheck.observe.frameworks import library_names, tensorflow_gpu_reason
from dlcheck.observe.worker import importing, jax, product
from tests.facts import machine, roots

posix = pytest.mark.skipif(sys.platform == "win32", reason="environments are laid out as on POSIX")

STANDARD_TORCH = """
import types
__version__ = "2.13.0+cu130"
version = types.SimpleNamespace(cuda="13.0", hip=None, xpu=None)
_C = types.SimpleNamespace(_cuda_getArchFlags=lambda: "sm_75 sm_90 compute_120")
backends = types.SimpleNamespace(cudnn=types.SimpleNamespace(version=lambda: 92400))
def get_num_threads(): return 4
def device(name): return name
class Tensor:
    def __init__(self, rows, place="cpu"): self.rows, self.place = rows, place
    def to(self, place):
        on(place)
        return Tensor(self.rows, place)
    def cpu(self): return self
    def tolist(self): return self.rows
    def __matmul__(self, other):
        n = range(len(self.rows))
        return Tensor([[sum(self.rows[i][k] * other.rows[k][j] for k in n) * factor(self.place) for j in n] for i in n])
tensor = Tensor
def on(place): pass
def factor(place): return 1.0
class cuda:
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 3)
    @staticmethod
    def get_device_properties(index):
        return types.SimpleNamespace(name="RTX [red]%d" % index, total_memory=2**33, major=9, minor=index)
"""
"""As much of torch as the worker asks, with three GPUs; a test changes one thing."""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("environment") / "course"
    venv.create(folder, with_pip=False, symlinks=True)
    return str(folder / "bin/python")


def look(python: str, probe: str, path: Path, source: str, **variables: str) -> Probed:
    (path / probe).mkdir()
    (path / probe / "__init__.py").write_text(textwrap.dedent(source))
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
        "PYTHONPATH": str(path),
        **variables,
    }
    request = Request(python=python, probes=(probe,), timeout=30.0, environ=environ, cwd=str(path))
    found: Probed = getattr(examine(request), probe)
    return found


@posix
def test_every_device_is_told_with_what_it_computed(python, tmp_path):
    torch = look(python, "torch", tmp_path, STANDARD_TORCH).value
    assert torch is not None
    assert [(one.name, one.kind, one.product_right) for one in torch.devices] == [
        ("cpu", "cpu", True), ("cuda:0", "cuda", True), ("cuda:1", "cuda", True), ("cuda:2", "cuda", True)
    ]  # fmt: skip
    assert torch.devices[3].compute_capability == (9, 2)
    assert (torch.cuda, torch.cudnn, torch.arch_list) == ("13.0", "92400", ("sm_75", "sm_90", "compute_120"))
    assert torch.devices[1].model == "RTX [red]0"


@posix
def test_one_device_that_fails_is_that_devices_gap(python, tmp_path):
    source = (
        STANDARD_TORCH
        + "def on(place):\n    if place == 'cuda:1': raise RuntimeError('CUDA out of memory. Tried to allocate 2 MiB')\n"
    )
    torch = look(python, "torch", tmp_path, source).value
    assert torch is not None
    assert [one.product_right for one in torch.devices][:2] == [True, True]
    assert torch.devices[2].product_right == Missing(
        "broken", "RuntimeError: CUDA out of memory. Tried to allocate 2 MiB"
    )
    assert torch.devices[3].product_right is True


@posix
def test_a_device_that_computes_wrong_is_told_where(python, tmp_path):
    source = STANDARD_TORCH + "def factor(place): return 1.0 if place != 'cuda:0' else float('nan')\n"
    torch = look(python, "torch", tmp_path, source).value
    assert torch is not None
    assert torch.devices[1].product_right is False
    assert "is nan, not" in torch.devices[1].product_detail
    assert "256 of 256" in torch.devices[1].product_detail


@posix
def test_a_device_that_kills_the_process_is_the_gap_and_what_was_known_stays(python, tmp_path):
    source = STANDARD_TORCH + "def on(place):\n    import os\n    place == 'cuda:1' and os.abort()\n"
    probed = look(python, "torch", tmp_path, source)
    torch = probed.value
    assert torch is not None
    assert [one.product_right for one in torch.devices][:2] == [True, True]
    assert isinstance(torch.devices[2].product_right, Missing)
    assert torch.devices[2].product_right.gap == "crashed"
    assert "multiplying on cuda:1" in torch.devices[2].product_right.why
    assert "torch-computing-crashes" in roots(machine(torch=probed))


@posix
def test_cuda_that_raises_is_not_available_with_its_words(python, tmp_path):
    source = (
        STANDARD_TORCH
        + "def rude(): raise RuntimeError('driver is confused')\ncuda.is_available = staticmethod(rude)\n"
    )
    torch = look(python, "torch", tmp_path, source).value
    assert torch is not None
    assert torch.cuda_available == Missing("broken", "RuntimeError: driver is confused")


@posix
def test_rocm_answers_by_the_name_of_cuda(python, tmp_path):
    source = STANDARD_TORCH.replace('cuda="13.0", hip=None', 'cuda=None, hip="6.4"').replace(
        "major=9, minor=index", 'gcnArchName="gfx942:sramecc+"'
    )
    torch = look(python, "torch", tmp_path, source).value
    assert torch is not None
    assert (torch.hip, torch.devices[1].kind, torch.devices[1].gfx) == ("6.4", "rocm", "gfx942")


JAX = """
import json, os, types
names = ("JAX_PLATFORMS", "TPU_SKIP_MDS_QUERY", "XLA_PYTHON_CLIENT_PREALLOCATE")
open(os.environ["ASKED"], "w").write(json.dumps({name: os.environ.get(name) for name in names}))
__version__ = "0.12.0"
config = types.SimpleNamespace(update=lambda *a: None)
def devices(*a):
    if "tpu" in os.environ["JAX_PLATFORMS"]: os.abort()
    return [types.SimpleNamespace(platform="cpu", id=0, device_kind="cpu")]
def default_backend(): return "cpu"
"""


@posix
@pytest.mark.parametrize(
    ("variable", "expected"),
    [({}, "cpu"), ({"JAX_PLATFORMS": "tpu"}, "cpu"), ({"JAX_PLATFORMS": "cuda,tpu"}, "cuda,cpu")],
)
def test_jax_is_never_asked_for_a_tpu_and_never_asks_the_network(python, tmp_path, variable, expected):
    (tmp_path / "libtpu").mkdir()
    (tmp_path / "libtpu" / "__init__.py").write_text("import os; os.abort()")
    probed = look(python, "jax", tmp_path, JAX, ASKED=str(tmp_path / "asked"), **variable)
    assert probed.value is not None, probed.missing
    asked = json.loads((tmp_path / "asked").read_text())
    assert asked == {"JAX_PLATFORMS": expected, "TPU_SKIP_MDS_QUERY": "1", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    assert probed.value.backend == "cpu"


@pytest.mark.parametrize(
    ("asked_for", "plugins", "expected"),
    [
        ("", [], "cpu"),
        ("", ["cuda"], "cuda,cpu"),
        ("tpu", ["cuda"], "cpu"),
        ("TPU,cpu", [], "cpu"),
        ("cpu", ["cuda"], "cpu"),
        ("cuda", ["cuda", "rocm"], "cuda,cpu"),
    ],
)
def test_platforms_leave_the_tpu_out(asked_for, plugins, expected):
    assert jax.platforms(asked_for, plugins) == expected


def test_plugins_are_found_by_their_folders(tmp_path):
    for name in ("xla_cuda13", "xla_rocm7", "unknown", "__pycache__"):
        (tmp_path / "jax_plugins" / name).mkdir(parents=True)
    assert jax.found_plugins(["/nowhere", str(tmp_path)]) == ["cuda", "rocm"]


@posix
def test_torch_xla_is_asked_on_the_cpu_alone(python, tmp_path):
    source = """
    import json, os
    open(os.environ["ASKED"], "w").write(json.dumps([os.environ["PJRT_DEVICE"], os.environ["TPU_SKIP_MDS_QUERY"]]))
    __version__ = "2.9.0"
    def device(): raise RuntimeError("no device")
    """
    probed = look(python, "torch_xla", tmp_path, source, ASKED=str(tmp_path / "asked"), PJRT_DEVICE="TPU")
    assert json.loads((tmp_path / "asked").read_text()) == ["CPU", "1"]
    assert probed.value is not None
    assert probed.value.pjrt_device == "TPU", "what the person set is the fact"


TENSORFLOW_LOG = """WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795342382.526026   20704 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.
I0000 00:00:1795342382.815615   20704 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 AVX512F FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.
I0000 00:00:1795342388.162964   20704 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.
E0000 00:00:1795342389.254217   20704 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)
"""
"""Of tensorflow 2.21.0 without a GPU, recorded 2026-11-22."""
OLDER_LOG = (
    "2024-03-14 10:03:11.123456: W tensorflow/core/common_runtime/gpu/gpu_device.cc:2251] Cannot dlopen some GPU libraries. "
    "Please make sure the missing libraries mentioned above are installed properly if you would like to use GPU.\n"
    "2024-03-14 10:03:11.123456: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT\n"
)


def test_tensorflows_log_says_why_it_uses_no_gpu():
    assert tensorflow_gpu_reason(TENSORFLOW_LOG) == (
        "Could not find cuda drivers on your machine, GPU will not be used. "
        "failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)"
    )
    assert tensorflow_gpu_reason(OLDER_LOG).startswith("Cannot dlopen some GPU libraries. Please")
    assert "TensorRT" not in tensorflow_gpu_reason(OLDER_LOG)
    assert tensorflow_gpu_reason("I0000 all is well\n" * 1000) == ""


def test_the_known_product_is_exact_in_float32():
    entries = [abs(value) for row in (*product.LEFT, *product.RIGHT) for value in row]
    assert max(entries) < 2**11
    assert max(abs(value) for row in product.known_answer() for value in row) < 2**24
    assert product.known_answer()[0][0] == sum(k * k for k in range(product.SIZE))


@pytest.mark.parametrize(
    ("got", "words"),
    [
        ([], "row 1, column 1 is 'missing'"),
        ([[*row, 1.0] for row in product.known_answer()], "shape"),
        (
            [
                [value + (i == 2 and j == 3) for j, value in enumerate(row)]
                for i, row in enumerate(product.known_answer())
            ],
            "row 3, column 4 is",
        ),
    ],
)
def test_where_two_products_differ_is_told(got, words):
    assert words in product.difference(got, product.known_answer())


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/self/maps is Linux'")
def test_loaded_libraries_are_those_of_this_process():
    assert any("libc" in path for path in importing.loaded_libraries(("libc.", "libc-")))
    assert importing.loaded_libraries(("libcudnn",)) == []


def test_names_of_libraries_to_import():
    wanted = [
        "pandas>=2",
        "Scikit_Learn[plots]",
        "torch",
        "pandas",
        "tensorflow-cpu==2.21.0",
        'numpy; python_version > "3"',
    ]
    assert library_names(wanted) == ["pandas", "scikit-learn", "numpy"]


@posix
def test_each_library_is_imported_in_a_child_of_its_own(python, tmp_path):
    """One that dies takes no other with it; a distribution's module is found by its metadata."""
    for name, module, source in (
        ("dies", "dies", "import os; os.abort()"),
        ("Odd.Name", "odd_module", "__version__ = '1'"),
        ("breaks", "breaks", "raise ImportError('boom')"),
    ):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text(source)
        info = tmp_path / f"{name.replace('.', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "top_level.txt").write_text(f"{module}\n")
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": str(tmp_path)}
    request = Request(
        python=python,
        probes=("libraries",),
        depth="deep",
        requirements=("dies", "odd-name", "breaks", "not-there"),
        environ=environ,
        cwd=str(tmp_path),
    )
    libraries = examine(request).libraries.value
    assert libraries is not None
    dies, odd, breaks, absent = libraries.imported
    assert isinstance(dies.error, str)
    assert dies.error.startswith("crashed: killed by SIGABRT")
    assert (odd.module, odd.version, odd.error) == ("odd_module", "1.0", Missing("absent"))
    assert breaks.error == "ImportError: boom"
    assert isinstance(absent.error, Missing)
    assert absent.error.gap == "not-looked"


def test_libraries_are_left_alone_without_deep(python, tmp_path):
    missing = examine(Request(python=python, probes=("libraries",), requirements=("numpy",))).libraries.missing
    assert missing is not None
    assert missing.gap == "not-looked"


STARTED = "import pathlib, sys; open(pathlib.Path(__file__).parent / 'started', 'a').write(sys.orig_argv[6] + '\\n')"
"""A sitecustomize that notes which worker the interpreter was started for."""
FOUND_BY_A_HOOK = """
import importlib.machinery, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, origin="hook") if name == "jax" else None
    def create_module(self, spec): return None
    def exec_module(self, module): raise ImportError("made by a hook")
sys.meta_path.append(Finder())
"""


@posix
@pytest.mark.parametrize("name", ["tensorflow", "jax", "torch_xla"])
def test_no_child_is_started_for_a_framework_that_is_not_there(python, tmp_path, name):
    (tmp_path / "sitecustomize.py").write_text(STARTED)
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": str(tmp_path)}

    probed = getattr(examine(Request(python=python, probes=(name,), environ=environ, cwd="/")), name)

    assert probed.missing == Missing("absent")
    assert (tmp_path / "started").read_text().split() == ["packages"]


@posix
def test_a_framework_that_only_an_import_hook_finds_is_imported(python, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(f"{STARTED}\n{FOUND_BY_A_HOOK}")
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": str(tmp_path)}

    probed = examine(Request(python=python, probes=("jax",), environ=environ, cwd="/")).jax

    assert probed.missing is not None and "made by a hook" in probed.missing.why
    assert (tmp_path / "started").read_text().split() == ["packages", "jax"]
