"""The small print: what was judged, by which profile, what was not looked at, how long it took, how to run it again."""

from __future__ import annotations

from dlcheck.model.gaps import known
from dlcheck.model.report import Report
from dlcheck.tell.terminal.sheet import DIM, Sheet
from dlcheck.tell.terminal.steps import listed


def closing(sheet: Sheet, report: Report) -> None:
    """Each only where there is something to say."""
    sheet.blank()
    for defect in report.defects:
        sheet.say(("A check of dlcheck's own failed, please report it: ", "bold red"), defect)
    if report.judged.machine:
        sheet.field("Machine", report.judged.machine)
    for sentence in same_or_other(report):
        sheet.field("Pythons", sentence)
    title = f" ({report.profile.title})" if report.profile.title else ""
    sheet.field("Profile", f"{report.profile.name}{title}")
    for sentence in not_looked_at(report):
        sheet.field("Not looked at", sentence)
    took = how_long(report)
    if took:
        sheet.field("Took", took)
    sheet.say((f"Run it again{'' if sheet.style.verbose else ', or with --verbose for everything'}:", DIM))
    sheet.command_line(sheet.style.again, sheet.style.prompt, indent=2)


def same_or_other(report: Report) -> list[str]:
    """What `python`, `pip` and the kernels mean, beside the interpreter that was judged."""
    pythons, interpreter = report.snapshot.pythons.value, report.snapshot.interpreter.value
    if pythons is None or interpreter is None:
        return []
    same, other = [], []
    for one in pythons.found:
        if not one.command:
            continue
        version = known(one.version)
        where = f"{one.path} ({version})" if version else one.path
        if known(one.prefix) == interpreter.prefix or known(one.executable) == interpreter.executable:
            same.append(one.command)
        else:
            other.append(f"{one.command} means {where}")
    pip = known(pythons.pip)
    if pip and known(pythons.pip_python) is not None:
        if known(pythons.pip_python) == interpreter.executable:
            same.append("pip")
        else:
            other.append(f"pip means {pip}")
    sentences = [f"{listed(same)} {'mean' if len(same) > 1 else 'means'} the one that was judged"] if same else []
    return ["; ".join([*sentences, *other])] if sentences or other else []


def not_looked_at(report: Report) -> list[str]:
    """The report's phrases, those of the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for phrase in report.not_looked_at:
        name, _, reason = phrase.partition(" (")
        by_reason.setdefault(reason.removesuffix(")"), []).append(name)
    return [f"{', '.join(names)}{f' ({reason})' if reason else ''}" for reason, names in by_reason.items()]


def how_long(report: Report) -> str:
    """The whole time where it is known, and the slowest probe."""
    if not report.timings_ms:
        return ""
    name, longest = max(report.timings_ms.items(), key=lambda item: item[1])
    seconds = report.snapshot.seconds or longest / 1000
    return f"{seconds:.1f} s, the longest for {name.replace('_', ' ')} ({longest / 1000:.1f} s)"
