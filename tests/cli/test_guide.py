import pytest

from dlcheck.model.page_names import PAGES
from tests.facts import gpu_machine, machine


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_read_of_a_recorded_machine(dlcheck, recorded, page):
    status, out, err = dlcheck("guide", page, "--snapshot", recorded(gpu_machine()))

    assert (status, err) == (0, "")
    assert len(out.splitlines()) > 10


def test_a_page_of_this_machine(dlcheck):
    status, out, _ = dlcheck("guide", "shell")

    assert status == 0
    assert "notes.txt" in out


def test_without_a_page_the_five_things(dlcheck, recorded):
    assert "Five things" in dlcheck("guide", "--snapshot", recorded(machine()))[1].splitlines()[0]


def test_markdown_and_a_profile(dlcheck, recorded):
    out = dlcheck("guide", "cloud", "--snapshot", recorded(machine()), "--format", "markdown")[1]

    assert out.startswith("# Where to get a GPU or TPU")


def test_a_page_that_there_is_not(dlcheck):
    assert dlcheck("guide", "shel") == (2, "", "dlcheck: there is no page 'shel': did you mean shell?\n")


def test_who_could_use_a_gpu_and_has_none_is_told_where_to_get_one(dlcheck, recorded):
    assert "dlcheck guide cloud" in dlcheck("doctor", "--snapshot", recorded(machine()))[1]
    assert "dlcheck guide" not in dlcheck("doctor", "--snapshot", recorded(gpu_machine()))[1]


def test_the_doctor_names_the_page_that_a_finding_wants(dlcheck, recorded, without_git):
    assert "dlcheck guide git" in dlcheck("doctor", "--snapshot", without_git)[1]
    assert "dlcheck guide git" not in dlcheck("doctor", "--snapshot", recorded(gpu_machine()))[1]
