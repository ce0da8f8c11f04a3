"""The conda family, by made-up installations and recorded configuration files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.model.tools import Conda
from dlcheck.observe import child, condarc, named_environments
from dlcheck.observe.context import Context, Request
from dlcheck.observe.host import conda

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="installations are laid out as on POSIX")

MAIN = "https://repo.anaconda.com/pkgs/main/linux-64"
FORGE = "https://conda.anaconda.org/conda-forge/linux-64"


@pytest.fixture(autouse=True)
def no_usual_places(monkeypatch):
    """What this machine has at /opt/conda must not be seen."""
    exists = named_environments._is_folder
    monkeypatch.setattr(
        named_environments, "_is_folder", lambda path: not str(path).startswith(("/opt", "/usr")) and exists(path)
    )
    monkeypatch.setattr(child, "run", lambda argv, **_: pytest.fail(f"{argv[0]} was started"))


def install(root: Path, *packages: str, channel: str = MAIN, condarc: str = "") -> Path:
    (root / "conda-meta").mkdir(parents=True)
    (root / "conda-meta/history").touch()
    for name in packages:
        (root / f"conda-meta/{name}.json").write_text(json.dumps({"build": "0", "channel": channel}))
    if any(name.startswith("conda-") for name in packages):
        (root / "condabin").mkdir()
        (root / "bin").mkdir()
        for file in ("bin/conda", "bin/python"):
            (root / file).touch()
            (root / file).chmod(0o755)
    if condarc:
        (root / ".condarc").write_text(condarc)
    return root


def look(home: Path, **variables) -> Conda | Missing:
    environ = {"HOME": str(home), "PATH": "/nowhere", **{name: str(value) for name, value in variables.items()}}
    probed = conda.probe(Context(Request(environ=environ, cwd=str(home), python=sys.executable)))
    return probed.value or probed.missing or pytest.fail("neither")


FAMILIES = [
    ("anaconda3", ("conda-24.9.2-py312_0", "anaconda-2024.10-py312_mkl_0"), MAIN, "Anaconda"),
    ("c", ("conda-24.9.2-py312_0", "_anaconda_depends-2024.10-py312_0"), MAIN, "Anaconda"),
    ("miniconda3", ("conda-24.9.2-py312_0",), MAIN, "Miniconda"),
    ("miniconda3", ("conda-24.9.2-py312_0",), FORGE, "Miniconda"),
    ("miniforge3", ("conda-24.9.2-py312_0", "mamba-1.5.9-py312_0"), FORGE, "Miniforge"),
    ("mambaforge", ("conda-23.3.1-py310_0", "mamba-1.4.2-py310_0"), FORGE, "Mambaforge"),
    ("conda", ("conda-25.1.0-py312_0",), FORGE, "Miniforge"),
    ("conda", ("conda-25.1.0-py312_0",), MAIN, "Miniconda"),
    ("conda", ("conda-25.1.0-py312_0",), "https://conda.example/ours", "conda"),
]


@pytest.mark.parametrize(("folder", "packages", "channel", "family"), FAMILIES)
def test_each_of_the_family_is_told_by_its_files(tmp_path, folder, packages, channel, family):
    root = install(tmp_path / folder, *packages, channel=channel)
    seen = look(tmp_path, CONDA_EXE=root / "bin/conda")
    assert isinstance(seen, Conda)
    assert (seen.family, seen.root, seen.executable) == (family, str(root), str(root / "bin/conda"))
    assert seen.version == packages[0].split("-")[1]
    assert seen.mamba is any(name.startswith("mamba-") for name in packages)


def test_an_installation_that_is_not_active_is_found_at_its_usual_place(tmp_path):
    root = install(tmp_path / "miniforge3", "conda-24.9.2-py312_0", channel=FORGE)
    seen = look(tmp_path)
    assert isinstance(seen, Conda)
    assert (seen.root, seen.active_prefix, seen.base_active) == (str(root), ABSENT, False)


def test_without_conda_there_is_none(tmp_path):
    seen = look(tmp_path)
    assert isinstance(seen, Missing)
    assert seen.gap == "absent"


def test_base_and_another_active_environment(tmp_path):
    root = install(tmp_path / "miniconda3", "conda-24.9.2-py312_0")
    other = install(root / "envs/dl")
    base = look(tmp_path, CONDA_PREFIX=root, CONDA_DEFAULT_ENV="base")
    active = look(tmp_path, CONDA_PREFIX=other, CONDA_DEFAULT_ENV="dl")
    assert isinstance(base, Conda)
    assert isinstance(active, Conda)
    assert (base.base_active, base.active_name) == (True, "base")
    assert (active.base_active, active.active_name, active.active_prefix) == (False, "dl", str(other))
    assert active.root == str(root)


def test_environments_are_listed_once_each(tmp_path):
    root = install(tmp_path / "miniconda3", "conda-24.9.2-py312_0")
    install(root / "envs/dl")
    elsewhere = install(tmp_path / "elsewhere/vision")
    (root / "envs/.trash").mkdir()
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda/environments.txt").write_text(f"{root}\n{root}/envs/dl\n{elsewhere}\n{tmp_path}/gone\n\n")
    seen = look(tmp_path)
    assert isinstance(seen, Conda)
    assert [(one.name, one.prefix) for one in seen.environments] == [
        ("base", str(root)), ("dl", str(root / "envs/dl")), ("vision", str(elsewhere)),
    ]  # fmt: skip


SOLVERS = [
    ("23.9.0", {}, {}, "classic"),
    ("23.10.0", {}, {}, "libmamba"),
    ("22.11.1", {"solver": "libmamba"}, {}, "libmamba"),
    ("24.1.0", {"solver": "classic"}, {}, "classic"),
    ("22.11.1", {"experimental_solver": "libmamba"}, {}, "libmamba"),
    ("24.1.0", {"solver": "libmamba"}, {"CONDA_SOLVER": "classic"}, "classic"),
    (None, {}, {}, Missing("not-looked")),
]


@pytest.mark.parametrize(("version", "settings", "environ", "expected"), SOLVERS)
def test_the_solver(version, settings, environ, expected):
    assert conda.solver(settings, version, environ) == expected


def test_channels_lose_their_tokens_and_the_nearest_come_first(tmp_path):
    root = install(tmp_path / "miniforge3", "conda-24.9.2-py312_0", condarc="channels:\n  - conda-forge\n")
    (tmp_path / ".condarc").write_text(
        "channels:\n- https://me:secret@host/t/to-ken/private\n- conda-forge\n- https://host/t/to-ken/other?x=secret\n"
    )
    seen = look(tmp_path, CONDA_EXE=root / "bin/conda")
    assert isinstance(seen, Conda)
    assert seen.channels == ("https://host/private", "conda-forge", "https://host/other")
    assert conda.channels({}, {}) == ABSENT
    assert conda.channels({"channels": ["a"]}, {"CONDA_CHANNELS": "b,c"}) == ("b", "c")


CONDARC = """\
# written by hand
channels:   # order matters
  - conda-forge
  - 'nvidia'
  - "https://host/with#hash"
ssl_verify: false
solver: libmamba #!final
default_channels: [https://a/main, "https://b/r"]
custom_channels:
  mine: https://host/x
  deep:
    - not a channel
envs_dirs:
- /data/envs
- /more

channel_alias: https://host/alias
auto_activate_base:
block: |
  channels: [trap]
- stray
"""


def test_a_condarc_is_read_without_yaml():
    said = condarc.parse(CONDARC)
    assert said["channels"] == ["conda-forge", "nvidia", "https://host/with#hash"]
    assert (said["ssl_verify"], said["solver"], said["channel_alias"]) == ("false", "libmamba", "https://host/alias")
    assert said["default_channels"] == ["https://a/main", "https://b/r"]
    assert said["envs_dirs"] == ["/data/envs", "/more"]
    assert "auto_activate_base" not in said


@pytest.mark.parametrize(
    "text", ["", "\ufeffchannels:\r\n\t- a\r\n", "\0\0", "- - -", "channels", ":", "channels: {a: b}"]
)
def test_odd_files_are_borne(text):
    assert condarc.parse(text).get("channels", []) in ([], ["a"])


def test_micromamba_has_no_records_and_is_asked(tmp_path, monkeypatch):
    monkeypatch.undo()
    program = tmp_path / "bin/micromamba"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 2.0.5\n")
    program.chmod(0o755)
    install(tmp_path / "micromamba/envs/dl")
    seen = look(tmp_path, MAMBA_EXE=program, MAMBA_ROOT_PREFIX=tmp_path / "micromamba")
    assert isinstance(seen, Conda)
    assert (seen.family, seen.version, seen.executable) == ("micromamba", "2.0.5", str(program))
    assert [one.name for one in seen.environments] == ["dl"]


def test_loops_of_links_are_borne(tmp_path):
    root = install(tmp_path / "miniconda3", "conda-24.9.2-py312_0")
    (root / "envs").mkdir()
    (root / "envs/loop").symlink_to(root / "envs/loop")
    (root / "envs/self").symlink_to(root)
    (root / ".condarc").symlink_to(root / ".condarc")
    seen = look(tmp_path)
    assert isinstance(seen, Conda)
    assert [one.name for one in seen.environments] == ["base"]


def test_settings_that_stand_in_the_way():
    from dlcheck.observe.host.conda import odd_settings

    settings = {"offline": "True", "ssl_verify": "/etc/ca.pem", "channel_priority": "disabled", "channels": ["x"]}

    assert odd_settings(settings) == ("offline: True", "channel_priority: disabled")
    assert odd_settings({"offline": "false", "channel_priority": "strict"}) == ()
