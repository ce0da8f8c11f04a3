"""Importing a framework for real: is it there, what does the import say, how long does it take."""

import importlib
import importlib.util
import os
import time
import traceback
import warnings

from . import traces

MAX_WARNINGS = 20
MAX_TEXT = 2000


def bring(answer, name):
    """The imported module, or None after `answer` was told why there is none.

    What is missing is said with a kind: "leftover" for a folder without code, "no-version" for a module that is not
    what its name says, else the exception's name.
    """
    if not installed(answer, name):
        return None
    traces.leave_none(os.path.dirname(answer.path))
    answer.stage("importing %s" % name)
    began = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        try:
            module = importlib.import_module(name)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are raised by imports, too
            answer.missing("broken", words(error), kind=type(error).__name__, traceback=trace())
            return None
    seconds = time.perf_counter() - began
    version = getattr(module, "__version__", None)
    place = getattr(module, "__file__", None) or ""
    if not version:
        why = "%s was imported as %s and has no version: it is not %s" % (place or "something", name, name)
        answer.missing("broken", why, kind="no-version")
        return None
    folder = os.path.dirname(place) if os.path.basename(place).startswith("__init__.") else place
    answer.facts(version=str(version), location=folder, import_seconds=round(seconds, 4), warnings=said(caught))
    return module


def installed(answer, name):
    """Would an import find code? Tells `answer` where it would not. Nothing is imported."""
    answer.stage("looking for %s" % name)
    try:
        spec = importlib.util.find_spec(name)
    except BaseException as error:
        answer.missing("broken", words(error), kind=type(error).__name__, traceback=trace())
        return False
    if spec is None:
        answer.missing("absent")
        return False
    if spec.origin not in (None, "namespace"):
        return True
    folders = [str(folder) for folder in spec.submodule_search_locations or ()]
    # A course's own folder named "torch" is no remainder of PyTorch: where nothing else is there, it is not installed.
    elsewhere = [one for one in folders if os.path.realpath(os.path.dirname(one)) != os.path.realpath(os.getcwd())]
    if not elsewhere:
        answer.missing("absent", "only a folder of that name, without code: %s" % ", ".join(folders))
        return False
    answer.missing("broken", "%s holds no __init__.py" % ", ".join(elsewhere), kind="leftover")
    return False


def is_absent(name):
    """Is there surely nothing by that name? A broken finder is left to the import to tell."""
    try:
        return importlib.util.find_spec(name) is None
    except BaseException:
        return False


def has(name):
    """Would an import find that module? Nothing is imported; a broken finder is a no."""
    try:
        return importlib.util.find_spec(name) is not None
    except BaseException:
        return False


def words(error):
    """An exception as one text: "ImportError: libcudart.so.12: cannot open shared object file"."""
    try:
        text = str(error)
    except BaseException:
        text = "(its text could not be made)"
    name = type(error).__name__
    return ("%s: %s" % (name, text) if text else name)[:MAX_TEXT]


def trace():
    """The traceback of the exception that is being handled; its end, where it is long."""
    try:
        return traceback.format_exc()[-2 * MAX_TEXT :]
    except BaseException:
        return ""


def said(caught):
    """The texts of recorded warnings, each once."""
    texts = []
    for warning in caught:
        text = words(warning.message)
        if text not in texts:
            texts.append(text)
    return texts[:MAX_WARNINGS]


def reason(caught):
    """What recorded warnings say, as one text, without where in the source they were triggered."""
    return " ".join(str(one.message).split(" (Triggered internally")[0].strip() for one in caught)[:MAX_TEXT]


def loaded_libraries(beginnings):
    """Files of shared libraries that this process has mapped and whose names begin so; Linux alone can say."""
    paths = set()
    try:
        with open("/proc/self/maps", errors="surrogateescape") as maps:
            for line in maps:
                path = line.split(None, 5)[5].rstrip("\n") if line.count("/") else ""
                if ".so" in path and os.path.basename(path).startswith(beginnings):
                    paths.add(path)
    except Exception:  # whatever the imported modules have made of `open`
        return []
    return sorted(path.encode("utf-8", "replace").decode("utf-8") for path in paths)
