"""Why a library cannot be imported: what its message, its last words or its signal mean, and what mends it."""

from __future__ import annotations

import re

import msgspec

from dlcheck.judge.advice.files import rename_file
from dlcheck.judge.advice.import_cures import cures, reinstall, verify_import
from dlcheck.judge.advice.install import distribution_name
from dlcheck.judge.knowledge.error_messages import meaning_of, meaning_of_signal
from dlcheck.model.python import Shadow
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LIMITS = ("address-space-limited", "processes-limited")
"""Limits of the session that end imports in any words."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a failed import."""

    evidence: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    causes: tuple[str, ...] = ()
    """Checks that name the cause itself: where one of them failed, the failed import is its consequence."""


def explain(
    snapshot: Snapshot, distribution: str, *, message: str = "", last_words: str = "", stack: str = "", signal: str = ""
) -> Explanation:
    """Explain the failure of a distribution's import.

    message: the exception's; last_words: what the child wrote on stderr; stack: the traceback; signal: what ended it.
    """
    shadows = shadows_in(snapshot, "\n".join((message, stack)))
    if shadows:
        return _shadowed(snapshot, distribution, shadows[0])
    meaning = meaning_of(message) or meaning_of(last_words) or meaning_of_signal(signal)
    if meaning is None:
        return Explanation(fixes=reinstall(snapshot, distribution), causes=LIMITS)
    fixes = cures(snapshot, meaning, distribution)
    causes = meaning.causes
    if not _unmet(snapshot, distribution, "\n".join((message, last_words, stack))):
        causes = tuple(one for one in causes if one != "requirements-unsatisfied")
    return Explanation(evidence=(meaning.meaning,), fixes=fixes, causes=(*causes, *LIMITS))


def _unmet(snapshot: Snapshot, distribution: str, text: str) -> bool:
    """Is a requirement unmet that has to do with this library: its own, one for it, or of what the text names?"""
    packages = snapshot.packages.value
    return any(
        distribution in (names := (one.distribution, distribution_name(one.requirement)))
        or any(re.search(rf"\b{re.escape(name.replace('-', '_'))}\b", text) for name in names)
        for one in (packages.unsatisfied if packages else ())
    )


def shadows_in(snapshot: Snapshot, text: str) -> list[Shadow]:
    """Files of the person's own that are imported in the place of a library, and that the text names."""
    interpreter = snapshot.interpreter.value
    return [one for one in interpreter.shadows if one.path in text] if interpreter else []


def waiting_in(stack: str) -> str:
    """Where a process waits by faulthandler's dump of its threads: "/x/torch/__init__.py, line 12 (load)", or ""."""
    threads = re.split(r"(?m)^(?:Current thread|Thread) .*$", stack)
    ours = next((one for one in threads if re.search(r"worker.__init__\.py", one)), threads[-1])
    for found in re.finditer(r'File "([^"]+)", line (\d+) in (\S+)', ours):
        path, line, function = found.groups()
        if not path.startswith("<frozen") and not re.search(r"importlib.__init__\.py$", path):
            return f"{path}, line {line} ({function})"
    return ""


def _shadowed(snapshot: Snapshot, distribution: str, shadow: Shadow) -> Explanation:
    name = re.split(r"[/\\]", shadow.path)[-1]
    fix = Fix(
        title=f"rename {shadow.path}, which is imported in the place of the module {shadow.module}",
        commands=(rename_file(snapshot, shadow.path, f"my_{name}"),),
        verify=verify_import(snapshot, distribution),
    )
    evidence = f"{shadow.path} is a file of your own, and is imported in the place of the module {shadow.module}"
    return Explanation(evidence=(evidence,), fixes=(fix,), causes=("local-file-shadows-library",))
