"""torch_code.toml: the architectures that a build of PyTorch says it holds code for.

The builds on the package index are read there; any other is asked where it is installed (`--python`).
"""

from __future__ import annotations

import json
import subprocess

import msgspec

from dlcheck.judge.knowledge import cubin
from dlcheck.judge.knowledge.torch_releases import Code, Codes, code_in, cuda_of, platform_of
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh import torch_releases
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.release_columns import wheel_for
from scripts.refresh.toml_text import blocks, new_block, value_of, with_day, with_values
from scripts.refresh.torch_builds import arch_list, build_of, default_build
from scripts.refresh.web import Unreadable

COLUMNS = ("variant", "platform", "since", "until", "real", "ptx", "note")
ON_THE_INDEX = {"linux_x86_64": "linux-x86_64", "linux_aarch64": "linux-aarch64"}
ASK = """
import json, platform, sys
import torch
from torch import version
print(json.dumps({"version": torch.__version__, "cuda": version.cuda, "archs": torch._C._cuda_getArchFlags().split(),
                  "system": {"win32": "windows"}.get(sys.platform, sys.platform), "machine": platform.machine()}))
"""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What one build holds."""

    version: str
    variant: str
    platform: str
    real: tuple[str, ...]
    ptx: tuple[str, ...] = ()

    def is_as(self, row: Code) -> bool:
        """Does a row say the same?"""
        return (self.real, self.ptx) == (row.real, row.ptx)


def look(sources: Sources) -> Look:
    """CUDA builds that the package index serves and that the table does not know, or knows otherwise."""
    newest = torch_releases.newest(torch_releases.seen(sources.index)).version
    lacks = []
    for one in on_the_index(sources):
        row = code_in(one.version, one.variant, one.platform)
        if row is None or not one.is_as(row):
            lacks.append(f"torch {one.version} {one.variant} {one.platform}: {' '.join((*one.real, *one.ptx))}")
    known = max((numbers(row.until) for row in _table().code), default=())
    return Look(knows=f"torch {dotted(known)}", shown=f"torch {newest}", lacks=tuple(lacks))


def refresh(text: str, sources: Sources) -> Refreshed:
    """Rows of the builds that could be read; all others stay."""
    held = [asked(sources.python)] if sources.python else on_the_index(sources)
    left = ["builds that are not on the package index: by --python, from an environment that has them", "gfx: by hand"]
    for one in held:
        text = with_build(text, one)
    msgspec.toml.decode(text, type=Codes)
    return Refreshed(text=with_day(text, sources.today), left=tuple(left))


def on_the_index(sources: Sources) -> list[Held]:
    """The newest release's CUDA builds on the package index. Raises Unreadable."""
    newest = torch_releases.newest(torch_releases.seen(sources.index))
    found = []
    for tag, platform in ON_THE_INDEX.items():
        wheel = wheel_for(tag, newest.files)
        variant = default_build(platform, wheel, sources.index) if wheel else ""
        if wheel is None or not cuda_of(variant):
            continue
        archs = arch_list(wheel, sources.index)
        if not archs:
            raise Unreadable(f"{wheel.filename}: its library names no architectures where they are looked for")
        found.append(_held(str(newest.version), variant, platform, archs))
    return found


def asked(python: str) -> Held:
    """The build that an interpreter has. Raises Unreadable."""
    try:
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, timeout=300, check=False)
        told = json.loads(done.stdout.strip().splitlines()[-1])
        variant, platform = build_of(f"cuda = '{told['cuda']}'"), platform_of(told["system"], told["machine"])
        archs = tuple(str(one) for one in told["archs"])
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError, TypeError) as error:
        raise Unreadable(f"{python} has no PyTorch built for CUDA that answers ({type(error).__name__})") from error
    if not archs:
        raise Unreadable(f"the PyTorch of {python} holds no code for any GPU")
    return _held(told["version"].partition("+")[0], variant, platform, archs)


def with_build(text: str, one: Held) -> str:
    """The table with what a build holds: a row that reaches up to it, or one of its own."""
    head, *rows = blocks(text, "code")
    table = msgspec.toml.decode(text, type=Codes).code
    known = row_for(table, one)
    if known is not None and one.is_as(known):
        return text
    line: Version = numbers(one.version)[:2]
    places = [number for number, row in enumerate(table) if (row.variant, row.platform) == (one.variant, one.platform)]
    before = next((number for number in places if numbers(table[number].until)[:2] == (line[0], line[1] - 1)), None)
    if known is None and before is not None and one.is_as(table[before]):
        rows[before] = with_values(rows[before], {"until": dotted(line)}, COLUMNS)
        return head + "".join(rows)
    exact = one.version if known is not None else dotted(line)
    values = {"variant": one.variant, "platform": one.platform, "since": exact, "until": exact, "real": one.real}
    block = new_block("code", {**values, "ptx": one.ptx or None}, COLUMNS)
    same = [number for number, row in enumerate(rows) if value_of(row, "platform") == one.platform]
    place = places[0] if places else same[0] if same else len(rows)
    return head + "".join([*rows[:place], block, *rows[place:]])


def row_for(table: tuple[Code, ...], one: Held) -> Code | None:
    """The row that is in force for a build."""
    wanted = numbers(one.version)
    for row in table:
        since, until = numbers(row.since), numbers(row.until)
        mine = (row.variant, row.platform) == (one.variant, one.platform)
        if mine and since <= wanted[: len(since)] and wanted[: len(until)] <= until:
            return row
    return None


def _held(version: str, variant: str, platform: str, archs: tuple[str, ...]) -> Held:
    real = tuple(cubin.written(one) for one in cubin.machine_code(archs))
    return Held(
        version=version, variant=variant, platform=platform, real=real, ptx=tuple(map(cubin.written, cubin.ptx(archs)))
    )


def _table() -> Codes:
    from dlcheck.judge.knowledge.tables import read_table

    return read_table("torch_code", Codes)


SOURCE = Source(look=look, refresh=refresh)
