"""The engine with checks of the test's own: facts by parameter, gaps, grades, causes, rank and verdict."""

import pytest

from dlcheck.cli.status import of as exit_status
from dlcheck.judge import check as writing
from dlcheck.judge import engine, profiles
from dlcheck.judge.check import FAIL, NOTE, WARN, bad, check, need, note, ok, skip
from dlcheck.model.devices import NvidiaGpu
from dlcheck.model.frameworks import Torch
from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing, Probed, seen, unseen
from dlcheck.model.host import Os
from dlcheck.model.pasted import Pasted
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter, Packages
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Git
from tests.facts import BEGINNER, EXPECTS_CUDA, GPU, NVIDIA, TORCH_CPU, change, gpu_machine, machine

LAYER = "library"
_TYPES = (Git, Interpreter, NvidiaGpu, Os, Packages, Probed, Profile, Torch)


@pytest.fixture(autouse=True)
def checks(monkeypatch):
    """Only the checks that a test writes."""
    own = {}
    monkeypatch.setattr(writing, "registry", own)
    monkeypatch.setattr(engine, "registry", own)
    monkeypatch.setattr(engine.pkgutil, "iter_modules", lambda path: [])
    return own


def judged(snapshot, profile=BEGINNER, **selection):
    return engine.judge(snapshot, profile, engine.Selection(**selection))


def one(snapshot, profile=BEGINNER):
    (finding,) = judged(snapshot, profile).findings
    return finding


def test_the_id_title_and_page_come_from_the_function(checks):
    @check(FAIL, pillar="system", since="0.1")
    def disk_on_fire(os: "Os"):
        """The disk is on fire.

        That is bad.
        """
        return ok()

    found = checks["disk-on-fire"]
    assert (found.title, found.explanation.strip(), found.parameters) == (
        "The disk is on fire",
        "That is bad.",
        (("os", "Os"),),
    )


@pytest.mark.parametrize(
    ("gap", "status", "verdict"),
    [("absent", "skip", "unknown"), ("not-looked", "skip", "unknown"), ("denied", "unknown", "unknown"), ("broken", "unknown", "unknown"),
     ("timed-out", "unknown", "unknown"), ("crashed", "unknown", "unknown")],
)  # fmt: skip
def test_a_gap_is_never_green_unless_the_thing_is_not_there(gap, status, verdict):
    @check(FAIL, pillar="system", since="0.1")
    def git_too_old(git: "Git"):
        """git is too old."""
        return ok()

    report = judged(machine(git=unseen(gap, "because")))

    assert (report.findings[0].status, report.verdict) == (status, verdict)
    assert "because" in report.findings[0].evidence[0]


def test_nothing_is_ready_because_nobody_looked():
    @check(FAIL, pillar="system", since="0.1")
    def git_too_old(git: "Git"):
        """git is too old."""
        return ok()

    assert judged(Snapshot()).verdict == "unknown"
    assert judged(machine()).verdict == "ready"


def test_a_gap_in_one_field_ends_the_check_that_needs_it():
    @check(FAIL, pillar="system", since="0.1")
    def uptime_too_long(os: "Os"):
        """It runs for too long."""
        return ok(str(need(os.uptime_seconds, "the uptime")))

    os = machine().os.value
    assert one(machine(os=change(os, uptime_seconds=Missing("denied", "no /proc")))).status == "unknown"
    assert one(machine(os=change(os, uptime_seconds=Missing("absent")))).status == "skip"
    assert one(machine()).status == "pass"


def test_a_check_of_a_device_runs_once_for_each():
    @check(WARN, pillar="system", since="0.1")
    def gpu_odd(gpu: "NvidiaGpu"):
        """A GPU is odd."""
        return bad("odd") if gpu.index else ok("even")

    two = change(NVIDIA, gpus=(GPU, change(GPU, index=1)))
    report = judged(gpu_machine(nvidia=two))
    assert [(one.subject, one.status) for one in report.findings] == [("gpu 1", "warn"), ("gpu 0", "pass")]
    assert one(machine()).status == "skip"


def test_a_check_that_raises_is_one_finding_and_status_70():
    @check(FAIL, pillar="system", since="0.1")
    def broken_itself(os: "Os"):
        """It is broken."""
        raise ZeroDivisionError("of ours")

    @check(FAIL, pillar="system", since="0.1")
    def fine(os: "Os"):
        """It is fine."""
        return ok()

    report = judged(machine())
    assert [(one.id, one.status) for one in report.findings] == [("broken-itself", "unknown"), ("fine", "pass")]
    assert report.defects == ("broken-itself: ZeroDivisionError: of ours",)
    assert exit_status(report) == 70


def test_a_defect_does_not_hide_a_failure():
    @check(FAIL, pillar="system", since="0.1")
    def broken_itself(os: "Os"):
        """It is broken."""
        raise ZeroDivisionError

    @check(FAIL, pillar="system", since="0.1")
    def really_bad(os: "Os"):
        """It is bad."""
        return bad()

    assert exit_status(judged(machine())) == 1


def _cause_and_consequence(cause_grade, consequence_grade):
    @check(consequence_grade, pillar="python", after=("no-power",), since="0.1")
    def no_light(os: "Os"):
        """There is no light."""
        return bad("dark")

    @check(cause_grade, pillar="system", since="0.1")
    def no_power(os: "Os"):
        """There is no power."""
        return bad("0 V")


def test_a_consequence_is_no_problem_of_its_own():
    _cause_and_consequence(FAIL, FAIL)

    report = judged(machine())
    assert report.root_causes == ("no-power",)
    assert [(one.id, one.caused_by) for one in report.findings] == [("no-power", ()), ("no-light", ("no-power",))]
    assert report.summary == "Not ready: there is no power."


def test_a_cause_is_as_grave_as_what_follows_from_it():
    _cause_and_consequence(WARN, FAIL)

    report = judged(machine())
    assert [(one.id, one.status) for one in report.findings] == [("no-power", "fail"), ("no-light", "fail")]
    assert report.root_causes == ("no-power",)


def test_what_was_left_out_is_no_cause():
    _cause_and_consequence(FAIL, FAIL)

    report = judged(machine(), skip=("no-power",))
    assert report.root_causes == ("no-light",)


def test_a_fault_of_one_gpu_does_not_explain_another():
    @check(FAIL, pillar="system", since="0.1")
    def gpu_lost(gpu: "NvidiaGpu"):
        """A GPU is lost."""
        return bad() if gpu.index == 0 else ok()

    @check(WARN, pillar="system", after=("gpu-lost",), since="0.1")
    def gpu_slow(gpu: "NvidiaGpu"):
        """A GPU is slow."""
        return bad()

    report = judged(gpu_machine(nvidia=change(NVIDIA, gpus=(GPU, change(GPU, index=1)))))
    slow = {one.subject: one.caused_by for one in report.findings if one.id == "gpu-slow"}
    assert slow == {"gpu 0": ("gpu-lost",), "gpu 1": ()}


def test_who_needs_the_facts_of_a_crashed_child_is_unknown_by_the_check_that_judges_the_crash():
    @check(WARN, pillar="python", since="0.1")
    def torch_import_crashes(torch: "Probed[Torch]"):
        """Importing torch crashes."""
        return bad(torch.missing.words()) if torch.missing and torch.missing.gap == "crashed" else ok()

    @check(FAIL, pillar="python", since="0.1")
    def torch_wrong(torch: "Torch"):
        """torch is wrong."""
        return ok()

    report = judged(machine(torch=unseen("crashed", "killed by SIGSEGV")))
    assert {one.id: (one.status, one.caused_by) for one in report.findings} == {
        "torch-import-crashes": ("warn", ()),
        "torch-wrong": ("unknown", ("torch-import-crashes",)),
    }
    assert report.root_causes == ("torch-import-crashes",)


@pytest.mark.parametrize(("profile", "status"), [(BEGINNER, "warn"), (EXPECTS_CUDA, "fail")])
def test_what_the_profile_does_not_expect_cannot_fail(profile, status):
    @check(FAIL, pillar="system", wanted="cuda", otherwise=WARN, since="0.1")
    def gpu_broken(os: "Os"):
        """The GPU is broken."""
        return bad()

    assert one(machine(), profile).status == status


def test_one_of_several_frameworks_is_enough():
    @check(FAIL, pillar="python", wanted="torch", otherwise=NOTE, since="0.1")
    def torch_not_there(torch: "Probed[Torch]"):
        """There is no torch."""
        return bad() if torch.value is None else ok()

    without = machine(torch=unseen("absent"))
    with_tensorflow = machine(torch=unseen("absent"), tensorflow=seen(TORCH_CPU))
    assert one(without).status == "fail"
    assert one(with_tensorflow).status == "note"
    assert one(without, change(BEGINNER, frameworks_any=())).status == "note"


def test_a_case_can_be_milder_than_its_check_never_graver():
    @check(WARN, pillar="system", since="0.1")
    def mild(os: "Os"):
        """It is mild."""
        return bad(at_most=NOTE)

    assert one(machine()).status == "note"


def test_rank_is_failures_causes_hardware_first(monkeypatch):
    def define(name, grade, layer):
        monkeypatch.setitem(globals(), "LAYER", layer)

        def judge(os: "Os"):
            return bad()

        judge.__name__, judge.__doc__ = name, name
        check(grade, pillar="system", since="0.1")(judge)

    define("untidy", WARN, "hygiene")
    define("library_bad", FAIL, "library")
    define("driver_bad", FAIL, "hardware")
    define("driver_odd", WARN, "hardware")

    assert judged(machine()).root_causes == ("driver-bad", "library-bad", "driver-odd", "untidy")


def test_a_circle_of_causes_is_refused():
    @check(FAIL, pillar="system", after=("hen",), since="0.1")
    def egg(os: "Os"):
        """Egg."""
        return ok()

    @check(FAIL, pillar="system", after=("egg",), since="0.1")
    def hen(os: "Os"):
        """Hen."""
        return ok()

    with pytest.raises(ValueError, match="hen"):
        judged(machine())


def test_only_and_skip_take_ids_and_pillars():
    @check(FAIL, pillar="system", since="0.1")
    def first(os: "Os"):
        """First."""
        return ok()

    @check(FAIL, pillar="python", since="0.1")
    def second(os: "Os"):
        """Second."""
        return ok()

    def run(**selection):
        return sorted(one.id for one in judged(machine(), **selection).findings if one.status == "pass")

    assert run() == ["first", "second"]
    assert run(only=("system",)) == ["first"]
    assert run(only=("second",)) == ["second"]
    assert run(skip=("second",)) == ["first"]


def test_strict_makes_warnings_fail():
    @check(WARN, pillar="system", since="0.1")
    def untidy(os: "Os"):
        """It is untidy."""
        return bad()

    @check(FAIL, pillar="system", since="0.1")
    def fine(os: "Os"):
        """It is fine."""
        return ok()

    assert exit_status(engine.judge(machine(), BEGINNER)) == 0
    assert exit_status(engine.judge(machine(), BEGINNER, strict=True)) == 1


def test_one_check_may_answer_for_several_subjects():
    @check(FAIL, pillar="python", since="0.1")
    def package_missing(os: "Os"):
        """A package is missing."""
        return [bad("no numpy", subject="numpy"), note("old", subject="pandas"), skip("not asked", subject="scipy")]

    assert [(one.subject, one.status) for one in judged(machine()).findings] == [
        ("numpy", "fail"), ("pandas", "note"), ("scipy", "skip"),
    ]  # fmt: skip


def test_judging_is_a_pure_function():
    _cause_and_consequence(WARN, FAIL)

    assert judged(machine()) == judged(machine())


def test_what_is_a_warning_at_most_does_not_explain_a_failure():
    @check(FAIL, pillar="system", since="0.1")
    def table_too_old(os: "Os"):
        """The table may be too old to know."""
        return bad("perhaps", at_most=WARN)

    @check(FAIL, pillar="system", after=("table-too-old",), since="0.1")
    def git_on_fire(os: "Os"):
        """Git is on fire."""
        return bad("it burns")

    said = judged(machine())
    assert said.root_causes == ("git-on-fire", "table-too-old")
    assert [one.status for one in said.findings] == ["fail", "warn"]


def test_a_case_of_a_check_can_name_its_own_causes():
    @check(WARN, pillar="system", since="0.1")
    def disk_on_fire(os: "Os"):
        """The disk is on fire."""
        return bad("it burns")

    @check(FAIL, pillar="system", since="0.1")
    def git_on_fire(git: "Git"):
        """Git is on fire."""
        return bad("it burns", after=("disk-on-fire",))

    assert judged(machine()).root_causes == ("disk-on-fire",)


def test_a_group_that_no_check_knows_how_to_lose_leaves_the_verdict_unknown():
    @check(WARN, pillar="system", since="0.1")
    def probe_hangs(snapshot: "Snapshot"):
        """A program did not answer."""
        return bad("git: no answer", subject="git")

    @check(FAIL, pillar="system", since="0.1")
    def git_missing(git: "Git"):
        """Git is missing."""
        return ok()

    said = judged(machine(git=unseen("timed-out")))
    assert (said.root_causes, said.verdict) == (("probe-hangs",), "unknown")
    assert said.findings[-1].caused_by == ("probe-hangs",)


def test_two_files_cannot_write_the_same_check():
    check(WARN, pillar="system", since="0.1")(_written_in("one"))
    with pytest.raises(ValueError, match="same-name is written twice: one, two"):
        check(WARN, pillar="system", since="0.1")(_written_in("two"))


def _written_in(module):
    def same_name(os: "Os"):
        """A check of one name."""
        return ok()

    same_name.__module__ = module
    return same_name


def test_what_the_interpreter_would_have_told_is_unknown_because_of_it():
    @check(FAIL, pillar="python", since="0.1")
    def python_does_not_start(interpreter: "Probed[Interpreter]"):
        """The Python does not start."""
        return bad("it crashed")

    @check(FAIL, pillar="python", since="0.1")
    def package_missing(packages: "Packages"):
        """A package is missing."""
        return ok()

    said = judged(machine(interpreter=unseen("crashed"), packages=unseen("crashed")))
    assert said.root_causes == ("python-does-not-start",)
    assert said.findings[-1].caused_by == ("python-does-not-start",)


TEXT = profiles.load("pasted")


def of_text(errors=(), cuda_available=None, cuda="12.1", **groups):
    """A text that tells of a PyTorch for CUDA, and holds these error lines."""
    torch = Torch(version="2.5.1", cuda=cuda, cuda_available=NOT_LOOKED if cuda_available is None else cuda_available)
    told = {"torch": torch, "pasted": Pasted(errors=errors, not_told=("the GPU",)), **groups}
    return Snapshot(depth="pasted", **{name: seen(facts) for name, facts in told.items()})


def accelerator_broken():
    @check(FAIL, pillar="system", wanted="cuda", otherwise=NOTE, since="0.1")
    def driver_asleep(snapshot: "Snapshot"):
        """The driver sleeps."""
        return bad("zzz")


def library_broken():
    @check(WARN, pillar="python", since="0.1")
    def numpy2_abi(snapshot: "Snapshot"):
        """NumPy does not fit."""
        return bad("numpy")


def test_a_build_for_an_accelerator_expects_that_accelerator():
    accelerator_broken()

    assert judged(of_text(cuda="12.1"), TEXT).root_causes == ("driver-asleep",)
    assert judged(of_text(cuda=ABSENT), TEXT).root_causes == ()
    assert judged(of_text(cuda="12.1"), TEXT).profile.expects == ("cuda",)


def test_of_a_text_what_keeps_its_accelerator_from_working_makes_all_else_a_note():
    library_broken()
    accelerator_broken()

    report = judged(of_text(), TEXT)

    assert {one.id: one.status for one in report.findings} == {"driver-asleep": "fail", "numpy2-abi": "note"}
    assert report.verdict == "not-ready"


def test_of_a_text_any_fault_may_explain_where_nothing_nearer_does():
    library_broken()

    report = judged(of_text(), TEXT)

    assert (report.root_causes, report.verdict) == (("numpy2-abi",), "not-ready")


def test_of_a_text_what_its_own_error_points_at_comes_first():
    accelerator_broken()
    library_broken()

    report = judged(of_text(errors=("_ARRAY_API not found",)), TEXT)

    assert report.root_causes == ("numpy2-abi", "driver-asleep")


def test_habits_explain_no_failure_of_a_text(monkeypatch):
    monkeypatch.setitem(globals(), "LAYER", "hygiene")
    library_broken()

    report = judged(of_text(), TEXT)

    assert (report.findings[0].status, report.root_causes) == ("note", ())


def test_a_consequence_stands_or_falls_with_its_cause():
    accelerator_broken()

    @check(FAIL, pillar="python", after=("driver-asleep",), since="0.1")
    def product_wrong(snapshot: "Snapshot"):
        """The product is wrong."""
        return bad("0")

    report = judged(of_text(), TEXT)

    assert {one.id: (one.status, one.caused_by) for one in report.findings} == {
        "driver-asleep": ("fail", ()),
        "product-wrong": ("fail", ("driver-asleep",)),
    }


def test_a_text_is_ready_only_if_it_shows_itself_that_it_works():
    @check(FAIL, pillar="system", since="0.1")
    def no_driver(snapshot: "Snapshot"):
        """There is no driver."""
        return ok("the driver answers")

    shown = judged(of_text(cuda_available=True), TEXT)
    silent = judged(of_text(), TEXT)
    failing = judged(of_text(cuda_available=True, errors=("RuntimeError: who knows",)), TEXT)

    assert (shown.verdict, shown.summary) == ("ready", "PyTorch 2.5.1 finds CUDA; nothing wrong in what was pasted.")
    assert (silent.verdict, silent.summary) == ("unknown", "Nothing wrong in what was pasted; not in it: the GPU.")
    assert failing.verdict == "unknown"
    assert "RuntimeError: who knows" in failing.summary


def test_a_text_proves_only_what_it_tells():
    @check(FAIL, pillar="system", since="0.1")
    def memory_broken(snapshot: "Snapshot"):
        """The memory is broken."""
        return ok("no fault was found")

    report = judged(of_text(), TEXT)

    assert report.findings[0].status == "skip"
    assert report.not_looked_at == ("the GPU (not in the text)",)


@pytest.mark.parametrize(("system", "expected"), [("linux", "skip"), ("darwin", "unknown")])
def test_a_fault_of_another_system_is_not_asked_for(system, expected):
    @check(FAIL, pillar="system", only_on=("darwin",), since="0.1")
    def metal_missing(os: "Os", torch: "Torch"):
        """Metal is missing."""
        return ok()

    blind = machine(os=change(machine().os.value, system=system), torch=unseen("crashed"))
    assert one(blind).status == expected


def test_a_probe_of_ours_that_failed_is_a_defect():
    @check(FAIL, pillar="system", since="0.1")
    def disk_on_fire(os: "Os", git: "Git"):
        """The disk is on fire."""
        return ok()

    report = judged(machine(git=Probed(missing=Missing("broken", "TypeError: of ours", "defect"))))
    assert report.defects == ("git: TypeError: of ours",)
    assert exit_status(report) == 70
