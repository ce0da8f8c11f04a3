"""The command line as a whole. A command's module is imported when that command is typed, not before."""

from __future__ import annotations

import contextlib
import errno
import importlib
import sys
from functools import partial
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from dlcheck import __version__
from dlcheck.cli.interruption import heeded

COMMANDS: dict[str, str] = {
    "doctor": "Judge this machine: is it ready, and if not, what to do first.",
    "diagnose": "Judge a text pasted from elsewhere: a report, an error message, a screen.",
    "snapshot": "Record the facts, judge nothing.",
    "diff": "Tell what changed between two snapshots or reports.",
    "cohort": "Gather many reports: who is ready, what keeps the others, who has not answered.",
    "bench": "Measure this machine's devices, and compare them.",
    "profile": "Print what a profile asks for, or write one from a machine that works.",
    "guide": "Read pages that fit this machine: shell, git, python, hardware, cloud.",
    "checks": "List every check.",
    "explain": "Explain one check: what, why, how it is told, how it is fixed.",
}
"""Every command and its line in the help. The module of the same name in dlcheck.cli holds a function `command`."""

REFUSED, UNKNOWN, DEFECT, INTERRUPTED = 2, 3, 70, 130


def _as_typed(parameter: Any, context: Any, value: Any) -> Any:
    """A parameter's value as it was typed; one that must be there and is not is left to typer to refuse."""
    if parameter.required and not (value and isinstance(value, str | list | tuple)):
        return type(parameter).process_value(parameter, context, value)
    value = parameter.default if value is None else value
    return parameter.callback(context, parameter, value) if parameter.callback else value


class AsTyped:
    """Hands on the values of options as they were typed.

    typer ≥ 0.29 builds a pydantic validator for every argument and every option that is no flag, and for --help, also
    where none is given: half of the start-up time, for texts that `requests` and `writing` read themselves.
    """

    def get_params(self, ctx: Any) -> Any:
        """The parameters that are to be parsed, --help among them."""
        parameters = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            if parameter.name == "help" or parameter.required or isinstance(parameter.default, str | list | tuple):
                parameter.process_value = partial(_as_typed, parameter)
        return parameters


class Command(AsTyped, TyperCommand):
    """One command."""


class Commands(AsTyped, TyperGroup):
    """Knows its commands by name, and imports one when it is asked for.

    A module with a table SUBCOMMANDS is a group: `command` runs before any of them, and alone where none is named.
    """

    table: ClassVar[dict[str, str]] = COMMANDS
    prefix = ""
    """Of the modules' names."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, in the order in which a person meets them."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now."""
        if cmd_name not in self.table:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        module = importlib.import_module(f"dlcheck.cli.{self.prefix}{cmd_name}")
        subcommands: dict[str, str] = getattr(module, "SUBCOMMANDS", {})
        if subcommands:
            group = type(f"{cmd_name}Commands", (Commands,), {"table": subcommands, "prefix": f"{cmd_name}_"})
            one.callback(cls=group, invoke_without_command=True, context_settings=HELP)(module.command)
            made = typer.main.get_group(one)
            made.name = cmd_name
            return made
        one.command(name=cmd_name, cls=Command, context_settings=HELP)(module.command)
        return typer.main.get_command(one)

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """An option whose value may be left out gets an empty one."""
        return super().parse_args(ctx, with_values(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed; one that there is not ends in a sentence with the nearest."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            from dlcheck.cli.refusal import unknown_name

            raise unknown_name("command", args[0], self.table, f"there are {', '.join(self.table)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help, from the table alone: no command is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))


WITHOUT_VALUE = ("--save",)
"""Options that may stand without their value."""
NO_VALUE = " "
"""What they have then: nothing that a person would type."""


def with_values(args: list[str]) -> list[str]:
    """The words of a command line, with a value for every option that stands without its own."""
    found = []
    for word, following in zip(args, [*args[1:], "-"], strict=False):
        found += [word, NO_VALUE] if word in WITHOUT_VALUE and following.startswith("-") else [word]
    return found


HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=Commands,
    name="dlcheck",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings=HELP,
)


@app.callback()
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Is this machine ready for deep learning, and if not, what exactly do I do?"""
    if version:
        print(f"dlcheck {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def run() -> int:
    """Run the command line. Returns the exit status; a defect of ours is 70, an interruption 130."""
    try:
        with heeded():
            ended = app(standalone_mode=False, prog_name="dlcheck")
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from dlcheck.cli.writing import silence_stdout

        silence_stdout()
        return 0
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as end:  # typer's, of a closed pipe; or that of a broken package
        return _failed(end) if _is_broken() else 0
    except Exception as error:  # noqa: BLE001 (the outermost edge)
        return _failed(error)
    return ended if isinstance(ended, int) else 0


def _is_broken() -> bool:
    from dlcheck.cli.installation import broken_dependency

    return bool(broken_dependency())


def _failed(error: BaseException) -> int:
    """Say in one sentence what ended the command: something wrong that was typed or given, or a defect of ours."""
    from dlcheck.cli.installation import Broken, broken_dependency
    from dlcheck.cli.refusal import Refusal
    from dlcheck.cli.screen import can_show_unicode
    from dlcheck.tell.visible import visible

    words = visible(str(error), can_show_unicode(sys.stderr))
    if isinstance(error, Refusal):
        return _complain(f"dlcheck: {words}", REFUSED)
    if hasattr(error, "format_message"):  # typer's own: an option or argument that there is not
        words = visible(error.format_message().rstrip("."), can_show_unicode(sys.stderr))
        command = getattr(getattr(error, "ctx", None), "command_path", "dlcheck")
        return _complain(f"dlcheck: {words}; see `{command} --help`", REFUSED)
    if limit := _limit(error):
        return _complain(f"dlcheck: {limit}; raise it (`ulimit -a` shows all) and run dlcheck again", UNKNOWN)
    if "--verbose" in sys.argv:
        import traceback

        traceback.print_exc()
    if broken := str(error) if isinstance(error, Broken) else broken_dependency():
        return _complain(broken, REFUSED)
    return _complain(
        f"dlcheck: a defect of dlcheck's own: {type(error).__name__}: {words}\n"
        "Please report it with the output of the same command with --verbose.",
        DEFECT,
    )


def _limit(error: BaseException) -> str:
    """What this session may have no more of, where that is what ended the command."""
    if isinstance(error, MemoryError):
        return "this session may use no more memory"
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "this session may open no more files"
    if (isinstance(error, OSError) and error.errno == errno.EAGAIN) or "can't start new thread" in str(error):
        return "this user may start no more processes and threads"
    return ""


def _complain(text: str, status: int) -> int:
    """Say it on stderr, where there is one. Returns the exit status."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(text, file=sys.stderr)
    return status
