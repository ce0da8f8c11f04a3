"""cuda_drivers.toml and conda_cuda_libs.toml beside the CUDA that NVIDIA has on the package index."""

from __future__ import annotations

import re

import msgspec

from dlcheck.judge.knowledge.conda_cuda_libs import cuda_majors_of
from dlcheck.judge.knowledge.cuda_drivers import CudaDrivers, cuda_drivers
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import Index
from scripts.refresh.requirements import oldest_allowed, requirements
from scripts.refresh.toml_text import blocks, new_block, value_of, with_day, with_values
from scripts.refresh.web import MIB, Unreadable

RELEASE_NOTES = "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/"
"""Its table "CUDA Toolkit and Corresponding Driver Versions"."""
ROW = re.compile(
    r"CUDA (?P<cuda>\d+\.\d+)(?:\.\d+)?(?P<update> Update \d+| GA|)[ |]+>=\s*(?P<linux>\d+[\d.]*)"
    r"[ |]+(?:>=\s*(?P<windows>\d+[\d.]*)|N/A)"
)
COLUMNS = ("cuda", "linux", "windows", "note")
FIRST = (12, 0)
"""Older toolkits are all in the table."""
COMPONENTS = ("cublas", "cusparse", "cufft", "nvjitlink", "curand", "cusolver")


def look_drivers(sources: Sources) -> Look:
    """CUDA toolkits that are on the package index and not in the table."""
    known = {numbers(one.cuda) for one in cuda_drivers().toolkit}
    shown = minors(sources.index)
    lacks = [f"CUDA {dotted(one)}: the driver released with it" for one in shown if one not in known and one >= FIRST]
    lacks += [
        f"CUDA {major}: the oldest driver for its wheels"
        for major in sorted({one[0] for one in shown} - {one.cuda for one in cuda_drivers().major} - set(range(11)))
    ]
    newest = dotted(shown[-1]) if shown else "none"
    return Look(knows=f"CUDA {dotted(max(known))}", shown=f"CUDA {newest}", lacks=tuple(lacks))


def refresh_drivers(text: str, sources: Sources) -> Refreshed:
    """Toolkits of NVIDIA's release notes, as they are on the web or were saved; what a hand wrote beside them stays."""
    page = sources.saved.read_bytes() if sources.saved else sources.read(RELEASE_NOTES, {}, 16 * MIB).body
    found = drivers_of(page.decode("utf-8", "replace"))
    if not found:
        raise Unreadable(
            f"no table of toolkits and drivers is in it; save {RELEASE_NOTES}, and name the file with --from"
        )
    head, *old = blocks(text, "toolkit")
    # What follows the last toolkit belongs to another part of the table.
    last, gap, tail = old.pop().partition("\n\n")
    old.append(last + gap)
    rows = {numbers(value_of(one, "cuda")): one for one in old}
    newest = max(rows)
    for cuda, (linux, windows) in found.items():
        values = {"cuda": dotted(cuda), "linux": linux, "windows": windows}
        if cuda in rows:
            rows[cuda] = with_values(rows[cuda], values, COLUMNS)
        elif cuda > newest:
            rows[cuda] = new_block("toolkit", values, COLUMNS)
    text = head + "".join(rows[cuda] for cuda in sorted(rows, reverse=True)) + tail
    msgspec.toml.decode(text, type=CudaDrivers)
    left = ("major and branch: by hand, from NVIDIA's pages on compatibility and on the end of old GPUs",)
    return Refreshed(text=with_day(text, sources.today), left=left)


def drivers_of(page: str) -> dict[Version, tuple[str, str]]:
    """CUDA → the driver for Linux and the one for Windows ("" for N/A) of its first release."""
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]{0,500}>", " ", page).replace("&gt;", ">").replace("\xa0", " "))
    found: dict[Version, tuple[str, str]] = {}
    for row in ROW.finditer(plain):
        told = (row["linux"], row["windows"] or "")
        cuda = numbers(row["cuda"])
        if cuda not in found or numbers(told[0]) < numbers(found[cuda][0]):
            found[cuda] = told
    return found


def minors(index: Index) -> list[Version]:
    """CUDA's releases by the metapackage of its toolkit, whose number is the toolkit's own. Raises Unreadable."""
    return sorted({(one.major, one.minor) for one in index.project("cuda-toolkit").wheels()})


def look_libraries(sources: Sources) -> Look:
    """Libraries of a toolkit that the table takes for those of another CUDA."""
    lacks, shown = [], []
    for cuda, libraries in components(sources.index).items():
        shown.append(dotted(cuda))
        for name, version in libraries.items():
            majors = cuda_majors_of(name, version)
            if majors and cuda[0] not in majors:
                told = " or ".join(map(str, majors))
                lacks.append(f"{name} {version} is of CUDA {dotted(cuda)}, and the table says {told}")
            elif not majors and name in ("libcublas", "libnvjitlink"):
                lacks.append(f"{name} {version} of CUDA {dotted(cuda)}")
    newest = max(shown, key=numbers, default="none")
    known = max(one for major in range(9, 100) for one in (cuda_majors_of("libcublas", str(major)) or (0,)))
    return Look(knows=f"CUDA {known}", shown=f"CUDA {newest}", lacks=tuple(lacks))


def refresh_libraries(text: str, sources: Sources) -> Refreshed:
    """The day, where nothing is lacking; what is lacking is written by hand."""
    lacks = look_libraries(sources).lacks
    if lacks:
        return Refreshed(text=text, left=tuple(f"{one}: by hand" for one in lacks))
    return Refreshed(text=with_day(text, sources.today), left=("CUDA before 12: it has no metapackage",))


def components(index: Index) -> dict[Version, dict[str, str]]:
    """The newest toolkit of each major CUDA → the versions of its libraries, by conda's names. Raises."""
    found: dict[Version, dict[str, str]] = {}
    newest = {one.major: (one, files[0]) for one, files in index.project("cuda-toolkit").wheels().items()}
    for version, file in newest.values():
        metadata = index.metadata(file)
        libraries = {}
        for name in COMPONENTS:
            for wanted in requirements(metadata, extra=name):
                plain = re.sub(r"-cu\d+$", "", wanted.name.lower())
                if plain == f"nvidia-{name}" and (bound := oldest_allowed(wanted)):
                    libraries[f"lib{name}"] = bound
        found[(version.major, version.minor)] = libraries
    return found


DRIVERS = Source(look=look_drivers, refresh=refresh_drivers, by_hand=RELEASE_NOTES)
LIBRARIES = Source(look=look_libraries, refresh=refresh_libraries)
