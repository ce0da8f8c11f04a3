"""cuda_drivers.toml and conda_cuda_libs.toml beside the CUDA that NVIDIA has on the package index."""

from __future__ import annotations

import re

from dlcheck.judge.knowledge.conda_cuda_libs import cuda_majors_of
from dlcheck.judge.knowledge.cuda_drivers import cuda_drivers
from dlcheck.judge.knowledge.versions import Version, dotted, numbers
from scripts.refresh.outcome import Look, Refreshed, Source, Sources
from scripts.refresh.package_index import Index
from scripts.refresh.requirements import oldest_allowed, requirements
from scripts.refresh.toml_text import with_day

RELEASE_NOTES = "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/ (tables 2 and 3)"
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


DRIVERS = Source(look=look_drivers, by_hand=RELEASE_NOTES)
LIBRARIES = Source(look=look_libraries, refresh=refresh_libraries)
