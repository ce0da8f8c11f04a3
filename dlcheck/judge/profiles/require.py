"""What `--require` asks for, laid over a profile: 'cuda, gpus>=8, gpu_memory>=80GiB, driver>=560, torch>=2.7'."""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from dlcheck.judge.profiles.errors import ProfileError
from dlcheck.judge.profiles.numbers import capability, size
from dlcheck.model.profile import Accelerator, Profile, Regrade

MOST = 100
"""Terms of one list."""
SIZES = {"gpu_memory": "gpu_memory_bytes", "ram": "ram_bytes", "disk": "disk_free_bytes", "shm": "shm_bytes"}
COUNTS = {"gpus": "gpu_count", "cores": "cores", "tpus": "tpu_chips"}
FEATURES = re.compile(r"(?:avx|sse|amx|sve|neon|asimd|fma|bf16|i8mm)[a-z0-9_]*")
VENDORS = ("nvidia", "amd", "intel", "apple", "google")
CHECKS = {
    "ram": "ram-below-minimum", "disk": "disk-almost-full", "shm": "shm-too-small", "cores": "cores-below-minimum",
    "python": "python-unsupported",
}  # fmt: skip
"""Checks that only warn of what falls a little short: what is required in so many words fails."""
WORDS = (
    f"accelerators ({', '.join(get_args(Accelerator))}), {', '.join(COUNTS)} and {', '.join(SIZES)} with >=, "
    "driver>=, compute_capability>=, python>=, an instruction set (avx2), tool:NAME, a package (torch>=2.7)"
)


def require(profile: Profile, text: str) -> Profile:
    """The profile with everything that the list asks for. Raises ProfileError with the term that cannot be read."""
    found = terms(text)
    if len(found) > MOST:
        raise ProfileError(f"--require: {len(found)} terms, at most {MOST} are read")
    for term in found:
        profile = _with(profile, term)
    return profile


def terms(text: str) -> list[str]:
    """The terms between the commas; one in brackets, or before a further bound of a version, is none."""
    found: list[str] = []
    depth = 0
    current = ""
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            found.append(current)
            current = ""
        else:
            current += character
    joined: list[str] = []
    for part in (*found, current):
        if joined and re.match(r"\s*(?:[<>=!~]=|[<>])", part):
            joined[-1] += f",{part.strip()}"
        elif part.strip():
            joined.append(part.strip())
    return joined


def _with(profile: Profile, term: str) -> Profile:
    if term in get_args(Accelerator):
        return msgspec.structs.replace(profile, expects=tuple(dict.fromkeys((*profile.expects, term))))
    if term in VENDORS:
        return _minimum(profile, vendor=term)
    if FEATURES.fullmatch(term):
        return _minimum(profile, cpu_features=tuple(dict.fromkeys((*profile.minimum.cpu_features, term))))
    if tool := re.fullmatch(r"tool:([\w.+-]+)", term):
        return msgspec.structs.replace(profile, tools_required=(*profile.tools_required, tool[1]))
    name, operator, value = _split(term)
    if name in SIZES or name in COUNTS or name in ("driver", "compute_capability"):
        if operator != ">=":
            raise ProfileError(f"--require: {term!r}: {name} is asked for with >=")
        return _graded(_number(profile, name, value, term), name, term)
    if name == "python":
        return _graded(msgspec.structs.replace(profile, python=_range(profile.python, operator + value)), name, term)
    return _package(profile, term)


def _split(term: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([A-Za-z_]+)\s*([<>=!~]=|[<>=])\s*(.+)", term)
    return (found[1].lower(), found[2], found[3].strip()) if found else (term, "", "")


def _number(profile: Profile, name: str, value: str, term: str) -> Profile:
    found: object = None
    if name in SIZES:
        found, field, example = size(value), SIZES[name], "8GiB"
    elif name in COUNTS:
        found, field, example = (int(value) if re.fullmatch(r"\d{1,6}", value) else None), COUNTS[name], "8"
    elif name == "driver":
        found, field, example = (value if re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", value) else None), "driver", "560"
    else:
        found, field, example = capability(value), "compute_capability", "8.0"
    if found is None:
        raise ProfileError(f"--require: {term!r}: that is no number, write {name}>={example}")
    return _minimum(profile, **{field: found})


def _minimum(profile: Profile, **fields: object) -> Profile:
    """The profile with a higher minimum; what it recommends is never less than that."""
    recommended = {
        key: value
        for key, value in fields.items()
        if isinstance(value, int) and 0 < getattr(profile.comfortable, key) < value
    }
    return msgspec.structs.replace(
        profile,
        minimum=msgspec.structs.replace(profile.minimum, **fields),
        comfortable=msgspec.structs.replace(profile.comfortable, **recommended),
    )


def _graded(profile: Profile, name: str, term: str) -> Profile:
    if name not in CHECKS:
        return profile
    regrade = Regrade(check=CHECKS[name], grade="fail", reason=f"--require {term}")
    return msgspec.structs.replace(profile, grades=(*profile.grades, regrade))


def _range(one: str, other: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(other)
    except InvalidSpecifier:
        raise ProfileError(f"--require: {other!r} is no range of versions, such as >=3.10") from None
    return ",".join(part for part in (one, other) if part)


def _package(profile: Profile, term: str) -> Profile:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(term)
    except InvalidRequirement:
        raise ProfileError(f"--require: {term!r} is not understood; it takes {WORDS}") from None
    return msgspec.structs.replace(profile, extra_requirements=(*profile.extra_requirements, term))
