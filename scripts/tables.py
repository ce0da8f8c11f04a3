"""Look which tables of dlcheck/judge/knowledge are older than a release they should know, and refresh them.

usage: python scripts/tables.py [stale]                      every table, what it knows and what its source shows
       python scripts/tables.py refresh NAME... | all        write it anew from its source, and show what changed
             --check        show it, and write nothing
             --from FILE    a page that was saved, of a table whose source no program reads
             --python EXE   for torch_code: ask the PyTorch of that interpreter

Exit status of `stale`: 0 where no table is older, 1 where one is, 2 where a source could not be read and none was
found older. The package index is the one that pip is configured for.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from datetime import datetime, timezone
from pathlib import Path
from textwrap import shorten

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dlcheck.judge import shipped  # noqa: E402
from scripts import write_tables  # noqa: E402
from scripts.refresh import pip_configuration, web  # noqa: E402
from scripts.refresh.outcome import Sources  # noqa: E402
from scripts.refresh.package_index import Index  # noqa: E402
from scripts.refresh.registry import FOLDER, every_table, file_of, read_on  # noqa: E402

AT_MOST = 12
"""So many lines are said of what one table lacks."""
WIDTH = 90
"""So many letters of where a table is refreshed from by hand."""
TABLES = every_table()


def main(arguments: list[str] | None = None) -> int:
    """One command; the exit status."""
    asked = _parsed(arguments)
    try:
        sources = _sources(asked)
    except web.Unreadable as error:
        print(f"The package index cannot be read: {error}", file=sys.stderr)
        return 2
    if asked.command == "stale":
        return stale(sources)
    names = list(TABLES) if "all" in asked.names else asked.names
    return max(refresh(name, sources, writes=not asked.check, is_one=len(names) == 1) for name in names)


def stale(sources: Sources) -> int:
    """Say of every table whether it is older than a release it should know."""
    old = unread = 0
    for name, source in TABLES.items():
        day = read_on(file_of(name).read_text("utf-8"))
        try:
            seen = source.look(sources)
        except (web.Unreadable, OSError) as error:
            unread += 1
            print(f"?  {name:19} {day}  not looked at: {error}")
            continue
        shown = f"source: {seen.shown}" if seen.shown else shorten(f"by hand, from {source.by_hand}", WIDTH)
        old += bool(seen.lacks)
        print(f"{'!' if seen.lacks else ' '}  {name:19} {day}  knows {seen.knows}; {shown}")
        for line in seen.lacks[:AT_MOST]:
            print(f"     lacks {line}")
        if len(seen.lacks) > AT_MOST:
            print(f"     and {len(seen.lacks) - AT_MOST} more")
    words = f"{old} of {len(TABLES)} tables are older than a release they should know"
    print(f"\n{words}{f'; {unread} could not be looked at' if unread else ''}.")
    return 1 if old else 2 if unread else 0


def refresh(name: str, sources: Sources, *, writes: bool, is_one: bool) -> int:
    """Write one table anew, and show what changed; the exit status."""
    source, file = TABLES[name], file_of(name)
    if source.refresh is None:
        print(f"{name}: by hand, from {source.by_hand}")
        return 1 if is_one else 0
    old = file.read_text("utf-8")
    try:
        done = source.refresh(old, sources)
        msgspec.toml.decode(done.text)
    except (web.Unreadable, OSError, ValueError, msgspec.MsgspecError) as error:
        print(f"{name}: left as it is: {error}")
        return 2
    print(f"{name}: {'nothing changed' if done.text == old else 'changed'}")
    difference = difflib.unified_diff(old.splitlines(), done.text.splitlines(), "before", "after", "", "", 1, "")
    for line in difference:
        print(f"  {line}")
    for one in done.left:
        print(f"  left as it is: {one}")
    if writes and done.text != old:
        new = file.with_suffix(".new")
        new.write_text(done.text, "utf-8")
        new.replace(file)
        if file.parent == FOLDER:
            (write_tables.JUDGE / shipped.COMPILED).write_bytes(write_tables.compiled())
    return 0


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/tables.py", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("stale")
    again = commands.add_parser("refresh")
    again.add_argument("names", nargs="+", metavar="NAME", choices=[*TABLES, "all"])
    again.add_argument("--check", action="store_true")
    for one in (parser, again):
        one.add_argument("--from", dest="saved", type=Path)
        one.add_argument("--python", default="")
    parser.set_defaults(command="stale")
    return parser.parse_args(arguments)


def _sources(asked: argparse.Namespace) -> Sources:
    told = pip_configuration.configured()
    read = web.reader(told.certificates)
    today = datetime.now(timezone.utc).date()
    index = Index(told.index, read)
    return Sources(index=index, read=read, today=today, saved=asked.saved, python=asked.python)


if __name__ == "__main__":
    sys.exit(main())
