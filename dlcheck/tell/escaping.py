"""Foreign text in the languages that our documents are written in: it stays text, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from xml.sax.saxutils import quoteattr

from dlcheck.model.gaps import Missing
from dlcheck.tell.visible import visible

MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~>&$^]|^ *[-+=]|(?<=\d)[.)](?= )|!(?=\[))")


def markdown(text: str) -> str:
    """A line in which nothing is markup, a link or a call to a person (CommonMark 0.31); an address alone is a link."""
    line = visible(text)
    if re.fullmatch(r"https://[\w./~%-]+", line):
        return f"<{line}>"
    plain = MARKDOWN.sub(r"\\\1", line.lstrip()).replace("<", "&lt;").replace("@", "@<!-- -->")
    return re.sub(r"(?i)(https?:|www\.)", r"\1<!-- -->", plain)


def markdown_table(heads: Sequence[str], lines: Sequence[Sequence[str]], words: Sequence[str] = ()) -> list[str]:
    """A table of GitHub's; columns are set to the right but those of `words`. An empty column is left out."""
    kept = [number for number in range(len(heads)) if any(line[number] for line in lines)]
    return [
        _line(heads[number] for number in kept),
        _line("---" if heads[number] in words else "--:" for number in kept),
        *(_line(markdown(line[number]) for number in kept) for line in lines),
    ]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def xml_text(text: str) -> str:
    """The content of an element; line ends stay."""
    return escape(_valid("\n".join(visible(line) for line in text.split("\n"))), quote=False)


def xml_attribute(text: str) -> str:
    """An attribute's value with its quotes."""
    return quoteattr(_valid(visible(text)))


def html(text: str) -> str:
    """Text or an attribute's value in HTML and SVG."""
    return escape(_valid(visible(text)), quote=True)


def _valid(text: str) -> str:
    """Without what XML 1.0 cannot hold, not even escaped."""
    return "".join(
        one for one in text if one == "\n" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one > "\uffff"
    )


FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take for a formula at the beginning of a text."""


def csv_cell(value: object) -> str:
    """A gap is empty; a text that a spreadsheet would calculate is made a text."""
    if value is None or isinstance(value, Missing):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    text = visible(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def workflow_data(text: str) -> str:
    """The message of a workflow command of GitHub Actions; `##[` is an older form of command and is broken up.

    Source: actions/toolkit, packages/core/src/command.ts.
    """
    return text.replace("##[", "# #[").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """The value of a property of such a command."""
    return workflow_data(visible(text)).replace(":", "%3A").replace(",", "%2C")
