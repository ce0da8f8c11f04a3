"""dlcheck guide: pages that fit this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcheck.cli import inputs, options, requests, writing
from dlcheck.cli.refusal import unknown_name
from dlcheck.model.page_names import PAGES, PageName
from dlcheck.model.pages import Page
from dlcheck.model.profile import Profile
from dlcheck.model.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = ("os", "cpu", "memory", "storage", "cloud", "git", "conda", "tools", "pythons", "interpreter")
DEVICES = ("pci", "nvidia", "amd", "intel", "apple", "tpu")
COMPUTING = ("numerics", "torch", "tensorflow")
NEEDED: dict[PageName, tuple[str, ...]] = {
    "overview": (*BASE, *DEVICES, *COMPUTING),
    "shell": ("os",),
    "git": ("os", "git"),
    "python": ("os", "conda", "tools", "pythons", "interpreter"),
    "hardware": (*BASE, *DEVICES, "torch"),
    "cloud": ("os", "cloud", "pythons", "interpreter", *DEVICES),
}
"""Page → what must be looked at for it: nobody waits for PyTorch to read about `cd`."""


def command(
    page: Annotated[str, typer.Argument(metavar="[PAGE]", help="shell, git, python, hardware or cloud.")] = "overview",
    quick: options.Quick = False,
    python: options.Python = "",
    env: options.Env = "",
    profile: options.Profile = "beginner",
    snapshot: Annotated[str, typer.Option("--snapshot", metavar="FILE", help="Fit it to a recorded machine.")] = "",
    formats: Annotated[list[str], typer.Option("--format", metavar="FORMAT[=FILE]", help="terminal or markdown.")] = [],  # noqa: B006 (typer copies it)
    output: options.Output = "",
    verbose: options.Verbose = False,
) -> None:
    """Pages that fit this machine, offline: its shell, git, Python, its hardware, and where to get a GPU."""
    requests.refuse_exclusive(quick=quick, deep=False, python=python, env=env, snapshot=snapshot)
    targets = writing.targets(formats, output, no_redact=True, family=writing.PAGES)
    name = next((one for one in PAGES if one == page), None)
    if name is None:
        raise unknown_name("page", page, PAGES, f"there are {', '.join(PAGES)}")
    wanted = inputs.load_profile(profile, [])
    facts = inputs.read_snapshot(snapshot) if snapshot else _look(name, wanted, quick=quick, python=python, env=env)
    writing.write_documents(lambda _: _page(name, facts, wanted), targets, writing.PAGES, verbose=verbose)
    raise typer.Exit(0)


def _look(name: PageName, profile: Profile, *, quick: bool, python: str, env: str) -> Snapshot:
    """This machine, as far as the page needs it."""
    from dlcheck.cli.examining import look

    request = requests.request(
        profile, quick=quick, deep=False, python=python, env=env, timeout="60", deadline="180", probes=NEEDED[name]
    )
    facts, interrupted = look(request, lambda: None)
    if interrupted:
        raise KeyboardInterrupt
    return facts


def _page(name: PageName, facts: Snapshot, profile: Profile) -> Page:
    from dlcheck.guide import cloud, git, hardware, overview, shell
    from dlcheck.guide import python as python_page

    pages: dict[PageName, Callable[[], Page]] = {
        "overview": lambda: overview.page(facts),
        "shell": lambda: shell.page(facts),
        "git": lambda: git.page(facts),
        "python": lambda: python_page.page(facts),
        "hardware": lambda: hardware.page(facts),
        "cloud": lambda: cloud.page(facts, profile),
    }
    return pages[name]()
