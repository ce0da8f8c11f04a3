"""Profiles as a person types them: files, --require, -r, the built-in ones, `dlcheck profile`."""

import subprocess
import sys
import time

import pytest

from dlcheck.judge import profiles
from dlcheck.model.documents import encode
from dlcheck.model.gaps import unseen
from tests.facts import build, distribution, gpu_machine, machine, packages

FORMATS = ("terminal", "json", "junit", "github", "markdown", "html")
CUDA_BUILD = {
    "packages": packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cu130", cuda="13.0"),)),
}


@pytest.fixture
def own(tmp_path):
    def write(text, name="own.toml"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize("depth", ["default", "quick"])
@pytest.mark.parametrize("kind", FORMATS)
def test_an_image_for_gpus_without_one_is_red_in_every_format(dlcheck, recorded, kind, depth):
    left_out = {
        name: unseen("not-looked", "left out by --quick")
        for name in ("torch", "numerics", "tensorflow", "jax", "torch_xla")
    }
    snapshot = recorded(**CUDA_BUILD, depth=depth, **(left_out if depth == "quick" else {}))

    assert dlcheck("doctor", "--snapshot", snapshot, "--profile", "gpu-image", "--format", kind)[0] == 1
    assert dlcheck("doctor", "--snapshot", snapshot, "--profile", "beginner", "--format", kind)[0] == 0


def test_an_image_for_gpus_with_one_that_computes_is_ready(dlcheck, recorded):
    assert dlcheck("doctor", "--snapshot", recorded(gpu_machine()), "--profile", "gpu-image")[0] == 0


def test_require_on_the_command_line(dlcheck, recorded):
    snapshot = recorded(gpu_machine())

    assert (
        dlcheck("doctor", "--snapshot", snapshot, "--require", "cuda, gpus>=1, driver>=560, torch>=2.7, ram>=16GiB")[0]
        == 0
    )
    assert dlcheck("doctor", "--snapshot", snapshot, "--require", "gpus>=8")[0] == 1
    status, _, err = dlcheck("doctor", "--snapshot", snapshot, "--require", "gpus>=lots")
    assert status == 2
    assert err == "dlcheck: --require: 'gpus>=lots': that is no number, write gpus>=8\n"


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("requirements.txt", "numpy>=2\n", 0), ("requirements.txt", "numpy>=3\n", 1),
        ("environment.yml", "dependencies:\n  - numpy=2.1\n  - python=3.12\n", 0), ("environment.yml", "dependencies:\n  - numpy=1.26\n", 1),
        ("pyproject.toml", '[project]\ndependencies = ["numpy"]\n', 0),
        ("pyproject.toml[gpu]", '[project]\n[project.optional-dependencies]\ngpu = ["cupy"]\n', 1),
        ("pyproject.toml:test", '[dependency-groups]\ntest = ["pytest"]\n', 1),
        ("pyproject.toml[none]", "[project]\n", 2), ("environment.yml", "dependencies: {}\n", 2),
    ],
)  # fmt: skip
def test_requirement_files_of_three_kinds(dlcheck, recorded, own, name, text, status):
    file = own(text, name.partition("[")[0].partition(":")[0] if ":" in name or "[" in name else name)
    given = f"{file.parent}/{name}"

    assert dlcheck("doctor", "--snapshot", recorded(), "-r", given)[0] == status


def test_a_profile_extends_a_file_beside_it_and_no_other(dlcheck, recorded, own, tmp_path):
    own('name = "base"\nextends = "beginner"\ntools_required = []\n', "base.toml")
    good = own('name = "own"\nextends = "base.toml"\n')
    outside = own('name = "own"\nextends = "../outside.toml"\n', "outside.toml")

    assert dlcheck("doctor", "--snapshot", recorded(), "--profile", good)[0] == 0
    status, _, err = dlcheck("doctor", "--snapshot", recorded(), "--profile", outside)
    assert status == 2
    assert "it can extend a file beside it" in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n[minimum]\nram_bytes = 'much'\n", "line 4: minimum.ram_bytes"),
        ("[[grades]]\ncheck = 'git-mising'\ngrade = 'fail'\nreason = 'x'\n", "line 3: there is no check 'git-mising'"),
        ("only = ['sistem']\n", "line 2: there is no check 'sistem'"),
        (
            "[[grades]]\ncheck = 'git-missing'\ngrade = 'off'\nreason = 'no git'\nexpires = 2026-11-21\n",
            "line 3: its waiver of git-missing (no git) expired on 2026-11-21",
        ),
    ],
)
def test_a_profile_that_is_wrong_is_refused(dlcheck, recorded, own, text, words):
    status, out, err = dlcheck("doctor", "--snapshot", recorded(), "--profile", own(f"name = 'own'\n{text}"))

    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_waiver_that_holds_on_the_day_of_the_snapshot(dlcheck, recorded, own):
    text = "name = 'own'\n[[grades]]\ncheck = 'git-missing'\ngrade = 'off'\nreason = 'no git'\nexpires = 2026-11-22\n"

    status, out, _ = dlcheck("doctor", "--snapshot", recorded(), "--profile", own(text), "--format", "json")
    assert status == 0
    assert "switched off by the profile until 2026-11-22: no git" in out


def test_the_prolog_keeps_to_its_time_and_imports_no_framework():
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "dlcheck", "doctor", "--profile", "prolog"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode in (0, 1, 3)
    assert time.monotonic() - began < 8
    assert "prolog (Prolog of a job)" in ended.stdout
    assert not any(line.endswith(("| torch", "| numpy", "| tensorflow")) for line in ended.stderr.splitlines())


@pytest.mark.parametrize("name", [one for one in profiles.built_in() if one != "pasted"])
def test_show_prints_a_profile_that_can_be_read(dlcheck, name):
    status, out, _ = dlcheck("profile", "show", name)

    assert status == 0
    assert f'name = "{name}"' in out
    assert "extends" not in out


def test_show_reads_several_files_as_a_hook_hands_them_over(dlcheck, own):
    good, bad = own("name = 'a'\n", "a.toml"), own("name = 3\n", "b.toml")

    assert dlcheck("profile", "show", good, good)[1].count("name = ") == 2
    status, _, err = dlcheck("profile", "show", good, bad)
    assert status == 2
    assert "b.toml: line 1: name" in err


def test_show_lays_in_what_is_required_on_the_command_line(dlcheck, own):
    _, out, _ = dlcheck("profile", "show", own('name = "own"\n'), "--require", "cuda, gpus>=2, torch>=2.7")
    shown = profiles.parse(out)

    assert (shown.expects, shown.minimum.gpu_count, shown.required) == (("cuda",), 2, ("torch>=2.7",))


def test_init_writes_a_profile_that_the_machine_meets(dlcheck, recorded, tmp_path):
    snapshot, file = recorded(gpu_machine()), tmp_path / "lab.toml"

    assert dlcheck("profile", "init", "lab", "--snapshot", snapshot, "--output", file)[0] == 0
    assert file.read_text("utf-8").startswith("# What lab needs, made by `dlcheck profile init` on 2026-11-22")
    assert dlcheck("doctor", "--snapshot", snapshot, "--profile", file)[0] == 0
    (tmp_path / "snapshot.json").write_bytes(encode(machine()))
    assert dlcheck("doctor", "--snapshot", tmp_path / "snapshot.json", "--profile", file)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [([], "profile show or profile init?"), (["shwo"], "did you mean show?"), (["show", "begginer"], "did you mean beginner?"),
     (["init", "x", "--output", "absent/x.toml"], "there is no folder"), (["init", "x", "y"], "makes one profile, not 2")],
)  # fmt: skip
def test_what_is_wrong_with_the_command_is_said(dlcheck, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = dlcheck("profile", *arguments)

    assert (status, out) == (2, "")
    assert words in err
