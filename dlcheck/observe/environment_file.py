"""environment.yml of conda: what of it is about Python and its packages.

YAML is read in the plain form that such files have: keys, lists by dashes, quotes, comments. What needs more of YAML
(anchors, tags, flow collections, multi-line texts) is refused with its line: guessing would be worse.

Match specifications: docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlcheck.observe.requirements_file import RequirementsFileError, Wanted, named

MOST_LINES = 20_000
PYPI_NAMES: dict[str, str] = {
    "pytorch": "torch", "pytorch-gpu": "torch", "pytorch-cpu": "torch", "opencv": "opencv-python",
    "py-opencv": "opencv-python", "matplotlib-base": "matplotlib", "tensorflow-gpu": "tensorflow",
    "tensorflow-cpu": "tensorflow", "tensorflow-base": "tensorflow", "msgpack-python": "msgpack",
    "pytorch-lightning": "pytorch-lightning", "py-xgboost": "xgboost", "python-graphviz": "graphviz",
}  # fmt: skip
"""Where conda's package and the distribution that it brings have different names."""
NO_DISTRIBUTION = re.compile(
    r"_.*|lib.*|pytorch-cuda|pytorch-mutex|cpuonly|cuda.*|cudatoolkit.*|cudnn|nccl|mkl.*|blas|openblas|intel-openmp|"
    r"(?:gcc|gxx|gfortran|clang|clangxx|binutils|ld_impl|sysroot|kernel-headers|compilers|c-compiler|cxx-compiler).*|"
    r"cmake|make|ninja|git|git-lfs|curl|wget|ffmpeg|nodejs|yarn|openjdk|r-.*|bioconductor-.*|perl.*|graphviz|pandoc|"
    r"openssl|zlib|bzip2|xz|zstd|sqlite|readline|ncurses|tk|ca-certificates|openmpi|mpich|hdf5|netcdf4?|icu|qt.*|"
    r"glib|jpeg|freetype|x264|gmp|mpfr|eigen|boost|boost-cpp|swig|doxygen|tmux|vim|htop|parallel|unzip|zip|p7zip|"
    r"python_abi|conda|mamba|micromamba|anaconda|pip|setuptools|wheel|nomkl|vs20.*|vc|ucrt"
)
"""conda's packages that are no Python distribution: nothing is listed under their names where pip's packages are."""


def parse(text: str) -> Wanted:
    """The requirements of the file, as pip names them, and its range of Pythons. Raises RequirementsFileError."""
    found: list[str] = []
    python = ""
    for spec, of_pip in _entries(text):
        if of_pip:
            if not spec.startswith("-"):
                found.append(named(spec))
            continue
        name, bounds = _match(spec)
        if name == "python":
            python = bounds
        elif name and not NO_DISTRIBUTION.fullmatch(name):
            found.append(PYPI_NAMES.get(name, name) + bounds)
    return Wanted(tuple(dict.fromkeys(found)), python)


def _entries(text: str) -> Iterator[tuple[str, bool]]:
    """Every entry of `dependencies`, and whether it stands under `pip:`."""
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        raise RequirementsFileError(f"it has {len(lines)} lines; at most {MOST_LINES} are read")
    inside, pip_indent = False, -1
    for number, raw in enumerate(lines, 1):
        line = re.sub(r"(^|\s)#.*$", "", raw).rstrip()
        if not line.strip() or line.strip() in ("---", "..."):
            continue
        indent = len(line) - len(line.lstrip(" "))
        key = re.match(r"([A-Za-z_][\w-]*)\s*:\s*(.*)$", line)
        if key and indent == 0:
            inside, pip_indent = key[1] == "dependencies", -1
            if inside and key[2] and key[2] != "[]":
                raise RequirementsFileError(f"line {number}: dependencies are written as a list, a line each")
            continue
        item = re.match(r"\s*-\s+(.+)$", line)
        if not inside:
            continue
        if item is None:
            raise RequirementsFileError(f"line {number}: {line.strip()[:80]!r} is no entry of a list")
        if pip_indent >= 0 and indent <= pip_indent:
            pip_indent = -1
        entry = _unquoted(item[1].strip(), number)
        if re.fullmatch(r"pip\s*:", entry):
            pip_indent = indent
            continue
        yield entry, pip_indent >= 0


def _unquoted(entry: str, number: int) -> str:
    if entry[0] in "\"'" and entry[-1] == entry[0] and len(entry) > 1:
        return entry[1:-1]
    if entry[0] in "&*!{[|>@%`\"'":
        raise RequirementsFileError(f"line {number}: {entry[:80]!r} is YAML of a kind that is not read here")
    return entry


def _match(spec: str) -> tuple[str, str]:
    """Name and bounds of a match specification: "conda-forge::numpy=1.26" → ("numpy", "==1.26.*")."""
    found = re.fullmatch(r"(?:[^\s:]+::)?([A-Za-z0-9_][\w.-]*?)\s*(?:\[.*\])?\s*((?:[=<>!~].*|\s\S.*)?)", spec)
    if found is None:
        return "", ""
    name, rest = found[1].lower(), re.sub(r"\[.*\]$", "", found[2]).strip()
    fuzzy = re.fullmatch(r"=?\s*([\w.!+*-]+)(?:[=\s][\w.*+-]*)?", rest)
    if rest.startswith("==") or (rest and not rest.startswith("=") and rest[0] in "<>!~"):
        bounds = rest.split(" ")[0] if "|" not in rest else ""
        return name, re.sub(r"=([^=,<>!~]+)=[\w*]+$", r"=\1", bounds)
    if fuzzy is None or "|" in rest:
        return name, ""
    version = fuzzy[1].rstrip(".*")
    exact = re.fullmatch(r"=[\w.]+=[\w.*]+", rest) is not None
    return name, f"=={version}" if exact else f"=={version}.*"
