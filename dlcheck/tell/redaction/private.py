"""What is private on one machine: collected from the marked fields of its document."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from dlcheck.model.host import Os
from dlcheck.model.report import Report
from dlcheck.model.snapshot import PROBES, Snapshot
from dlcheck.model.texts import visit

GENERIC_USERS = frozenset({
    "root", "admin", "administrator", "user", "users", "ubuntu", "debian", "centos", "fedora", "ec2-user", "azureuser",
    "opc", "vagrant", "docker", "runner", "runneradmin", "jovyan", "vscode", "codespace", "gitpod", "colab", "kaggle",
    "jenkins", "builder", "conda", "mamba", "app", "default", "guest", "nobody", "test", "student", "python", "shared",
    "public", "all",
})  # fmt: skip
"""Accounts that images, hosted services and installers make: they name nobody."""
GENERIC_HOSTS = frozenset({
    "localhost", "localhost.localdomain", "local", "host", "docker", "ubuntu", "debian", "raspberrypi",
})  # fmt: skip
GENERIC_NAMES = frozenset({
    "base", "root", "python", "py", "pip", "conda", "mamba", "venv", "virtualenv", "env", "envs", "environment",
    "kernel", "ipykernel", "jupyter", "notebook", "lab", "torch", "pytorch", "tensorflow", "tf", "keras", "jax", "cuda",
    "cpu", "gpu", "rocm", "mps", "numpy", "pandas", "course", "class", "ml", "dl", "ai", "nlp", "cv", "llm", "deep",
    "learning", "machine", "data", "science", "test", "tests", "dev", "main", "default", "xpython", "ir", "r", "julia",
    "the", "my",
})  # fmt: skip
"""Words that names of environments and kernels are made of and that tell nothing of the person."""
SHORTEST_WORD = 3
"""A name that is shorter is not looked for in sentences: "a" is a word."""
SHORTEST_COMPONENT = 2
"""Nor, shorter than this, among the folders of a path."""


class Private(msgspec.Struct, frozen=True, kw_only=True):
    """Names, folders and numbers that shall not leave."""

    homes: tuple[str, ...] = ()
    """Longest first."""
    users: tuple[str, ...] = ()
    """Those that name somebody."""
    hosts: tuple[str, ...] = ()
    """Full names first, then their first parts and their domains."""
    names: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    url_hosts: tuple[str, ...] = ()
    """Of the person's own addresses."""
    vocabulary: frozenset[str] = frozenset()
    """Words of the document itself; where one of them is somebody's name, it tells nothing in a sentence."""


def collect(document: msgspec.Struct) -> Private:
    """What is private, by the marks of the model."""
    found: dict[str, dict[str, None]] = {}

    def note(kind: str, text: str) -> None:
        if text:
            found.setdefault(kind, {})[text] = None

    visit(document, note)
    vocabulary = _vocabulary(document)
    users = {one for one in found.get("user", {}) if one.lower() not in GENERIC_USERS and not one.isdigit()}
    homes = _homes(document, found)
    users |= {name for home in homes if (name := _last(home)).lower() not in GENERIC_USERS and _is_usual(home)}
    return Private(
        homes=_longest_first(homes),
        users=_longest_first(users),
        hosts=_hosts(found),
        names=tuple(
            sorted((one for one in found.get("name", {}) if not is_generic(one, vocabulary)), key=len, reverse=True)
        ),
        serials=tuple(
            sorted((one for one in found.get("serial", {}) if len(one) > SHORTEST_WORD), key=len, reverse=True)
        ),
        url_hosts=_longest_first(
            {host for kind in ("url", "path") for one in found.get(kind, {}) if (host := private_host(one))}
        ),
        vocabulary=vocabulary,
    )


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


PUBLIC_HOSTS = (
    "pytorch.org", "anaconda.org", "anaconda.com", "github.com", "githubusercontent.com",
    "huggingface.co", "nvidia.com", "googleapis.com", "conda-forge.org", "prefix.dev", "python.org", "astral.sh",
)  # fmt: skip
"""Addresses that everybody uses: they may be told. An address with anything before the host is never among them."""


def private_host(url: str) -> str:
    """The first host of an address of the person's own in a text; "" where everybody uses it, or there is none."""
    found = re.search(r"\b[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?([^/:?#\s]+)", url, re.IGNORECASE)
    host = found[1].lower() if found else ""
    public = any(host == one or host.endswith(f".{one}") for one in PUBLIC_HOSTS)
    return "" if public else host


def is_generic(name: str, vocabulary: frozenset[str]) -> bool:
    """Is a name made of words that tell nothing: "python3", "torch-gpu", ".venv"?"""
    words = [word.lower() for word in re.split(r"[\W\d_]+", name) if word]
    return all(word in GENERIC_NAMES or word in vocabulary or len(word) == 1 for word in words)


def _vocabulary(document: msgspec.Struct) -> frozenset[str]:
    words = set(PROBES)
    snapshot = document.snapshot if isinstance(document, Report) else document
    if isinstance(document, Report):
        for finding in document.findings:
            words |= {finding.id, *finding.id.split("-"), *re.findall(r"[a-z0-9]+", finding.title.lower())}
    if isinstance(snapshot, Snapshot) and snapshot.packages.value is not None:
        words |= {one.name for one in snapshot.packages.value.distributions}
    return frozenset(words)


def _homes(document: msgspec.Struct, found: dict[str, dict[str, None]]) -> set[str]:
    """The home folder where a fact tells it, and where the system usually puts it."""
    homes: set[str] = set()
    snapshot = document.snapshot if isinstance(document, Report) else document
    if isinstance(snapshot, Snapshot):
        os, storage = snapshot.os.value, snapshot.storage.value
        homes |= {place.path for place in (storage.places if storage else ()) if place.role == "home"}
        homes |= {os.home, *_usual_homes(os)} if os is not None else set()
    if not homes:
        for user in found.get("user", {}):
            homes |= {f"/home/{user}", f"/Users/{user}", f"C:\\Users\\{user}"}
    homes = {home.rstrip("/\\") for home in homes}
    # "/" and "C:" are the home of some containers; everything lies in them.
    return {home for home in homes if re.search(r"[/\\][^/\\]", home) and home not in ("/nonexistent", "/dev/null")}


def _usual_homes(os: Os) -> set[str]:
    if os.user == "root":
        return {"/root"}
    if not os.user:
        return set()
    if os.system == "windows":
        return {f"C:\\Users\\{os.user}"}
    wsl = {f"/mnt/c/Users/{os.user}"} if os.wsl else set()
    return {f"/Users/{os.user}" if os.system == "darwin" else f"/home/{os.user}"} | wsl


def _last(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _is_usual(home: str) -> bool:
    """Does the folder bear the person's name?"""
    return bool(re.search(r"(?i)(^|[/\\])(home|users)[/\\]([^/\\]+[/\\])*[^/\\]+$", home))


def _hosts(found: dict[str, dict[str, None]]) -> tuple[str, ...]:
    hosts: dict[str, None] = {}
    for full in found.get("host", {}):
        first, _, domain = full.partition(".")
        for one in (full, first, domain if "." in domain else ""):
            if len(one) >= SHORTEST_WORD and one.lower() not in GENERIC_HOSTS:
                hosts |= {one: None, one.lower(): None, one.upper(): None}
    return _longest_first(hosts)
