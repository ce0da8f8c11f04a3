"""Input files, which may come from anyone: read up to a bound, decoded, and refused in one sentence."""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path

import msgspec

from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.judge import profiles
from dlcheck.model.documents import MAX_DOCUMENT_BYTES, DocumentError, decode_snapshot
from dlcheck.model.profile import Profile
from dlcheck.model.report import PILLARS
from dlcheck.model.snapshot import Snapshot
from dlcheck.observe.requirements_file import Wanted

MAX_REQUIREMENTS_BYTES = 1024 * 1024

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""What begins a file that is not plain UTF-8: PowerShell's `>` writes UTF-16."""


def profile_names() -> tuple[str, ...]:
    """The built-in profiles that a person may choose."""
    return tuple(name for name in profiles.built_in() if name != "pasted")


def load_profile(name: str, requirement_files: list[str], require: str = "") -> Profile:
    """The profile of that name or file, with what `-r` and `--require` ask for added."""
    try:
        if _is_file_name(name):
            profile = _read_profile(name)
        elif profiles.is_built_in(name):
            profile = profiles.load(name)
        else:
            where = f"built in: {', '.join(profile_names())}; a file ends in .toml"
            raise unknown_name("profile", name, profile_names(), where)
    except profiles.ProfileError as error:
        raise Refusal(f"profile {name}: {error}") from None
    for file in requirement_files:
        wanted = requirements_of(file)
        profile = msgspec.structs.replace(
            profile,
            extra_requirements=(*profile.extra_requirements, *wanted.requirements),
            python=",".join(part for part in (profile.python, wanted.python) if part),
        )
    if require:
        from dlcheck.judge.profiles.require import require as with_required

        try:
            profile = with_required(profile, require)
        except profiles.ProfileError as error:
            raise Refusal(str(error)) from None
    return profile


def _read_profile(name: str) -> Profile:
    """A profile from a file; what it extends lies beside it, and nowhere else."""
    folder = Path(name).parent

    def beside(other: str) -> str:
        if Path(other).name != other or other in (".", ".."):
            raise profiles.ProfileError(f"it can extend a file beside it, and {other!r} is none")
        return read_text(str(folder / other), profiles.MAX_PROFILE_BYTES)

    text = read_text(name, profiles.MAX_PROFILE_BYTES)
    profile = profiles.parse(text, beside)
    if profile.grades or profile.only or profile.skip:
        from dlcheck.judge.engine import all_checks
        from dlcheck.judge.profiles.rules import unknown_check

        unknown = unknown_check(profile, all_checks(), PILLARS)
        if unknown:
            line = profiles.at_text(text, unknown)
            raise profiles.ProfileError(f"{line}there is no check {unknown!r}; `dlcheck checks` lists them")
    return profile


def refuse_expired(profile: Profile, name: str, taken_at: str = "") -> None:
    """Refuse a profile whose waivers are over: on the day of a recorded snapshot, else today.

    name: the built-in name or the file that it was read from, whose line is told.
    """
    from datetime import date, datetime, timezone

    from dlcheck.judge.profiles.rules import expired

    try:
        day = date.fromisoformat(taken_at[:10])
    except ValueError:
        day = datetime.now(timezone.utc).date()
    if over := expired(profile, day):
        check, words = over
        text = read_text(name, profiles.MAX_PROFILE_BYTES) if _is_file_name(name) and name != "-" else ""
        raise Refusal(f"profile {name}: {profiles.at_text(text, check)}{words}")


def read_snapshot(name: str) -> Snapshot:
    """The snapshot in that file, or in the report that it is; "-" is stdin. What has a secret's shape is hidden."""
    from dlcheck.observe.secrets import without_secrets

    try:
        return without_secrets(decode_snapshot(read_text(name, MAX_DOCUMENT_BYTES).encode()), {})
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


def requirements_of(name: str) -> Wanted:
    """What a requirements.txt, an environment.yml or a pyproject.toml asks for.

    `pyproject.toml[gpu,dev]` names extras, `pyproject.toml:test` a dependency group.
    """
    from dlcheck.observe import environment_file, pyproject_file, requirements_file

    try:
        if asked := re.fullmatch(r"(.*\.toml)(?:\[([^\]]*)\])?(?::([\w.-]+))?", name):
            extras = tuple(one.strip() for one in (asked[2] or "").split(",") if one.strip())
            groups = (asked[3],) if asked[3] else ()
            return pyproject_file.parse(read_text(asked[1], MAX_REQUIREMENTS_BYTES), extras, groups)
        if name.endswith((".yml", ".yaml")):
            return environment_file.parse(read_text(name, MAX_REQUIREMENTS_BYTES))
        text = read_text(name, MAX_REQUIREMENTS_BYTES)
        if name == "-":
            lines = tuple(line for line in requirements_file.parse(text) if not line.startswith("-"))
        else:
            lines = requirements_file.read(name)
    except requirements_file.RequirementsFileError as error:
        words = str(error)
        raise Refusal(words if name in words else f"{name}: {words}") from None
    return Wanted(lines)
