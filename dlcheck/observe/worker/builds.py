"""Builds of the frameworks, read as text: what an import would take, its version, its CUDA. Nothing is imported."""

import importlib.util
import os
import re

from . import distributions

FRAMEWORKS = ("torch", "torchvision", "torchaudio", "tensorflow", "jax", "jaxlib", "torch_xla")
ALSO_LOOKED_FOR = ("keras", "numpy", "pandas", "scipy", "sklearn", "matplotlib", "transformers", "PIL", "cv2")
"""Further libraries whose empty folder is what a failed uninstall leaves."""

TENSORFLOW_NAMES = (
    "tensorflow tensorflow-cpu tensorflow-gpu tensorflow-intel tensorflow-macos tensorflow-rocm tf-nightly "
    "intel-tensorflow tensorflow-aarch64 tensorflow-cpu-aws"
).split()

ABSENT = {"gap": "absent"}
_ASSIGNED = re.compile(r"^(cuda|hip|xpu|__version__|_version)\s*(?::[^=]+)?=\s*(.+)$", re.MULTILINE)
_BUILD_INFO = re.compile(r"""['"](cuda_version|cudnn_version|is_cuda_build|is_rocm_build)['"],\s*['"]?([^'")]+)""")


def read(places, found):
    """The fields of `Build` for every framework of which there is a file or a folder."""
    builds = []
    for name in FRAMEWORKS:
        taken, others = locate(name, places)
        if taken:
            builds.append(_build(name, taken, others, places, found))
    return builds


def empty_packages(places):
    """Folders named like a library that hold no code, where no real one of that name would be imported instead."""
    left = []
    for name in FRAMEWORKS + ALSO_LOOKED_FOR:
        taken, others = locate(name, places)
        if taken and _is_empty(taken):
            left.extend({"path": path, "kind": "empty-package", "name": name} for path in [taken, *others])
    return left


def locate(name, places):
    """What an import of `name` would take, and the further copies on sys.path that it would not.

    The first is a folder, or a file where the module is one; "" where there is nothing. A folder without code is
    taken only where there is nothing better.
    """
    real, empty = [], []
    for place in places:
        path = os.path.join(place["path"], name)
        if name in place["names"] and os.path.isdir(path):
            (empty if _is_empty(path) else real).append(path)
    taken = _spec(name)
    if not taken:
        found = real + empty
        return (found[0], found[1:]) if found else ("", [])
    same = os.path.realpath(taken)
    return taken, [path for path in (real or empty) if os.path.realpath(path) != same]


def _spec(name):
    """The folder or file that the interpreter's own finders name, editable installs included."""
    try:
        spec = importlib.util.find_spec(name)
    except Exception:
        return ""
    if spec is None:
        return ""
    if spec.submodule_search_locations:
        if spec.origin and spec.has_location:
            return os.path.dirname(spec.origin)
        return str(next(iter(spec.submodule_search_locations)))
    return spec.origin or ""


def _is_empty(path):
    """A folder without an __init__ of any kind."""
    if not os.path.isdir(path):
        return False
    try:
        return not any(name.startswith("__init__.") for name in os.listdir(path))
    except OSError:
        return False


def _build(name, taken, others, places, found):
    user = [place["path"] for place in places if place["origin"] == "user-site"]
    facts = {
        "name": name,
        "location": taken,
        "has_code": not _is_empty(taken),
        "metadata_version": _listed_version(name, taken, found),
        "other_locations": others,
        "in_user_site": any(os.path.dirname(taken) == one for one in user),
    }
    if not os.path.isdir(taken):
        why = "an import takes the file %s, which is not the library" % taken
        facts.update((field, {"gap": "broken", "why": why}) for field in ("version", "cuda", "hip", "xpu"))
    elif facts["has_code"]:
        facts.update(_text_of(name, taken, facts["metadata_version"], places))
    return facts


def _listed_version(name, taken, found):
    """The version in the distribution list: of the folder that is imported, else of the first of that name."""
    names = TENSORFLOW_NAMES if name == "tensorflow" else [name.replace("_", "-"), name]
    listed = [one for one in found if one["name"] in names]
    beside = [one for one in listed if one["location"] == os.path.dirname(taken)]
    return (beside or listed)[0]["version"] if listed else ""


def _text_of(name, folder, listed, places):
    """The version and what it was built for, by the file of each framework that holds them."""
    if name == "tensorflow":
        return tensorflow_build(_read(folder, "python/platform/build_info.py"), listed)
    text = _read(folder, "version.py")
    if not text and name in ("torch", "jax"):
        why = "%s is not there" % os.path.join(folder, "version.py")
        return {"version": {"gap": "broken", "why": why}}
    facts = version_file(text, listed, complete=name == "torch")
    if name in ("jax", "jaxlib"):
        plugins = [cuda for cuda in ("13", "12") if any("jax_cuda%s_plugin" % cuda in one["names"] for one in places)]
        old = re.search(r"\+cuda(\d+)", str(facts["version"]))
        facts["cuda"] = plugins[0] if plugins else (old.group(1) if old else ABSENT)
    return facts


def version_file(text, listed, complete):
    """Version, CUDA, HIP and XPU of a version.py.

    complete: it names each of the three that the build has (torch); else the version's local tag tells, as far as
    there is one. listed: the version of the distribution list, where the file names none.
    """
    values = {}
    for key, raw in _ASSIGNED.findall(text):
        literal = re.match(r"""['"]([^'"]*)['"]""", raw.strip())
        if literal or raw.strip() == "None":
            values.setdefault(key, literal.group(1) if literal else None)
    version = values.get("__version__") or values.get("_version") or listed
    facts = {"version": version or {"gap": "broken", "why": "its version.py names no version"}}
    for key in ("cuda", "hip", "xpu"):
        if values.get(key):
            facts[key] = values[key]
        elif complete:
            facts[key] = ABSENT
    if not complete:
        facts.update(local_tag(version))
    return facts


def local_tag(version):
    """What the part after + tells: "cu130", "cpu", "rocm6.2", "xpu". Nothing where there is none."""
    tag = version.partition("+")[2].split(".d")[0]
    cuda = re.match(r"cu(\d+)(\d)$", tag)
    rocm = re.match(r"rocm([\d.]+)$", tag)
    if not (cuda or rocm or tag in ("cpu", "xpu")):
        return {}
    return {
        "cuda": "%s.%s" % cuda.groups() if cuda else ABSENT,
        "hip": rocm.group(1) if rocm else ABSENT,
        "xpu": version if tag == "xpu" else ABSENT,
    }


def tensorflow_build(text, listed):
    """CUDA and cuDNN of TensorFlow's build_info.py; its version is in the distribution list alone."""
    facts = {"version": listed or {"gap": "not-looked", "why": "no distribution claims it"}}
    values = dict(_BUILD_INFO.findall(text))
    if not values:
        return facts
    is_cuda = values.get("is_cuda_build", "").strip() == "True"
    facts["cuda"] = values.get("cuda_version", ABSENT) if is_cuda else ABSENT
    facts["cudnn"] = values.get("cudnn_version", ABSENT) if is_cuda else ABSENT
    if values.get("is_rocm_build", "").strip() == "False":
        facts["hip"] = ABSENT
    return facts


def _read(folder, name):
    return distributions.text_of(os.path.join(folder, *name.split("/")))
