"""`python -m dlcheck` and the `dlcheck` command.

Looks at its own Python and dependencies with the standard library alone, in syntax that any Python can read, and ends
in one sentence where they cannot serve: those are exactly the machines that it is there to judge.
"""

import sys

OLDEST = (3, 10)


def main():  # type: () -> None
    """Run the command line; end with its exit status."""
    if sys.version_info < OLDEST:
        found = "%d.%d" % sys.version_info[:2]
        sys.stderr.write(
            "dlcheck runs on Python 3.10 or newer, and this is Python %s. Run it with a newer Python; "
            "it can still judge this one:\n  dlcheck doctor --python %s\n" % (found, sys.executable)
        )
        sys.exit(2)
    if sys.argv[1:] == ["--version"]:
        from dlcheck import __version__

        sys.stdout.write("dlcheck %s\n" % __version__)
        return
    try:
        from dlcheck.cli.app import run
    except Exception as error:
        if "--verbose" in sys.argv:
            raise
        sys.stderr.write(_cannot_start(error))
        sys.exit(2)
    sys.exit(run())


def _cannot_start(error):  # type: (Exception) -> str
    """One sentence on a dependency of our own that is missing or broken, and the command that mends it."""
    name = getattr(error, "name", None) or ""
    missing = "is missing" if type(error).__name__ == "ModuleNotFoundError" else "cannot be imported"
    what = "its dependency {} {}".format(name.split(".")[0], missing) if name else "a dependency cannot be imported"
    return (
        f"dlcheck cannot start, because {what} ({type(error).__name__}: {error}). "
        "Install dlcheck into an environment of its own:\n"
        f"  {sys.executable} -m pip install --force-reinstall dlcheck\n"
    )


if __name__ == "__main__":
    main()
