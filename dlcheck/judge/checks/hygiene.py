"""Habits that save trouble later: an identity for git, environments of one's own. Never worse than a warning."""

from __future__ import annotations

from dlcheck.judge.advice.environment import ENVIRONMENT
from dlcheck.judge.advice.install import has_uv, import_code
from dlcheck.judge.advice.missing import fitting_python
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import NOTE, WARN, Verdict, bad, check, need, note, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.model.gaps import known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Conda, Git, Tools

LAYER = "hygiene"


@check(WARN, pillar="system", since="0.1")
def git_identity_missing(git: Git, snapshot: Snapshot) -> Verdict:
    """git does not know who you are.

    The first commit then ends with "Author identity unknown".

    How it is told: user.name and user.email, by git's own configuration and variables; their values are not recorded.

    Known false alarms: Codespaces gives them by variables; in hosted notebooks, containers and as root it is a note.

    Sources: github.com/microsoft/vscode/issues/57222.
    """
    name = need(git.identity_name_set, "git's user.name")
    email = need(git.identity_email_set, "git's user.email")
    if name and email:
        return ok("user.name and user.email are set")
    unset = " and ".join(key for key, is_set in (("user.name", name), ("user.email", email)) if not is_set)
    steps, asked = [], []
    if not name:
        steps.append(command(snapshot, git.executable, "config", "--global", "user.name", "Ada Lovelace"))
        asked.append("NAME")
    if not email:
        steps.append(command(snapshot, git.executable, "config", "--global", "user.email", "ada@example.org"))
        asked.append("EMAIL")
    key = "user.name" if not name else "user.email"
    verify = command(snapshot, git.executable, "config", "--get", key)
    fix = Fix(title="tell git who you are", commands=tuple(steps), ask=tuple(asked), verify=verify)
    cloud, container, os = snapshot.cloud.value, snapshot.container.value, snapshot.os.value
    passing = container is not None or (cloud is not None and cloud.is_notebook)
    if passing or (os is not None and os.system != "windows" and os.is_admin):
        return note(f"{unset} not set", fixes=(fix,))
    return bad(f"{unset} not set", fixes=(fix,))


@check(WARN, pillar="python", since="0.1")
def conda_base_in_use(conda: Conda, interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """You work in conda's base environment.

    base holds conda itself: what is installed there can break it, and cannot be thrown away.

    How it is told: the judged Python is the one of base.

    Known false alarms: in containers and hosted notebooks base is often the only environment, and a note; base being
    active while another Python is judged does no harm.

    Sources: github.com/conda/conda/issues/8273.
    """
    root = known(conda.root)
    is_base = interpreter.environment == "conda" and (
        interpreter.environment_name == "base" or interpreter.prefix == root
    )
    if not is_base:
        return ok("the judged Python is not base")
    evidence = f"{interpreter.prefix} is base"
    if snapshot.container.value is not None or snapshot.cloud.value is not None:
        return note(evidence)
    program = known(conda.executable) or "conda"
    version = fitting_python(snapshot, profile)
    wanted = [*profile.required, *profile.frameworks_any[:1]]
    steps = [command(snapshot, program, "create", "-y", "-n", ENVIRONMENT, f"python={version}", "pip")]
    in_it = (program, "run", "-n", ENVIRONMENT, "python")
    if wanted:
        steps.append(command(snapshot, *in_it, "-m", "pip", "install", *wanted))
    fix = Fix(
        title=f"make an environment of your own, and work in it: conda activate {ENVIRONMENT}",
        commands=tuple(steps),
        needs=("network",),
        changes_packages=True,
        verify=command(snapshot, *in_it, "-c", import_code(wanted) if wanted else "print('fine')"),
    )
    return bad(evidence, fixes=(fix,))


@check(NOTE, pillar="python", since="0.1")
def environment_manager_missing(
    interpreter: Interpreter, tools: Tools, snapshot: Snapshot, profile: Profile
) -> Verdict:
    """There is nothing to make environments with.

    One environment a project keeps the versions of one from breaking those of another.

    How it is told: none of those that the profile recommends is there: conda, uv, or the module venv with ensurepip,
    which Debian and Ubuntu keep in a package of its own.
    """
    if not profile.environment_managers:
        return skip("the profile names none")
    there = {
        "conda": snapshot.conda.value is not None or interpreter.environment == "conda",
        "uv": has_uv(snapshot) or interpreter.created_by_uv,
        "venv": not {"venv", "ensurepip"} & set(interpreter.missing_stdlib),
    }
    found = [name for name in profile.environment_managers if there.get(name)]
    if found:
        return ok(", ".join(found))
    release = ".".join(map(str, numbers(interpreter.version)[:2]))
    package = SystemPackage(apt=f"python{release}-venv")
    steps = install_program(snapshot, package)
    fix = Fix(title="install venv", commands=steps, needs=admin_needs(snapshot))
    words = Fix(title="install uv or Miniforge")
    return bad(f"none of {', '.join(profile.environment_managers)}", fixes=(fix,) if steps else (words,))
