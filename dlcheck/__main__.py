"""`python -m dlcheck` and the `dlcheck` command.

Looks at its own Python and dependencies with the standard library alone, in syntax that any Python can read, and ends
in one sentence where they cannot serve: those are exactly the machines that it is there to judge.
"""

import gc
import sys

OLDEST = (3, 10)


def main():  # type: () -> None
    """Run the command line; end with its exit status."""
    if sys.version_info < OLDEST:
        sys.stderr.write(
            "dlcheck runs on Python 3.10 or newer, and this is Python %d.%d; run it with a newer Python, "
            "and it can still judge this one:\n  dlcheck doctor --python %s\n"
            % (sys.version_info[0], sys.version_info[1], sys.executable)
        )
        sys.exit(2)
    if sys.argv[1:] == ["--version"]:
        from dlcheck import __version__

        sys.stdout.write("dlcheck %s\n" % __version__)
        return
    # A short program that makes no cycles to speak of: looking for them would cost 5 % of a quick run.
    gc.disable()
    try:
        from dlcheck.cli.app import run
    except KeyboardInterrupt:
        sys.exit(130)
    except BaseException as error:  # a broken package may do anything, also end the process
        from dlcheck.cli.installation import broken_dependency

        broken = broken_dependency()
        if not broken:
            raise
        if "--verbose" in sys.argv:
            import traceback

            traceback.print_exception(type(error), error, error.__traceback__)
        sys.stderr.write(broken + "\n")
        sys.exit(2)
    status = run()
    # At its end Python collects garbage once more, whatever is disabled: 15 % of a short run, for memory that is about
    # to be given back as a whole. What is frozen is left out of that.
    gc.freeze()
    sys.exit(status)


def put_working_folder_last():  # type: () -> None
    """Let no random.py of the person's be imported in the place of the library's: `python -m` puts it first."""
    import os

    try:
        here = os.getcwd()  # noqa: PTH109 (pathlib itself would be looked for there)
    except OSError:
        return
    if sys.path[:1] in ([here], [""]):
        sys.path.append(sys.path.pop(0))


if __name__ == "__main__":
    put_working_folder_last()
    main()
