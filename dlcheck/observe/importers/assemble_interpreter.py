"""Clues → the facts of the interpreter itself."""

from __future__ import annotations

import re
import sys

from dlcheck.model.gaps import Probed, seen
from dlcheck.model.python import Interpreter, PathEntry, Shadow
from dlcheck.observe.importers.assemble_python import torch_version
from dlcheck.observe.importers.clues import NOT_TOLD, Clues
from dlcheck.observe.importers.gaps import not_told, told


def interpreter(clues: Clues) -> Probed[Interpreter]:
    """The interpreter, of which a text may tell no more than that packages are installed for it."""
    python_facts = (
        clues.python,
        clues.python_platform,
        clues.python_machine,
        clues.installed,
        clues.attempts,
        clues.failed_imports,
        clues.absent,
        clues.variables,
        clues.shadows,
        clues.unsatisfied,
        clues.search_path,
        clues.kernel_python,
        clues.pip_folder,
    )
    if not any(python_facts) and not torch_version(clues) and not clues.tensorflow and not clues.jax:
        return not_told()
    platform = clues.python_platform or ""
    machine = clues.python_machine or ""
    if not machine and (found := re.search(r"x86_64|arm64|aarch64|AMD64|amd64|i386", platform)):
        machine = found.group(0)
    return seen(
        Interpreter(
            executable=clues.python_executable or "",
            version=clues.python or "",
            bits=clues.python_bits or 64,
            machine=machine or clues.machine or "",
            platform_tag=_tag(clues, machine or clues.machine or ""),
            free_threaded=bool(clues.free_threaded),
            environment="conda" if clues.conda else "other",
            variables={
                name: value
                for name, value in clues.variables.items()
                if name in ("LD_LIBRARY_PATH", "PYTHONPATH", "LD_PRELOAD")
            },
            user_site=(clues.search_path or ("",))[0],
            user_site_enabled=clues.search_path is not None,
            path=_search_path(clues),
            shadows=tuple(
                Shadow(module=module, path=path, standard_library=module in sys.stdlib_module_names)
                for module, path in clues.shadows.items()
            ),
            translated=told(clues.python_translated),
            externally_managed=NOT_TOLD,
            has_pip=True,
        )
    )


def _search_path(clues: Clues) -> tuple[PathEntry, ...]:
    if clues.search_path is None:
        return ()
    user, own = clues.search_path
    return PathEntry(path=user, origin="user-site"), PathEntry(path=own, origin="site-packages")


def _tag(clues: Clues, machine: str) -> str:
    """sysconfig.get_platform() as far as it can be told: system and machine."""
    told = clues.python_platform or ""
    # "win32" and "linux" are what sys.platform says of every Python there, whatever its bits and its processor.
    if re.match(r"(?:macosx|win|linux)-?[\w.-]*$", told) and told not in ("win32", "linux"):
        return told
    if clues.system == "darwin" and machine:
        return f"macosx-11.0-{machine}"
    if clues.system == "windows":
        return "win32" if clues.python_bits == 32 else f"win-{'arm64' if machine == 'arm64' else 'amd64'}"
    if clues.system == "linux" and machine:
        return f"linux-{machine}"
    return ""
