"""One library, imported for real in a child of its own."""

import importlib
import os
import re
import time
import warnings

from . import importing, traces

MODULES = {
    "beautifulsoup4": "bs4", "ipython": "IPython", "opencv-python": "cv2", "opencv-python-headless": "cv2",
    "pillow": "PIL", "python-dateutil": "dateutil", "pyyaml": "yaml", "scikit-image": "skimage",
    "scikit-learn": "sklearn", "tensorflow-cpu": "tensorflow",
}  # fmt: skip
"""Distribution → the module a person imports, where the names differ and the metadata may not say it."""


def work(answer, asked):
    """Import `asked["name"]`, a distribution's name, and say how that went."""
    name = asked["name"]
    answer.facts(name=name, module="")
    answer.stage("reading the metadata of %s" % name)
    module, version = module_of(name)
    answer.facts(module=module, version=version)
    if not module:
        answer.gap("error", "absent", "it holds no module of its own")
        return
    if not importing.has(module):
        answer.gap("error", "not-looked", "it is not installed")
        return
    traces.leave_none(os.path.dirname(answer.path))
    traces.keep_matplotlib_from_writing(os.path.dirname(answer.path))
    answer.stage("importing %s" % module)
    began = time.perf_counter()
    try:
        with warnings.catch_warnings(record=True):
            importlib.import_module(module)
        answer.gap("error", "absent")
    except BaseException as error:
        answer.facts(error=importing.words(error))
    answer.facts(seconds=round(time.perf_counter() - began, 4))


def module_of(name):
    """A distribution's module and version: ("sklearn", "1.5.2"); ("", version) where it holds no module."""
    import importlib.metadata as metadata

    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return MODULES.get(name, name.replace("-", "_")), ""
    version = str(distribution.version or "")
    if name in MODULES:
        return MODULES[name], version
    modules = top_level(distribution)
    plain = re.sub(r"[-_.]+", "_", name).lower()
    for module in modules:
        if module.lower() == plain:
            return module, version
    public = [module for module in modules if not module.startswith("_")]
    return (public or modules or [""])[0], version


def top_level(distribution):
    """The modules that a distribution brings, by its own list or by its files."""
    listed = (distribution.read_text("top_level.txt") or "").split()
    if listed:
        return listed
    found = []
    for file in distribution.files or ():
        parts = file.parts
        if len(parts) == 2 and parts[1] == "__init__.py":
            module = parts[0]
        elif len(parts) == 1 and parts[0].endswith(".py"):
            module = parts[0][:-3]
        else:
            continue
        if module not in found:
            found.append(module)
    return found
