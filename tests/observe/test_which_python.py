"""Two Pythons that a text shows where the person thinks of one, and what only looks like two."""

import pytest

from dlcheck.judge.engine import judge
from tests.texts import PASTED, facts, roots

SATISFIED = """\
$ pip install scikit-learn
Requirement already satisfied: scikit-learn in /usr/local/lib/python3.9/site-packages (1.4.2)
$ python3 train.py
Traceback (most recent call last):
  File "/home/u/train.py", line 1, in <module>
    import sklearn
ModuleNotFoundError: No module named 'sklearn'
"""
DAMAGED = """\
Requirement already satisfied: pandas in /venv/lib/python3.11/site-packages (2.2.0)
Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/seaborn/__init__.py", line 2, in <module>
    import pandas
ModuleNotFoundError: No module named 'pandas'
"""
NOTEBOOK = """\
sys.executable for jupyter:
'/opt/anaconda3/bin/python'

sys.executable in the terminal:
'/opt/anaconda3/envs/dl/bin/python3.11'
"""
OF_PIP = """\
`pip3 --version` shows it plainly:

`pip 18.1 from /Users/u/Library/Python/{0}/lib/python/site-packages/pip (python {0})`
"""
ALONE = "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    import cv2\nModuleNotFoundError: No module named 'cv2'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SATISFIED, ("pip-of-another-python",)),
        (DAMAGED, ("library-import-fails",)),
        (OF_PIP.format("2.7"), ("pip-of-another-python",)),
        (OF_PIP.format("3.8"), ()),
        (OF_PIP.replace("pip3 ", "pip3.1 ").format("3.10"), ("pip-of-another-python",)),
        (NOTEBOOK, ("jupyter-kernel-of-another-python",)),
        ("Python 3.11.2\n" + NOTEBOOK.replace("/envs/dl/bin/python3.11", "/bin/python"), ()),
        (NOTEBOOK.replace("jupyter", "mamba"), ()),
        (ALONE, ("required-package-missing",)),
        (ALONE + "RuntimeError: no pictures found\n", ()),
        (ALONE.replace("cv2", "helpers"), ()),
        (
            ALONE
            + "$ pip list\nPackage       Version\n------------- -------\nopencv-python 4.10.0\nnumpy         1.26.4\n",
            (),
        ),
    ],
)
def test_two_pythons(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(one for one in roots(text) if one != "cause-only-likely") == expected


def test_the_folder_of_pip_is_told() -> None:
    pythons = facts(SATISFIED).pythons.value
    assert pythons is not None
    assert pythons.pip_python == "/usr/local/lib/python3.9/site-packages"
    first = judge(facts(SATISFIED), PASTED).findings[0]
    assert "not for the Python that ran" in str(first.evidence)
