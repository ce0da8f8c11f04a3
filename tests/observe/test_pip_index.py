"""The package index that is configured."""

from __future__ import annotations

import os

import pytest

from dlcheck.model.gaps import ABSENT
from dlcheck.model.python import PipOption
from dlcheck.observe.pip_index import configured_index, configured_options, parse_pip, parse_uv, without_credentials


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def look(tmp_path, **environ):
    nowhere = str(tmp_path / "nowhere")
    return configured_index(
        str(tmp_path / "env"), {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": nowhere, **environ}, "linux"
    )


@pytest.fixture
def no_global_files(monkeypatch):
    """What this machine has in /etc must not be seen."""
    from dlcheck.model.gaps import Missing
    from dlcheck.observe import files, pip_index

    read = files.read
    monkeypatch.setattr(
        pip_index.files, "read", lambda path: Missing("absent") if str(path).startswith("/etc") else read(path)
    )


@pytest.mark.usefixtures("no_global_files")
def test_the_nearest_configuration_wins(tmp_path):
    assert look(tmp_path) == ABSENT
    write(tmp_path, ".config/uv/uv.toml", '[[index]]\nname = "x"\nurl = "https://uv/simple"\ndefault = true\n')
    assert look(tmp_path) == "https://uv/simple"
    write(tmp_path, ".pip/pip.conf", "[global]\nindex-url = https://old/simple\n")
    assert look(tmp_path) == "https://old/simple"
    write(tmp_path, ".config/pip/pip.conf", "[global]\nindex-url = https://user/simple\n")
    assert look(tmp_path) == "https://user/simple"
    write(tmp_path, "env/pip.conf", "[global]\nindex-url = https://env/simple\n")
    assert look(tmp_path) == "https://env/simple"
    write(tmp_path, "mine.conf", "[install]\nindex_url = https://mine/simple\n")
    assert look(tmp_path, PIP_CONFIG_FILE=str(tmp_path / "mine.conf")) == "https://mine/simple"
    assert look(tmp_path, PIP_INDEX_URL="https://variable/simple") == "https://variable/simple"
    assert look(tmp_path, PIP_CONFIG_FILE=os.devnull) == "https://uv/simple"
    assert look(tmp_path, PIP_CONFIG_FILE=os.devnull, UV_DEFAULT_INDEX="ours=https://x/s") == "https://x/s"


def test_files_of_windows_and_mac(tmp_path):
    write(tmp_path, "Roaming/pip/pip.ini", "[global]\nindex-url = https://windows/simple\n")
    environ = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "APPDATA": str(tmp_path / "Roaming")}
    assert configured_index("", environ, "win32") == "https://windows/simple"
    write(tmp_path, "Library/Application Support/pip/pip.conf", "[global]\nindex-url = https://mac/simple\n")
    assert configured_index("", environ, "darwin") == "https://mac/simple"


@pytest.mark.parametrize("text", ["", "[global", "index-url = x", "[global]\nfind-links = x", "\0", "[a]\nb=1\nb=2"])
def test_a_pip_conf_that_names_none(text):
    assert parse_pip(text) == ""


@pytest.mark.parametrize("text", ["", "[", "index = 3", '[[index]]\nurl = "https://x"', "pip = 1"])
def test_a_uv_toml_that_names_none(text):
    assert parse_uv(text) == ""


CREDENTIALS = {
    "https://host/simple": "https://host/simple",
    "https://me:secret@host/simple": "https://host/simple",
    "https://me:se@cret@host/simple": "https://host/simple",
    "https://token@host:8443/simple?key=secret": "https://host:8443/simple",
    "file:///srv/@wheels": "file:///srv/@wheels",
    "/srv/wheels": "/srv/wheels",
}


@pytest.mark.parametrize("url", CREDENTIALS)
def test_credentials_are_not_recorded(url):
    assert without_credentials(url) == CREDENTIALS[url]


@pytest.mark.usefixtures("no_global_files")
def test_options_that_send_packages_elsewhere(tmp_path):
    where = tmp_path / ".config" / "pip" / "pip.conf"
    write(
        tmp_path, ".config/pip/pip.conf",
        "[global]\nno_index = 1\ntarget = /old\nindex-url = https://ada:secret@mirror/simple\n[install]\nuser = yes\n[list]\ntarget=/no\n",
    )  # fmt: skip
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "nowhere"), "PIP_TARGET": "/new"}

    found = {one.name: one for one in configured_options(str(tmp_path / "env"), environ, "linux")}

    assert found["target"] == PipOption(name="target", value="/new", source="PIP_TARGET")
    assert found["no-index"] == PipOption(name="no-index", value="1", source=str(where), section="global")
    assert (found["user"].value, found["user"].section) == ("yes", "install")
    assert found["index-url"].value == "https://mirror/simple"


def test_a_damaged_configuration_has_no_options():
    from dlcheck.observe.pip_index import parse_options

    assert parse_options("target = /x\n", "f") == ()
    assert parse_options("[global]\n  broken", "f") == ()
