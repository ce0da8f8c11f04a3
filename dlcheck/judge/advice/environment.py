"""A new environment: beside a Python that must not be changed, or with another Python altogether."""

from __future__ import annotations

import re

from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, as_admin, home, install_program, on_windows, package_manager
from dlcheck.model.report import Command, Need
from dlcheck.model.snapshot import Snapshot

ENVIRONMENT = "dl"
"""The name of an environment that advice makes."""


def new_python(snapshot: Snapshot) -> tuple[str, str]:
    """Folder of the environment that advice makes, and the Python in it."""
    separator = "\\" if on_windows(snapshot) else "/"
    top = home(snapshot)
    folder = f"{top}{separator}.venvs{separator}{ENVIRONMENT}" if top else ".venv"
    return folder, separator.join((folder, *(("Scripts", "python.exe") if on_windows(snapshot) else ("bin", "python"))))


def new_environment_steps(snapshot: Snapshot, python: str, uv: bool) -> tuple[tuple[Command, ...], tuple[Need, ...]]:
    """Steps that make a virtual environment from an installed Python, with pip unless uv serves it; what they need."""
    folder, _ = new_python(snapshot)
    if uv:
        return (command(snapshot, "uv", "venv", "--allow-existing", "--python", python, folder),), ("network",)
    make = command(snapshot, python, "-m", "venv", folder)
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    apt = os is not None and package_manager(os) == "apt"
    if interpreter is not None and apt and {"ensurepip", "venv"} & set(interpreter.missing_stdlib):
        minor = re.match(r"\d+\.\d+", interpreter.version)
        package = f"python{minor[0]}-venv" if minor else "python3-venv"
        update = as_admin(snapshot, "apt-get", "update")
        venv = as_admin(snapshot, "apt-get", "install", "-y", package)
        return (update, venv, make), ("admin", "network")
    return (make,), ("network",)


def other_python_steps(snapshot: Snapshot, version: str) -> tuple[tuple[Command, ...], str, tuple[Need, ...]]:
    """Steps that make an environment with Python `version` ("3.12"), the Python in it, and what they need.

    By uv or conda, which bring the Python; else from one that is installed; else from one that the system's package
    manager brings. No steps where nothing sure can be said.
    """
    folder, new = new_python(snapshot)
    tools, conda, pythons = snapshot.tools.value, snapshot.conda.value, snapshot.pythons.value
    if tools is not None and tools.find("uv") is not None:
        make = command(snapshot, "uv", "venv", "--allow-existing", "--seed", "--python", version, folder)
        return (make,), new, ("network",)
    if conda is not None:
        program = conda.executable if isinstance(conda.executable, str) else "conda"
        if on_windows(snapshot):
            new = f"{folder}\\python.exe"
        make = command(snapshot, program, "create", "-y", "-p", folder, f"python={version}", "pip")
        return (make,), new, ("network",)
    for found in pythons.found if pythons else ():
        python = found.executable if isinstance(found.executable, str) else found.path
        fits = isinstance(found.version, str) and re.match(rf"{re.escape(version)}\b", found.version)
        if fits and not found.is_own and not _is_judged(snapshot, python):
            return (command(snapshot, python, "-m", "venv", folder),), new, ("network",)
    program_steps, python, needs = _system_python(snapshot, version)
    if not program_steps:
        return (), new, ("network",)
    launcher = ("py", f"-{version}") if on_windows(snapshot) else (python,)
    return (*program_steps, command(snapshot, *launcher, "-m", "venv", folder)), new, needs


def _is_judged(snapshot: Snapshot, python: str) -> bool:
    """Is it the Python that does not serve, or one of 32 bits, beside which others of 32 bits are likely?"""
    interpreter, pythons = snapshot.interpreter.value, snapshot.pythons.value
    if interpreter is not None and (interpreter.bits == 32 or interpreter.executable == python):
        return True
    return pythons is not None and pythons.judged == python


def _system_python(snapshot: Snapshot, version: str) -> tuple[tuple[Command, ...], str, tuple[Need, ...]]:
    """Steps by which the system's package manager brings that Python, where it surely has it; its command."""
    os = snapshot.os.value
    if os is None:
        return (), "", ()
    name = f"python{version}"
    if os.system == "windows":
        package = SystemPackage(winget=f"Python.Python.{version}")
        return install_program(snapshot, package), name, ("network",)
    if os.system == "darwin" and snapshot.tools.value is not None and snapshot.tools.value.find("brew"):
        return install_program(snapshot, SystemPackage(brew=f"python@{version}")), name, ("network",)
    if os.distribution == "fedora":  # Fedora carries every supported CPython under its own name
        return install_program(snapshot, SystemPackage(dnf=name)), name, ("admin", "network")
    if (os.distribution, version) in (("ubuntu", "3.12"),) and os.version.startswith("24."):
        package = SystemPackage(apt=f"{name} {name}-venv")
        return install_program(snapshot, package), name, ("admin", "network")
    return (), "", ()
