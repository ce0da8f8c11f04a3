"""What the place where a text is read can show."""

from __future__ import annotations

import msgspec


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """Width, colour and glyphs. Found out by the command line; the formats only obey."""

    width: int = 80
    """Columns; at least 40."""
    colour: bool = False
    unicode: bool = True
    """False: ASCII glyphs alone."""
    verbose: bool = False
