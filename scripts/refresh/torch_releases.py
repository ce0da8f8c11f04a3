"""torch_releases.toml: what the package index and PyTorch's own wheel index tell of each release of PyTorch."""

from __future__ import annotations

import msgspec
from packaging.version import Version

from dlcheck.judge.knowledge.torch_releases import Releases, releases
from dlcheck.judge.knowledge.versions import Version as Numbers
from dlcheck.judge.knowledge.versions import dotted, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import File, Index, named
from scripts.refresh.python_wheels import newest_python
from scripts.refresh.release_columns import PLATFORMS, differences, wheel_for
from scripts.refresh.requirements import requirement_of
from scripts.refresh.toml_text import blocks, new_block, value_of, with_day, with_values
from scripts.refresh.torch_builds import ADDRESS, default_build, variants_of
from scripts.refresh.web import Unreadable
from scripts.refresh.wheel_tags import Built, built_for

COLUMNS = (
    "version", "released", "python", "free_threaded", "default", "variants", "glibc", "glibc_of", "macos",
    "macos_intel", "mps_macos", "vision", "audio", "python_basis", "variants_basis",
)  # fmt: skip
UNKNOWN_VARIANTS = "unknown: only what the package index serves was seen"
WHEEL_INDEX = "PyTorch's wheel index"


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One minor release on the index, by its newest patch release."""

    version: Version
    files: list[File]
    built: Built


def look(sources: Sources) -> Look:
    """Minor releases that the table has not, and patch releases that are newer than its own."""
    found, known = seen(sources.index), {one.minor: one for one in releases()}
    lacks = []
    for line, one in found.items():
        have = known.get(line)
        if have is None or (have.python_basis == "index" and numbers(have.version) < numbers(str(one.version))):
            lacks.append(f"torch {one.version}")
        elif have.python_basis == "index":
            lacks += [f"torch {one.version}: {words}" for words in differences(msgspec.to_builtins(have), columns(one))]
    return Look(knows=f"torch {releases()[0].version}", shown=f"torch {newest(found).version}", lacks=tuple(lacks))


def refresh(text: str, sources: Sources) -> Refreshed:
    """Rows from the index, those without a page behind them as they were; new ones on top."""
    found, left = seen(sources.index), ["mps_macos: by hand, from the issues that `source` names"]
    variants, why_not = _variants(sources)
    left += [f"variants: {why_not}; they stay as they are, and new releases get none"] if why_not else []
    head, *old = blocks(text, "release")
    rows = {numbers(value_of(one, "version"))[:2]: one for one in old}
    for line, one in sorted(found.items()):
        block = rows.get(line)
        if block is not None and value_of(block, "python_basis") != "index":
            continue
        values = columns(one)
        if block is None or value_of(block, "version") != str(one.version):
            told, words = _of_this_release(one, sources.index)
            values, left = {**values, **told}, [*left, *words]
        values |= _variant_columns(str(one.version), variants, block)
        if block is None:
            rows[line] = new_block("release", {**values, "python_basis": "index"}, COLUMNS)
        else:
            rows[line] = with_values(block, values, COLUMNS)
    text = head + _joined([rows[line] for line in sorted(rows, reverse=True)])
    msgspec.toml.decode(text, type=Releases)
    return Refreshed(text=with_day(text, sources.today), left=tuple(left))


def seen(index: Index) -> dict[Numbers, _Seen]:
    """Release line → its newest patch release. Raises Unreadable."""
    python = newest_python(index)
    found: dict[Numbers, _Seen] = {}
    for version, files in index.project("torch").wheels().items():
        built = built_for(named(files), python)
        if version.major >= 1 and built.span("linux_x86_64"):
            found[(version.major, version.minor)] = _Seen(version=version, files=files, built=built)
    if not found:
        raise Unreadable("torch on the package index: there is no wheel of it")
    return found


def newest(found: dict[Numbers, _Seen]) -> _Seen:
    """The newest release."""
    return found[max(found)]


def columns(one: _Seen) -> dict[str, object]:
    """What the names and days of the wheels tell."""
    days = sorted(file.upload_time[:7] for file in one.files if file.upload_time)
    served = [set(found) for name, found in one.built.pythons.items() if name in PLATFORMS]
    common = sorted(set.intersection(*served))
    values: dict[str, object] = {
        "version": str(one.version),
        "released": days[0] if days else "",
        "python": f"{dotted(common[0])}-{dotted(common[-1])}" if common else "",
        "free_threaded": [dotted(each) for each in one.built.free_threaded] or None,
        "macos": one.built.macos.get("macos_arm64"),
        "macos_intel": one.built.macos.get("macos_x86_64"),
    }
    return {key: value for key, value in values.items() if value != ""}


def partner_of(name: str, torch: str, index: Index) -> str:
    """The newest release of a partner that asks for exactly this torch, else the newest that takes it; "" for none."""
    takes = ""
    for version, files in reversed(index.project(name).wheels().items()):
        wanted = requirement_of(index.metadata(files[0]), "torch")
        if wanted is None or not wanted.specifier or not wanted.specifier.contains(torch):
            if wanted is not None and any(numbers(one.version) < numbers(torch) for one in wanted.specifier):
                break
            continue
        if any(one.operator == "==" for one in wanted.specifier):
            return str(version)
        takes = takes or str(version)
    return takes


def _of_this_release(one: _Seen, index: Index) -> tuple[dict[str, object], list[str]]:
    """What is in the wheels of a release that is new to the table, and what could not be told."""
    version, left, default = str(one.version), [], {}
    for platform, name in PLATFORMS.items():
        wheel = wheel_for(platform, one.files)
        if wheel is None:
            continue
        try:
            default[name] = default_build(name, wheel, index)
        except Unreadable as error:
            left.append(f"default of torch {version} on {name}: {error}")
    floors = [numbers(floor) for name, floor in one.built.glibc.items() if name in PLATFORMS]
    values: dict[str, object] = {
        "default": default,
        "glibc": dotted(max(floors)) if floors else "",
        "vision": partner_of("torchvision", version, index),
        "audio": _audio(version, index) or None,
    }
    if not values["vision"]:
        left.append(f"vision of torch {version}: no torchvision on the index takes it yet")
    return values, left


def _audio(torch: str, index: Index) -> str:
    """torchaudio of the same number: since 2.11 it takes any later torch, and none is made for each any more."""
    line = numbers(torch)[:2]
    same = [one for one in index.project("torchaudio").wheels() if (one.major, one.minor) == line]
    return str(same[-1]) if same else ""


def _variants(sources: Sources) -> tuple[dict[str, list[str]], str]:
    """Version → builds on PyTorch's wheel index, and why it could not be read."""
    try:
        page = sources.saved.read_bytes() if sources.saved else sources.read(ADDRESS, {}, 64 * 2**20).body
    except (Unreadable, OSError) as error:
        return {}, f"{ADDRESS} could not be read ({error})"
    found = variants_of(page.decode("utf-8", "replace"))
    return found, "" if found else f"{ADDRESS} names no wheel of torch"


def _variant_columns(version: str, variants: dict[str, list[str]], block: str | None) -> dict[str, object]:
    if version in variants:
        return {"variants": variants[version], "variants_basis": WHEEL_INDEX}
    return {"variants": [], "variants_basis": UNKNOWN_VARIANTS} if block is None else {}


def _joined(rows: list[str]) -> str:
    return "\n\n".join(one.rstrip("\n") for one in rows) + "\n"


SOURCE = Source(look=look, refresh=refresh)
