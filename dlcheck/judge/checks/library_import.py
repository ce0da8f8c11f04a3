"""The other libraries: NumPy, pandas, SciPy, scikit-learn, Matplotlib, and under --deep every one of the profile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dlcheck.judge.advice.import_cures import alone, distribution_of
from dlcheck.judge.advice.install import distribution_name
from dlcheck.judge.check import FAIL, WARN, Verdict, bad, check, ok, skip
from dlcheck.judge.explanations import explain
from dlcheck.judge.imports import Library, import_crashed, import_hung, work_crashed, work_hung
from dlcheck.judge.knowledge.error_messages import meaning_of
from dlcheck.model.frameworks import Libraries, Numerics
from dlcheck.model.gaps import Missing, Probed
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

LAYER = "library"
NUMERICS = Library(distribution="numpy", title="the numerical libraries", module="numpy")


@check(FAIL, pillar="python", since="0.1")
def library_import_fails(
    numerics: Probed[Numerics], libraries: Probed[Libraries], profile: Profile, snapshot: Snapshot
) -> Iterator[Verdict]:
    """A library is installed and cannot be imported.

    The import raises, or kills its process. The message is looked up: NumPy of another generation, a system library
    that is missing, a file of the person's own of the same name.

    Known false alarms: a library that is not installed (that is `required-package-missing`). One that the profile
    does not require is at most a warning.
    """
    failed: dict[str, tuple[str, str]] = {}
    for name, message, stack in _failed(numerics, libraries):
        failed.setdefault(name, (message, stack))
    if not failed and (told := _told_alone(snapshot)) is not None:
        yield told
        return
    if not failed:
        found = len(numerics.value.imports) if numerics.value else 0
        yield ok(f"{found} numerical libraries were imported") if found else skip("no library was imported")
    required = {distribution_name(one) for one in (*profile.required, *profile.extra_requirements)}
    for name, (message, stack) in failed.items():
        known = explain(snapshot, name, message=message, stack=stack)
        yield bad(
            f"importing {name} gave {' '.join(message.split())[:400]}",
            *known.evidence,
            fixes=known.fixes,
            subject=name,
            at_most=FAIL if name in required else WARN,
            after=known.causes,
        )


def _told_alone(snapshot: Snapshot) -> Verdict | None:
    """The first error of a pasted text that tells why an import failed, where it does not say of which library."""
    pasted = snapshot.pasted.value
    if any(
        probed.missing is not None and probed.missing.gap in ("broken", "crashed") for probed in _frameworks(snapshot)
    ):
        return None
    for line in pasted.errors if pasted is not None else ():
        meaning = meaning_of(line)
        if meaning is not None and meaning.alone:
            return bad(
                " ".join(line.split())[:400], meaning.meaning, fixes=alone(snapshot, meaning), after=meaning.causes
            )
    return None


def _frameworks(snapshot: Snapshot) -> tuple[Probed[Any], ...]:
    return (snapshot.torch, snapshot.tensorflow, snapshot.jax)


def _failed(numerics: Probed[Numerics], libraries: Probed[Libraries]) -> Iterator[tuple[str, str, str]]:
    """Distributions that are installed and could not be imported, with what was said and the traceback."""
    for module, failure in (numerics.value.failed_imports if numerics.value else {}).items():
        name = distribution_of(module)
        if f"No module named '{module}'" not in failure.message:
            yield name, f"{failure.kind}: {failure.message}", failure.traceback
    for one in libraries.value.imported if libraries.value else ():
        if not isinstance(one.error, Missing) and f"No module named '{one.module}'" not in one.error:
            yield one.name, one.error, ""


@check(FAIL, pillar="python", since="0.1")
def numerics_crash(numerics: Probed[Numerics], snapshot: Snapshot) -> Verdict:
    """The numerical libraries kill the process.

    NumPy, pandas, SciPy, scikit-learn and Matplotlib are imported and compute in one child, which died. What it was
    doing then is told: as a rule the library named there does not fit the others.
    """
    if numerics.value is None:
        return import_crashed(NUMERICS, numerics, snapshot)
    return work_crashed(NUMERICS, numerics, snapshot)


@check(FAIL, pillar="python", since="0.1")
def numerics_hang(numerics: Probed[Numerics], snapshot: Snapshot) -> Verdict:
    """The numerical libraries do not come back in time.

    NumPy, pandas, SciPy, scikit-learn and Matplotlib are imported and compute in one child, which was still at it
    when its time was up. What it was doing then is told.
    """
    return import_hung(NUMERICS, numerics, snapshot) if numerics.value is None else work_hung(numerics)
