"""tensorflow_releases.toml: the wheels' names, their metadata, and the build_info.py inside them."""

from __future__ import annotations

import re

import msgspec

from dlcheck.judge.knowledge import cubin
from dlcheck.judge.knowledge.tensorflow_releases import Releases, releases
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import File, Index, named
from scripts.refresh.python_wheels import newest_python
from scripts.refresh.release_columns import PLATFORMS, columns, differences, line_of, wheel_for
from scripts.refresh.requirements import oldest_allowed, requirements
from scripts.refresh.toml_text import blocks, new_block, value_of, with_day, with_values
from scripts.refresh.web import Unreadable
from scripts.refresh.wheel_tags import built_for

COLUMNS = (
    "version", "pythons", "glibc", "macos", "macos_intel", "gpu", "extra", "extra_pythons", "cuda", "cudnn", "real",
    "ptx", "numpy", "basis", "note",
)  # fmt: skip
EXTRA = "and-cuda"
BUILD_INFO = "tensorflow/python/platform/build_info.py"
BUILD_INFO_AT_MOST = 64 * 1024
BASIS = "index, wheel"


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """What build_info.py says."""

    is_cuda: bool
    cuda: str = ""
    cudnn: str = ""
    archs: tuple[str, ...] = ()


def look(sources: Sources) -> Look:
    """Releases that the table has not, has in an older patch, or has otherwise."""
    known = {one.minor: msgspec.to_builtins(one) for one in releases()}
    found, lacks = seen(sources.index), []
    for line, (version, values, _) in found.items():
        have = known.get(line)
        if have is None or ("index" in have["basis"] and numbers(have["version"]) < numbers(version)):
            lacks.append(f"TensorFlow {version}")
        elif "index" in have["basis"]:
            lacks += [f"TensorFlow {version}: {words}" for words in differences(have, values)]
    newest = found[max(found)][0]
    return Look(knows=f"TensorFlow {releases()[0].version}", shown=f"TensorFlow {newest}", lacks=tuple(lacks))


def refresh(text: str, sources: Sources) -> Refreshed:
    """Rows from the index; what a hand wrote beside them stays. New releases on top, by their own build_info.py."""
    left = ["extra, extra_pythons, numpy, note: by hand, from trying to install them"]
    head, *old = blocks(text, "release")
    rows = {line_of(value_of(one, "version")): one for one in old}
    for line, (version, by_name, files) in sorted(seen(sources.index).items()):
        block, values = rows.get(line), by_name
        if block is not None and "index" not in value_of(block, "basis"):
            continue
        if block is None or value_of(block, "version") != version:
            told = of_wheels(files, sources.index)
            left += [f"TensorFlow {version}: {words}" for words in _lacking(told)]
            values = {"version": version, **by_name, **told}
        if block is None:
            rows[line] = new_block("release", {"cuda": "", "cudnn": "", **values, "basis": BASIS}, COLUMNS)
        else:
            rows[line] = with_values(block, values, COLUMNS)
    text = head + "\n\n".join(rows[line].rstrip("\n") for line in sorted(rows, reverse=True)) + "\n"
    msgspec.toml.decode(text, type=Releases)
    return Refreshed(text=with_day(text, sources.today), left=tuple(left))


def seen(index: Index) -> dict[Version, tuple[str, dict[str, object], list[File]]]:
    """Release line → its newest patch release, what the names of its wheels tell, and the wheels. Raises Unreadable."""
    python = newest_python(index)
    found: dict[Version, tuple[str, dict[str, object], list[File]]] = {}
    for version, files in index.project("tensorflow").wheels().items():
        built = built_for(named(files), python)
        if version.major >= 1 and built.span("linux_x86_64"):
            values = {key: value for key, value in columns(built).items() if key != "free_threaded"}
            found[(version.major, version.minor)] = (str(version), values, files)
    if not found:
        raise Unreadable("tensorflow on the package index: there is no wheel of it")
    return found


def of_wheels(files: list[File], index: Index) -> dict[str, object]:
    """For which platforms it is a GPU build, for which CUDA and for which GPUs. Raises Unreadable."""
    gpu, build, extra = [], Build(is_cuda=False), {}
    for platform, name in PLATFORMS.items():
        wheel = wheel_for(platform, files)
        if wheel is None:
            continue
        told = build_info(index.member(wheel, BUILD_INFO, BUILD_INFO_AT_MOST).decode("utf-8", "replace"))
        if told.is_cuda:
            gpu.append(name)
        if told.is_cuda and not build.is_cuda:
            build, extra = told, of_extra(index.metadata(wheel))
    return {
        "gpu": gpu or None,
        "extra": EXTRA if extra else None,
        "cuda": dotted(numbers(build.cuda)[:2]),
        "cudnn": extra.get("cudnn") or build.cudnn,
        "real": [cubin.written(one) for one in sorted({*cubin.machine_code(build.archs), *cubin.ptx(build.archs)})]
        or None,
        "ptx": [cubin.written(one) for one in cubin.ptx(build.archs)] or None,
    }


def build_info(text: str) -> Build:
    """build_info.py: a list of pairs in one line."""
    pairs = dict(re.findall(r"\('(\w+)', (True|False|'[^']*'|\[[^\]]*\])\)", text))
    return Build(
        is_cuda=pairs.get("is_cuda_build") == "True",
        cuda=pairs.get("cuda_version", "").strip("'"),
        cudnn=pairs.get("cudnn_version", "").strip("'"),
        archs=tuple(re.findall(r"\w+", pairs.get("cuda_compute_capabilities", ""))),
    )


def of_extra(metadata: str) -> dict[str, str]:
    """The oldest CUDA and cuDNN that the extra takes; empty where there is no such extra."""
    found = {}
    for one in requirements(metadata, extra=EXTRA):
        for name, start in (("cuda", "nvidia-cuda-runtime"), ("cudnn", "nvidia-cudnn")):
            if one.name.lower().startswith(start):
                found[name] = dotted(numbers(oldest_allowed(one))[:2])
    return found


def _lacking(told: dict[str, object]) -> list[str]:
    """What stays open of a new release."""
    if not told["gpu"]:
        return ["no wheel says that it is built for CUDA"]
    return [f"that its extra {EXTRA} works was not tried"] if told["extra"] else [f"it has no extra {EXTRA}"]


SOURCE = Source(look=look, refresh=refresh)
