"""A machine's files, laid out below a folder of the test's own; and the context that reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlcheck.model.gaps import seen
from dlcheck.observe.context import Context, Request
from tests.facts import INTERPRETER, change


def lay(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write each file below `root`; a name that ends with / is a folder."""
    for name, content in files.items():
        path = root / name.lstrip("/")
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def context(root: Path | str = "/", environ: Mapping[str, str] | None = None, **request: Any) -> Context:
    """A context that reads its files below `root`; the judged environment is `prefix` where one is given."""
    prefix = request.pop("prefix", "")
    made = Context(Request(**{"root": str(root), "environ": environ or {}, "cwd": "/", "deadline": 20.0, **request}))
    if prefix:
        made.put("interpreter", seen(change(INTERPRETER, prefix=prefix)))
    return made
