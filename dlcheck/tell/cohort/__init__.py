"""A class of machines: one file a format, each with `render(cohort, style) -> str`."""

NO_FORMATS = ("phrases", "bars")
"""Modules here that are no format."""
