"""dlcheck profile: what a profile asks for, and a new one from a machine that works."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated

import typer

from dlcheck.cli import inputs, options, requests, status, writing
from dlcheck.cli.refusal import Refusal, unknown_name

ACTIONS = ("show", "init")
COMMENT = """What {name} needs, made by `dlcheck profile init` on {day} from a machine that works.
Change what others need not have. Every field: dlcheck/model/schemas/profile-1.json, or `dlcheck profile show NAME`.
Judge by it: dlcheck doctor --profile {file}"""


def command(
    action: Annotated[
        str, typer.Argument(metavar="show|init", help="Print what a name means, or write a new one.")
    ] = "",
    names: Annotated[
        list[str], typer.Argument(metavar="[NAME]...", help="Built-in ones, TOML files; of init the new name.")
    ] = [],  # noqa: B006 (typer copies it)
    requirements: options.Requirements = [],  # noqa: B006 (typer copies it)
    require: options.Require = "",
    python: options.Python = "",
    env: options.Env = "",
    snapshot: Annotated[str, typer.Option("--snapshot", metavar="FILE", help="Of init: take a recorded machine.")] = "",
    output: options.Output = "",
    timeout: options.Timeout = "",
    deadline: options.Deadline = "",
) -> None:
    """Print what a profile asks for, what it extends laid in; or write one from a machine that works."""
    if action not in ACTIONS:
        if not action:
            raise Refusal(f"profile show or profile init? built in: {', '.join(inputs.profile_names())}")
        raise unknown_name("action", action, ACTIONS, "there are show and init")
    if output and output != "-":
        writing.refuse_unwritable(output)
    if action == "show":
        from dlcheck.judge.profiles.writing import write

        shown = [write(inputs.load_profile(name, requirements, require)) for name in names or ["beginner"]]
        text = "\n".join(shown)
    else:
        requests.refuse_exclusive(quick=False, deep=False, python=python, env=env, snapshot=snapshot)
        if len(names) > 1:
            raise Refusal(f"profile init makes one profile, not {len(names)}")
        text = _made(names[0] if names else "own", python, env, snapshot, (timeout, deadline), output)
    writing.write(text, "" if output == "-" else output)
    raise typer.Exit(status.READY)


def _made(name: str, python: str, env: str, snapshot: str, seconds: tuple[str, str], output: str) -> str:
    """A profile from this machine, or from a recorded one."""
    if snapshot:
        facts = inputs.read_snapshot(snapshot)
    else:
        from dlcheck.cli.examining import look
        from dlcheck.cli.installation import refuse_broken

        refuse_broken()
        profile = inputs.load_profile("beginner", [])
        request = requests.request(
            profile, quick=False, deep=False, python=python, env=env, timeout=seconds[0], deadline=seconds[1]
        )
        facts, interrupted = look(request, lambda: None)
        if interrupted:
            raise KeyboardInterrupt
    from dlcheck.judge.profiles.machine import from_machine
    from dlcheck.judge.profiles.writing import write

    day = facts.taken_at[:10] or datetime.now(timezone.utc).strftime("%Y-%m-%d")
    return write(from_machine(facts, name), COMMENT.format(name=name, day=day, file=output or f"{name}.toml"))
