"""One file a format of a benchmark: a Bench in, text out. Decides nothing, prints nothing.

Each file has `render(bench, style) -> str`, and its name is the name of the format.
"""

NO_FORMATS = ("rows", "phrases", "series")
"""Modules here that are no format."""

LEAVING = ("markdown", "github", "junit", "html")
"""Formats that are made to be handed on: what is private is taken out of them, unless the person says otherwise."""
