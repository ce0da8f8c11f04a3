"""What a class needs to know of one report: its standing, what keeps it, and the hardware in a few words."""

from __future__ import annotations

import msgspec

from dlcheck.model.cohort import Member
from dlcheck.model.gaps import Missing, known
from dlcheck.model.report import Finding, Report
from dlcheck.model.snapshot import Snapshot

LONGEST = 160
"""Characters of a text that is kept: documents come from strangers, and there may be a hundred thousand."""
MOST_CAUSES = 40
FRAMEWORKS = (("torch", "PyTorch"), ("tensorflow", "TensorFlow"), ("jax", "JAX"))
MOST_SAME = 50_000
"""Different texts that are kept; what comes after them is counted together."""
OTHERS = "others"


class Gist:
    """Makes members of reports, and keeps each text that they share once."""

    def __init__(self) -> None:
        self._same: dict[str, str] = {}
        self._rows: dict[tuple[str, ...], tuple[str, ...]] = {}

    def member(self, name: str, report: Report, person: str = "") -> Member:
        """The member that this report makes."""
        snapshot = report.snapshot
        os, cpu, memory = snapshot.os.value, snapshot.cpu.value, snapshot.memory.value
        accelerator, size = _accelerator(snapshot)
        return Member(
            name=self.cut(name),
            person=person,
            standing=report.verdict,
            causes=self._row(report.root_causes),
            first=self._text(_first(report)),
            os=self._text(os.name if os else ""),
            cpu=self._text((known(cpu.brand) or cpu.architecture) if cpu else ""),
            cores=cpu.usable_cores if cpu else 0.0,
            ram_bytes=memory.usable_bytes if memory else 0,
            accelerator=self._text(accelerator),
            accelerator_bytes=size,
            driver=self._text(_driver(snapshot)),
            python=self._text(report.judged.python_version),
            framework=self._text(_framework(snapshot)),
            profile=self._text(report.profile.name),
            taken_at=snapshot.taken_at[:40],
        )

    def damaged(self, name: str, problem: str, person: str = "") -> Member:
        """The member that a document makes which cannot be read."""
        return Member(name=self.cut(name), person=person, standing="damaged", problem=self.cut(problem))

    @staticmethod
    def cut(text: str) -> str:
        """The text, shortened where it is too long."""
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def _text(self, text: str) -> str:
        """The text as it is kept: each once, and no more different ones than a real class can have."""
        cut = self.cut(text)
        if cut not in self._same and len(self._same) >= MOST_SAME:
            return OTHERS
        return self._same.setdefault(cut, cut)

    def _row(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        row = tuple(self._text(text) for text in texts[:MOST_CAUSES])
        return self._rows.setdefault(row, row) if len(self._rows) < MOST_SAME else self._rows.get(row, row)


def root(report: Report, identity: str) -> Finding | None:
    """The gravest finding of this root cause."""
    found = [one for one in report.findings if one.id == identity and one.status in ("fail", "warn")]
    return min(found, key=lambda one: one.status, default=None)


def _first(report: Report) -> str:
    """What to do first: the first fix of the first root cause."""
    finding = root(report, report.root_causes[0]) if report.root_causes else None
    if finding is None:
        if report.verdict == "unknown":
            open_question = _open_question(report)
            return f"find out: {open_question.title}" if open_question is not None else ""
        return ""
    return finding.fixes[0].title if finding.fixes else finding.title


def _open_question(report: Report) -> Finding | None:
    """The first thing that could not be told, and that no other finding explains."""
    return next((one for one in report.findings if one.status == "unknown" and not one.caused_by), None)


def _accelerator(snapshot: Snapshot) -> tuple[str, int]:
    """The accelerators in words, and the bytes of the largest one's memory; "" for none."""
    nvidia, torch, apple, tpu = (getattr(snapshot, name).value for name in ("nvidia", "torch", "apple", "tpu"))
    if nvidia is not None and not isinstance(nvidia.gpus, Missing) and nvidia.gpus:
        names = [known(gpu.name) or "NVIDIA GPU" for gpu in nvidia.gpus]
        return _counted(names), max(known(gpu.memory_total_bytes) or 0 for gpu in nvidia.gpus)
    devices = [one for one in torch.devices if one.kind not in ("cpu", "other")] if torch is not None else []
    if devices:
        names = [known(one.model) or one.kind for one in devices]
        return _counted(names), max(known(one.memory_total_bytes) or 0 for one in devices)
    if apple is not None and not isinstance(apple.chip, Missing):
        return apple.chip, 0
    if tpu is not None:
        return f"TPU {known(tpu.version) or ''}".strip(), 0
    pci = snapshot.pci.value
    silent = [one.name or "NVIDIA GPU" for one in pci.of("nvidia")] if pci is not None else []
    return (f"{_counted(silent)} (no driver answers)" if silent else ""), 0


def _counted(names: list[str]) -> str:
    """Names, each once: "2 × Tesla T4, RTX 4090"."""
    counts = {name: names.count(name) for name in names[:64]}
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counts.items())


def _driver(snapshot: Snapshot) -> str:
    nvidia, amd = snapshot.nvidia.value, snapshot.amd.value
    if nvidia is not None and nvidia.driver:
        return f"NVIDIA {nvidia.driver}"
    rocm = known(amd.rocm_version) if amd is not None else None
    return f"ROCm {rocm}" if rocm else ""


def _framework(snapshot: Snapshot) -> str:
    """The frameworks that were imported; where none was, the builds that are installed."""
    found = [f"{title} {value.version}" for name, title in FRAMEWORKS if (value := getattr(snapshot, name).value)]
    packages = snapshot.packages.value
    if not found and packages is not None:
        titles = dict(FRAMEWORKS)
        found = [
            f"{titles[one.name]} {known(one.version) or one.metadata_version}"
            for one in packages.builds
            if one.name in titles
        ]
    return ", ".join(found)


def is_later(one: Member, other: Member) -> bool:
    """Was this document made after that one? A damaged one is never the later."""
    if (one.standing == "damaged") != (other.standing == "damaged"):
        return other.standing == "damaged"
    return one.taken_at > other.taken_at


def superseded(member: Member, by: Member) -> Member:
    """The same, counting nowhere."""
    return msgspec.structs.replace(member, standing="superseded", problem=f"superseded by {by.name}")
