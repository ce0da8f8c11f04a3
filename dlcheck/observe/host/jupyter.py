"""Jupyter: the kernels that a notebook would offer, and the interpreter that each one starts. Nothing is started."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Maybe, Missing, Probed, known, seen, unseen
from dlcheck.model.tools import Jupyter, Kernel
from dlcheck.observe import files, script_owner, search_path
from dlcheck.observe.context import Context
from dlcheck.observe.host import proxies
from dlcheck.observe.named_environments import home

MAX_KERNELS = 200
LOOPBACK_SECONDS = 0.5
"""What goes no further than this machine arrives at once or not at all."""

_PYTHON = re.compile(r"(python|pypy)[\d.]*(\.exe)?$", re.IGNORECASE)
_SERVER_PYTHON = re.compile(r"python(\d(\.\d+)?)?$")
"""Names that Jupyter replaces by its own interpreter (jupyter_client/manager.py, format_kernel_cmd)."""


def probe(context: Context) -> Probed[Jupyter]:
    """The `jupyter` on PATH, and the kernels that Jupyter finds.

    Jupyter is the judged environment's where it has one, else the one on PATH: it looks into its own prefix too.
    """
    environ, cwd = context.environ, context.request.cwd
    command = next(iter(search_path.programs(("jupyter",), environ, cwd)), ("", ""))[1]
    command_python: Maybe[str] = script_owner.owner(command, environ, cwd) if command else ABSENT
    judged = known(context.python()) or ""
    server = judged if not command or _has_jupyter(judged) else known(command_python) or judged
    kernels = read_kernels(server, judged, environ, cwd)
    if not command and not kernels:
        return unseen("absent", "no jupyter on PATH, no kernel registered")
    runtime = Path(environ.get("JUPYTER_RUNTIME_DIR") or data_folder(environ) / "runtime")
    return seen(
        Jupyter(
            command=command or Missing("absent", "no jupyter on PATH"),
            command_python=command_python,
            kernels=kernels,
            runtime_folder=str(runtime),
            runtime_writable=may_write(runtime),
            loopback=loopback(),
            loopback_proxies=loopback_proxies(environ),
        )
    )


def may_write(folder: Path) -> bool:
    """May this user write to it, or make it where it is not there yet?"""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def loopback(host: str = "127.0.0.1") -> Maybe[bool]:
    """Can this process reach itself there? Nothing leaves the machine; a port is taken for a moment."""
    try:
        with socket.create_server((host, 0)) as server:
            server.settimeout(LOOPBACK_SECONDS)
            with socket.create_connection(server.getsockname()[:2], LOOPBACK_SECONDS) as client:
                accepted, _ = server.accept()
                with accepted:
                    client.sendall(b"dlcheck")
                    accepted.settimeout(LOOPBACK_SECONDS)
                    return accepted.recv(16) == b"dlcheck"
    except OSError as error:
        if error.errno in (errno.ENETUNREACH, errno.ENETDOWN):  # a sandbox without any network, not even its own
            return Missing("absent", "this session has no network of its own")
        return Missing("broken", f"{host}: {type(error).__name__}: {error}")


def loopback_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that send what goes to this machine itself to a proxy elsewhere."""
    spared = ",".join(environ.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    if re.search(r"(^|[\s,])(\*|127\.0\.0\.1|127\.0\.0\.0/8|localhost)(?=[\s,]|$)", spared):
        return ()
    mine = proxies.local(environ)
    return tuple(name for name in ("http_proxy", "HTTP_PROXY") if environ.get(name) and name not in mine)


def read_kernels(server: str, judged: str, environ: Mapping[str, str], cwd: str) -> tuple[Kernel, ...]:
    """All kernels by name; of two with one name, the one that Jupyter takes.

    server: the interpreter that Jupyter runs under. judged: the one whose prefix is written as it calls itself.
    """
    found: dict[str, Kernel] = {}
    judged_prefix = search_path.prefix_of(judged) if judged else ""
    for folder in kernel_folders(server, environ):
        for spec in _folders_in(folder):
            name = spec.name.lower()
            text = files.read(spec / "kernel.json")
            if name in found or (isinstance(text, Missing) and text.gap == "absent") or len(found) >= MAX_KERNELS:
                continue
            kernel = _kernel(spec, text, server, environ, cwd)
            if isinstance(kernel.prefix, str):
                prefix = search_path.spelled_as(kernel.prefix, judged_prefix)
                kernel = msgspec.structs.replace(kernel, prefix=prefix)
            found[name] = kernel
    return tuple(found.values())


def kernel_folders(server: str, environ: Mapping[str, str], system: str = sys.platform) -> list[Path]:
    """Folders of kernels in the order in which Jupyter searches them (jupyter_core/paths.py, jupyter_path)."""
    base = home(environ)
    data = [Path(one) for one in environ.get("JUPYTER_PATH", "").split(os.pathsep) if one]
    user = data_folder(environ, system)
    prefix = search_path.prefix_of(server) if server else ""
    own = [Path(prefix, "share", "jupyter")] if prefix else []
    data += [*own, user] if _prefers_environment(server, prefix, environ) else [user, *own]
    if system == "win32":
        data.append(Path(environ.get("PROGRAMDATA") or "C:\\ProgramData", "jupyter"))
    else:
        data += [Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]
    return list(dict.fromkeys([*(one / "kernels" for one in data), base / ".ipython" / "kernels"]))


def data_folder(environ: Mapping[str, str], system: str = sys.platform) -> Path:
    """The user's own folder of Jupyter's data (jupyter_core/paths.py, jupyter_data_dir)."""
    base = home(environ)
    if environ.get("JUPYTER_DATA_DIR"):
        return Path(environ["JUPYTER_DATA_DIR"])
    if system == "darwin":
        return base / "Library" / "Jupyter"
    if system == "win32":
        return Path(environ.get("APPDATA") or base / "AppData/Roaming", "jupyter")
    return Path(environ.get("XDG_DATA_HOME") or base / ".local/share", "jupyter")


def parse_kernel(text: str) -> dict[str, Any]:
    """What a kernel.json says: `argv` as texts, `display_name`, `language`. Raises ValueError where it says nothing."""
    said = json.loads(text.removeprefix("\ufeff"))
    argv = said.get("argv") if isinstance(said, dict) else None
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise ValueError("it has no argv")
    return {"argv": argv, **{key: str(said.get(key) or "") for key in ("display_name", "language")}}


def _kernel(spec: Path, text: Maybe[str], server: str, environ: Mapping[str, str], cwd: str) -> Kernel:
    if isinstance(text, Missing):
        return Kernel(name=spec.name, spec=str(spec), executable=text, prefix=text)
    try:
        said = parse_kernel(text)
    except (ValueError, RecursionError) as error:
        gap = Missing("broken", f"{spec / 'kernel.json'}: {error}")
        return Kernel(name=spec.name, spec=str(spec), executable=gap, prefix=gap)
    executable = _program(said["argv"][0].replace("{resource_dir}", str(spec)), server, environ, cwd)
    exists = isinstance(executable, str) and search_path.is_file(executable)
    prefix: Maybe[str] = NOT_LOOKED
    if isinstance(executable, str) and _PYTHON.match(re.split(r"[/\\]", executable)[-1]):
        prefix = (search_path.prefix_of(executable) or NOT_LOOKED) if exists else ABSENT
    return Kernel(
        name=spec.name,
        display_name=said["display_name"],
        language=said["language"],
        spec=str(spec),
        executable=executable,
        exists=exists,
        prefix=prefix,
    )


def _program(word: str, server: str, environ: Mapping[str, str], cwd: str) -> Maybe[str]:
    """The file that a kernel's first word starts."""
    if server and _SERVER_PYTHON.match(word):
        return server
    if "/" not in word and "\\" not in word:
        path = shutil.which(word, path=environ.get("PATH"))
        return path or Missing("absent", f"{word} is not on PATH")
    path = str(Path(cwd, word))
    if search_path.WINDOWS and not search_path.is_file(path) and search_path.is_file(path + ".exe"):
        return path + ".exe"
    return path


def _has_jupyter(python: str) -> bool:
    folder = Path(python).parent
    places = (folder / "jupyter", folder / "jupyter.exe", folder / "Scripts" / "jupyter.exe")
    return bool(python) and any(search_path.is_file(place) for place in places)


def _prefers_environment(server: str, prefix: str, environ: Mapping[str, str]) -> bool:
    """Does Jupyter look into its own environment before the user's folder? Since jupyter_core 5, in an environment."""
    wish = environ.get("JUPYTER_PREFER_ENV_PATH", "").lower()
    if wish:
        return wish not in ("no", "n", "false", "off", "0", "0.0")
    if server and search_path.virtual_prefix(server):
        return True
    return bool(prefix) and environ.get("CONDA_PREFIX") == prefix and environ.get("CONDA_DEFAULT_ENV") != "base"


def _folders_in(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(one for one in folder.iterdir() if one.is_dir())
    except OSError:
        return
