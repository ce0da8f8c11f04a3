"""The hosted notebook, cloud machine or cluster this is. The provider's metadata service is never asked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Probed, seen, unseen
from dlcheck.model.host import Cloud
from dlcheck.observe.context import Context
from dlcheck.observe.host import dmi
from dlcheck.observe.host.platforms import HOSTED, HUB, MACHINES, SCHEDULERS, Platform


def probe(context: Context) -> Probed[Cloud]:
    """The platform, or absent on a person's own machine."""
    environ = context.environ

    def program(name: str) -> str | None:
        return shutil.which(name, path=environ.get("PATH"))

    fields = context.once("dmi", lambda: dmi.read(context.root))
    found = recognised(context.root, environ, fields, program)
    return seen(found) if found else unseen("absent", "no sign of a cloud, a hosted notebook or a cluster")


def recognised(
    root: Path, environ: Mapping[str, str], fields: Mapping[str, str], program: Callable[[str], str | None]
) -> Cloud | None:
    """The nearest platform: hosted before cluster before machine. `fields`: DMI. `program`: a path on PATH or None."""
    instance = instance_type(fields)
    for platform in HOSTED:
        evidence = _evidence(platform, root, environ)
        if evidence:
            return _cloud(platform, evidence, instance)
    cluster = scheduler(environ, program)
    if cluster:
        return cluster
    evidence = _evidence(HUB, root, environ)
    if evidence:
        return _cloud(HUB, evidence, instance)
    for platform in MACHINES:
        if all(fields.get(name, "").startswith(beginning) for name, beginning in platform.firmware):
            return _cloud(platform, f"{platform.firmware[0][0]} of the firmware", instance)
    return None


def _cloud(platform: Platform, evidence: str, instance: Maybe[str]) -> Cloud:
    return Cloud(
        platform=platform.id,
        name=platform.name,
        evidence=evidence,
        is_notebook=platform.notebook,
        instance_type=instance,
        inside_job=ABSENT,
    )


def _evidence(platform: Platform, root: Path, environ: Mapping[str, str]) -> str:
    """What tells of the platform; "" where nothing does. Values of variables are not part of it."""
    for variable in platform.variables:
        name, equals, value = variable.partition("=")
        # COLAB_GPU and its like may be set to nothing on a machine without one.
        if (environ.get(name) == value) if equals else name in environ:
            return f"the variable {name}"
    for name in platform.files:
        if (root / name.lstrip("/")).exists():
            return name
    if platform.home and environ.get("HOME", "").rstrip("/") == platform.home:
        return f"the home folder {platform.home}"
    return ""


def scheduler(environ: Mapping[str, str], program: Callable[[str], str | None]) -> Cloud | None:
    """The cluster's batch system: inside a job by its variable, else on a login node by its programs."""
    for identity, name, variable, _ in SCHEDULERS:
        if environ.get(variable):
            return Cloud(
                platform=identity, name=name, evidence=f"the variable {variable}", instance_type=ABSENT, inside_job=True
            )
    for identity, name, variable, programs in SCHEDULERS:
        if all(program(one) for one in programs):
            return Cloud(
                platform=identity,
                name=name,
                evidence=f"{programs[0]} on PATH and {variable} not set",
                instance_type=ABSENT,
                inside_job=False,
            )
    return None


def instance_type(fields: Mapping[str, str]) -> Maybe[str]:
    """EC2 writes it into the product's name ("p4d.24xlarge"); the others tell it only by their metadata service."""
    if fields.get("sys_vendor") == "Amazon EC2" and re.fullmatch(
        r"[a-z0-9-]+\.[a-z0-9-]+", fields.get("product_name", "")
    ):
        return fields["product_name"]
    return NOT_LOOKED
