"""dlcheck snapshot: record the facts, judge nothing."""

from __future__ import annotations

import typer

from dlcheck.cli import inputs, options, requests, status, writing


def command(
    quick: options.Quick = False,
    deep: options.Deep = False,
    python: options.Python = "",
    env: options.Env = "",
    profile: options.Profile = "beginner",
    requirements: options.Requirements = [],  # noqa: B006 (typer copies it)
    require: options.Require = "",
    output: options.Output = "",
    timeout: options.Timeout = "",
    deadline: options.Deadline = "",
) -> None:
    """Record the facts, judge nothing: a JSON document for `doctor --snapshot`, on this machine or another."""
    from dlcheck.cli.examining import look
    from dlcheck.cli.installation import refuse_broken
    from dlcheck.model.documents import encode_pretty

    requests.refuse_exclusive(quick=quick, deep=deep, python=python, env=env)
    file = "" if output == "-" else output
    if file:
        writing.refuse_unwritable(file)
    wanted = inputs.load_profile(profile, requirements, require)
    request = requests.request(
        wanted, quick=quick, deep=deep, python=python, env=env, timeout=timeout, deadline=deadline
    )
    refuse_broken()
    facts, interrupted = look(request, lambda: None)
    writing.write(encode_pretty(facts) + "\n", file)
    raise typer.Exit(status.INTERRUPTED if interrupted else status.READY)
