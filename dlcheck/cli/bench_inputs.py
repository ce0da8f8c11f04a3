"""What was typed after `dlcheck bench` → what is measured, what is asked of the figures, and which runs are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from dlcheck import __version__
from dlcheck.cli import inputs, requests, writing
from dlcheck.cli.refusal import Refusal, unknown_name
from dlcheck.model.bench import Bench, Mode
from dlcheck.model.bench import Budget as Spent
from dlcheck.model.documents import MAX_DOCUMENT_BYTES, DocumentError, decode_bench
from dlcheck.model.gaps import Missing
from dlcheck.model.measured import DTYPES, Dtype

if TYPE_CHECKING:
    from dlcheck.bench.floors import Wanted
    from dlcheck.bench.plan import Options

DATA = ("randn", "uniform", "ones", "zeros")


def options(
    *,
    quick: bool,
    full: bool,
    budget: str,
    devices: list[str],
    dtypes: list[str],
    data: str,
    seed: str,
    timeout: str,
) -> Options:
    """What is to be measured. Anything that there is not is refused."""
    from dlcheck.bench.plan import Options

    if quick and full:
        raise Refusal("--quick and --full exclude each other")
    for name in dtypes:
        if name not in DTYPES:
            raise unknown_name("format", name, DTYPES, f"there are {', '.join(DTYPES)}")
    if data not in DATA:
        raise unknown_name("kind of data", data, DATA, f"there are {', '.join(DATA)}")
    if not seed.isascii() or not seed.isdigit() or len(seed) > 18:
        raise Refusal(f"--seed is a whole number, not {seed!r}")
    mode: Mode = "quick" if quick else "full" if full else "default"
    chosen: tuple[Dtype, ...] = tuple(one for one in get_args(Dtype) if one in dtypes)
    return Options(
        mode=mode,
        budget=requests.seconds("--budget", budget) if budget else None,
        devices=tuple(devices),
        dtypes=chosen,
        data=data,
        seed=int(seed),
        import_timeout=requests.seconds("--timeout", timeout),
        argv=("dlcheck", *sys.argv[1:]),
    )


def floors(texts: dict[str, list[str]]) -> list[Wanted]:
    """What is asked of the figures. What cannot be read is refused."""
    from dlcheck.bench.floors import Kind, parse

    found = []
    for kind in get_args(Kind):
        for text in texts[kind]:
            try:
                found.append(parse(kind, text))
            except ValueError as error:
                raise Refusal(str(error)) from None
    return found


def floors_of(name: str) -> list[Wanted]:
    """What a profile asks of the figures. One that asks for none is refused: nothing would be judged."""
    profile = inputs.load_profile(name, [])
    inputs.refuse_expired(profile, name)
    if not profile.bench:
        raise Refusal(f"profile {name} asks for no figures: it has no [[bench]]")
    texts: dict[str, list[str]] = {"--min-tflops": [], "--min-ratio": [], "--min-of-peak": []}
    for one in profile.bench:
        place = f"{one.device}:{one.dtype}" if one.device else one.dtype
        for kind, value in (
            ("--min-tflops", one.tflops), ("--min-of-peak", one.percent_of_peak), ("--min-ratio", one.times_cpu),
        ):  # fmt: skip
            if value:
                texts[kind].append(f"{place}={value:g}")
    return floors(texts)


def read(which: str) -> Bench:
    """A run by its file, or by its name or number in the history; "-" is stdin."""
    from dlcheck.bench import history

    is_file = which == "-" or Path(which).is_file()
    if not is_file:
        try:
            found = history.load(which, history.default_file())
        except history.HistoryError as error:
            raise Refusal(str(error)) from None
        if found is not None:
            return found
        raise Refusal(f"there is no file {which!r}, and no run of that name: `dlcheck bench history` lists them")
    try:
        return decode_bench(inputs.read_text(which, MAX_DOCUMENT_BYTES).encode())
    except DocumentError as error:
        raise Refusal(f"{which}: {error}") from None


def refuse_unusable_history() -> None:
    """Refuse a history that cannot be written before the work begins, not after."""
    from dlcheck.bench import history

    try:
        history.prepare(history.default_file())
    except history.HistoryError as error:
        raise Refusal(str(error)) from None


def keep(bench: Bench, name: str) -> None:
    """Keep a run in the history, and say under which number; one without figures is not kept."""
    from dlcheck.bench import history

    if not any(row.tflops is not None for row in bench.results):
        if sys.stderr is not None:
            print("not kept: nothing was measured", file=sys.stderr)
        return
    name = name.strip()
    try:
        number = history.save(bench, name, history.default_file())
    except history.HistoryError as error:
        raise Refusal(str(error)) from None
    if sys.stderr is not None:
        print(f"kept as #{number}{f' ({name})' if name.isprintable() and name else ''}", file=sys.stderr)


def unmeasured(asked: Options, missing: Missing | None) -> Bench:
    """The document of a run that did not begin. missing: why there is no interpreter; None: it was interrupted."""
    return Bench(
        dlcheck=__version__,
        mode=asked.kind,
        budget=Spent(seconds=asked.seconds),
        argv=asked.argv,
        library=missing if missing is not None else Missing("not-looked", "interrupted"),
        interrupted=missing is None,
    )


def write(bench: Bench, targets: list[writing.Target], *, verbose: bool) -> None:
    """Write the document in every format; what is private is taken out of those that leave."""

    def told(redacted: bool) -> Bench:
        if not redacted:
            return bench
        from dlcheck.tell.redaction import redact

        return redact(bench)

    writing.write_documents(told, targets, writing.BENCHES, verbose=verbose)
