from datetime import date

import pytest

from dlcheck.judge import profiles
from dlcheck.judge.engine import all_checks
from dlcheck.judge.profiles import numbers
from dlcheck.judge.profiles.machine import from_machine
from dlcheck.judge.profiles.require import require, terms
from dlcheck.judge.profiles.rules import broken_rule, expired, unknown_check
from dlcheck.judge.profiles.writing import write
from dlcheck.model.profile import Hardware, Regrade
from dlcheck.model.report import PILLARS
from tests.facts import BEGINNER, change, findings, gpu_machine, machine, report, status

NAMED = 'name = "own"\n'


@pytest.mark.parametrize("name", profiles.built_in())
def test_the_built_in_profiles_keep_to_their_own_rules_and_can_be_written_and_read(name):
    profile = profiles.load(name)
    broken = broken_rule(change(profile, grades=()), "")
    again = profiles.parse(write(change(profile, grades=())))

    assert broken == ""
    assert unknown_check(profile, all_checks(), PILLARS) == ""
    assert again == change(profile, grades=(), extends="", of_text=False)
    assert profile.title
    assert profile.description


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "`name` is not given"),
        ("x", "it is no TOML"),
        ("name = 3", "line 1: name: a text is wanted, not a whole number"),
        (NAMED + "\n[minimum]\nrma_bytes = 3", "line 4: there is no `rma_bytes` here; did you mean `ram_bytes`?"),
        (NAMED + "requierd = []", "line 2: there is no `requierd` here; did you mean `required`?"),
        (NAMED + '[minimum]\nram_bytes = "lots"', 'line 3: minimum.ram_bytes: that is no size, such as "8 GiB"'),
        (NAMED + "[minimum]\nram_bytes = -1", "line 3: minimum.ram_bytes: a number below 0"),
        (NAMED + '[minimum]\ndriver = "new"', "line 3: minimum.driver: 'new' is no version"),
        (NAMED + 'required = [\n  "numpy",\n  "n u m",\n]', "line 4: required: 'n u m' is no requirement"),
        (NAMED + 'python = "three"', "line 2: python: 'three' is no range"),
        (NAMED + 'expects = ["cuba"]', "line 2: expects.0: 'cuba' is none of any, cuda, rocm, mps, xpu, tpu"),
        (NAMED + 'extends = "absent"', "line 2: extends: there is no profile 'absent'"),
        (NAMED + 'extends = "../x.toml"', "line 2: extends: there is no profile '../x.toml'"),
        (NAMED + 'schema = "dlcheck.profile/2"', "newer than this dlcheck reads"),
        (NAMED + 'schema = "dlcheck.report/1"', "is 'dlcheck.report/1', not"),
        (NAMED + '[[grades]]\ncheck = "a"\ngrade = "off"\nreason = "x"', "line 2: grades.0.expires: a waiver needs a last day"),
        (NAMED + '[[grades]]\ncheck = "a"\ngrade = "fail"\nreason = " "', "line 5: grades.0.reason: why a is graded"),
        (NAMED + '[[grades]]\ncheck = "a"\ngrade = "of"\nreason = "x"', "line 4: grades.0.grade: 'of' is none of off, note, warn, fail"),
        (
            NAMED + '[[grades]]\ncheck = "a"\ngrade = "fail"\nreason = "x"\n[[grades]]\ncheck = "b"\ngrade = "note"\nreason = "x"\nexpires = 2026-02-30',
            "it is no TOML",
        ),
        (NAMED + '[[bench]]\ndtype = "bf16"', "line 2: bench.0: give one of tflops"),
        (NAMED + "deadline_seconds = 0.1", "line 2: deadline_seconds: at least one second"),
        ("# " + "x" * profiles.MAX_PROFILE_BYTES, "at most"),
        (NAMED + "x = " + "[" * 3000, "it is no TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text, words):
    with pytest.raises(profiles.ProfileError) as error:
        profiles.parse(text)

    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_profile_is_laid_over_the_one_that_it_extends():
    text = (
        NAMED + 'extends = "beginner"\nrequired = ["NumPy>=2", "torch"]\npython = ">=3.12"\nframeworks_any = ["jax"]\n'
        '[minimum]\nram_bytes = "4 GiB"\n[comfortable]\ncompute_capability = "8.0"\n'
    )
    own = profiles.parse(text)

    assert own.required == ("pandas", "matplotlib", "scikit-learn", "jupyter", "NumPy>=2", "torch")
    assert (own.name, own.python, own.frameworks_any) == ("own", ">=3.12", ("jax",))
    assert own.minimum == change(BEGINNER.minimum, ram_bytes=4 * 2**30)
    assert own.comfortable == change(BEGINNER.comfortable, compute_capability=(8, 0))
    assert own.tools_required == BEGINNER.tools_required


def test_profiles_may_extend_each_other_but_not_in_a_circle():
    files = {
        "a.toml": 'name = "a"\nextends = "b.toml"\n',
        "b.toml": 'name = "b"\nextends = "beginner"\nrequired = ["torch"]\n',
    }
    files["c.toml"] = 'name = "c"\nextends = "c.toml"\n'
    files["bad.toml"] = 'name = "bad"\n\nrequired = 3\n'

    assert profiles.parse(files["a.toml"], files.__getitem__).required[-1] == "torch"
    with pytest.raises(profiles.ProfileError, match="in a circle"):
        profiles.parse(files["c.toml"], files.__getitem__)
    with pytest.raises(profiles.ProfileError, match=r"bad\.toml, which it extends: line 3: required"):
        profiles.parse('name = "x"\nextends = "bad.toml"', files.__getitem__)


@pytest.mark.parametrize(
    ("text", "count"),
    [("8 GiB", 8 * 2**30), ("8GB", 8 * 10**9), ("512 mib", 2**29), ("1.5TiB", 3 * 2**39), ("7", 7), ("8 G", 8 * 2**30),
     ("", None), ("GiB", None), ("8 XB", None), ("-1 GB", None), ("1e9", None), ("٣ GB", None)],
)  # fmt: skip
def test_sizes_as_people_write_them(text, count):
    assert numbers.size(text) == count


def test_a_waiver_holds_to_its_last_day_and_not_longer():
    waived = change(
        BEGINNER, grades=(Regrade(check="git-missing", grade="off", reason="x", expires=date(2026, 11, 22)),)
    )

    assert expired(waived, date(2026, 11, 22)) is None
    check, words = expired(waived, date(2026, 11, 23))
    assert check == "git-missing"
    assert "its waiver of git-missing (x) expired on 2026-11-22" in words


def test_require_says_the_same_without_a_file():
    said = require(
        BEGINNER, "cuda, gpus>=8, gpu_memory>=80GiB, driver>=560, torch>=2.7,<3, shm>=8GiB, compute_capability>=9.0, avx2, "
        "transformers[torch,sentencepiece]>=4, python>=3.11, tool:cmake, nvidia, cores >= 16",
    )  # fmt: skip

    assert said.expects == ("cuda",)
    assert said.minimum == Hardware(
        ram_bytes=BEGINNER.minimum.ram_bytes, disk_free_bytes=BEGINNER.minimum.disk_free_bytes, cores=16, gpu_count=8,
        gpu_memory_bytes=80 * 2**30, driver="560", shm_bytes=8 * 2**30, compute_capability=(9, 0), cpu_features=("avx2",),
        vendor="nvidia",
    )  # fmt: skip
    assert said.comfortable.gpu_memory_bytes == 80 * 2**30
    assert said.comfortable.ram_bytes == BEGINNER.comfortable.ram_bytes
    assert said.extra_requirements == ("torch>=2.7,<3", "transformers[torch,sentencepiece]>=4")
    assert said.python == ">=3.10,>=3.11"
    assert said.tools_required == ("git", "cmake")
    assert [one.check for one in said.grades] == ["shm-too-small", "python-unsupported", "cores-below-minimum"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("gpus=8", "gpus is asked for with >="), ("gpus>=many", "that is no number, write gpus>=8"), ("ram>=8 XB", "ram>=8GiB"),
     ("driver>=new", "driver>=560"), ("python>=x", "is no range of versions"), ("nvidia gpu", "is not understood"),
     ("$(reboot)", "is not understood"), (",".join(["torch"] * 101), "at most 100")],
)  # fmt: skip
def test_a_term_that_cannot_be_read_is_named(text, words):
    with pytest.raises(profiles.ProfileError) as error:
        require(BEGINNER, text)

    assert words in str(error.value)


def test_terms_are_split_at_commas_but_not_inside_a_requirement():
    assert terms(" a , b[x,y]>=1, <2 ,, c ") == ["a", "b[x,y]>=1,<2", "c"]


def test_a_profile_made_from_a_machine_is_met_by_that_machine():
    for snapshot in (machine(), gpu_machine()):
        made = from_machine(snapshot, "own")
        again = profiles.parse(write(made, "a\n\nb"))

        assert again == made
        assert report(snapshot, again).verdict == "ready"
    assert from_machine(gpu_machine(), "own").expects == ("cuda",)
    assert from_machine(gpu_machine(), "own").minimum == Hardware(
        ram_bytes=8 * 2**30, gpu_count=1, gpu_memory_bytes=24 * 2**30, compute_capability=(8, 9), driver="580"
    )


def test_what_a_snapshot_did_not_look_up_is_not_met_because_nobody_looked():
    vision = profiles.load("computer-vision")
    missing = [one.subject for one in findings("required-package-missing", machine(), vision) if one.status == "fail"]

    assert missing == ["torchvision", "pillow"]
    assert status("required-package-missing", machine(), require(BEGINNER, "numpy>=3")) == "fail"
    assert status("required-package-missing", machine(), require(BEGINNER, "numpy>=2,<3, torch>=2.5")) == "pass"
    assert (
        status("required-package-missing", machine(), require(BEGINNER, "colorama; sys_platform == 'win32'")) == "pass"
    )
