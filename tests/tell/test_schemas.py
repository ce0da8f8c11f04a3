import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

import dlcheck
from dlcheck.judge import profiles
from dlcheck.model.documents import decode_snapshot, encode
from dlcheck.model.gaps import unseen
from dlcheck.model.profile import PROFILE_SCHEMA
from tests.facts import gpu_machine, machine, report
from tests.tell.reports import REPORTS

ROOT = Path(dlcheck.__file__).parent.parent


def validator(name):
    schema = json.loads((resources.files("dlcheck.model") / "schemas" / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


REPORT, SNAPSHOT, PROFILE = validator("report-1"), validator("snapshot-1"), validator("profile-1")


@pytest.mark.skipif(not (ROOT / "scripts").exists(), reason="no checkout: the scripts are not here")
def test_the_schemas_are_as_the_model_says():
    ended = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_schemas.py", "--check"], check=False, capture_output=True, text=True
    )

    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize(
    "snapshot", [machine(), gpu_machine(), machine(git=unseen("timed-out", "no answer"), torch=unseen("crashed"))]
)
def test_what_is_written_fits_the_schemas(snapshot):
    assert list(SNAPSHOT.iter_errors(json.loads(encode(snapshot)))) == []
    assert list(REPORT.iter_errors(json.loads(encode(report(snapshot))))) == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_written_by_hand_fits(name):
    assert list(REPORT.iter_errors(json.loads(encode(REPORTS[name])))) == []


def test_what_does_not_fit_is_refused():
    document = json.loads(encode(report(machine())))
    for key, value in (("schema", "dlcheck.report/2"), ("verdict", "perhaps"), ("findings", {}), ("summary", None)):
        assert not REPORT.is_valid({**document, key: value})


@pytest.mark.parametrize("name", profiles.built_in())
def test_the_built_in_profiles_fit(name):
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    text = (resources.files("dlcheck.judge.profiles") / f"{name}.toml").read_text("utf-8")

    PROFILE.validate(tomllib.loads(text))
    assert profiles.load(name).schema == PROFILE_SCHEMA


def test_a_file_name_that_is_no_utf_8_can_be_written_and_read():
    odd = machine(working_folder="/home/ada/\udcff")

    assert decode_snapshot(encode(odd)).working_folder == "/home/ada/\\udcff"
