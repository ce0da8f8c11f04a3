"""The libraries' exercises, done by real interpreters: a bare one, one with rude stand-ins, one with the real thing."""

import os
import subprocess
import sys
import textwrap

import pytest

from dlcheck.model.gaps import seen
from dlcheck.model.host import Cpu
from dlcheck.observe import numerics
from dlcheck.observe.context import Context, Request
from dlcheck.observe.examine import examine

REAL = os.environ.get("DLCHECK_TEST_PYTHON", "")
needs_real = pytest.mark.skipif(not REAL, reason="DLCHECK_TEST_PYTHON names no interpreter with NumPy and its kin")


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """An interpreter without any library."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


@pytest.fixture
def ask(tmp_path):
    """Ask an interpreter for its numerics; packages given as texts are put before its own."""

    def numerics_of(python, depth="default", timeout=30.0, **packages):
        for name, text in packages.items():
            file = tmp_path / "path" / name.replace(".", "/") / "__init__.py"
            if name == "sitecustomize":
                file = tmp_path / "path" / "sitecustomize.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text))
        home = tmp_path / "home"
        home.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL", "PYTHON"))}
        environ = {**kept, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(tmp_path / "path")}
        request = Request(
            python=python,
            depth=depth,
            timeout=timeout,
            probes=("pythons", "interpreter", "numerics"),
            environ=environ,
            cwd=str(home),
        )
        return examine(request).numerics

    return numerics_of


def outcomes(probed, **wanted):
    return {
        (one.library, one.name): one.outcome
        for one in probed.value.exercises
        if all(getattr(one, name) == value for name, value in wanted.items())
    }


def test_a_bare_interpreter_does_its_own_and_names_what_to_install(bare, ask):
    probed = ask(bare)

    assert set(outcomes(probed, library="python").values()) == {"right"}
    assert len(outcomes(probed, library="python")) >= 9
    others = [one for one in probed.value.exercises if one.library != "python"]
    assert {(one.outcome, one.needs) for one in others} == {
        ("missing-library", name) for name in ("numpy", "pandas", "matplotlib", "scipy", "scikit-learn", "numexpr")
    }
    assert (probed.value.imports, probed.value.failed_imports, probed.ending) == ({}, {}, None)


def test_wrong_answers_are_wrong_and_what_raises_is_an_error(bare, ask):
    probed = ask(
        bare,
        numpy="""
        __version__ = "0.1"
        array = list
        def dot(one, two):
            return 4
        def cross(one, two):
            return [13, 21, float("nan")]
        """,
    )

    found = {one.name: one for one in probed.value.exercises if one.library == "numpy"}
    assert (found["dot-product"].outcome, found["dot-product"].expected, found["dot-product"].got) == (
        "wrong",
        "3",
        "4",
    )
    assert found["cross-product"].outcome == "wrong"
    assert found["transpose"].outcome == "error"
    assert found["transpose"].got == "AttributeError: 'list' object has no attribute 'T'"
    assert "right" not in {one.outcome for one in found.values()}
    assert probed.value.imports == {"numpy": "0.1"}


def test_an_import_that_raises_is_one_failure_and_not_the_end(bare, ask):
    probed = ask(
        bare,
        numpy="raise ImportError('DLL load failed while importing _multiarray_umath')",
        pandas="import numpy",
        openpyxl="__version__ = '3'",
    )

    assert list(probed.value.failed_imports) == ["numpy"]
    failure = probed.value.failed_imports["numpy"]
    assert (failure.kind, failure.message) == ("ImportError", "DLL load failed while importing _multiarray_umath")
    assert "__init__.py" in failure.traceback
    assert set(outcomes(probed, library="numpy").values()) == {"import-failed"}
    assert set(outcomes(probed, library="pandas").values()) == {"import-failed"}
    assert probed.value.imports == {"openpyxl": "3"}


def test_an_import_that_exits_is_a_failure_too(bare, ask):
    probed = ask(bare, numpy="raise SystemExit(0)")

    assert probed.value.failed_imports["numpy"].kind == "SystemExit"


def test_an_import_that_ends_the_process_costs_only_itself(bare, ask):
    probed = ask(
        bare,
        numpy="import os, sys; sys.stderr.write('illegal instruction\\n'); sys.stderr.flush(); os.abort()",
        openpyxl="__version__ = '3'",
    )

    failure = probed.value.failed_imports["numpy"]
    assert failure.kind == "Crash"
    assert "SIGABRT" in failure.message or "0x" in failure.message
    assert "illegal instruction" in failure.message
    assert probed.value.imports == {"openpyxl": "3"}
    assert set(outcomes(probed, library="python").values()) == {"right"}


def test_a_calculation_that_ends_the_process_costs_only_itself(bare, ask):
    probed = ask(
        bare,
        numpy="""
        import os
        __version__ = "0.1"
        array = list
        def dot(one, two):
            os.abort()
        def cross(one, two):
            return [13, 21, 10]
        """,
    )

    assert outcomes(probed)["numpy", "dot-product"] == "error"
    assert outcomes(probed)["numpy", "cross-product"] == "right"


def test_an_import_that_never_comes_back_keeps_what_was_done_before(bare, ask):
    probed = ask(bare, timeout=2.0, numpy="import time; time.sleep(60)")

    assert set(outcomes(probed).values()) == {"right"}
    assert {one.library for one in probed.value.exercises} == {"python"}
    assert (probed.ending.stage, probed.ending.busy) == ("importing numpy", False)


def test_a_folder_without_code_is_no_library(bare, ask, tmp_path):
    (tmp_path / "path" / "numpy").mkdir(parents=True)
    probed = ask(bare)

    assert "folder without code" in probed.value.failed_imports["numpy"].message


def test_a_file_of_the_person_that_is_taken_for_a_library_is_not_right(bare, ask, tmp_path):
    probed = ask(bare, numpy="print('my first experiments')")

    assert "right" not in outcomes(probed, library="numpy").values()


def test_a_calculation_has_last_words():
    assert numerics.words("killed by SIGABRT", "warning\nFatal glibc error\n\n").endswith("Fatal glibc error")
    assert numerics.words("killed by SIGSEGV", "") == "killed by SIGSEGV"


@needs_real
def test_real_libraries_calculate_rightly_and_write_nothing(ask, tmp_path):
    probed = ask(REAL, depth="deep", timeout=60.0)

    assert probed.value.failed_imports == {}
    assert {"numpy", "pandas", "matplotlib", "scipy", "scikit-learn"} <= set(probed.value.imports)
    assert {one.outcome for one in probed.value.exercises if one.library != "numexpr"} == {"right"}
    assert list((tmp_path / "home").iterdir()) == []


@needs_real
def test_a_numpy_that_multiplies_wrongly_is_caught(ask, tmp_path):
    probed = ask(
        REAL,
        sitecustomize="""
        import numpy
        numpy.dot = lambda one, two: 5.0
        numpy.linalg.inv = lambda matrix: matrix
        """,
    )

    found = outcomes(probed, library="numpy")
    assert {name for (_, name), outcome in found.items() if outcome == "wrong"} == {
        "dot-product",
        "inverse",
        "matrix-times-inverse",
    }


@pytest.mark.parametrize(
    ("requirements", "cores", "depth", "expected"),
    [
        ((), 8.0, "default", []), ((), 2.0, "default", ["scikit-learn", "scipy"]), ((), 2.0, "deep", []),
        (("numpy", "Scikit_Learn>=1"), 2.0, "default", []), (("scipy",), 2.0, "default", ["scikit-learn"]),
    ],
)  # fmt: skip
def test_what_is_required_is_imported_however_few_cores_there_are(requirements, cores, depth, expected):
    context = Context(Request(requirements=requirements, depth=depth))
    context.put("cpu", seen(Cpu(logical_cores=int(cores), usable_cores=cores)))
    assert sorted(numerics.left_out(context)) == expected
