import sys

import pytest

from dlcheck.model.gaps import ABSENT
from dlcheck.observe.host import conda_shell
from tests.observe.trees import lay

TOS = {"conda": "25.7.0", "conda-anaconda-tos": "0.2.2"}
ACCEPTED = (
    '{"base_url": "https://repo.anaconda.com/pkgs/main", "version": "2025-07-15T00:00:00Z", "tos_accepted": true}'
)


@pytest.mark.skipif(sys.platform == "win32", reason="Anaconda's prompt does it there")
@pytest.mark.parametrize(
    ("files", "variables", "expected"),
    [
        ({}, {}, False), ({".bashrc": "export PATH=/x:$PATH\n"}, {}, False),
        ({".zshrc": "# >>> conda initialize >>>\n"}, {}, True), ({".bashrc": ". ~/miniforge3/etc/profile.d/conda.sh\n"}, {}, True),
        ({".profile": 'export PATH="$HOME/anaconda3/bin:$PATH"\n'}, {}, True), ({}, {"CONDA_SHLVL": "1"}, True),
    ],
)  # fmt: skip
def test_whether_the_shell_can_activate(tmp_path, files, variables, expected):
    assert conda_shell.is_set_up({"HOME": str(lay(tmp_path, files)), **variables}) is expected


@pytest.mark.parametrize(
    ("files", "settings", "variables", "packages", "expected"),
    [
        ({}, {}, {}, TOS, False), ({".conda/tos/7f1d/2025.json": ACCEPTED}, {}, {}, TOS, True),
        ({"root/conda-meta/tos/7f1d/2025.json": ACCEPTED}, {}, {}, TOS, True),
        ({".conda/tos/7f1d/2025.json": ACCEPTED.replace("true", "false")}, {}, {}, TOS, False),
        ({}, {"channels": ["conda-forge"]}, {}, TOS, ABSENT), ({}, {"channels": ["conda-forge", "defaults"]}, {}, TOS, False),
        ({}, {}, {"CONDA_PLUGINS_AUTO_ACCEPT_TOS": "yes"}, TOS, ABSENT), ({}, {}, {}, {"conda": "24.1.0"}, ABSENT),
        ({}, {"default_channels": ["https://mirror.example.org/main"]}, {}, TOS, ABSENT),
    ],
)  # fmt: skip
def test_terms_of_anacondas_channels(tmp_path, files, settings, variables, packages, expected):
    lay(tmp_path, files)
    environ = {"HOME": str(tmp_path), **variables}

    assert conda_shell.terms_accepted(str(tmp_path / "root"), packages, settings, environ) == expected


def test_the_shell_finds_any_of_them(tmp_path):
    program = tmp_path / "bin" / ("mamba.exe" if sys.platform == "win32" else "mamba")
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    assert conda_shell.on_path({"PATH": str(program.parent)})
    assert not conda_shell.on_path({"PATH": str(tmp_path)})
