"""Files of the person's own that a text shows imported in the place of a library, and what only looks like one."""

import pytest

from tests.texts import facts, roots

SCRIPT = """\
Traceback (most recent call last):
  File "/home/u/work/train.py", line 1, in <module>
    import numpy as np
  File "/venv/lib/python3.11/site-packages/numpy/__init__.py", line 157, in <module>
    import random
  File "/home/u/work/random.py", line 3, in <module>
    print(random.randint(1, 6))
AttributeError: partially initialized module 'random' has no attribute 'randint' (most likely due to a circular import)
"""
ITSELF = """\
Traceback (most recent call last):
  File "/home/u/instructor.py", line 1, in <module>
    import instructor
  File "/home/u/instructor.py", line 15, in <module>
    client = instructor.patch(1)
AttributeError: partially initialized module 'instructor' has no attribute 'patch' (most likely due to a circular import)
"""
NAMED = """\
AttributeError: module 'random' has no attribute 'randint' (consider renaming '/home/u/random.py' since it has the \
same name as the standard library module named 'random' and the import system gives it precedence)
"""
ALONE = "AttributeError: partially initialized module 'torch' has no attribute 'cuda' (most likely due to a circular import)\n"
NAME = "ImportError: cannot import name 'EXACT_TOKEN_TYPES' from 'token' (/tmp/token.py)\n"
PROJECT = """\
Traceback (most recent call last):
  File "/home/u/work/train.py", line 2, in <module>
    import models
  File "/home/u/work/models.py", line 1, in <module>
    from layers import Block
ImportError: cannot import name 'Net' from partially initialized module 'models' (most likely due to a circular import) \
(/home/u/work/models.py)
"""
LIBRARY = """\
Traceback (most recent call last):
  File "t.py", line 7, in <module>
    import torch
  File "/opt/conda/lib/python3.8/site-packages/torch/__init__.py", line 778, in <module>
    _C._initExtension(manager_path())
AttributeError: partially initialized module 'torch' has no attribute 'UntypedStorage' (most likely due to a circular import)
"""
SOURCES = """\
Traceback (most recent call last):
  File "/home/u/pytorch/torch/__init__.py", line 2078, in <module>
    from torch import amp as amp, random as random
  File "/home/u/pytorch/torch/random.py", line 22, in <module>
    def get_rng_state(device: torch.device):
AttributeError: partially initialized module 'torch.fx' has no attribute 'x' (most likely due to a circular import)
"""


@pytest.mark.parametrize(
    ("text", "module", "path"),
    [
        (SCRIPT, "random", "/home/u/work/random.py"),
        (ITSELF, "instructor", "/home/u/instructor.py"),
        (NAMED, "random", "/home/u/random.py"),
        (ALONE, "torch", "torch.py"),
        (NAME, "token", "/tmp/token.py"),
    ],
)
def test_a_file_in_the_place_of_a_library(text, module, path):
    (shadow,) = facts(text).interpreter.value.shadows

    assert (shadow.module, shadow.path) == (module, path)
    assert roots(text) == ["local-file-shadows-library"]


@pytest.mark.parametrize("text", [PROJECT, LIBRARY, SOURCES, NAME.replace("/tmp", "/usr/lib/python3.12")])
def test_a_project_or_a_library_that_imports_itself_is_none(text):
    assert facts(text).interpreter.value.shadows == ()
    assert "local-file-shadows-library" not in roots(text)
