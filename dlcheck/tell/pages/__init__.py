"""A page of the guide: one file a format, each with `render(page, style) -> str`."""

NO_FORMATS = ("phrases",)
"""Modules here that are no format."""
