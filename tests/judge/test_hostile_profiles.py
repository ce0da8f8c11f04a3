"""Whatever stands in a profile, a list or a file of requirements: it is read, or refused in one sentence."""

from importlib import resources

from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.judge import profiles
from dlcheck.judge.profiles.require import require
from dlcheck.judge.profiles.writing import write
from dlcheck.observe import environment_file, pyproject_file
from dlcheck.observe.requirements_file import RequirementsFileError
from tests.facts import BEGINNER, change

TEXTS = [
    (resources.files("dlcheck.judge.profiles") / f"{name}.toml").read_text("utf-8") for name in profiles.built_in()
]
VALUES = st.sampled_from(
    ['""', '"x"', "3", "-1", "1e400", "nan", "inf", "[]", "[[]]", "{}", "{a=1}", "true", "2026-01-01", "2026-01-01T00:00:00Z",
     '"8 GiB"', '"\\u0000"', "[1]", '["a",1]', "99999999999999999999999", "[[x]]", "\x00", '"""a\nb"""', "'", '"']
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 60), VALUES), min_size=1, max_size=4))
def test_a_profile_is_read_or_refused_in_one_sentence(text, changes):
    lines = text.splitlines()
    for number, value in changes:
        at = number % len(lines)
        lines[at] = f"{lines[at].partition('=')[0]}= {value}" if "=" in lines[at] else value
    try:
        profile = profiles.parse("\n".join(lines))
    except profiles.ProfileError as error:
        assert "\n" not in str(error)
        return
    # Grades of what is built in need no last day, those of a file do.
    assert profiles.parse(write(change(profile, grades=()))).name == profile.name


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("abgpu>=<,[]:;. 0189GiB~!*-\n#\"'&{}|"), max_size=60))
def test_lists_and_files_are_read_or_refused(text):
    for read, kind in (
        (lambda: require(BEGINNER, text), profiles.ProfileError),
        (lambda: environment_file.parse(f"dependencies:\n  - {text}"), RequirementsFileError),
        (lambda: pyproject_file.parse(text, ("a",), ("b",)), RequirementsFileError),
    ):
        try:
            read()
        except kind as error:
            assert str(error)
