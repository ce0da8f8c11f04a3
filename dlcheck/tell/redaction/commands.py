"""Commands without what is private that still run: `~` and `$HOME` for the home folder, `$USER` for the user's name.

What no variable holds (another person's folder, a serial number) becomes a word in capitals, and is asked for. Names of
environments stay: without them nothing could be run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from dlcheck.model.report import Command, Shell
from dlcheck.tell.redaction.private import SHORTEST_COMPONENT, Private
from dlcheck.tell.redaction.words import BEFORE_PATH, DEVICE_UUID, EMAIL, MAC, OTHER_HOME, UUID

HOME, USER = "HOME", "USER"
_POWERSHELL_WORD = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[^\s'\"]+|\s+|.")
_WINDOWS_VARIABLES: dict[Shell, dict[str, str]] = {
    "powershell": {HOME: "$HOME", USER: "$env:USERNAME"},
    "cmd": {HOME: "%USERPROFILE%", USER: "%USERNAME%"},
}


class CommandRedactor:
    """Commands of one document."""

    def __init__(self, private: Private) -> None:
        self._private = private
        users = [
            one for one in private.users if len(one) >= SHORTEST_COMPONENT and one.lower() not in private.vocabulary
        ]
        found = [rf"(?P<{HOME}>{'|'.join(map(_path, private.homes))})(?![\w-]|\.\w)"] if private.homes else []
        found += [rf"(?<=[/\\])(?P<{USER}>{'|'.join(map(re.escape, users))})(?=[/\\\s'\"]|$)"] if users else []
        self._pattern = re.compile(rf"{BEFORE_PATH}(?:{'|'.join(found)})") if found else None

    def command(self, command: Command, asked: list[str]) -> Command:
        """The command; what it asks for is added to `asked`."""
        argv = tuple(self._others(self._word(word), asked) for word in command.argv)
        return msgspec.structs.replace(
            command, argv=argv, text=self._others(self._typed(command.text, command.shell), asked)
        )

    def _word(self, word: str) -> str:
        """A word that no shell reads: `~` where it begins with the home folder, else `$HOME`."""
        if self._pattern is None:
            return word
        return self._pattern.sub(
            lambda found: "~" if found.lastgroup == HOME and found.start() == 0 else f"${found.lastgroup}", word
        )

    def _typed(self, text: str, shell: Shell) -> str:
        if self._pattern is None:
            return text
        if shell == "cmd":
            return self._pattern.sub(lambda found: _WINDOWS_VARIABLES["cmd"][found.lastgroup or HOME], text)
        if shell == "powershell":
            return "".join(self._powershell(text))
        return "".join(self._posix(text, "$$" if shell == "notebook" else "$"))

    def _posix(self, text: str, dollar: str) -> Iterator[str]:
        """bash, zsh and fish: a tilde only where a word begins, a variable in double quotes everywhere else."""
        assert self._pattern is not None
        quote, begins, at = "", True, 0
        while at < len(text):
            character = text[at]
            found = self._pattern.match(text, at)
            if found is not None:
                variable = dollar + (found.lastgroup or HOME)
                bare = begins and found.lastgroup == HOME
                yield {'"': variable, "'": f"'\"{variable}\"'"}.get(quote, "~" if bare else f'"{variable}"')
                at, begins = found.end(), False
                continue
            if character == "\\" and quote != "'":
                yield text[at : at + 2]
                at, begins = at + 2, False
                continue
            if character in "'\"" and quote in ("", character):
                quote = "" if quote else character
            begins = not quote and character in " \t\n;|&(!"
            yield character
            at += 1

    def _powershell(self, text: str) -> Iterator[str]:
        """A word with a variable in it stands in double quotes, and is called by `&` where it is the program."""
        assert self._pattern is not None
        first = True
        for word in _POWERSHELL_WORD.findall(text):
            changed = self._pattern.sub(
                lambda found: _WINDOWS_VARIABLES["powershell"][found.lastgroup or HOME], _unquoted(word)
            )
            if changed == _unquoted(word):
                yield word
            else:
                yield f'{"& " if first else ""}"{changed}"'
            first = word in (";", "|", "&&", "||") or (first and word.isspace())

    def _others(self, text: str, asked: list[str]) -> str:
        """What no variable holds."""

        def ask(word: str) -> str:
            asked.append(word)
            return word

        text = OTHER_HOME.sub(lambda found: found[1] + ask("USER"), text)
        text = DEVICE_UUID.sub(lambda found: f"{found[1]}-{ask('UUID')}", text)
        for pattern, word in ((UUID, "UUID"), (MAC, "MAC"), (EMAIL, "EMAIL")):
            text = pattern.sub(lambda _, word=word: ask(word), text)  # type: ignore[misc]
        private = self._private
        kinds = [
            *((one, "SERIAL") for one in private.serials),
            *((one, "HOST") for one in private.hosts if one.lower() not in private.vocabulary),
        ]
        for own, word in kinds:
            text = re.sub(rf"(?<![\w.-]){re.escape(own)}(?![\w-]|\.\w)", lambda _, word=word: ask(word), text)  # type: ignore[misc]
        return text


def _path(home: str) -> str:
    parts = [re.escape(part) for part in re.split(r"[/\\]+", home)]
    path = r"[/\\]".join(parts)
    return f"(?i:{path})" if re.match(r"[A-Za-z]:", home) else path


def _unquoted(word: str) -> str:
    if len(word) > 1 and word[0] == word[-1] == "'":
        return word[1:-1].replace("''", "'").replace("`", "``").replace('"', '`"').replace("$", "`$")
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word
