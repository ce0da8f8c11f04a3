"""environment.yml and pyproject.toml: what they ask for, and what in them is not guessed at."""

import pytest
from packaging.requirements import Requirement

from dlcheck.observe import environment_file, pyproject_file
from dlcheck.observe.requirements_file import RequirementsFileError

COURSE = """\
name: course  # the course's own
channels:
  - pytorch
  - conda-forge
dependencies:
  - python=3.11
  - numpy=1.26
  - conda-forge::pandas>=2,<3
  - pytorch==2.5.1
  - pytorch-cuda=12.4
  - "scikit-learn"
  - scipy 1.14.*
  - blas=*=mkl
  - libgcc-ng
  - matplotlib=3.9.2=py311_0
  - jupyterlab >=4
  - opencv
  - pip
  - pip:
      - transformers[torch]>=4.40
      - -r more.txt
      - git+https://github.com/x/y.git#egg=why
  - seaborn
variables:
  TOKEN: x
"""


def test_an_environment_of_conda_in_the_words_of_pip():
    found = environment_file.parse(COURSE)

    assert found.requirements == (
        "numpy==1.26.*", "pandas>=2,<3", "torch==2.5.1", "scikit-learn", "scipy==1.14.*", "matplotlib==3.9.2", "jupyterlab>=4",
        "opencv-python", "transformers[torch]>=4.40", "why", "seaborn",
    )  # fmt: skip
    assert found.python == "==3.11.*"
    assert all(Requirement(one) for one in found.requirements)


def test_lists_may_stand_without_indent_and_as_one_line_endings_of_windows():
    assert environment_file.parse("dependencies:\r\n- numpy\r\n- pip:\r\n  - torch\r\n- pandas\r\n").requirements == (
        "numpy", "torch", "pandas",
    )  # fmt: skip
    assert environment_file.parse("name: x\n").requirements == ()


@pytest.mark.parametrize(
    "text",
    ["dependencies: [numpy, pandas]\n", "dependencies:\n  - &a numpy\n", "dependencies:\n  - !!python/object:os.system x\n",
     "dependencies:\n  - |\n    numpy\n", "dependencies:\n  numpy: 1\n", "dependencies:\n" + "  - numpy\n" * 30_000],
)  # fmt: skip
def test_yaml_that_would_have_to_be_guessed_is_refused_with_its_line(text):
    with pytest.raises(RequirementsFileError, match="line"):
        environment_file.parse(text)


PROJECT = """\
[project]
name = "My.Project"
requires-python = ">=3.10"
dependencies = ["numpy>1", "pandas"]
[project.optional-dependencies]
gpu = ["torch>=2"]
all = ["my-project[gpu,all]", "jax"]
[dependency-groups]
test = ["pytest", {include-group = "Lint"}]
lint = ["ruff"]
circle = [{include-group = "circle"}]
"""


@pytest.mark.parametrize(
    ("extras", "groups", "requirements"),
    [
        ((), (), ("numpy>1", "pandas")),
        (("GPU",), (), ("numpy>1", "pandas", "torch>=2")),
        (("all",), (), ("numpy>1", "pandas", "torch>=2", "jax")),
        ((), ("test",), ("pytest", "ruff")),
        (("gpu",), ("lint",), ("numpy>1", "pandas", "torch>=2", "ruff")),
    ],
)
def test_a_project_with_extras_and_groups(extras, groups, requirements):
    found = pyproject_file.parse(PROJECT, extras, groups)

    assert (found.requirements, found.python) == (requirements, ">=3.10")


@pytest.mark.parametrize(
    ("text", "extras", "groups", "words"),
    [
        (PROJECT, ("cpu",), (), "it has no extra 'cpu'; there are gpu, all"),
        (PROJECT, ("test",), (), "'test' is no extra but a dependency group: write :test"),
        (PROJECT, (), ("docs",), "it has no dependency group 'docs'; there are test, lint, circle"),
        (PROJECT, (), ("circle",), "includes itself"),
        ("x", (), (), "it is no TOML"),
        ("project = 3", (), (), "is no table"),
        ("[project]\ndependencies = 3", (), (), "is no list of texts"),
        ("[dependency-groups]\nx = [3]", (), ("x",), "holds what is no requirement"),
        ("x = " + "[" * 5000, (), (), "it is no TOML"),
    ],
)
def test_what_is_wrong_with_a_project_is_said(text, extras, groups, words):
    with pytest.raises(RequirementsFileError, match=words):
        pyproject_file.parse(text, extras, groups)
