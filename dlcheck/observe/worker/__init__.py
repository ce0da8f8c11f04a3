"""Programs that run inside a child interpreter: the judged one, or our own for libraries that may hang or crash.

Standard library only, Python 3.8 syntax, imported under the name `dlcheck_worker` (a folder of scripts would stand
first on sys.path, and its torch.py would shadow torch). A program is a module here with a function

    def work(answer, asked): ...

`answer` takes what it finds out, as it finds it out; `asked` is a dict of what it is to do. What was answered before
a crash or a hang is not lost, and the last stage is known.
"""

import faulthandler
import gc
import importlib
import json
import os
import signal
import sys

ORPHAN_SECONDS = 30
"""So long after its deadline a worker ends itself."""


class Answer(object):
    """The way back: a file of JSON lines. Never stdout, which frameworks print on."""

    def __init__(self, path):
        """Append to the file at `path`, which lies in a folder that is removed afterwards."""
        self.path = path
        # A module that is imported may replace these, or close every file: they are kept, and the file is opened anew.
        self._dumps, self._open, self._write, self._close = json.dumps, os.open, os.write, os.close
        self._how = os.O_WRONLY | os.O_APPEND | os.O_CREAT

    def stage(self, words):
        """Say what is about to be done, as a phrase: "importing torch"."""
        self._line({"stage": words})

    def facts(self, **fields):
        """Give values of fields; a later value replaces an earlier one."""
        self._line({"facts": fields})

    def gap(self, field, gap, why=""):
        """Say of one field that it could not be had: absent, denied, broken."""
        self._line({"facts": {field: {"gap": gap, "why": str(why)[:2000]}}})

    def add(self, field, item):
        """Append one item to a field that is a list."""
        self._line({"add": field, "item": item})

    def missing(self, gap, why="", **details):
        """Say that the whole group could not be had. `details`: kind and traceback of an exception."""
        self._line({"missing": {"gap": gap, "why": str(why)[:4000]}, "details": details})

    def done(self):
        """Say that nothing more is to come."""
        self._line({"done": True})

    def _line(self, value):
        left = (self._dumps(value, default=str) + "\n").encode("ascii")
        file = self._open(self.path, self._how, 0o600)
        try:
            while left:
                left = left[self._write(file, left) :]
        finally:
            self._close(file)


def shadowed_standard_modules(path):
    """Standard-library modules that an entry of `path` before the standard library replaces by a file of its own."""
    names = set(getattr(sys, "stdlib_module_names", ())) or {name for name in sys.modules if "." not in name}
    library = os.path.dirname(os.__file__)
    found = set()
    for entry in path:
        folder = entry or os.getcwd()
        if os.path.realpath(folder) == os.path.realpath(library):
            break
        try:
            listed = os.listdir(folder)
        except OSError:
            continue
        for name in listed:
            stem, ending = os.path.splitext(name)
            if ending == ".py" and stem in names:
                found.add(stem)
            elif name in names and os.path.isfile(os.path.join(folder, name, "__init__.py")):
                found.add(name)
    return found


def main(answer_path, program, path, asked):
    """Run one program.

    path: sys.path as the interpreter made it; until here only the standard library stood on it. asked: what the
    program is to do; `own_path` in it means that this is dlcheck's own interpreter and the program a module of ours.
    """
    answer = Answer(answer_path)
    stack = open(answer_path + ".stack", "w")
    faulthandler.enable(file=stack)
    if asked.get("stack_after"):
        faulthandler.dump_traceback_later(asked["stack_after"], file=stack)
        if hasattr(signal, "alarm"):
            # Whoever started us ends us before that; killed himself, he leaves nobody who would.
            signal.alarm(int(asked["stack_after"]) + ORPHAN_SECONDS)
    if asked.get("depth") in ("quick", "default"):
        # Nearly all that an import makes is kept; looking through it for garbage is an eighth of a framework's import.
        gc.disable()
    answer.stage("starting")
    if asked.get("own_path"):
        path = asked["own_path"]
        sys.path[:] = path
        module = importlib.import_module(program)
    else:
        module = importlib.import_module("dlcheck_worker." + program)
        sys.path[:] = path
    # What a person's own file replaces must be replaced here too, or we would not see the failure they see.
    for name in shadowed_standard_modules(path):
        if name not in ("os", "sys", "json"):
            sys.modules.pop(name, None)
    module.work(answer, asked)
    answer.done()
    # Threads and exit handlers of frameworks must not delay or spoil an answer that is complete.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(0)
