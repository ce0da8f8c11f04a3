"""The steps of a fix: what it needs, the commands, and how to check that it helped."""

from __future__ import annotations

from collections.abc import Iterable

from dlcheck.model.report import Fix, Need
from dlcheck.tell.terminal.sheet import DIM, Sheet

NEEDS: dict[Need, str] = {"admin": "administrator rights", "reboot": "a restart", "network": "the network"}


def steps(sheet: Sheet, fix: Fix, indent: int, *, verify: bool = True) -> None:
    """The commands of one fix, each on its own line, under what they need. verify: tell how to check it, too."""
    conditions = []
    if fix.needs:
        conditions.append(f"needs {listed(NEEDS[need] for need in fix.needs)}")
    if fix.ask:
        conditions.append(f"put your own in place of {listed(fix.ask)}")
    if conditions:
        sheet.say((f"({'; '.join(conditions)})", DIM), indent=indent)
    for command in fix.commands:
        sheet.command(command, indent)
    if fix.verify is not None and verify:
        sheet.say(("then check:", DIM), indent=indent)
        sheet.command(fix.verify, indent)
    if fix.source and sheet.style.verbose:
        sheet.say((f"source: {fix.source}", DIM), indent=indent)


def explain_line(sheet: Sheet, identity: str, indent: int) -> None:
    """The command that tells more of a check."""
    sheet.command_line(f"dlcheck explain {identity}", sheet.style.prompt, indent)


def listed(words: Iterable[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last
