"""Input files, which may come from anyone: read up to a bound, decoded, and refused in one sentence."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

import msgspec

from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.judge import profiles
from dlcheck.model.documents import MAX_DOCUMENT_BYTES, DocumentError, decode_snapshot
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

MAX_REQUIREMENTS_BYTES = 1024 * 1024

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""What begins a file that is not plain UTF-8: PowerShell's `>` writes UTF-16."""


def load_profile(name: str, requirement_files: list[str]) -> Profile:
    """The profile of that name or file, with the requirements of `-r` added."""
    try:
        if _is_file_name(name):
            profile = profiles.parse(read_text(name, profiles.MAX_PROFILE_BYTES))
        elif name in profiles.built_in():
            profile = profiles.load(name)
        else:
            where = f"built in: {', '.join(profiles.built_in())}; a file ends in .toml"
            raise unknown_name("profile", name, profiles.built_in(), where)
    except profiles.ProfileError as error:
        raise Refusal(f"profile {name}: {error}") from None
    extra = tuple(line for file in requirement_files for line in requirement_lines(file))
    return msgspec.structs.replace(profile, extra_requirements=extra)


def read_snapshot(name: str) -> Snapshot:
    """The snapshot in that file, or in the report that it is; "-" is stdin."""
    try:
        return decode_snapshot(read_text(name, MAX_DOCUMENT_BYTES).encode())
    except DocumentError as error:
        raise Refusal(f"snapshot {name}: {error}") from None


def read_text(name: str, most_bytes: int, *, forgiving: bool = False) -> str:
    """The text of a file; "-" is stdin. A folder, a binary file, a missing or too large one is refused."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(most_bytes + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise Refusal(f"{name} cannot be read: {reason}") from None
    if len(data) > most_bytes:
        raise Refusal(f"{name} is too large: at most {most_bytes // 2**20} MB are read")
    encoding = next((encoding for mark, encoding in BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding, "replace" if forgiving else "strict")
    except UnicodeDecodeError:
        raise Refusal(f"{name} is no text: it is not UTF-8") from None


def read_pasted(name: str, most_bytes: int) -> str:
    """A text that somebody pasted. Bytes that are not UTF-8, as other code pages have them, are no fault."""
    return read_text(name, most_bytes, forgiving=True)


def _is_file_name(name: str) -> bool:
    return name == "-" or name.endswith(".toml") or "/" in name or "\\" in name


def requirement_lines(name: str) -> tuple[str, ...]:
    """The requirements in a requirements.txt and in the files that it includes, without pip's own options."""
    from dlcheck.observe import requirements_file

    text = read_text(name, MAX_REQUIREMENTS_BYTES)
    if name == "-":
        return tuple(line for line in requirements_file.parse(text) if not line.startswith("-"))
    try:
        return requirements_file.read(name)
    except requirements_file.RequirementsFileError as error:
        raise Refusal(str(error)) from None
