"""How dlcheck itself was installed, and the command that mends it where one of its dependencies is broken.

Standard library only: it is asked exactly when nothing else can be imported.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sys
import sysconfig
from pathlib import Path

DEPENDENCIES: dict[str, str] = {
    "typer": "typer",
    "rich": "rich",
    "msgspec": "msgspec",
    "psutil": "psutil",
    "packaging": "packaging",
    "platformdirs": "platformdirs",
    "cpuinfo": "py-cpuinfo",
    "pynvml": "nvidia-ml-py",
    **({"tomli": "tomli"} if sys.version_info < (3, 11) else {}),
}
"""What we import, and the distribution that brings it; pyproject.toml names the same (a test compares)."""


class Broken(Exception):
    """A dependency of ours is missing or broken, in a sentence with the command that mends it."""


def broken_dependency() -> str:
    """One sentence on the first dependency that cannot be imported, and the command that mends it; "" where all can."""
    for module, distribution in DEPENDENCIES.items():
        try:
            importlib.import_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 (whatever a broken package does, a sentence must come of it)
            return sentence(module, distribution, error)
    return ""


def refuse_broken() -> None:
    """Refuse to look where a dependency is not there at all, or psutil, which every child needs, is broken.

    The former is told by files alone, so that it is quick enough for every start.
    """
    for module, distribution in DEPENDENCIES.items():
        try:
            found = importlib.util.find_spec(module)
            if module == "psutil" and found is not None:
                importlib.import_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 (whatever a broken package does, a sentence must come of it)
            raise Broken(sentence(module, distribution, error)) from None
        if found is None:
            raise Broken(sentence(module, distribution, ModuleNotFoundError(module, name=module)))


def sentence(module: str, distribution: str, error: BaseException) -> str:
    """What is broken, and the command that mends it on a line of its own."""
    is_missing = isinstance(error, ModuleNotFoundError) and error.name == module
    what = "is missing" if is_missing else f"cannot be imported ({type(error).__name__}: {str(error)[:200]})"
    return f"dlcheck cannot run, because its dependency {distribution} {what}; mend it with:\n  {mend(distribution)}"


def mend(distribution: str) -> str:
    """The command that brings back a dependency, for the way in which dlcheck was installed."""
    if _is_in_prefix("uv-receipt.toml"):
        return "uv tool upgrade --reinstall dlcheck"
    if _is_in_prefix("pipx_metadata.json"):
        return "pipx reinstall dlcheck"
    if "archive-v0" in sys.prefix:  # where uvx keeps its throw-away environments
        return "uvx --refresh dlcheck doctor"
    python = quoted(sys.executable or "python3")
    if sys.prefix == sys.base_prefix and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists():
        # PEP 668: this Python belongs to the operating system, and dlcheck does better elsewhere.
        return "pipx install dlcheck" if shutil.which("pipx") or not shutil.which("uv") else "uv tool install dlcheck"
    if importlib.util.find_spec("pip") is not None:
        return f"{python} -m pip install --force-reinstall {distribution}"
    if shutil.which("uv"):
        return f"uv pip install --python {python} --reinstall {distribution}"
    return f"{python} -m ensurepip && {python} -m pip install --force-reinstall {distribution}"


def quoted(path: str) -> str:
    """A path as a word of this platform's shell."""
    import shlex

    if sys.platform == "win32":
        return f'"{path}"' if " " in path else path
    return shlex.quote(path)


def _is_in_prefix(name: str) -> bool:
    return Path(sys.prefix, name).exists()
