import msgspec
import pytest

from dlcheck.guide import cloud, git, hardware, overview, python, shell
from dlcheck.judge.engine import all_checks
from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.host import Cloud
from dlcheck.model.page_names import PAGES, WANTED_BY
from dlcheck.model.pages import Line, Row, Table, Task
from dlcheck.model.profile import Hardware
from dlcheck.model.report import PILLARS
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Conda, Tool, Tools
from tests.facts import (
    BEGINNER,
    GIB,
    GIT,
    INTERPRETER,
    MEMORY,
    NUMERICS,
    NVIDIA,
    OS,
    TORCH_CUDA,
    change,
    gpu_machine,
    machine,
)


def blocks(page, kind):
    return [block for section in page.sections for block in section.blocks if isinstance(block, kind)]


def words(page):
    return "\n".join(line.words for line in blocks(page, Line))


def rows(page):
    return {row.name: row for table in blocks(page, Table) for row in table.rows}


def all_pages(snapshot, profile=BEGINNER):
    return {
        "overview": overview.page(snapshot), "shell": shell.page(snapshot), "git": git.page(snapshot),
        "python": python.page(snapshot), "hardware": hardware.page(snapshot), "cloud": cloud.page(snapshot, profile),
    }  # fmt: skip


@pytest.mark.parametrize("snapshot", [machine(), gpu_machine(), Snapshot()], ids=["laptop", "workstation", "nothing"])
def test_there_is_every_page_for_every_machine(snapshot):
    pages = all_pages(snapshot)

    assert set(pages) == set(PAGES)
    assert all(pages[name].name == name and pages[name].sections for name in PAGES)


SHELLS = [
    ({"system": "linux", "shell": "bash"}, "cat notes.txt"), ({"system": "linux", "shell": "notebook"}, "cat notes.txt"),
    ({"system": "darwin", "shell": "zsh"}, "cat notes.txt"), ({"system": "windows", "shell": "powershell"}, "Get-Content notes.txt"),
    ({"system": "windows", "shell": "cmd"}, "type notes.txt"), ({"system": "windows", "shell": "bash"}, "cat notes.txt"),
    ({"system": "linux", "shell": "fish"}, "cat notes.txt"), ({"system": "other", "shell": ""}, "cat notes.txt"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "reads"), SHELLS)
def test_the_commands_are_those_of_this_shell(fields, reads):
    tasks = blocks(shell.page(machine(os=change(OS, **fields))), Task)

    assert reads in [task.here.text for task in tasks]
    assert all(len(task.others) == 2 and task.here.where not in {one.where for one in task.others} for task in tasks)


def test_fish_has_its_own_way_to_set_a_variable():
    page = shell.page(machine(os=change(OS, shell="fish")))

    assert "set -x COURSE dl" in [task.here.text for task in blocks(page, Task)]


def test_wsl_and_notebooks_have_a_word_of_their_own():
    assert "/mnt/c" in words(shell.page(machine(os=change(OS, wsl=2))))
    assert "%cd" in words(shell.page(machine(os=change(OS, shell="notebook"))))
    assert "/mnt/c" not in words(shell.page(machine()))


def test_git_tells_what_was_done_already():
    done = [task.here.text for task in blocks(git.page(machine()), Task) if task.done]
    nobody = change(GIT, identity_name_set=False, identity_email_set=ABSENT)

    assert len(done) == 3
    assert [task.here.text for task in blocks(git.page(machine(git=nobody)), Task) if task.done] == ["git --version"]
    assert "was not found" in words(git.page(machine(git=unseen("absent"))))


@pytest.mark.parametrize(
    ("version", "command"), [("2.43.0", "git switch main"), ("2.17.1", "git checkout main"), ("odd", "git switch main")]
)
def test_an_old_git_gets_the_commands_that_it_knows(version, command):
    assert command in [task.here.text for task in blocks(git.page(machine(git=change(GIT, version=version))), Task)]


def test_the_order_of_git_is_the_beginner_s():
    texts = [
        task.here.text.split()[1] for task in blocks(git.page(machine()), Task) if task.here.text.startswith("git")
    ]

    assert [one for one in texts if one in ("config", "clone", "status", "add", "commit", "push")] == [
        "config", "config", "clone", "status", "add", "commit", "push"
    ]  # fmt: skip


def test_the_system_s_python_is_not_to_be_installed_into():
    system = change(INTERPRETER, environment="system")

    assert "Install nothing into it" in words(python.page(machine(interpreter=system)))
    assert "Install nothing into it" not in words(python.page(machine()))


def test_conda_and_uv_are_shown_where_they_are():
    titles = {section.title for section in python.page(machine()).sections}
    conda = machine(conda=Conda(family="Miniforge"), tools=Tools(found=(Tool(name="uv", path="/usr/bin/uv"),)))

    assert not {"With conda", "With uv"} & titles
    assert {"With conda", "With uv"} <= {section.title for section in python.page(conda).sections}


def test_the_hardware_page_tells_what_is_here():
    assert "no GPU that PyTorch could compute on" in words(hardware.page(machine()))
    assert "RTX 4090, 24.0 GB; a product of matrices on it came out right" in words(hardware.page(gpu_machine()))
    dead = gpu_machine(nvidia=unseen("absent"), torch=change(TORCH_CUDA, devices=TORCH_CUDA.devices[:1]))
    assert "no driver answers" in words(hardware.page(dead))


def test_a_wrong_product_is_no_proof():
    wrong = change(TORCH_CUDA, devices=(change(TORCH_CUDA.devices[1], product_right=False),))

    assert "came out wrong" in words(hardware.page(gpu_machine(torch=wrong)))


def test_courses_stand_beside_this_machine():
    small = rows(hardware.page(machine(memory=change(MEMORY, total_bytes=4 * GIB))))
    large = rows(hardware.page(gpu_machine()))

    assert small["Alchemy Code Lab"].note == "short of RAM"
    assert small["Alchemy Code Lab"].mark == "warn"
    assert large["Alchemy Code Lab"].mark == "pass"
    assert large["Karpathy, nanochat"].note == "short of GPU memory"
    assert large["This machine"].cells[:4] == ("16 GB", "200 GB", "8", "24 GB")


def test_a_laptop_sold_with_8_gb_has_them():
    sold = rows(hardware.page(machine(memory=change(MEMORY, total_bytes=int(7.5 * GIB)))))

    assert sold["Alchemy Code Lab"].mark == "pass"


def wanting(memory=0, *expects):
    return change(BEGINNER, expects=expects, minimum=Hardware(gpu_memory_bytes=memory * GIB))


FITS = [
    (wanting(), "Google Colab"), (wanting(8, "cuda"), "Google Colab"), (wanting(16, "any"), "Google Colab"),
    (wanting(0, "tpu"), "Google Colab, TPU"), (wanting(24, "cuda"), "Google Colab, paid"),
    (wanting(80, "cuda"), "RunPod, H100"), (wanting(200, "cuda"), None),
    (wanting(90, "tpu"), "Google Cloud TPU v5p"), (wanting(0, "mps"), None),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "offer"), FITS)
def test_the_offer_that_fits_the_profile_is_marked(profile, offer):
    found = cloud.fitting(profile)
    marked = [name for name, row in rows(cloud.page(machine(), profile)).items() if row.mark == "pass"]

    assert (found.name if found else None) == offer
    assert marked == ([offer] if offer else [])


def test_what_is_too_small_says_so():
    assert "less than the 24 GB" in rows(cloud.page(machine(), wanting(24, "cuda")))["Paperspace Gradient"].note


def test_who_has_a_gpu_is_told_and_so_is_who_is_there_already():
    there = machine(cloud=Cloud(platform="kaggle", name="Kaggle", evidence="", is_notebook=True))

    assert "This machine has one: NVIDIA GeForce RTX 4090" in words(cloud.page(gpu_machine(), BEGINNER))
    assert "you are there now" in rows(cloud.page(there, BEGINNER))["Kaggle Notebooks"].note


def test_every_fact_of_the_tables_has_its_source_and_day():
    for page in (cloud.page(machine(), BEGINNER), hardware.page(machine())):
        for row in rows(page).values():
            assert row.name == "This machine" or (row.source and row.read)
            assert isinstance(row, Row)


def test_the_five_things_are_the_five_pillars_and_their_topics_exist():
    things = overview.things()
    exercised = {one.topic for one in (*NUMERICS.exercises, *TORCH_CUDA.exercises)}

    assert tuple(one.pillar for one in things) == PILLARS
    assert {topic for one in things for topic in one.topics} == exercised - {"numexpr"}


def test_what_was_computed_right_is_proved_and_nothing_else():
    proved = {line.words.partition(":")[0]: line.mark for line in blocks(overview.page(machine()), Line)}
    nothing = overview.page(machine(numerics=unseen("not-looked"), torch=unseen("not-looked")))
    wrong = change(NUMERICS, exercises=tuple(change(one, outcome="wrong") for one in NUMERICS.exercises))

    assert proved["fitting a line"] == "pass"
    assert "not proved yet" in words(nothing)
    assert "computed right" not in words(nothing)
    assert "came out wrong" in words(overview.page(machine(numerics=wrong)))


def test_pages_are_wanted_by_checks_that_exist():
    assert set(WANTED_BY) <= set(all_checks()), set(WANTED_BY) - set(all_checks())
    assert set(WANTED_BY.values()) <= set(PAGES)


def test_pages_of_any_depth_can_be_made():
    assert msgspec.to_builtins(overview.page(gpu_machine(nvidia=change(NVIDIA, gpus=ABSENT))))
