"""The small print: what was judged, by which profile, what was not looked at, how long it took, how to run it again."""

from __future__ import annotations

from dlcheck.model.gaps import known
from dlcheck.model.page_names import PAGES, WANTED_BY, PageName
from dlcheck.model.report import Report
from dlcheck.tell.phrases import listed, not_looked_at
from dlcheck.tell.terminal.sheet import DIM, Sheet


def closing(sheet: Sheet, report: Report) -> None:
    """Each only where there is something to say."""
    sheet.blank()
    for defect in report.defects:
        sheet.say(("A check of dlcheck's own failed, please report it: ", "bold red"), defect)
    if report.judged.machine:
        sheet.field("Machine", report.judged.machine)
    commands = what_commands_mean(report)
    if commands:
        sheet.field("On PATH", commands)
    kernels = what_kernels_start(report)
    if kernels:
        sheet.field("Kernels", kernels)
    title = f" ({report.profile.title})" if report.profile.title else ""
    sheet.field("Profile", f"{report.profile.name}{title}")
    for sentence in not_looked_at(report):
        sheet.field("Not looked at", sentence)
    for page in pages(report):
        sheet.say((f"To read: {PAGES[page]}", DIM))
        sheet.command_line(f"{sheet.style.program} guide {page}", sheet.style.prompt, indent=2)
    took = how_long(report)
    if took:
        sheet.field("Took", took)
    sheet.say((f"Run it again{'' if sheet.style.verbose else ', or with --verbose for everything'}:", DIM))
    sheet.command_line(sheet.style.again, sheet.style.prompt, indent=2)


def what_commands_mean(report: Report) -> str:
    """What `python`, `python3`, `pip` … on PATH mean, beside the one that was judged; "" where nobody looked."""
    pythons, interpreter = report.snapshot.pythons.value, report.snapshot.interpreter.value
    if pythons is None or interpreter is None:
        return ""
    meanings: dict[str, list[str]] = {interpreter.prefix: []}
    versions: dict[str, str] = {}
    met = set()
    for one in pythons.found:
        if one.is_own and known(one.prefix) != interpreter.prefix:
            continue  # uvx puts the environment that it made for dlcheck first on PATH
        if one.command and one.command not in met:
            met.add(one.command)
            where = known(one.prefix) or known(one.executable) or one.path
            meanings.setdefault(where, []).append(one.command)
            versions.setdefault(where, known(one.version) or "")
    if pip := known(pythons.pip_python) or known(pythons.pip):
        # A prefix whose folder the interpreter of pip lies in is what pip means; else it means its own path.
        inside = (prefix for prefix in meanings if prefix and pip.startswith((f"{prefix}/", f"{prefix}\\")))
        meanings.setdefault(max(inside, key=len, default=pip), []).append("pip")
    told = []
    for where, names in meanings.items():
        verb = "mean" if len(names) > 1 else "means"
        python = f"Python {versions[where]} in {where}" if versions.get(where) else where
        if names:
            told.append(
                f"{listed(names)} {verb} {'the one that was judged' if where == interpreter.prefix else python}"
            )
    return "; ".join(told)


def what_kernels_start(report: Report) -> str:
    """Which Python each Jupyter kernel starts, where one of them starts another than was judged; else ""."""
    jupyter, interpreter = report.snapshot.jupyter.value, report.snapshot.interpreter.value
    if jupyter is None or interpreter is None:
        return ""
    starts = [
        (kernel.name, known(kernel.prefix) or known(kernel.executable))
        for kernel in jupyter.kernels
        if kernel.language == "python" and kernel.exists
    ]
    if all(where in (None, interpreter.prefix) for _, where in starts):
        return ""
    own = interpreter.prefix
    return "; ".join(f"{name} starts {'the one that was judged' if where == own else where}" for name, where in starts)


def pages(report: Report) -> list[PageName]:
    """The pages of the guide that a problem wants, and where to get a GPU for who has none and could use one."""
    wanted = [WANTED_BY[one.id] for one in report.findings if one.id in WANTED_BY and one.status in ("fail", "warn")]
    if any(one.have == "no GPU" and one.status != "not-needed" for one in report.measures):
        wanted.append("cloud")
    return list(dict.fromkeys(wanted))


def how_long(report: Report) -> str:
    """The whole time where it is known, and the slowest probe."""
    if not report.timings_ms:
        return ""
    name, longest = max(report.timings_ms.items(), key=lambda item: item[1])
    seconds = report.snapshot.seconds or longest / 1000
    return f"{seconds:.1f} s, the longest for {name.replace('_', ' ')} ({longest / 1000:.1f} s)"
