import pytest

from dlcheck.compare.roster import Names, parse

NAMES = Names(
    ["Ada Lovelace", "Lovelace, Byron", "Ann Lee", "Ann Marie Lee", "zoe", "alan.turing@example.org", "李 雷"]
)

FOUND = [
    ("ada_lovelace", "Ada Lovelace"), ("Lovelace Ada_1234_assignsubmission_file_report", "Ada Lovelace"),
    ("AdaLovelace", "Ada Lovelace"), ("week 1/ADA-LOVELACE (1)", "Ada Lovelace"), ("byron.lovelace", "Lovelace, Byron"),
    ("ann_lee", "Ann Lee"), ("ann marie lee", "Ann Marie Lee"), ("Zoë", "zoe"), ("alan.turing", "alan.turing@example.org"),
    ("雷 李", "李 雷"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "name"), FOUND)
def test_a_name_is_found_again_however_it_is_written(document, name):
    assert NAMES.of(document) == (name,)


@pytest.mark.parametrize("document", ["lovelace", "adam_lovelace", "report", "", "zoey", "annlee"])
def test_a_part_of_a_name_is_no_name(document):
    assert NAMES.of(document) == ()


def test_what_fits_two_people_is_given_to_neither():
    assert len(Names(["Ada Byron", "Ada Lovelace"]).of("ada_byron_lovelace")) == 2


def test_a_roster_is_one_name_a_line():
    assert parse("# course 1\n\nAda Lovelace \nAda Lovelace\n---\n").names == ("Ada Lovelace",)
