"""conda's failures: packages of an environment.yml that it does not find, because another system has them."""

from __future__ import annotations

from dlcheck.observe.conda_export import parse_conda
from dlcheck.observe.importers.clues import Clues
from dlcheck.observe.importers.text import Text

_NOT_FOUND = (
    r"(?:ResolvePackageNotFound|PackagesNotFoundError)[^\n]{0,200}\n"
    r"(?P<list>(?:[ \t]*\n|[ \t]*-[ \t]+\S[^\n]{0,200}\n?){1,400})"
)


def read(text: Text, clues: Clues) -> None:
    """Tell which packages of the file exist for another system alone."""
    for found in text.findall(_NOT_FOUND, "resolvepackagenotfound", "packagesnotfounderror"):
        clues.source("conda")
        builds, foreign = parse_conda(found.group("list").replace("==", "="), clues.system or "")
        clues.conda_builds = max(clues.conda_builds, builds)
        clues.conda_foreign += [name for name in foreign if name not in clues.conda_foreign]
