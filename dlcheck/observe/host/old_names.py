"""Names in scripts and notebooks that libraries once had: which of them stand where is a fact, what they mean is not.

Only the beginning of a file is read; what stands behind a # or in backticks is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ENDINGS = frozenset({".py", ".ipynb"})
MOST_BYTES = 128 * 1024
MOST_OF_A_LINE = 4096
"""Longer lines are pictures and data."""
MOST_PLACES = 200
"""np.float32 begins as np.float does, and may stand in each line."""
_NAMES = re.compile(
    rb"(?<![`\w.])(?P<numpy>(?:np|numpy)\.(?:bool|int|float|object|str|complex|float_|complex_|unicode_|string_|NaN|Inf|infty"
    rb"|product|cumproduct|alltrue|sometrue|asfarray|find_common_type))\b(?!\.)"
    rb"|(?<![`\w])(?P<pillow>Image\.ANTIALIAS)\b"
    rb"|\w(?P<pandas>\.ix\[)"
    rb"|(?<![`\w.])(?P<sklearn>sklearn\.cross_validation|sklearn\.externals|load_boston)\b"
    rb"|(?<![`\w.])(?P<torch>torch\._six)\b"
    rb"|(?<![`\w.])(?P<tensorflow>tf\.(?:placeholder|Session|contrib))\b"
)
_OF_NUMPY = (
    b"bool", b"int", b"float", b"object", b"str", b"complex", b"unicode_", b"NaN", b"Inf", b"infty", b"product",
    b"cumproduct", b"alltrue", b"sometrue", b"asfarray", b"find_common_type",
)  # fmt: skip
_PARTS = (
    *(prefix + name for prefix in (b"np.", b"numpy.") for name in _OF_NUMPY), b"Image.ANTIALIAS", b".ix[",
    b"sklearn.cross_validation", b"sklearn.externals", b"load_boston", b"torch._six", b"tf.placeholder", b"tf.Session",
    b"tf.contrib",
)  # fmt: skip
"""One of these stands in every file with such a name: most files are read and never searched."""
_GUARDED = (b"compat.v1", b"except AttributeError", b"except ImportError", b"hasattr(")
"""A file that knows of both worlds."""


def in_source(data: bytes) -> tuple[str, ...]:
    """The names in a script's or a notebook's bytes, each once: "numpy.bool", "Image.ANTIALIAS"."""
    places = sorted(place for part in _PARTS for place in _places(part, data))
    if not places or any(words in data for words in _GUARDED):
        return ()
    found: dict[str, None] = {}
    for place in places:
        start = data.rfind(b"\n", max(0, place - MOST_OF_A_LINE), place) + 1
        one = _NAMES.search(data[start : place + 80], max(0, place - start - 2))
        if one and b"#" not in data[start:place]:
            found.setdefault(_plain(one.group(0)))
    return tuple(found)


def _places(part: bytes, data: bytes) -> Iterator[int]:
    """Where it stands in the data, the first few times."""
    at = -1
    for _ in range(MOST_PLACES):
        at = data.find(part, at + 1)
        if at < 0:
            return
        yield at


def _plain(name: bytes) -> str:
    words = name.decode("ascii", "replace")
    if words.endswith(".ix["):
        return "DataFrame.ix"
    return re.sub(r"^np\.", "numpy.", words)
