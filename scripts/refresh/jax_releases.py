"""jax_releases.toml: the names and the metadata of the wheels of jax, jaxlib, its plugins and libtpu."""

from __future__ import annotations

import re

import msgspec

from dlcheck.judge.knowledge.jax_releases import Releases
from dlcheck.judge.knowledge.tables import read_table
from dlcheck.judge.knowledge.versions import Version, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import File, Index, named
from scripts.refresh.python_wheels import newest_python
from scripts.refresh.release_columns import columns, day_of, differences, line_of
from scripts.refresh.requirements import oldest_allowed, requirement_of
from scripts.refresh.toml_text import blocks, new_block, value_of, with_day, with_values
from scripts.refresh.web import Unreadable
from scripts.refresh.wheel_tags import built_for

COLUMNS = (
    "version", "released", "pythons", "free_threaded", "glibc", "macos", "macos_intel", "libtpu", "libtpu_glibc",
    "basis",
)  # fmt: skip
PLUGIN_COLUMNS = (
    "extra",
    "since",
    "until",
    "pythons",
    "free_threaded",
    "glibc",
    "cuda",
    "oldest",
    "real",
    "ptx",
    "gfx",
)
PLUGIN = re.compile(r"(cuda|rocm)(\d+)")
Rows = dict[Version, dict[str, object]]


def look(sources: Sources) -> Look:
    """Releases that the table has not or has otherwise, and plugins whose wheels are others."""
    table = read_table("jax_releases", Releases)
    known = {one.minor: msgspec.to_builtins(one) for one in table.release}
    found, lacks = releases(sources.index), []
    for line, values in found.items():
        if line >= min(known) and line not in known:
            lacks.append(f"JAX {values['version']}")
        elif line in known:
            lacks += [f"JAX {values['version']}: {words}" for words in differences(known[line], values)]
    for plugin in table.plugin:
        shown = of_plugin(sources.index, plugin.extra, plugin.since, plugin.until)
        row = msgspec.to_builtins(plugin)
        lacks += [f"plugin {plugin.extra} {plugin.since} to {plugin.until}: {one}" for one in differences(row, shown)]
    newest = found[max(found)]["version"]
    return Look(knows=f"JAX {table.release[0].version}", shown=f"JAX {newest}", lacks=tuple(lacks))


def refresh(text: str, sources: Sources) -> Refreshed:
    """Rows from the index; what a plugin holds code for is told by no wheel."""
    known = msgspec.toml.decode(text, type=Releases)
    first, left = (
        known.release[-1].minor,
        ["cuda, oldest, real, ptx, gfx of plugins: by hand, from the pages in `source`"],
    )
    found = {line: values for line, values in releases(sources.index).items() if line >= first}
    head, *rest = blocks(text, "release")
    body, *plugins = blocks("".join(rest), "plugin")
    rows = {line_of(value_of(one, "version")): one for one in blocks(body, "release") if one}
    for line, shown in found.items():
        if line in rows:
            rows[line] = with_values(rows[line], shown, COLUMNS)
        else:
            values = {**shown, "released": _first_day(sources.index, line), "basis": "index"}
            rows[line] = new_block("release", values, COLUMNS)
            left.append(f"JAX {values['version']}: no plugin serves it until a row says so, by hand")
    for number, block in enumerate(plugins):
        extra, since, until = (value_of(block, key) for key in ("extra", "since", "until"))
        plugins[number] = with_values(block, of_plugin(sources.index, extra, since, until), PLUGIN_COLUMNS)
    joined = "\n\n".join(rows[line].rstrip("\n") for line in sorted(rows, reverse=True))
    text = head + joined + "\n\n" + "".join(plugins)
    msgspec.toml.decode(text, type=Releases)
    return Refreshed(text=with_day(text, sources.today), left=tuple(left))


def releases(index: Index) -> Rows:
    """Release line → what the index tells of its newest patch release. Raises Unreadable."""
    libraries, python = index.project("jaxlib").wheels(), newest_python(index)
    by_line = {(one.major, one.minor): files for one, files in libraries.items()}
    found: Rows = {}
    for version, files in index.project("jax").wheels().items():
        line = (version.major, version.minor)
        if line in by_line:
            values = columns(built_for(named(by_line[line]), python))
            tpu = of_tpu(index, files[0]) if line >= (0, 6) else {}
            found[line] = {"version": str(version), **values, **tpu}
    if not found:
        raise Unreadable("jax on the package index: there is no wheel of it")
    return found


def of_tpu(index: Index, jax: File) -> dict[str, object]:
    """The libtpu that the extra asks for, where the index has it."""
    wanted = requirement_of(index.metadata(jax), "libtpu", extra="tpu")
    if wanted is None:
        return {"libtpu": None, "libtpu_glibc": None}
    served = [one for one in index.project("libtpu").wheels().items() if wanted.specifier.contains(one[0])]
    if not served:
        return {"libtpu": None, "libtpu_glibc": None}
    version, files = served[-1]
    floor = built_for(named(files), newest_python(index)).glibc.get("linux_x86_64")
    return {"libtpu": oldest_allowed(wanted) or str(version), "libtpu_glibc": floor}


def of_plugin(index: Index, extra: str, since: str, until: str) -> dict[str, object]:
    """Where the wheels of a plugin run, by its newest release among these lines; nothing where it has none."""
    kind = PLUGIN.match(extra)
    wheels = index.project(f"jax-{kind.group()}-plugin").wheels() if kind else {}
    served = [files for one, files in wheels.items() if numbers(since) <= (one.major, one.minor) <= numbers(until)]
    if not served:
        return {}
    shown = columns(built_for(named(served[-1]), newest_python(index)))
    return {key: shown[key] for key in ("pythons", "free_threaded", "glibc")}


def _first_day(index: Index, line: Version) -> str:
    """The month of the line's first release."""
    days = [day_of(files) for one, files in index.project("jax").wheels().items() if (one.major, one.minor) == line]
    return min(filter(None, days), default="")


SOURCE = Source(look=look, refresh=refresh)
