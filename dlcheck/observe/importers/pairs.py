"""Labelled values, in whatever dress they come.

People and tools write the same thing as `label: value`, `- label: value`, `label = value`, `label    value`,
`| label | value |`, `### label` with the value below, or as a command at a prompt with its answer below. All become
pairs here, and the label loses what varies: `PyTorch version (GPU?)`, `torch_version` and `torch.__version__` end as
"pytorch", "torch" and "torch".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_HEADING = re.compile(
    r"^[ ]{0,3}#{1,6}[ \t]+(?P<label>[^ \t#].{0,90})$|^[ \t]{0,8}\*\*(?P<bold>[^*:]{2,60})(?::?\*\*:?|\*\*:?)[ \t]*$"
)
_MARKS = re.compile(r"^[ \t]*(?:[-*+•●][ \t]+|\d{1,2}[.)][ \t]+|\[[ xX]\][ \t]+){0,2}")
_COLON = re.compile(r"^(?P<label>[A-Za-z_$@][^:=|\t]{0,90}?)[ \t]*[::](?!//|\\|:)[ \t]*(?P<value>.*)$")
_EQUALS = re.compile(r"^(?P<label>[A-Za-z_][\w. -]{0,50}?)[ \t]*={1,2}[ \t]*(?P<value>[^\s=].*)$")
_COLUMNS = re.compile(r"^(?P<label>[A-Za-z$][\w.$ ,()/+-]{0,48}?)(?:[ ]{2,}|\t+|[ \t]*\.{3,}[ \t]*)(?P<value>\S.*)$")
_TABLE = re.compile(r"^[ \t]*\|[ \t]*(?P<label>[^|]{1,60}?)[ \t]*\|[ \t]*(?P<value>[^|]{1,300}?)[ \t]*\|")
_PROMPT = re.compile(r"^[ \t]*(?:>>>|In ?\[\d{0,4}\]:|\$|%|❯|[\w.()@~:/\\ -]{1,60}[$#>])[ \t]+(?P<command>\S.*)$")
_ANSWER = re.compile(r"^[ \t]*(?:Out ?\[\d{0,4}\]:)?[ \t]*(?P<value>\S.*)$")
_PRINTED = re.compile(r"print\(([^\n]{1,200}?)\)[ \t]*[\"']?[ \t]*$")
_DECORATION = re.compile(r"\*\*|__|`")
_PARENTHESES = re.compile(r"\([^()]{0,90}\)?")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_TRAILING = re.compile(r"(?: (?:version|versions|ver|info|information|number))+$")


class Pair(msgspec.Struct, frozen=True):
    """A labelled value, the label in small letters without decoration."""

    label: str
    value: str
    line: int
    form: str
    """"colon", "equals", "columns", "table", "heading", "prompt"."""


def pairs_in(lines: list[str]) -> Iterator[Pair]:
    """All pairs in these lines; a line may yield two, where it can be read in two ways."""
    for number, line in enumerate(lines):
        if not line or line.isspace():
            continue
        if prompt := _PROMPT.match(line):
            yield from _answered(prompt.group("command"), lines, number)
        heading = _HEADING.match(line) if "#" in line or "**" in line else None
        if heading:
            if below := _below(lines, number):
                yield Pair(label_of(heading.group("label") or heading.group("bold")), below, number, "heading")
            continue
        if "|" in line and (found := _TABLE.match(line)):
            yield Pair(label_of(found.group("label")), _value(found.group("value")), number, "table")
            continue
        yield from _in_line(line, number)


def _in_line(line: str, number: int) -> Iterator[Pair]:
    marks = _MARKS.match(line)
    bare = line[marks.end() :] if marks else line
    if "*" in bare or "`" in bare:
        bare = _DECORATION.sub("", bare)
    columns = _COLUMNS.match(bare) if "  " in bare or "\t" in bare else None
    if columns and ":" in bare[columns.end("label") :]:
        yield Pair(label_of(columns.group("label")), _value(columns.group("value")), number, "columns")
    if (":" in bare or ":" in bare) and (found := _COLON.match(bare)):
        yield Pair(label_of(found.group("label")), _value(found.group("value")), number, "colon")
        if found.group("value"):
            return
    for form, pattern, sign in (("equals", _EQUALS, "="), ("columns", _COLUMNS, "")):
        if sign in bare and (found := pattern.match(bare)):
            yield Pair(label_of(found.group("label")), _value(found.group("value")), number, form)
            return


def _answered(command: str, lines: list[str], number: int) -> Iterator[Pair]:
    """A command at a prompt, and the line below it: `>>> torch.__version__`, `$ echo $LD_LIBRARY_PATH`."""
    below = next((line for line in lines[number + 1 : number + 3] if line.strip()), "")
    answer = _ANSWER.match(below)
    if not answer or _PROMPT.match(below):
        return
    printed = _PRINTED.search(command)
    asked = printed.group(1) if printed else command
    names, values = asked.split(","), answer.group("value").split()
    if printed and len(names) == len(values) > 1:
        yield from (
            Pair(label_of(name), _value(value), number, "prompt") for name, value in zip(names, values, strict=True)
        )
    else:
        yield Pair(label_of(asked), _value(answer.group("value")), number, "prompt")


def _below(lines: list[str], number: int) -> str:
    """What stands under a heading: its first line that says something."""
    for line in lines[number + 1 : number + 5]:
        if line.strip():
            return "" if _HEADING.match(line) else _value(line.strip())
    return ""


def label_of(text: str) -> str:
    """A label without what varies: small letters, no parentheses, no punctuation, no "version" at its end."""
    small = text.lower()
    if "(" in small:
        small = _PARENTHESES.sub(" ", small.replace("()", " "))
    words = _NOT_WORDS.sub(" ", small).strip()
    return _TRAILING.sub("", words) or words


def _value(text: str) -> str:
    value = text.strip().strip("`*\"'").strip()
    bracketed = value.startswith("[") and value.endswith("]") and "(" not in value
    return value[1:-1].strip() if bracketed else value
