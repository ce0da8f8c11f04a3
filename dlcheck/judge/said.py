"""Every error that the facts hold, whoever gave it: an import, a calculation, a framework's warning, a pasted text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.judge.knowledge.program_words import is_said
from dlcheck.model.gaps import Missing
from dlcheck.model.snapshot import Snapshot

MAX_LINE = 300


def said(snapshot: Snapshot, pattern: str) -> str:
    """The first line that fits this regular expression, cut to what a person reads; "" where there is none."""
    found = None
    for line in (line for text in _texts(snapshot) for line in text.splitlines()):
        found = found or re.compile(pattern)  # compiled only where there is anything to search
        if found.search(line):
            return _short(line)
    return ""


def complained(snapshot: Snapshot, check: str) -> str:
    """The first line in which a program complains of what this check is about; "" where none does."""
    lines = (line for text in _texts(snapshot) for line in text.splitlines())
    return next((_short(line) for line in lines if is_said(line, check)), "")


def _short(line: str) -> str:
    plain = " ".join(line.split())
    return plain if len(plain) <= MAX_LINE else f"{plain[:MAX_LINE]} …"


def _texts(snapshot: Snapshot) -> Iterator[str]:
    pasted, libraries, numerics = snapshot.pasted.value, snapshot.libraries.value, snapshot.numerics.value
    if pasted is not None:
        yield from pasted.errors
        yield from (one.error for one in pasted.extensions if one.error)
    for probed in (snapshot.torch, snapshot.tensorflow, snapshot.jax):
        if probed.missing is not None:
            yield probed.missing.why
        if probed.ending is not None:
            yield probed.ending.stderr_tail
        for device in probed.value.devices if probed.value is not None else ():
            yield device.product_detail
            if isinstance(device.product_right, Missing):
                yield device.product_right.why
    if snapshot.torch.value is not None:
        yield snapshot.torch.value.cuda_reason
    if snapshot.tensorflow.value is not None:
        yield snapshot.tensorflow.value.gpu_reason
    if snapshot.jax.value is not None:
        yield snapshot.jax.value.reason
    if libraries is not None:
        yield from (one.error for one in libraries.imported if isinstance(one.error, str))
    if numerics is not None:
        yield from (failure.message for failure in numerics.failed_imports.values())
