"""What the place where a text is read can show."""

from __future__ import annotations

import msgspec

NARROWEST = 40


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """Width, colour and glyphs. Found out by the command line; the formats only obey."""

    width: int = 80
    """Columns; at least 40."""
    colour: bool = False
    unicode: bool = True
    """False: ASCII alone."""
    verbose: bool = False
    again: str = "dlcheck doctor"
    """The command that makes this report once more, as it was typed."""
    program: str = "dlcheck"
    """How this program is started here, for other commands of it: "python -m dlcheck"."""
    prompt: str = "$ "
    """What stands before it."""
