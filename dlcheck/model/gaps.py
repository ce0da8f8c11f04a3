"""A fact is seen, or it is a gap that says why. Never a bare None.

Two forms: `Maybe[T]` for one field of a group of facts, `Probed[T]` for a whole group, together with what
getting it cost and how the child that looked came to its end.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar, Union

import msgspec

T = TypeVar("T")


def private(kind: Literal["path", "user", "host", "serial", "name", "url", "text"]) -> msgspec.Meta:
    """Mark a field for redaction in documents that leave the machine.

    path    a file or folder: the home folder is written `~`
    user    a user name           host  a host name            serial  a serial number or UUID
    name    a name the person chose (an environment, a kernel)  url   an address of the person's own
    text    free text, ours or of another program, which may hold any of these

    A text without a mark holds none of them by its nature (a version, a model's name); only what has a shape of its own
    is still taken out of it, such as a UUID.
    """
    return msgspec.Meta(extra={"private": kind})


Path = Annotated[str, private("path")]
UserName = Annotated[str, private("user")]
HostName = Annotated[str, private("host")]
Serial = Annotated[str, private("serial")]
OwnName = Annotated[str, private("name")]
Url = Annotated[str, private("url")]
ForeignText = Annotated[str, private("text")]


Gap = Literal["absent", "denied", "broken", "timed-out", "crashed", "not-looked"]
"""Why there is no value.

absent      there is nothing to read: not installed, no such hardware
denied      it is there, and this user may not look
broken      it raised, ended with an error or answered nonsense
timed-out   it did not answer in time
crashed     the child that looked died by a signal or an abort
not-looked  nobody looked: left out by an option, or not told by the text
"""


class Missing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A gap in place of a value, with the words for it."""

    gap: Gap
    why: ForeignText = ""
    kind: str = ""
    """Of an import that failed: the exception's name, or "leftover", "no-version". "defect": a probe of dlcheck's own
    failed, which tells nothing of the machine. Else ""."""

    def words(self) -> str:
        """One phrase for a person: "not answered in time: no answer after 60 s"."""
        phrase = _PHRASES[self.gap]
        return f"{phrase}: {self.why}" if self.why else phrase


_PHRASES: dict[Gap, str] = {
    "absent": "not there",
    "denied": "may not be read",
    "broken": "gave an error",
    "timed-out": "did not answer in time",
    "crashed": "crashed",
    "not-looked": "not looked at",
}

NOT_LOOKED = Missing("not-looked")
ABSENT = Missing("absent")

LIMITED = "this session's limits do not allow it"
"""Begins or ends the words of a gap that is there because dlcheck itself was refused a process, a thread, a file or
memory: it tells nothing of the thing that was to be looked at."""


def is_limited(missing: Missing | None) -> bool:
    """Could it not be looked at because of this session's limits?"""
    return missing is not None and LIMITED in missing.why


Maybe = Union[T, Missing]
"""A field's value, or the gap in its place. T is a number, a text, a list: never a bare None."""


def known(fact: Maybe[T]) -> T | None:
    """The value, or None where there is a gap: for texts and for choices that treat every gap alike."""
    return None if isinstance(fact, Missing) else fact


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a child process came to its end."""

    words: ForeignText
    """For a person: "exited with status 1", "killed by SIGSEGV (invalid memory access)"."""
    exit_status: int | None = None
    """The exit status; None where a signal or a deadline ended it."""
    signal: str = ""
    """The signal's name, "SIGSEGV", or the Windows status, "0xC0000005"."""
    stage: ForeignText = ""
    """What it said it was about to do when it ended: "importing torch"."""
    busy: bool | None = None
    """At its deadline: was it still using CPU or disk (slow) or not (hung)? None where it kept its deadline."""
    stdout_tail: ForeignText = ""
    stderr_tail: ForeignText = ""
    stack: ForeignText = ""
    """The Python stack at the deadline, by faulthandler."""


class Probed(msgspec.Struct, Generic[T], frozen=True, kw_only=True, omit_defaults=True):
    """A group of facts as one probe brought it: the value, or the gap in its place; exactly one of both."""

    value: T | None = None
    missing: Missing | None = None
    seconds: float = 0.0
    ending: Ending | None = None
    """How its child ended, where one was used and it did not end well."""

    def __post_init__(self) -> None:
        """Refuse a document in which a probe has neither or both."""
        if (self.value is None) == (self.missing is None):
            raise ValueError("a probe holds either `value` or `missing`")


def seen(value: T, seconds: float = 0.0, ending: Ending | None = None) -> Probed[T]:
    """A probe that brought its facts."""
    return Probed(value=value, seconds=seconds, ending=ending)


def unseen(gap: Gap, why: str = "", seconds: float = 0.0, ending: Ending | None = None) -> Probed[T]:
    """A probe that brought none, and why."""
    return Probed(missing=Missing(gap, why), seconds=seconds, ending=ending)
