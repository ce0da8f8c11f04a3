"""One file a format: a document in, text out. Decides nothing, prints nothing.

Each file has `render(report, style) -> str`, and its name is the name of the format.
"""

NO_FORMATS = (
    "style",
    "visible",
    "glimpse",
    "order",
    "phrases",
    "redaction",
    "escaping",
    "bench",
    "comparison",
    "drift",
    "cohort",
    "pages",
)
"""Modules here that are no format."""

LEAVING = ("markdown", "github", "junit", "html")
"""Formats that are made to be handed on: what is private is taken out of them, unless the person says otherwise."""
