"""Whatever is pasted: one of the four exit statuses, never a traceback, in time and memory that the text's length bounds."""

import json
import re
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcheck.judge.engine import judge
from dlcheck.model.documents import encode
from dlcheck.observe import importers
from tests.facts import gpu_machine
from tests.texts import COLLECT_ENV, PASTED, facts

STATUSES = (0, 1, 2, 3)
TAKEN_AT = "2026-01-01T00:00:00Z"
REPORTS = [
    file.read_text("utf-8")
    for folder in ("cases", "reports", "python_reports", "gpu_reports")
    for file in sorted((Path(__file__).parents[1] / "data" / folder).glob("*.txt"))
]
LINES = sorted({line for text in REPORTS for line in text.splitlines()})
ODD = "".join(map(chr, (0, 9, 10, 13, 0x1B, 0x20, 0x22, 0x2E, 0x3A, 0x3D, 0x5B, 0x5D, 0xB2, 0x663, 0x202E, 0xFFFD)))

cut = st.builds(
    lambda text, start, end: text[start : len(text) - end],
    st.sampled_from(REPORTS), st.integers(0, 3_000), st.integers(0, 3_000),
)  # fmt: skip
shuffled = st.lists(st.sampled_from(LINES), min_size=1, max_size=60).map("\n".join)
joined = st.lists(st.sampled_from(REPORTS), min_size=2, max_size=3).map("".join)
renumbered = st.builds(
    lambda text, numbers: re.sub(r"\d+", lambda found: numbers[found.start() % len(numbers)], text),
    st.sampled_from(REPORTS),
    st.lists(st.sampled_from(["0", "1", "99", "9" * 30, "-1", "", "²", "٣", "1.2.3.4"]), min_size=3, max_size=9),
)
unpunctuated = st.builds(
    lambda text, old, new: text.replace(old, new),
    st.sampled_from(REPORTS), st.sampled_from([":", ".", "==", " ", "\n", "|"]), st.sampled_from(["", "\n", "::", "\t"]),
)  # fmt: skip
spoiled = st.builds(
    lambda text, places: "".join(text[a:b] + odd for (a, b), odd in places) or text,
    st.sampled_from(REPORTS),
    st.lists(
        st.tuples(st.tuples(st.integers(0, 900), st.integers(0, 3_000)), st.sampled_from(ODD)), min_size=1, max_size=9
    ),
)
anything = st.one_of(cut, shuffled, joined, renumbered, unpunctuated, spoiled, st.text(max_size=400))


@given(anything)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_an_importer_or_a_check(text):
    read = importers.read(text, TAKEN_AT)

    if read is not None:
        said = judge(read, PASTED)
        assert said.defects == ()
        assert said.verdict in ("ready", "not-ready", "unknown")


@pytest.fixture
def diagnose(dlcheck, tmp_path):
    def run(data):
        file = tmp_path / "report"
        file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        status, out, err = dlcheck("diagnose", file)
        assert status in STATUSES, err
        assert "Traceback" not in err
        assert (status == 2) == (out == "")
        return status, out, err

    return run


@given(st.one_of(anything.map(str.encode), st.binary(max_size=600)))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_command_ends_with_one_of_its_statuses(diagnose, data):
    status, _, _ = diagnose(data)

    assert status in STATUSES


HOSTILE = [
    "PyTorch version: 2.1.0\nRuntimeError: [/bold][red]CUDA error[/]: [link=file:///etc/passwd]no kernel image[/link]\n",
    "torch 2.1.0\nRuntimeError: \x1b]8;;http://x\x07CUDA error\x1b]8;;\x07 \x1b[2J\x1b[31m is available\n",
    "GPU 0: NVIDIA GeForce RTX 3090 {} %s ${HOME} `id` $(id)\nNvidia driver version: 450.80.02\ntorch 2.5.1+cu121\n",
    "Name: torch\nVersion: 2.1.0'; rm -rf ~ #\nName: torchvision\nVersion: 0.1.0\n",
    "pip install torch==99.0 ; rm -rf /\nERROR: No matching distribution found for torch==99.0\nPython 3.15.0\n",
    "PyTorch version: 2.1.0\nOSError: \u202e/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_in_a_text_reaches_no_screen_and_no_command(diagnose, text):
    _, out, _ = diagnose(text)

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert not re.search(r"^ *\$ .*(?:rm -rf|`id`|\$\()", out, re.M)


REPEATED = {
    "digits": "1", "letters": "a", "spaces": " ", "line ends": "\n", "returns": "\r", "brackets": "[", "quotes": "> ",
    "pairs": "a: b\n", "rows": "| a | b |\n", "frames": '  File "/a/b.py", line 1, in f\n    import torch\n',
    "symbols": "x.so: undefined symbol: _ZN3c10", "versions": "from versions: 1.0, ", "requirements": "torch==2.1.0\n",
    "packages": "a 1 b c\n", "GPUs": "GPU 0: NVIDIA GeForce RTX 3090\n", "names": "RTX 3", "errors": "Error: no kernel image\n",
    "Xids": "NVRM: Xid (PCI:0000:01:00): 79, x\n", "reports": COLLECT_ENV, "libraries": "Could not load dynamic library 'lib",
    "wide digits": "²٣",
}  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED)
def test_four_megabytes_of_anything_are_read_in_seconds(unit):
    text = "PyTorch version: 2.1.0\n" + REPEATED[unit] * (4_000_000 // len(REPEATED[unit]))
    began = time.process_time()

    read = importers.read(text, TAKEN_AT)

    assert read is not None
    assert time.process_time() - began < 8


def test_reading_takes_a_bounded_multiple_of_the_text_in_memory():
    text = COLLECT_ENV * (1_000_000 // len(COLLECT_ENV))
    tracemalloc.start()

    importers.read(text, TAKEN_AT)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * len(text)


def test_a_text_beyond_what_is_read_is_refused_in_a_sentence(diagnose):
    status, _, err = diagnose(b"torch 2.1.0\n" * 6_000_000)

    assert status == 2
    assert "too large" in err


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
    st.just([]), st.just({}), st.just({"missing": {"gap": "broken"}}), st.just("[/red]\x1b[31m"),
)  # fmt: skip
DOCUMENTS = [json.loads(encode(document)) for document in (facts(COLLECT_ENV), gpu_machine())]


def _places(node, path=()):
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from _places(value, (*path, key))


PLACES = [list(_places(document)) for document in DOCUMENTS]


@st.composite
def mutated(draw):
    which = draw(st.integers(0, len(DOCUMENTS) - 1))
    document = json.loads(json.dumps(DOCUMENTS[which]))
    for path in draw(st.lists(st.sampled_from(PLACES[which]), min_size=1, max_size=3)):
        node = document
        try:
            for key in path[:-1]:
                node = node[key]
            if draw(st.booleans()):
                node[path[-1]] = draw(LEAVES)
            else:
                del node[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    return json.dumps(document)


@given(mutated())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutated_document_is_refused_or_judged(dlcheck, tmp_path, document):
    file = tmp_path / "snapshot.json"
    file.write_text(document, "utf-8")

    for command in (("diagnose", file), ("doctor", "--snapshot", file)):
        status, out, err = dlcheck(*command)
        assert status in STATUSES, err
        assert "Traceback" not in err
        assert (status == 2) == (out == "")


@pytest.mark.parametrize(
    "document",
    [
        '{"schema":"dlcheck.snapshot/1","a":' * 50_000,
        '{"schema":"dlcheck.snapshot/1","os":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"schema":"dlcheck.snapshot/1","taken_at":' + "9" * 100_000 + "}",
        '{"schema":"dlcheck.report/1","snapshot":null}',
        '{"schema":"dlcheck.snapshot/999"}',
        '{"schema":"dlcheck.snapshot/1"',
    ],
)
def test_a_document_that_is_none_is_refused_in_a_sentence(dlcheck, tmp_path, document):
    file = tmp_path / "snapshot.json"
    file.write_text(document, "utf-8")

    for command in (("diagnose", file), ("doctor", "--snapshot", file)):
        status, out, err = dlcheck(*command)
        assert (status, out) == (2, "")
        assert err.count("\n") <= 6
        assert len(err) < 1_000
