"""nvml_codes, throttle, cuda_codes and xids: numbers and names out of NVIDIA's own headers and bindings.

The words beside them are written by hand: what a code means to a person no header says well.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from dlcheck.judge.knowledge.codes import Codes, Throttle, Xids
from dlcheck.judge.knowledge.tables import read_table
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import File, Index
from scripts.refresh.toml_text import with_day
from scripts.refresh.web import MIB, Unreadable
from scripts.refresh.wheel_tags import platforms_of

Names = dict[int, frozenset[str]]
"""Number → what the source calls it."""

AT_MOST = 8 * MIB
XID_PAGE = "src/common/sdk/nvidia/inc/nverror.h of https://github.com/NVIDIA/open-gpu-kernel-modules"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says."""

    of: str
    """Which release of it."""
    names: Names


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    name: str


def nvml(index: Index) -> Told:
    """NVML_ERROR_… of the bindings. Raises Unreadable."""
    of, text = _newest(index, "nvidia-ml-py", "pynvml.py")
    return Told(of=of, names=numbered(text, r"(?m)^NVML_(?:ERROR_)?(SUCCESS|(?<=ERROR_)\w+)\s*=\s*(\d+)"))


def throttle(index: Index) -> Told:
    """nvmlClocksEventReason… and the older nvmlClocksThrottleReason… of the bindings. Raises Unreadable."""
    of, text = _newest(index, "nvidia-ml-py", "pynvml.py")
    found = numbered(text, r"(?m)^nvmlClocks(?:Event|Throttle)Reason(?!s|None|All)(\w+)\s*=\s*(0x[0-9A-Fa-f]+)")
    return Told(of=of, names=found)


def cuda(index: Index) -> Told:
    """The codes of the driver's and the runtime's header, in the wheel of CUDA's runtime. Raises Unreadable."""
    of, driver = _newest(index, "nvidia-cuda-runtime", "include/cuda.h")
    runtime = _newest(index, "nvidia-cuda-runtime", "include/driver_types.h")[1]
    found = numbered(driver, r"(?m)^\s*CUDA_(?:ERROR_)?(\w+)\s*=\s*(\d+)\s*,?")
    for number, names in numbered(runtime, r"(?m)^\s*cuda(?:Error)?([A-Z]\w*)\s*=\s*(\d+)\s*,?").items():
        found[number] = found.get(number, frozenset()) | {_snake(one) for one in names}
    return Told(of=of, names=found)


def xids(text: str) -> Names:
    """ROBUST_CHANNEL_… of nverror.h."""
    return numbered(text, r"(?m)^#define\s+(?:ROBUST_CHANNEL_)?([A-Z]\w+)\s+\(?(\d+)[Uu]?\)?")


def numbered(text: str, pattern: str) -> Names:
    """Number → names, by a pattern with two groups: a name and a number, also 0x1."""
    found: dict[int, set[str]] = {}
    for name, number in re.findall(pattern, text):
        try:
            found.setdefault(int(number, 0), set()).add(name)
        except ValueError:  # another name stands there
            continue
    return {number: frozenset(names) for number, names in found.items()}


def wrong(rows: list[_Row], names: Names) -> list[str]:
    """Rows whose number the source calls otherwise. Numbers that it has no more are those of old releases."""
    found = []
    for row in rows:
        plain, told = row.name.partition(" (")[0], names.get(row.number, frozenset())
        if told and "before" not in row.name and plain.upper() not in {one.upper() for one in told}:
            found.append(f"{row.number} is {' or '.join(sorted(told))}, not {plain}")
    return found


def lacking(rows: list[_Row], names: Names) -> list[str]:
    """Numbers of the source that no row has."""
    known = {row.number for row in rows}
    return [f"{number} {'/'.join(sorted(names[number]))}" for number in sorted(names.keys() - known)]


def _rows(table: str) -> list[_Row]:
    if table == "xids":
        return [_Row(number=one.number, name=one.name) for one in read_table(table, Xids).xid]
    if table == "throttle":
        return [_Row(number=one.bit, name=one.name) for one in read_table(table, Throttle).reason]
    return [_Row(number=one.number, name=one.name) for one in read_table(table, Codes).code]


def _newest(index: Index, project: str, ending: str) -> tuple[str, str]:
    """The newest release of a project, and the text of a file in its wheel."""
    releases = index.project(project).wheels()
    if not releases:
        raise Unreadable(f"{project} on the package index: there is no wheel of it")
    version, files = list(releases.items())[-1]
    file: File = next((one for one in files if "linux_x86_64" in platforms_of(one.filename)), files[0])
    return f"{project} {version}", index.member(file, ending, AT_MOST).decode("utf-8", "replace")


def _snake(name: str) -> str:
    """DevicesUnavailable → DEVICES_UNAVAILABLE."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _source(table: str, told: Callable[[Index], Told], *, is_whole: bool) -> Source:
    """A table beside an index. is_whole: it is to have every number; else it holds those that matter."""

    def look(sources: Sources) -> Look:
        rows, found = _rows(table), told(sources.index)
        if not found.names:
            raise Unreadable(f"{found.of}: the names are no longer written as they were")
        lacks = [*wrong(rows, found.names), *(lacking(rows, found.names) if is_whole else [])]
        return Look(knows=f"{len(rows)} codes", shown=f"{len(found.names)} in {found.of}", lacks=tuple(lacks))

    def refresh(text: str, sources: Sources) -> Refreshed:
        lacks = look(sources).lacks
        if lacks:
            return Refreshed(text=text, left=tuple(f"{one}: a row with words of its own, by hand" for one in lacks))
        return Refreshed(text=with_day(text, sources.today), left=("the words of each row: by hand",))

    return Source(look=look, refresh=refresh)


def _look_xids(sources: Sources) -> Look:
    rows = _rows("xids")
    if sources.saved is None:
        return Look(knows=f"{len(rows)} Xids")
    names = xids(sources.saved.read_text("utf-8", "replace"))
    return Look(
        knows=f"{len(rows)} Xids", shown=f"{len(names)} in {sources.saved.name}", lacks=tuple(wrong(rows, names))
    )


def _refresh_xids(text: str, sources: Sources) -> Refreshed:
    if sources.saved is None:
        raise Unreadable(f"save {XID_PAGE}, and name the file with --from")
    names, rows = xids(sources.saved.read_text("utf-8", "replace")), _rows("xids")
    if not names:
        raise Unreadable(f"{sources.saved.name} names no Xid")
    left = [*wrong(rows, names), *(f"{one}: a row only if it matters, by hand" for one in lacking(rows, names))]
    return Refreshed(text=text if wrong(rows, names) else with_day(text, sources.today), left=tuple(left))


NVML = _source("nvml_codes", nvml, is_whole=True)
THROTTLE = _source("throttle", throttle, is_whole=True)
CUDA = _source("cuda_codes", cuda, is_whole=False)
XIDS = Source(look=_look_xids, refresh=_refresh_xids, by_hand=XID_PAGE)
