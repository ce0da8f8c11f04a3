"""The judged interpreter and everything installed for it, read from files: nothing is imported, nothing is run."""

import os
import sys

from . import builds, distributions, importing, interpreter, shadows


def work(answer, asked):
    """Answer the fields of `Interpreter` and of `Packages`, and what requirements are looked up with.

    asked: `frameworks`, names of modules of which it is to be said whether there is anything to import.
    """
    answer.stage("reading the interpreter")
    entries = interpreter.entries()
    facts = interpreter.facts(entries)
    answer.facts(**facts)
    answer.stage("reading the installed packages")
    folders = distributions.folders(entries)
    found, leftovers = distributions.read(folders)
    pip = [one for one in found if one["name"] == "pip"]
    listed = {name for folder in folders for name in folder["names"]}
    answer.facts(
        has_pip=any(os.path.isfile(os.path.join(one["path"], "pip", "__main__.py")) for one in folders),
        pip_version=pip[0]["version"] if pip else "",
        distributions=found,
        duplicates=distributions.duplicates(found),
        unreadable=[one["path"] for one in folders if one["denied"]],
        modules=sorted(distributions.modules(listed)),
        marker_environment=interpreter.marker_environment(),
        absent=[name for name in asked.get("frameworks", ()) if importing.is_absent(name)],
    )
    answer.stage("reading the frameworks' builds")
    frameworks = builds.read(folders, found)
    answer.facts(
        builds=frameworks,
        leftovers=leftovers + builds.empty_packages(folders),
        shadows=shadows.find(entries, listed),
        conda=distributions.conda_packages(sys.prefix),
    )
