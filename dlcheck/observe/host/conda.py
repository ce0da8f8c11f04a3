"""The conda family, told by its files: conda itself takes seconds to answer and is not started."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, known, seen, unseen
from dlcheck.model.tools import Conda, CondaEnvironment
from dlcheck.observe import child, condarc, files, search_path
from dlcheck.observe.context import Context
from dlcheck.observe.host import conda_shell
from dlcheck.observe.named_environments import conda_roots, home, listed_environments

MAX_ENVIRONMENTS = 200
LIBMAMBA_SINCE = (23, 10)
"""The conda from which libmamba is the solver where nothing else is configured (conda's CHANGELOG, 23.10.0)."""

_FAMILIES = {
    "mambaforge": "Mambaforge",
    "miniforge": "Miniforge",
    "miniconda": "Miniconda",
    "micromamba": "micromamba",
    "anaconda": "Anaconda",
}


def probe(context: Context) -> Probed[Conda]:
    """The installation in use: the active one, else the one on PATH, else the first at a usual place."""
    environ = context.environ
    judged = known(context.python())
    prefix = search_path.prefix_of(judged) if judged else ""
    root = find_root(prefix, environ)
    active = environ.get("CONDA_PREFIX", "")
    micromamba = _micromamba(environ)
    if not root and not active and not micromamba and not _is_conda(Path(prefix or "/nowhere")):
        return unseen("absent", "no conda, mamba or micromamba in the usual places")
    packages = installed(root) if root else {}
    executable = _executable(root, micromamba, environ)
    version: Maybe[str] = packages.get("conda") or NOT_LOOKED
    if not packages.get("conda") and micromamba:
        version = _micromamba_version(micromamba, context)
    settings = condarc.read(root, environ)
    base_active = bool(active and root) and os.path.realpath(active) == os.path.realpath(root)
    name = environ.get("CONDA_DEFAULT_ENV", "")
    return seen(
        Conda(
            family=family(root, packages, is_micromamba=bool(micromamba)),
            executable=executable or Missing("absent", "no conda, mamba or micromamba on PATH or in its folder"),
            version=version,
            root=root or ABSENT,
            active_prefix=active or ABSENT,
            active_name=(Path(name).name if "/" in name or "\\" in name else name) or ABSENT,
            base_active=base_active or (bool(active) and name == "base"),
            solver=solver(settings, known(version), environ),
            channels=channels(settings, environ),
            environments=tuple(environments(root, environ)),
            mamba="mamba" in packages or shutil.which("mamba", path=environ.get("PATH")) is not None,
            on_path=conda_shell.on_path(environ),
            odd_settings=odd_settings(settings),
            in_shell=conda_shell.is_set_up(environ),
            terms_accepted=conda_shell.terms_accepted(root, packages, settings, environ),
        )
    )


def find_root(prefix: str, environ: Mapping[str, str]) -> str:
    """The installation's folder: of the active one, the judged environment, PATH, a usual place; "" for none."""
    for place in _possible_roots(prefix, environ):
        if _is_conda(place) and ((place / "condabin").is_dir() or installed(str(place)).get("conda")):
            return str(place)
    micromamba = environ.get("MAMBA_ROOT_PREFIX", "")
    return micromamba if micromamba and Path(micromamba).is_dir() else ""


def family(root: str, packages: Mapping[str, str], *, is_micromamba: bool = False) -> str:
    """Which of the family: by packages that only one of them has, the folder's name, the channel of conda itself."""
    if "anaconda" in packages or "_anaconda_depends" in packages or "anaconda-navigator" in packages:
        return "Anaconda"
    if not packages.get("conda"):
        return "micromamba" if is_micromamba else "conda"
    folder = Path(root).name.lower()
    for part, name in _FAMILIES.items():
        if part in folder and name != "micromamba":
            return name
    channel = _channel_of_conda(root)
    if "conda-forge" in channel:
        return "Miniforge"
    return "Miniconda" if "pkgs/main" in channel or "anaconda" in channel else "conda"


def installed(root: str) -> dict[str, str]:
    """Name → version of what conda installed into a prefix, by the names of its records."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for record in Path(root, "conda-meta").iterdir():
            parts = record.stem.rsplit("-", 2)
            if record.suffix == ".json" and len(parts) == 3:
                found[parts[0]] = parts[1]
    return found


def solver(settings: Mapping[str, condarc.Value], version: str | None, environ: Mapping[str, str]) -> Maybe[str]:
    """The solver that is configured, else the one that this version of conda takes by itself."""
    named = environ.get("CONDA_SOLVER") or settings.get("solver") or settings.get("experimental_solver")
    if isinstance(named, str) and named:
        return named
    numbers = re.match(r"(\d+)\.(\d+)", version or "")
    if numbers is None:
        return NOT_LOOKED
    return "libmamba" if (int(numbers[1]), int(numbers[2])) >= LIBMAMBA_SINCE else "classic"


def channels(settings: Mapping[str, condarc.Value], environ: Mapping[str, str]) -> Maybe[tuple[str, ...]]:
    """The configured channels without credentials and tokens; absent where none is, and conda takes its defaults."""
    named = environ.get("CONDA_CHANNELS")
    listed = named.split(",") if named else settings.get("channels", [])
    listed = [listed] if isinstance(listed, str) else listed
    return tuple(_without_token(one.strip()) for one in listed) or ABSENT


def odd_settings(settings: Mapping[str, condarc.Value]) -> tuple[str, ...]:
    """Settings that stand in the way of installing, or of being sure of what is installed."""
    wanted = {"offline": ("true", "yes"), "ssl_verify": ("false", "no"), "channel_priority": ("disabled", "false")}
    found = ((name, settings.get(name)) for name in wanted)
    return tuple(
        f"{name}: {value}" for name, value in found if isinstance(value, str) and value.lower() in wanted[name]
    )


def environments(root: str, environ: Mapping[str, str]) -> Iterator[CondaEnvironment]:
    """base, those in the usual folders, and those that ~/.conda/environments.txt lists; each once."""
    places = [Path(root)] if root else []
    tops = [Path(root, "envs")] if root else []
    tops += [Path(one) for one in (environ.get("CONDA_ENVS_PATH") or "").split(os.pathsep) if one]
    tops.append(home(environ) / ".conda" / "envs")
    for top in tops:
        with contextlib.suppress(OSError):
            places += sorted(one for one in top.iterdir())
    places += listed_environments(environ)
    seen_already: set[str] = set()
    for place in places[:MAX_ENVIRONMENTS]:
        real = os.path.realpath(place)
        if real not in seen_already and _is_conda(place):
            seen_already.add(real)
            yield CondaEnvironment(name="base" if str(place) == root else place.name, prefix=str(place))


def _possible_roots(prefix: str, environ: Mapping[str, str]) -> Iterator[Path]:
    for variable in ("CONDA_EXE", "MAMBA_EXE", "_CONDA_EXE"):
        if environ.get(variable):
            yield Path(environ[variable]).parent.parent
    for one in (environ.get("CONDA_PREFIX"), prefix):
        if one:
            yield Path(one).parent.parent if Path(one).parent.name == "envs" else Path(one)
    for name in ("conda", "mamba"):
        path = shutil.which(name, path=environ.get("PATH"))
        if path:
            yield Path(os.path.realpath(path)).parent.parent
            yield Path(path).parent.parent
    yield from conda_roots(environ)


def _executable(root: str, micromamba: str, environ: Mapping[str, str]) -> str:
    for path in (environ.get("CONDA_EXE", ""), shutil.which("conda", path=environ.get("PATH")) or ""):
        if path and search_path.is_file(path):
            return path
    for place in (
        ("condabin/conda.bat", "Scripts/conda.exe") if search_path.WINDOWS else ("bin/conda", "condabin/conda")
    ):
        if root and search_path.is_file(Path(root, place)):
            return str(Path(root, place))
    return micromamba


def _micromamba(environ: Mapping[str, str]) -> str:
    named = environ.get("MAMBA_EXE", "")
    if "micromamba" in Path(named).name and search_path.is_file(named):
        return named
    return shutil.which("micromamba", path=environ.get("PATH")) or ""


def _micromamba_version(executable: str, context: Context) -> Maybe[str]:
    """One file without records beside it: it must be asked, and answers at once."""
    if context.quick:
        return NOT_LOOKED
    ended = child.run([executable, "--version"], seconds=min(10.0, context.seconds()), env=context.environ)
    found = re.search(r"^(?:micromamba )?(\d+(?:\.\d+)+\S*)", ended.stdout.strip())
    return found[1] if found else Missing("broken", f"micromamba --version: {ended.ending.words}")


def _channel_of_conda(root: str) -> str:
    """The channel that conda itself came from."""
    with contextlib.suppress(OSError):
        for record in sorted(Path(root, "conda-meta").glob("conda-[0-9]*.json")):
            text = files.read(record, 65536)
            found = re.search(r'"channel":\s*"([^"]*)"', text) if isinstance(text, str) else None
            if found:
                return found[1]
    return ""


def _is_conda(prefix: Path) -> bool:
    with contextlib.suppress(OSError):
        return (prefix / "conda-meta").is_dir()
    return False


def _without_token(channel: str) -> str:
    """A channel's name or address without the user, the password and the token that it may hold."""
    channel = re.sub(r"/t/[^/]+", "", channel.split("?", 1)[0])
    scheme, separator, rest = channel.partition("://")
    return scheme + separator + (rest.rpartition("@")[2] if separator else rest)
