"""Golden documents: the hand-written reports in every format. `python -m tests.tell.golden_formats` writes them anew."""

import importlib
import re
from pathlib import Path

from lxml import etree

from dlcheck.model.gaps import unseen
from dlcheck.tell.style import Style
from tests.facts import change, gpu_machine, machine, report
from tests.tell.reports import REPORTS

FOLDER = Path(__file__).parent.parent / "data" / "documents"
COMMAND = re.compile(r"::(error|warning|notice) title=[^:,]+::.+")
"""A command of GitHub's runner."""
FORMATS = {"junit": "xml", "github": "txt", "markdown": "md", "html": "html"}

SCHEMA = etree.XMLSchema(etree.parse(FOLDER.parent / "junit.xsd"))
MACHINES = {
    "healthy": report(machine()),
    "gpu": report(gpu_machine()),
    "no git": report(machine(git=unseen("absent"))),
    "crashed": report(machine(torch=unseen("crashed", "killed by SIGSEGV"), git=unseen("timed-out"))),
    "strict": change(report(machine()), strict=True),
    **REPORTS,
}


def render(name, report):
    return importlib.import_module(f"dlcheck.tell.{name}").render(report, Style())


def documents():
    return {f"{name}.{end}": render(kind, REPORTS[name]) for name in REPORTS for kind, end in FORMATS.items()}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in documents().items():
        (FOLDER / file).write_text(text, "utf-8")
