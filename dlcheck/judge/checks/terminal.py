"""The terminal: what the shell reads into a command, and what may be written to the screen."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.pasted import Pasted
from dlcheck.model.snapshot import Snapshot

LAYER = "hygiene"


@check(FAIL, pillar="system", since="0.1")
def shell_reads_brackets(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """The shell took the brackets of a package's extras for a pattern of file names.

    zsh, which Macs have, looks for files that fit `fastai[dev]` and stops when there are none; pip was never started.

    How it is told: "zsh: no matches found" with a bracket, in the text.

    Known false alarms: none known. dlcheck's own commands have their quotes.

    Sources: github.com/fastapi/fastapi/pull/3131, github.com/drivendataorg/zamba/issues/87.
    """
    return told_by_text(snapshot, "shell-reads-brackets")


@check(FAIL, pillar="system", since="0.1")
def output_encoding_too_small(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """What is printed holds letters that the output's encoding does not have.

    On Windows Python writes into files and pipes in the old code page of the country (cp1252, cp936), so that a check
    mark in a progress report ends the program.

    How it is told: "'charmap' codec can't encode", or the same of another code page, in the text.

    Known false alarms: none known; the console itself has been UTF-8 since Python 3.6.

    Sources: github.com/Textualize/rich/issues/2411, docs.python.org/3/using/cmdline.html.
    """
    return told_by_text(snapshot, "output-encoding-too-small")
