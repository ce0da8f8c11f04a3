"""Names in scripts and notebooks that libraries once had: which of them stand where is a fact, what they mean is not.

Only the beginning of a file is read; what stands behind a # or in backticks is passed over.
"""

from __future__ import annotations

import re

ENDINGS = frozenset({".py", ".ipynb"})
MOST_BYTES = 256 * 1024
_NAMES = re.compile(
    rb"(?<![`\w.])(?P<numpy>(?:np|numpy)\.(?:bool|int|float|object|str|complex|float_|complex_|unicode_|string_|NaN|Inf|infty"
    rb"|product|cumproduct|alltrue|sometrue|asfarray|find_common_type))\b(?!\.)"
    rb"|(?<![`\w])(?P<pillow>Image\.ANTIALIAS)\b"
    rb"|\w(?P<pandas>\.ix\[)"
    rb"|(?<![`\w.])(?P<sklearn>sklearn\.cross_validation|sklearn\.externals|load_boston)\b"
    rb"|(?<![`\w.])(?P<torch>torch\._six)\b"
    rb"|(?<![`\w.])(?P<tensorflow>tf\.(?:placeholder|Session|contrib))\b"
)
_GUARDED = re.compile(rb"compat\.v1|except (?:AttributeError|ImportError)|hasattr\(")
"""A file that knows of both worlds."""


def in_source(data: bytes) -> tuple[str, ...]:
    """The names in a script's or a notebook's bytes, each once: "numpy.bool", "Image.ANTIALIAS"."""
    if _GUARDED.search(data):
        return ()
    found: dict[str, None] = {}
    for one in _NAMES.finditer(data):
        line = data[data.rfind(b"\n", 0, one.start()) + 1 : one.start()]
        if b"#" not in line:
            found.setdefault(_plain(one.group(0)))
    return tuple(found)


def _plain(name: bytes) -> str:
    words = name.decode("ascii", "replace")
    if words.endswith(".ix["):
        return "DataFrame.ix"
    return re.sub(r"^np\.", "numpy.", words)
