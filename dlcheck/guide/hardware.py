"""The page of the hardware: CPU, GPU and TPU with what this machine has, and what courses ask for beside it."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

import msgspec

from dlcheck.guide.machine import Accelerator, Numbers, accelerators, enough, numbers
from dlcheck.model.gaps import known
from dlcheck.model.pages import Line, Mark, Page, Row, Section, Table
from dlcheck.model.quantities import amount
from dlcheck.model.snapshot import Snapshot

CPU = (
    "The CPU (central processing unit) runs everything: the system, Python, reading data. It has a few fast "
    "cores, each good at any task. Small models and all of classical machine learning run well on it, and it "
    "is what every course begins on."
)
GPU = (
    "A GPU (graphics processing unit) has thousands of small cores that do the same operation on many numbers "
    "at once, which is what a matrix product is. Training a network on it is often ten to a hundred times as "
    "fast. What counts is its memory: the model, its gradients and a batch of data must fit. PyTorch and "
    "TensorFlow reach NVIDIA's through CUDA, AMD's through ROCm, Apple's through MPS."
)
TPU = (
    "A TPU (tensor processing unit) is a chip of Google's that does little else than matrix products, many at "
    "a time. It is rented, not bought: in Colab, on Kaggle, in Google's cloud. JAX and TensorFlow use it "
    "directly, PyTorch through torch_xla."
)
HEADS = ("RAM", "free disk", "cores", "GPU memory", "says")


class Course(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one course asks for; sizes in GB, minimum and recommended, 0 where nothing is said."""

    name: str
    ram: tuple[float, float]
    disk: tuple[float, float]
    gpu_memory: float
    words: str
    source: str
    read: date
    cores: int = 0


class Courses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    course: tuple[Course, ...]


@cache
def courses() -> tuple[Course, ...]:
    """The courses, as they are shipped."""
    text = (resources.files(__package__) / "courses.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Courses).course


def page(snapshot: Snapshot) -> Page:
    """The page for this machine."""
    have = numbers(snapshot)
    own = Row(
        name="This machine",
        cells=(_size(have.ram), _size(have.disk), f"{have.cores:g}" if have.cores else "?", _gpu_size(have), ""),
        mark="note",
    )
    rows = (own, *(_row(one, have) for one in courses()))
    return Page(
        name="hardware",
        title="CPU, GPU and TPU",
        here=_cpu(snapshot),
        sections=(
            Section(title="CPU", blocks=(Line(words=CPU), Line(words=f"Here: {_cpu(snapshot)}.", mark="note"))),
            Section(title="GPU", blocks=(Line(words=GPU), *_lines(snapshot, tpu=False))),
            Section(title="TPU", blocks=(Line(words=TPU), *_lines(snapshot, tpu=True))),
            Section(title="What courses ask for", blocks=(Table(heads=HEADS, rows=rows),)),
        ),
    )


def _cpu(snapshot: Snapshot) -> str:
    cpu, memory = snapshot.cpu.value, snapshot.memory.value
    if cpu is None:
        return "a processor that nobody looked at"
    cores = f"{cpu.usable_cores:g} {'core' if cpu.usable_cores == 1 else 'cores'} to use"
    ram = f", {amount(memory.usable_bytes)} of RAM" if memory is not None else ""
    return f"{known(cpu.brand) or cpu.architecture}, {cores}{ram}"


def _lines(snapshot: Snapshot, *, tpu: bool) -> tuple[Line, ...]:
    """Each that is there, and whether it computes; else that there is none."""
    found = [one for one in accelerators(snapshot) if (one.kind == "tpu") == tpu]
    if found:
        return tuple(_line(one) for one in found)
    silent = snapshot.pci.value.of("nvidia") if snapshot.pci.value is not None and not tpu else ()
    if silent:
        words = "Here: an NVIDIA GPU that no driver answers for. `dlcheck doctor` tells how to mend that."
        return (Line(words=words, mark="warn"),)
    name = "TPU" if tpu else "GPU that PyTorch could compute on"
    return (Line(words=f"Here: no {name}. `dlcheck guide cloud` tells where to get one.", mark="note"),)


def _line(one: Accelerator) -> Line:
    if one.works is True:
        return Line(words=f"Here: {one.words}; a product of matrices on it came out right.", mark="pass")
    if one.works is False:
        return Line(words=f"Here: {one.words}; a product of matrices on it came out wrong.", mark="warn")
    return Line(words=f"Here: {one.words}.", mark="note")


def _size(gigabytes: float) -> str:
    return f"{gigabytes:.0f} GB" if gigabytes >= 1 else "?"


def _gpu_size(have: Numbers) -> str:
    return f"{have.gpu_memory:.0f} GB" if have.gpu_memory else "none"


def _bounds(bounds: tuple[float, float]) -> str:
    low, high = bounds
    if low and high:
        return f"{low:g} GB, better {high:g}"
    return f"{max(low, high):g} GB" if low or high else ""


def _row(course: Course, have: Numbers) -> Row:
    short = _short(course, have)
    mark: Mark = "warn" if short else "pass"
    cells = (
        _bounds(course.ram),
        _bounds(course.disk),
        f"{course.cores}" if course.cores else "",
        f"{course.gpu_memory:g} GB" if course.gpu_memory else "",
        course.words,
    )
    note = f"short of {' and '.join(short)}" if short else ""
    return Row(name=course.name, cells=cells, mark=mark, note=note, source=course.source, read=str(course.read))


def _short(course: Course, have: Numbers) -> list[str]:
    """Of what this machine has less than the minimum; what is not known is not short."""
    short = []
    if have.ram and not enough(have.ram, course.ram[0]):
        short.append("RAM")
    if have.disk and have.disk < course.disk[0]:
        short.append("disk")
    if have.cores and have.cores < course.cores:
        short.append("cores")
    if not enough(have.gpu_memory, course.gpu_memory):
        short.append("GPU memory")
    return short
