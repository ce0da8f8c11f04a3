"""What is wrong with a profile."""

from __future__ import annotations


class ProfileError(ValueError):
    """A profile that cannot be read, in one sentence that says why and where."""
