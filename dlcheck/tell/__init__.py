"""One file a format: a document in, text out. Decides nothing, prints nothing.

Each file has `render(report, style) -> str`, and its name is the name of the format.
"""

NO_FORMATS = ("style", "visible", "glimpse", "redaction")
"""Modules here that are no format."""
