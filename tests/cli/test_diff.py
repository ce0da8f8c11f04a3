import json

import pytest

from dlcheck.model.documents import encode
from dlcheck.model.gaps import unseen
from tests.facts import distribution, machine, packages, report


@pytest.fixture
def pair(tmp_path):
    """Two documents in files: a healthy machine, and the same with an older numpy."""
    after = machine(packages=packages(distribution("torch", "2.13.0"), distribution("numpy", "1.26.4")))
    (tmp_path / "good.json").write_bytes(encode(report(machine())))
    (tmp_path / "now.json").write_bytes(encode(after))
    return tmp_path / "good.json", tmp_path / "now.json"


def test_drift_is_status_1_and_no_drift_status_0(dlcheck, pair):
    status, out, _ = dlcheck("diff", *pair)

    assert status == 1
    assert "numpy: 2.1.3 → 1.26.4" in out
    assert dlcheck("diff", pair[0], pair[0])[0] == 0


def test_what_is_allowed_is_no_drift(dlcheck, pair, tmp_path):
    (tmp_path / "allow.txt").write_text("numpy = 1.*\ntorch*\n*as built\nCUDA that*\npackages.builds*\n", "utf-8")
    status, out, _ = dlcheck("diff", *pair, "--allow", tmp_path / "allow.txt", "--format", "json")

    assert [one["key"] for one in json.loads(out)["changes"] if not one["allowed_by"]] == []
    assert status == 0


def test_nothing_to_compare_is_status_3(dlcheck, tmp_path):
    from dlcheck.model.snapshot import Snapshot

    (tmp_path / "empty.json").write_bytes(encode(Snapshot()))
    status, out, _ = dlcheck("diff", tmp_path / "empty.json", tmp_path / "empty.json")

    assert (status, out.splitlines()[0]) == (3, "Nothing can be compared: no fact was seen on both sides.")


def test_wrong_input_is_refused_in_a_sentence(dlcheck, pair, tmp_path):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "allow.txt").write_text("= 3", "utf-8")
    for arguments in (
        [pair[0], tmp_path / "none.json"], [pair[0], tmp_path / "broken.json"], [*pair, "--allow", tmp_path / "allow.txt"],
        [*pair, "--format", "html"], [*pair, "--profile", "none"], ["-", "-"], [*pair, "--allow", tmp_path],
    ):  # fmt: skip
        status, out, err = dlcheck("diff", *arguments)
        assert (status, out, len(err.splitlines())) == (2, "", 1), err


def test_documents_that_are_handed_on_name_no_folders(dlcheck, pair):
    _, out, _ = dlcheck("diff", *pair, "--format", "markdown")

    assert str(pair[0].parent) not in out
    assert "good.json" in out
    assert "/home/ada" not in out
    assert "/home/ada" in dlcheck("diff", *pair, "--format", "markdown", "--no-redact")[1]


def test_the_doctor_says_first_what_changed_since_it_worked(dlcheck, pair, recorded):
    status, out, _ = dlcheck("doctor", "--snapshot", recorded(git=unseen("absent")), "--baseline", pair[0])
    plain = dlcheck("doctor", "--snapshot", recorded(git=unseen("absent")))[1]

    assert out.startswith("Since")
    assert out.index("git: gone (was 2.43.0)") < out.index(plain.splitlines()[0])
    assert status == dlcheck("doctor", "--snapshot", recorded(git=unseen("absent")))[0]


def test_the_doctor_leaves_room_for_the_report_where_much_changed(dlcheck, recorded, tmp_path):
    installed = [distribution(f"library-{number}", "1.0") for number in range(60)]
    other = tmp_path / "other.json"
    other.write_bytes(encode(machine(packages=packages(*installed))))

    out = dlcheck("doctor", "--snapshot", recorded(), "--baseline", other)[1]
    assert out.split("Ready")[0].count("\n! ") == 8
    assert "more with --verbose" in out
    assert dlcheck("doctor", "--snapshot", recorded(), "--baseline", other, "--verbose")[1].count("library-") >= 60


@pytest.mark.parametrize("name", ["markdown", "html", "github", "json"])
def test_the_other_formats_tell_it_too(dlcheck, pair, recorded, name):
    out = dlcheck("doctor", "--snapshot", recorded(git=unseen("absent")), "--baseline", pair[0], "--format", name)[1]

    assert "2.43.0" in out


def test_a_baseline_that_cannot_be_read_is_refused_before_looking(dlcheck, tmp_path):
    assert dlcheck("doctor", "--baseline", tmp_path / "none.json")[0] == 2
