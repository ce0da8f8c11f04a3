"""What libraries write when they are imported does not reach the person's folders; what lies there is read."""

import os
import sys
from unittest import mock

import pytest

from dlcheck.observe import ask
from dlcheck.observe.worker import traces

WRITES = """
import os
folder = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
os.makedirs(folder, exist_ok=True)
settings = os.path.join(folder, "keras.json")
backend = open(settings).read() if os.path.exists(settings) else open(settings, "w").write("{}") and "made"
__version__ = "1.0"
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    for variable, _ in traces.PLACES:
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "writes.py").write_text(WRITES)
    return tmp_path / "home"


def imported(home):
    environ = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(home.parent / "path")}
    return ask.ask(sys.executable, "library", {"name": "writes"}, seconds=30.0, env=environ, cwd=str(home))


def test_an_import_leaves_nothing_behind(home):
    answered = imported(home)
    assert answered.facts["error"]["gap"] == "absent"
    assert list(home.rglob("*")) == []


def test_what_is_there_is_read_and_not_moved(home):
    (home / ".keras").mkdir()
    (home / ".keras" / "keras.json").write_text('{"backend": "torch"}')
    assert imported(home).facts["error"]["gap"] == "absent"
    assert sorted(path.name for path in home.rglob("*")) == [".keras", "keras.json"]


def test_a_place_that_the_person_named_is_theirs(home, tmp_path):
    (home / ".triton").mkdir()
    with mock.patch.dict(os.environ, HOME=str(home), USERPROFILE=str(home), KERAS_HOME="/data/keras"):
        traces.leave_none(str(tmp_path))
        assert os.environ["KERAS_HOME"] == "/data/keras"
        assert "TRITON_CACHE_DIR" not in os.environ
        assert os.environ["TORCHINDUCTOR_CACHE_DIR"].startswith(str(tmp_path))
