"""One file a format of a Comparison: the document in, text out. Decides nothing, prints nothing.

Each file has `render(comparison, style) -> str`, and its name is the name of the format.
"""

NO_FORMATS = ("cells",)
"""Modules here that are no format."""

LEAVING = ("markdown",)
"""Formats that are made to be handed on."""
