"""The command line as a whole. A command's module is imported when that command is typed, not before."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from dlcheck import __version__

COMMANDS: dict[str, str] = {
    "doctor": "Judge this machine: is it ready, and if not, what to do first.",
    "snapshot": "Record the facts, judge nothing.",
    "checks": "List every check.",
    "explain": "Explain one check: what, why, how it is told, how it is fixed.",
}
"""Every command and its line in the help. The module of the same name in dlcheck.cli holds a function `command`."""


class Commands(TyperGroup):
    """Knows its commands by name, and imports one when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        one.command(name=cmd_name)(importlib.import_module(f"dlcheck.cli.{cmd_name}").command)
        return typer.main.get_command(one)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help, from the table alone: no command is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=Commands,
    name="dlcheck",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
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
        app(standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2 if end.code else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away, as `| head` does: nothing more can be said, and that is no fault.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return 0
    except Exception as error:  # noqa: BLE001 (the outermost edge)
        if "--verbose" in sys.argv:
            import traceback

            traceback.print_exc()
        print(
            f"dlcheck: a defect of dlcheck's own: {type(error).__name__}: {error}\n"
            "Please report it with the output of the same command with --verbose.",
            file=sys.stderr,
        )
        return 70
    return 0
