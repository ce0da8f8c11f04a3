"""What the profile says of checks that were left out, and of figures that only a benchmark tells."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.check import FAIL, NOTE, LeftOut, Verdict, bad, check, ok, skip
from dlcheck.model.profile import Profile

LAYER = "hygiene"


@check(FAIL, pillar="system", since="0.1")
def check_left_out(left_out: LeftOut, profile: Profile) -> Iterator[Verdict]:
    """A check was left out that this profile does not allow to be left out.

    In a build that nobody watches, a check that quietly no longer looks is as good as none: a probe that is not
    installed, an option too many, a GPU that is gone.

    How it is told: under `--strict`, every check that answered "left out" against the profile's list `allowed_skips`.
    What the profile itself leaves out by `only` or `skip` is not asked for.

    Known false alarms: none; a profile without that list allows all.
    """
    if profile.allowed_skips is None:
        yield skip("the profile allows every check to be left out")
        return
    if not left_out.strict:
        yield skip("asked only under --strict")
        return
    found = False
    for one in left_out.skipped:
        if not any(_matches(pattern, one.check, one.pillar) for pattern in profile.allowed_skips):
            found = True
            yield bad(one.why or "it was left out", subject=one.check)
    if not found:
        yield ok(f"{len(left_out.skipped)} checks were left out, all of them allowed")


def _matches(pattern: str, check: str, pillar: str) -> bool:
    """Is it this id or pillar? `*` stands for any text."""
    return any(_fits(name, pattern.split("*")) for name in (check, pillar))


def _fits(name: str, parts: list[str]) -> bool:
    """Do the parts stand in the name in this order, the first at its beginning and the last at its end?

    By hand and not as a regular expression: a profile may come from anyone, and a hundred stars would take for ever.
    """
    if len(parts) == 1:
        return name == parts[0]
    first, *middle, last = parts
    if not name.startswith(first):
        return False
    at = len(first)
    for part in middle:
        at = name.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return name.endswith(last) and len(name) - len(last) >= at


@check(NOTE, pillar="machine-learning", since="0.1")
def bench_below_floor(profile: Profile) -> Iterator[Verdict]:
    """A benchmark does not reach what the profile asks for.

    How it is told: by `dlcheck bench --profile`, which measures. The doctor measures nothing and only says so.
    """
    for floor in profile.bench:
        yield skip(f"{floor.words}: measured by dlcheck bench --profile {profile.name}", subject=floor.device)
    if not profile.bench:
        yield skip("the profile asks for no figures")
