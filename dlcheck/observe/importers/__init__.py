"""Other tools' texts → facts: a report, an error, a screen that somebody pasted.

`read(text, taken_at)` tries every source on the text, in an order in which the nearer witness speaks first. One file
is one source, or one subject that several sources tell of; each has `read(text, clues)`.

A pattern that few texts need is written as a text, which `re` compiles and keeps when it is first used: together they
would cost each short run a twentieth of its time.
"""

from __future__ import annotations

from dlcheck.model.snapshot import Snapshot
from dlcheck.observe.importers import (
    amd_tools,
    attempts,
    collect_env,
    conda_failures,
    errors,
    extensions,
    failures,
    forms,
    kernel_log,
    listings,
    nvidia_smi,
    own_files,
    pythons,
    systems,
    tensorflow_logs,
    unmet,
    which_python,
)
from dlcheck.observe.importers.assemble import assemble
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import plain

SOURCES = (
    collect_env, nvidia_smi, kernel_log, extensions, tensorflow_logs, attempts, listings, failures, own_files, unmet,
    errors, systems, conda_failures, which_python, pythons, amd_tools, forms,
)  # fmt: skip
"""Every source, the nearer witness first: what one of them told, a later one does not change."""

READABLE = (
    "the output of `python -m torch.utils.collect_env`, `nvidia-smi`, `pip list`, `pip install …`, `conda list`, "
    "`transformers env`, `uname -a`, an error message or a traceback, an issue's text, or a snapshot of dlcheck's"
)
"""What can be pasted, in words."""


def read(raw: str, taken_at: str) -> Snapshot | None:
    """The facts in a text; None where nothing in it is recognised. Never raises, in time linear in the text."""
    text = plain(raw)
    clues = Clues()
    for source in SOURCES:
        source.read(text, clues)
    return assemble(clues, taken_at) if clues.tells_something else None


def own_document(raw: str) -> str:
    """dlcheck's own JSON document in the text, fenced or quoted or not; "" where there is none."""
    if '"dlcheck.' not in raw:
        return ""
    start, end = raw.find("{"), raw.rfind("}")
    document = raw[start : end + 1]
    if raw[:start].rstrip().endswith(">"):
        document = "\n".join(line.removeprefix(">").removeprefix(" ") for line in document.split("\n"))
    return document if '"schema"' in document else ""
