"""The steps of a fix: what it needs, the commands, and how to check that it helped."""

from __future__ import annotations

from dlcheck.model.report import Fix
from dlcheck.tell.phrases import conditions
from dlcheck.tell.terminal.sheet import DIM, Sheet


def steps(sheet: Sheet, fix: Fix, indent: int, *, verify: bool = True) -> None:
    """The commands of one fix, each on its own line, under what they need. verify: tell how to check it, too."""
    if asked := conditions(fix):
        sheet.say((f"({asked})", DIM), indent=indent)
    for command in fix.commands:
        sheet.command(command, indent)
    if fix.verify is not None and verify:
        sheet.say(("then check:", DIM), indent=indent)
        sheet.command(fix.verify, indent)
    if fix.source and sheet.style.verbose:
        sheet.say((f"source: {fix.source}", DIM), indent=indent)


def explain_line(sheet: Sheet, identity: str, indent: int) -> None:
    """The command that tells more of a check."""
    sheet.command_line(f"{sheet.style.program} explain {identity}", sheet.style.prompt, indent)
