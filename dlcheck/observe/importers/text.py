"""A pasted text made plain: no quoting, no fences, no colour, no carriage returns; bounded, so that reading is linear.

A text may come from anyone. It is cut where nobody writes that much, and runs of one kind of character are shortened,
because a pattern that begins with such a run is tried at each of its places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.observe.importers.dress import first_report, without_marks, without_prefixes
from dlcheck.observe.importers.pairs import Pair, pairs_in

MAX_CHARACTERS = 4 * 1024 * 1024
MAX_LINE = 3_000
ALL_LINES = 4_000
"""Of a longer text only lines are read that hold one of the SIGNALS, and those around them."""
MAX_LINES = 12_000
MAX_HITS = 3_000
"""So many lines with each of the signals, from the beginning and from the end."""
LINES_AFTER = 3
LONGEST_SPACE = 80
"""What follows a longer one stood on a line of its own, in a terminal that pads its lines to its width."""
LONGEST_WORD = 300
LONGEST_REPEAT = 120

SIGNALS = (
    "torch", "cuda", "nvidia", "nvrm", "xid", "gpu", "driver", "cudnn", "tensorflow", "jax", "python", "pip", "conda",
    "error", "warn", "fail", "not found", "undefined", "glibc", "rocm", "gfx", "mps", "macos", "darwin", "linux",
    "ubuntu", "windows", "wsl", "numpy", "[conda]", "fabric", "geforce", "tesla", "radeon", "platform", "version",
)  # fmt: skip
"""Words that stand in every line of use."""

_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_WIDE = str.maketrans("\uff1a\uff08\uff09\uff0c\uff1b\u3000", ":(),; ")
"""Punctuation of East Asian keyboards."""
_ESCAPES = re.compile(r"\x1b\[[0-?]{0,40}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_QUOTE = re.compile(r"^(?:>>(?!>)[ \t]|(?:[ \t]{0,3}>(?!>)[ \t]?){1,8})")
_FENCE = re.compile(r"^[ \t]*(?:```+|~~~+)[ \t]*[\w+-]*[ \t]*$")
_BUILD = re.compile(r"^#\d{1,3} \d{1,5}\.\d{1,3} ")
"""Docker's count of steps and seconds before what a build prints."""
_LONG_SPACE = re.compile(rf"[ \t]{{{LONGEST_SPACE + 1},}}")
_LONG_WORD = re.compile(rf"([\w.]{{{LONGEST_WORD}}})[\w.]+")
_LONG_REPEAT = re.compile(rf"([^\w\s])\1{{{LONGEST_REPEAT},}}")


class Text:
    """A pasted text, plain: its lines, the whole of it, and what stands under which label."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.whole = "\n".join(lines)
        self.small = self.whole.lower()
        self.pairs = list(pairs_in(lines))
        self._by_label: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            self._by_label.setdefault(pair.label, []).append(pair)

    def values(self, *labels: str, forms: tuple[str, ...] = ()) -> Iterator[str]:
        """Values under these labels: of the first label in the order of the text, then of the next one."""
        for label in labels:
            for pair in self._by_label.get(label, ()):
                if not forms or pair.form in forms:
                    yield pair.value

    def value(self, *labels: str, forms: tuple[str, ...] = ()) -> str | None:
        """The first such value that is not empty; "" where there are only empty ones, None where there is none."""
        found = None
        for value in self.values(*labels, forms=forms):
            if value:
                return value
            found = value
        return found

    def has(self, *words: str) -> bool:
        """Does any of these words, in small letters, stand in the text?"""
        return any(word in self.small for word in words)

    def search(self, pattern: str, *hints: str, flags: int = 0) -> re.Match[str] | None:
        """The first place that fits. Where none of the hints stands in the text, the pattern is not even compiled."""
        if hints and not self.has(*hints):
            return None
        return re.search(pattern, self.whole, flags)

    def findall(self, pattern: str, *hints: str, flags: int = 0) -> list[re.Match[str]]:
        """All places that fit, under the same condition."""
        if hints and not self.has(*hints):
            return []
        return list(re.finditer(pattern, self.whole, flags))


def plain(raw: str) -> Text:
    """The text made plain. Never raises, in time linear in the text."""
    raw = raw[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\ufeff", "")
    raw = raw.translate(_WIDE)
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    if not raw.isascii():
        raw = "".join(char if char in "\n\t" or char.isprintable() else " " for char in raw)
    raw = without_marks(raw)
    lines = _of_use(raw) if raw.count("\n") > ALL_LINES else raw.split("\n")
    whole = (part for line in lines for part in (_LONG_SPACE.split(line, 4) if len(line) > LONGEST_SPACE else (line,)))
    bare = [line for line in map(_plain_line, whole) if not _FENCE.match(line)]
    return Text(first_report(without_prefixes(bare)))


def _plain_line(line: str) -> str:
    line = line[:MAX_LINE]
    if ">" in line[:8]:
        line = _QUOTE.sub("", line)
    if ":\\\\" in line:  # a Windows path in JSON, or as Python shows a string
        line = line.replace("\\\\", "\\").replace('\\"', '"')
    if line.startswith("#"):
        line = _BUILD.sub("", line)
    if len(line) > LONGEST_SPACE:
        line = _LONG_SPACE.sub(" " * LONGEST_SPACE, line)
        line = _LONG_REPEAT.sub(r"\1" * LONGEST_REPEAT, line)
        line = _LONG_WORD.sub(r"\1", line)
    line = line.rstrip()
    if line.endswith("`") and line.count("`") == 2 and line.lstrip().startswith("`"):
        line = line.lstrip()[1:-1].rstrip()
    return line


def _of_use(raw: str) -> list[str]:
    """The lines with a signal, the line before each and the three after it; of too many the first and the last.

    The lines of the whole are never listed: a text of newlines alone has millions.
    """
    small = raw.lower() if raw.isascii() else raw.translate(_SMALL)
    wanted: set[int] = set()
    for signal in SIGNALS:
        wanted.update(_first_lines_with(signal, small))
        wanted.update(_last_lines_with(signal, small))
    starts: set[int] = set()
    for line in wanted:
        starts.add(raw.rfind("\n", 0, max(line - 1, 0)) + 1)
        start = line
        for _ in range(1 + LINES_AFTER):
            starts.add(start)
            start = raw.find("\n", start) + 1
            if not start:
                break
    kept = sorted(starts)
    if len(kept) > MAX_LINES:
        kept = kept[: MAX_LINES // 2] + kept[-MAX_LINES // 2 :]
    return [_line_at(raw, start) for start in kept]


def _first_lines_with(signal: str, small: str) -> Iterator[int]:
    """Where the first lines with this word begin."""
    at = small.find(signal)
    for _ in range(MAX_HITS):
        if at < 0:
            return
        yield small.rfind("\n", 0, at) + 1
        end = small.find("\n", at)
        at = small.find(signal, end) if end >= 0 else -1


def _last_lines_with(signal: str, small: str) -> Iterator[int]:
    """Where the last lines with this word begin."""
    at = small.rfind(signal)
    for _ in range(MAX_HITS):
        if at < 0:
            return
        start = small.rfind("\n", 0, at) + 1
        yield start
        at = small.rfind(signal, 0, start)


def _line_at(raw: str, start: int) -> str:
    end = raw.find("\n", start)
    return raw[start : end if end >= 0 else len(raw)]
