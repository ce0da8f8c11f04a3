import pytest

from dlcheck.compare.cohort import Gatherer
from dlcheck.compare.roster import Names
from dlcheck.model.gaps import unseen
from dlcheck.model.report import Report
from tests.facts import GIB, MEMORY, NVIDIA, change, gpu_machine, machine, report

WELL, GPU, NO_GIT = report(machine()), report(gpu_machine()), report(machine(git=unseen("absent")))


def cohort(*documents, names=None):
    """What is made of these: name and report, or name and what is wrong with it."""
    gatherer = Gatherer(names)
    for name, document in documents:
        if isinstance(document, Report):
            gatherer.add(name, document)
        else:
            gatherer.add_damaged(name, document)
    return gatherer.cohort()


def spread(found, name):
    return {one.value: one.count for one in next(one for one in found.spreads if one.name == name).counts}


def test_who_is_ready_what_is_wrong_and_with_whom():
    found = cohort(("ada", WELL), ("bob", NO_GIT), ("eve", NO_GIT), ("joe", "it is damaged"))

    assert (found.ready, found.counted, found.standings["damaged"]) == (1, 3, 1)
    assert [(one.id, one.who) for one in found.causes] == [("git-missing", ("bob", "eve"))]
    assert found.causes[0].fix
    assert found.members[1].first
    assert found.members[3].problem == "it is damaged"


def test_the_commonest_cause_stands_first_and_consequences_are_none():
    little = report(machine(memory=change(MEMORY, total_bytes=GIB)))
    found = cohort(("a", little), ("b", NO_GIT), ("c", NO_GIT))

    assert [one.id for one in found.causes][:2] == ["git-missing", "ram-below-minimum"]
    assert not any(one.id.startswith("git-identity") for one in found.causes)


def test_the_hardware_is_spread_over_classes():
    found = cohort(("a", WELL), ("b", GPU), ("c", GPU))

    assert spread(found, "Accelerator") == {"NVIDIA GeForce RTX 4090, 24.0 GB": 2, "none": 1}
    assert spread(found, "RAM") == {"16 to 32 GB": 3}
    assert spread(found, "Python") == {"3.12": 3}
    assert spread(found, "Framework")["PyTorch 2.13.0+cu130"] == 2


def test_a_laptop_of_8_gb_is_counted_as_one_although_it_reports_less():
    sold_with_8 = report(machine(memory=change(MEMORY, total_bytes=int(7.4 * GIB))))

    assert spread(cohort(("a", sold_with_8)), "RAM") == {"8 to 16 GB": 1}


def test_two_gpus_are_told_as_two():
    gpus = change(NVIDIA, gpus=(NVIDIA.gpus[0], change(NVIDIA.gpus[0], index=1)))

    assert cohort(("a", report(gpu_machine(nvidia=gpus)))).members[0].accelerator == "2 × NVIDIA GeForce RTX 4090"


def test_the_roster_tells_who_is_missing_and_who_was_not_expected():
    found = cohort(("ada_lovelace", WELL), ("guest", WELL), names=Names(["Ada Lovelace", "Alan Turing"]))

    assert found.roster[0].missing == ("Alan Turing",)
    assert found.roster[0].unexpected == ("guest",)
    assert found.members[0].person == "Ada Lovelace"


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_of_two_reports_of_one_person_the_later_counts(order):
    sent = {
        "old": ("1/ada", report(machine(git=unseen("absent"), taken_at="2026-11-01T00:00:00Z"))),
        "new": ("2/ada", report(machine(taken_at="2026-11-02T00:00:00Z"))),
    }
    found = cohort(*(sent[one] for one in order), names=Names(["Ada"]))

    assert (found.counted, found.ready, found.causes) == (1, 1, ())
    assert found.standings["superseded"] == 1


def test_a_damaged_document_never_takes_the_place_of_one_that_can_be_read():
    for documents in ([("1/ada", WELL), ("2/ada", "broken")], [("2/ada", "broken"), ("1/ada", WELL)]):
        assert cohort(*documents, names=Names(["Ada"])).ready == 1


def test_the_same_document_twice_counts_once():
    assert cohort(("report-1f", WELL), ("report-1f", WELL)).counted == 1


def test_what_comes_from_strangers_is_bounded():
    huge = change(
        NO_GIT, root_causes=tuple(f"cause-{number}" * 1000 for number in range(5000)),
        judged=change(NO_GIT.judged, python_version="9" * 100_000),
    )  # fmt: skip
    member = cohort(("n" * 100_000, huge)).members[0]

    assert len(member.causes) <= 40
    assert max(map(len, (*member.causes, member.name, member.python))) <= 160


def test_strangers_cannot_fill_the_memory_with_ever_new_texts(monkeypatch):
    monkeypatch.setattr("dlcheck.compare.gist.MOST_SAME", 20)
    strange = [change(WELL, judged=change(WELL.judged, python_version=f"3.{number}")) for number in range(50)]
    found = cohort(*((f"m{number}", one) for number, one in enumerate(strange)))

    assert found.counted == 50
    assert spread(found, "Python")["others"] >= 30


def test_rare_values_are_counted_together():
    found = cohort(
        *(
            (f"m{number}", change(WELL, judged=change(WELL.judged, python_version=f"3.{number}")))
            for number in range(40)
        )
    )

    assert spread(found, "Python")["others"] == 15


def test_many_members_share_their_texts():
    found = cohort(*((f"m{number}", WELL) for number in range(3)))

    assert found.members[0].os is found.members[2].os
