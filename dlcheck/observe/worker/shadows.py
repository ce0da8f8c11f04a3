"""Files in the working folder or on PYTHONPATH that are imported in the place of a library."""

import importlib.util
import os
import sys

LIBRARIES = frozenset(
    "torch torchvision torchaudio tensorflow keras jax jaxlib flax numpy pandas scipy sklearn matplotlib seaborn "
    "transformers datasets tokenizers accelerate cv2 PIL IPython ipykernel jupyter notebook jupyterlab tqdm "
    "lightning xgboost lightgbm plotly requests".split()
)
"""Import names that a course uses, whether they are installed or not."""

HARMLESS = frozenset(
    "test tests this antigravity turtledemo idlelib lib2to3 site sitecustomize usercustomize docs doc examples "
    "example scripts src bin build dist tools utils data setup conftest share include lib __hello__ __phello__ "
    "__pycache__ __future__ __main__ benchmarks benchmark".split()
)
"""Names that many projects use and no library imports by that name, or that are loaded before any file is found."""

LOADED_FIRST = frozenset(
    "abc codecs encodings genericpath io ntpath os posixpath stat sys _collections_abc _sitebuiltins zipimport "
    "importlib builtins".split()
)
"""Loaded at the start, before the working folder counts."""

ENDINGS = (".py", ".pyc", ".so", ".pyd")


def can_find(name):
    """Would an import of this top-level name find something? Nothing is imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def standard_modules():
    """Names of the standard library; Python 3.8 and 3.9 have no list of them."""
    names = getattr(sys, "stdlib_module_names", None)
    if names:
        return set(names)
    library = os.path.dirname(os.__file__)
    try:
        listed = os.listdir(library)
    except OSError:
        listed = []
    found = set(sys.builtin_module_names)
    for name in listed:
        stem, ending = os.path.splitext(name)
        if ending == ".py" or (not ending and os.path.isfile(os.path.join(library, name, "__init__.py"))):
            found.add(stem)
    return found


def module_of(folder, name):
    """The module that a directory entry is: its name, or "" where it is none."""
    stem = name.split(".", 1)[0]
    if name.endswith(ENDINGS):
        return stem
    if name == stem and os.path.isfile(os.path.join(folder, name, "__init__.py")):
        return stem
    return ""


def find(entries, installed):
    """The shadows: modules that an entry before the standard library holds and a library is named.

    installed: names of files and folders in the site-packages.
    """
    standard = standard_modules() - set(sys.builtin_module_names) - LOADED_FIRST
    packages = {name.split(".", 1)[0] for name in installed} | LIBRARIES
    found = []
    later = {os.path.realpath(one["path"]) for one in entries if one["origin"] not in ("working-folder", "PYTHONPATH")}
    for entry in entries:
        if entry["origin"] == "standard-library":
            break
        if os.path.realpath(entry["path"]) in later:
            continue
        try:
            names = sorted(os.listdir(entry["path"]))
        except OSError:
            continue
        projects = {"setup.py", "setup.cfg", "pyproject.toml"} & set(names)
        has_packages = any(name.endswith((".dist-info", ".egg-info")) for name in names)
        for name in names:
            module = name.split(".", 1)[0]
            if module in HARMLESS or (module not in standard and module not in packages):
                continue
            # A project's own package, and a folder that packages were installed into, are meant to be imported.
            if module not in standard and (has_packages or (projects and module not in LIBRARIES)):
                continue
            if is_frozen(module) or not module_of(entry["path"], name):
                continue
            path = os.path.join(entry["path"], name)
            found.append({"module": module, "path": path, "standard_library": module in standard})
    return found


def is_frozen(name):
    """Is this module part of the interpreter itself (since Python 3.11), so that no file can stand in for it?"""
    try:
        import _imp

        return _imp.is_frozen(name)
    except Exception:
        return False
