"""What workers inside the judged interpreter answer, as groups of facts. A function is the probe of its name."""

from __future__ import annotations
