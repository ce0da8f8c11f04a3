"""Installed distributions, by their own metadata: dist-info and egg-info, read by hand.

importlib.metadata reads the same files, but parses each METADATA whole, as mail: a README of 20 MB included.
"""

import json
import os
import re

from . import shadows

MAX_HEAD_BYTES = 1024 * 1024
MAX_SMALL_BYTES = 65536
INSTALLED = ("site-packages", "user-site", "PYTHONPATH", "pth", "other")
LISTED_AT_LEAST = 4096
FILES_OF_A_RECORD = 6
"""Of each conda package so many files are looked for: one that was deleted or half removed lacks most of them."""


def folders(entries):
    """The folders of sys.path that may hold packages, each once and listed once."""
    found, seen = [], set()
    for entry in entries:
        path = os.path.realpath(entry["path"])
        if entry["origin"] not in INSTALLED or path in seen:
            continue
        seen.add(path)
        names, denied = [], False
        try:
            names = os.listdir(entry["path"])
        except PermissionError:
            denied = True
        except OSError:
            pass
        found.append({"path": entry["path"], "origin": entry["origin"], "names": names, "denied": denied})
    return found


def modules(names):
    """Import names among the entries of site-packages."""
    found = set()
    for name in names:
        if name.endswith(shadows.ENDINGS) or "." not in name:
            found.add(name.split(".", 1)[0])
    return {name for name in found if name.isidentifier() and name != "__pycache__"}


def read(places):
    """All distributions in the order of sys.path, and the damaged entries among them."""
    found, leftovers = [], []
    for place in places:
        egg = os.path.join(place["path"], "EGG-INFO")
        if place["path"].endswith(".egg") and os.path.isdir(egg):
            found.extend(one for one in [_distribution(egg, place)] if one)
        names = set(place["names"])
        for name in sorted(names):
            path = os.path.join(place["path"], name)
            if name.startswith(("~", "-")):
                leftovers.append({"path": path, "kind": "tilde" if name[0] == "~" else "invalid-name", "name": name})
                continue
            if not name.endswith((".dist-info", ".egg-info")):
                continue
            one = _distribution(path, place)
            if one is None:
                leftovers.append({"path": path, "kind": "no-metadata", "name": _normal(name.split("-")[0])})
                continue
            if one not in found:
                found.append(one)
            if _files_gone(path, names):
                leftovers.append({"path": path, "kind": "no-record-files", "name": one["name"]})
    return found, leftovers


def duplicates(found):
    """Names listed more than once: each "VERSION in FOLDER". A source folder that a .pth adds counts for nothing."""
    places = {}
    for one in found:
        if one["origin"] != "pth":
            places.setdefault(one["name"], []).append("%s in %s" % (one["version"], one["location"]))
    return {name: where for name, where in places.items() if len(where) > 1}


def conda_packages(prefix):
    """What conda installed, by the names of its records: name, version, build, and the channel's last words."""
    folder = os.path.join(prefix, "conda-meta")
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    except OSError:
        return []
    found = []
    for name in names:
        parts = name[: -len(".json")].rsplit("-", 2)
        if len(parts) == 3:
            text = text_of(os.path.join(folder, name), 16384)
            channel = re.search(r'"channel":\s*"([^"]*)"', text)
            where = without_credentials(channel.group(1)) if channel else ""
            found.append({"name": parts[0], "version": parts[1], "build": parts[2], "channel": where})
            gone = files_gone(prefix, text)
            if gone:
                found[-1]["files_gone"] = gone
    return found


def files_gone(prefix, text):
    """How many of the first files of a conda record are not there. Compiled Python is made anew, and may go."""
    listed = re.search(r'"files":\s*\[([^\]]*)', text)
    named = re.findall(r'"([^"\\]+)"(?=\s*[,\]]|\s*$)', listed.group(1))[:FILES_OF_A_RECORD] if listed else []
    return sum(not os.path.lexists(os.path.join(prefix, one)) for one in named if not one.endswith((".pyc", ".pyo")))


def without_credentials(url):
    """The address without user, password, token and query."""
    url = re.sub(r"/t/[^/]+/", "/", url.split("?", 1)[0].split("#", 1)[0])
    scheme, separator, rest = url.partition("://")
    if separator and scheme.lower() != "file" and "@" in rest:
        rest = rest.rpartition("@")[2]
    return scheme + separator + rest


def head(text):
    """The header of a METADATA or PKG-INFO as a list of (key in small letters, value); folded lines are joined."""
    fields = []
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            if fields:
                fields[-1][1] += " " + line.strip()
            continue
        key, colon, value = line.partition(":")
        if colon:
            fields.append([key.strip().lower(), value.strip()])
    return fields


def requires_txt(text):
    """The requirements of an egg-info's requires.txt, as PEP 508 writes them."""
    found, condition = [], ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
            parts = (["(%s)" % marker] if marker else []) + (['extra == "%s"' % extra] if extra else [])
            condition = " and ".join(parts)
        elif line and not line.startswith("#"):
            found.append("%s ; %s" % (line, condition) if condition else line)
    return found


def _distribution(path, place):
    """One distribution; None where its metadata is not there or says nothing."""
    is_egg = os.path.basename(path).endswith(("egg-info", "EGG-INFO"))
    is_folder = os.path.isdir(path)
    main = os.path.join(path, "PKG-INFO" if is_egg else "METADATA") if is_folder else path
    fields = head(_head_text(main))
    values = dict(reversed([(key, value) for key, value in fields]))
    stem = re.match(r"(.+?)-(\d[^-]*)", os.path.basename(path).rsplit(".", 1)[0])
    if stem and _is_denied(main):
        values = {"name": stem.group(1), "version": stem.group(2)}
    if not values.get("name") or not values.get("version"):
        return None
    requires = [value for key, value in fields if key == "requires-dist"]
    inside = set(_names(path)) if is_folder else set()
    if is_egg and "requires.txt" in inside:
        requires += requires_txt(text_of(os.path.join(path, "requires.txt")))
    url, editable = _direct_url(path) if "direct_url.json" in inside else ("", False)
    tags = re.search(r"^Tag: *(\S+)", text_of(os.path.join(path, "WHEEL")), re.MULTILINE) if "WHEEL" in inside else None
    return {
        "name": _normal(values["name"]),
        "version": values["version"],
        "installer": text_of(os.path.join(path, "INSTALLER")).strip()[:40] if "INSTALLER" in inside else "",
        "location": place["path"],
        "origin": place["origin"],
        "requires_python": values.get("requires-python", ""),
        "editable": editable or (is_egg and place["origin"] == "pth"),
        "in_user_site": place["origin"] == "user-site",
        "tag": tags.group(1) if tags else "",
        "index_url": url,
        "requires": requires,
    }


def _is_denied(path):
    """Is the file there, or its folder closed, and may this user not read it?"""
    try:
        open(path, "rb").close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _files_gone(path, names):
    """Does a distribution say what it installed, and is nothing of it beside it?

    An editable one lists the modules of its source folder, and its record the .pth file that leads there.
    """
    stems = {name.split(".", 1)[0] for name in names}

    def is_there(top):
        return any("\\" in name or name in names or name.split(".", 1)[0] in stems for name in top)

    modules = [name.split("/")[0] for name in text_of(os.path.join(path, "top_level.txt")).split()]
    if is_there(modules):
        return False
    recorded = []
    if path.endswith(".dist-info"):
        text = text_of(os.path.join(path, "RECORD"), LISTED_AT_LEAST)
        lines = text.splitlines()[: -1 if len(text) >= LISTED_AT_LEAST else None]
        recorded = [line.split(",")[0].strip('"').split("/")[0] for line in lines]
        recorded = [name for name in recorded if name and name != ".." and not name.endswith(".dist-info")]
    if recorded:
        return not is_there(recorded)
    return bool(modules) and not _direct_url(path)[1]


def _direct_url(path):
    """Where it was installed from, and whether editable."""
    try:
        said = json.loads(text_of(os.path.join(path, "direct_url.json")))
        return without_credentials(str(said.get("url", ""))), bool((said.get("dir_info") or {}).get("editable"))
    except (ValueError, AttributeError):
        return "", False


def _head_text(path):
    """The file's text up to its first empty line."""
    data = b""
    try:
        with open(path, "rb") as file:
            while len(data) < MAX_HEAD_BYTES:
                chunk = file.read(16384)
                data += chunk
                if not chunk or b"\n\n" in data or b"\r\n\r\n" in data:
                    break
    except OSError:
        return ""
    return data.decode("utf-8", "replace")


def text_of(path, limit=MAX_SMALL_BYTES):
    """The beginning of a file; "" where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""


def _names(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
