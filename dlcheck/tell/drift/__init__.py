"""What changed between two documents: one file a format, each with `render(drift, style) -> str`."""

NO_FORMATS = ("phrases",)
"""Modules here that are no format."""
