"""What the session lacks that programs ask for: files to watch, and a locale."""

from __future__ import annotations

from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import NOTE, Verdict, bad, check, ok, skip
from dlcheck.model.gaps import known
from dlcheck.model.host import Os
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Command, Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hygiene"

FEW_WATCHES, FEW_INSTANCES = 65536, 128
"""8192 and 128 are what kernels before 5.11 give; newer ones give watches by the machine's memory."""


@check(NOTE, pillar="system", only_on=("linux",), since="0.1")
def inotify_limit_low(os: Os, snapshot: Snapshot) -> Verdict:
    """Few files may be watched for changes, so editors and Streamlit stop with an error.

    "OSError: [Errno 28] inotify watch limit reached" is no full disk; VS Code says "Unable to watch for file changes
    in this large workspace folder". A folder with data sets has more files than the limit.

    How it is told: max_user_watches and max_user_instances in /proc/sys/fs/inotify.

    Known false alarms: nothing happens as long as few files are watched; inside a container the host sets it. It is a
    note.

    Sources: github.com/streamlit/streamlit/issues/7568, man7.org/linux/man-pages/man7/inotify.7.html.
    """
    watches, instances = known(os.inotify_watches), known(os.inotify_instances)
    if watches is None or instances is None:
        return skip("the limits are not known")
    seen = f"{watches} files may be watched, by {instances} watchers"
    if watches >= FEW_WATCHES and instances >= FEW_INSTANCES:
        return ok(seen)
    settings = ("fs.inotify.max_user_watches=524288", "fs.inotify.max_user_instances=512")
    step = as_admin(snapshot, "sysctl", *settings)
    fix = Fix(title="let more files be watched, until the next start", commands=(step,), needs=("admin",))
    inside = snapshot.container.value is not None
    return bad(seen, fixes=() if inside else (fix,))


@check(NOTE, pillar="system", since="0.1")
def locale_not_installed(interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """The session asks for a locale that this system does not have.

    "locale.Error: unsupported locale setting", "perl: warning: Setting locale failed", and files that are read as
    ASCII: ssh hands the locale of the own computer on to a server or a container that does not know it.

    How it is told: the C library is asked for the locale that LC_ALL, LC_CTYPE or LANG names.

    Known false alarms: Python from 3.7 on writes UTF-8 in spite of it, so it is a note.

    Sources: docs.python.org/3/library/locale.html, peps.python.org/pep-0538.
    """
    if not interpreter.unknown_locale:
        return ok("the locale is there")
    names = [
        one for one in ("LC_ALL", "LC_CTYPE", "LANG") if interpreter.variables.get(one) == interpreter.unknown_locale
    ]
    text = "export LC_ALL=C.UTF-8"
    fix = Fix(
        title="use the locale that is always there",
        commands=(Command(argv=("bash", "-c", text), text=text, shell="bash"),),
        source="https://peps.python.org/pep-0538/",
    )
    away = without_variables(snapshot, names or ["LC_ALL"], "import locale; print(locale.setlocale(locale.LC_ALL, ''))")
    return bad(f"{' and '.join(names) or 'the locale'} asks for {interpreter.unknown_locale}", fixes=(fix, away))
