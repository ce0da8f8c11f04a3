"""What a text was dressed in on its way here: the marks of a web page, a prefix to every line, a second report."""

from __future__ import annotations

import re
from itertools import pairwise

FEWEST = 6
"""So many lines at least have a prefix before it is taken for one."""
MOST = 0.8
"""And this share of all lines."""
_ENTITIES = ("&lt;", "&gt;", "&quot;", "&amp;", "&#39;", "&#x27;", "&nbsp;")
_TAGS = ("<br", "<p>", "<p ", "<pre", "<div", "<span", "<td", "<li>", "<code")
_CELLS = r"</t[dh]>\s{0,20}<t[dh](?:\s[^<>]{0,200})?>"
_ENDS = r"<(?:br|/p|/div|/li|/tr|/pre|/h\d)(?:\s[^<>]{0,200})?/?>"
_OTHERS = (
    r"</?(?:p|div|pre|code|span|li|ul|ol|table|tbody|thead|tr|td|th|b|i|em|strong|a|h\d|blockquote)"
    r"(?:\s[^<>]{0,300})?>"
)
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_LEVEL = r"\[?(?:INFO|DEBUG|WARN|WARNING|ERROR|NOTICE|stdout|stderr)\]?(?: F)?"
_NUMBERED = r"[ \t]{0,8}(?P<number>\d{1,6})(?:[:|.)][ \t]?|\t|  ?(?! ))"
PREFIXES = (
    rf"\[?{_TIME}\]?[ :|-]{{0,3}}(?:{_LEVEL}[ :|-]{{1,3}})?",
    r"(?P<same>\[?rank ?\d{1,3}\]?:|\(\w{1,40}(?: pid=\d{1,8})?\)|[\w.-]{1,40} {0,30}\|) ?",
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?P<same>\S{1,60}) [\w./-]{1,40}(?:\[\d{1,8}\])?: ",
)
"""Of logs and CI, of several ranks or services in one stream, of syslog; (?P<same>) is the same in all lines."""
_DASHED_LIST = r"[-*•] (?:\[(?:pip3?|conda|uv)\] |CPU:$|  +\S|Name +Version)"
"""Lines that a list has broken: they are no items, and their own beginning counts."""
_REPORT = r"[ \t]*PyTorch version[ \t]*:"
_OF_A_REPORT = r"\s*$|[ \t]*(?:[\w /.,()@+-]{2,60}?[ \t]*:|\[(?:pip3?|conda|uv)\]|GPU\d|/\S*cudnn|[A-Z]:\\"
_OF_A_REPORT += r"|[-=+|]{3}|\w+=|X |NIC\d)"


def without_marks(raw: str) -> str:
    """A web page's or a mail's text as it was before: its tags gone, its entities characters."""
    if "<" in raw and any(tag in raw for tag in _TAGS):
        raw = re.sub(_CELLS, ": ", raw)
        raw = re.sub(_OTHERS, "", re.sub(_ENDS, "\n", raw))
    if "&" in raw and any(one in raw for one in _ENTITIES):
        import html  # few texts need it

        raw = html.unescape(raw)
    return raw


def without_prefixes(lines: list[str]) -> list[str]:
    """The lines without what a log or a listing put before each of them."""
    told = [line for line in lines if line and not line.isspace()]
    if len(told) < FEWEST:
        return lines
    if any(re.match(_DASHED_LIST, line) for line in told) and _share(told, r"[-*•] ") >= MOST:
        return [re.sub(r"^[-*•] ", "", line) for line in lines]
    if told[len(told) // 2].lstrip()[:1].isdigit() and _counts_up(told):
        return [re.sub(f"^{_NUMBERED}", "", line) for line in lines]
    for prefix in PREFIXES:
        # Most texts have none: the lines in the middle tell.
        middle = told[len(told) // 2 : len(told) // 2 + 3]
        if any(re.match(prefix, line) for line in middle) and _share(told, prefix) >= MOST:
            return [re.sub(f"^{prefix}", "", line) for line in lines]
    return lines


def _share(lines: list[str], prefix: str) -> float:
    """How many of the lines begin so; with the same word, where the prefix names one."""
    found = [one for line in lines if (one := re.match(prefix, line))]
    names = [one.group("same") for one in found] if "?P<same>" in prefix else []
    if names:
        return max(names.count(name) for name in dict.fromkeys(names[:20])) / len(lines)
    return len(found) / len(lines)


def _counts_up(lines: list[str]) -> bool:
    numbers = [int(found.group("number")) for line in lines if (found := re.match(_NUMBERED, line))]
    steps = [after - before for before, after in pairwise(numbers)]
    rising = [step for step in steps if 1 <= step <= 3]
    return len(rising) >= max(FEWEST - 1, MOST * (len(lines) - 1))


def first_report(lines: list[str]) -> list[str]:
    """The lines without a second and third collect_env report: they tell of another machine or another try."""
    heads = [number for number, line in enumerate(lines) if "PyTorch" in line and re.match(_REPORT, line)]
    starts = [
        number
        for number, following in zip(heads, [*heads[1:], len(lines)], strict=False)
        if any("debug build" in one for one in lines[number : min(number + 5, following)])
    ]
    if len(starts) < 2:
        return lines
    kept: list[str] = []
    skipping = False
    for number, line in enumerate(lines):
        if number in starts[1:]:
            skipping = True
        elif skipping and not re.match(_OF_A_REPORT, line):
            skipping = False
        if not skipping:
            kept.append(line)
    return kept
