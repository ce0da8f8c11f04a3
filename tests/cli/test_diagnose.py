"""`dlcheck diagnose` on real reports, and on everything that is none."""

import io
import json
import sys
from pathlib import Path

import pytest

from dlcheck.judge.engine import judge
from dlcheck.model.documents import encode
from tests.facts import machine, report
from tests.texts import COLLECT_ENV, PASTED, facts, healthy

DATA = Path(__file__).parents[1] / "data"


def labelled(folder):
    for line in (DATA / folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        yield pytest.param(
            DATA / folder / f"{label['id']}.txt", label, id=f"{folder}-{label['id']}-{label['diagnosis']}"
        )


@pytest.mark.parametrize(
    ("file", "label"),
    [one for folder in ("cases", "reports", "python_reports", "gpu_reports") for one in labelled(folder)],
)
def test_the_confirmed_cause_comes_first_and_nothing_false_beside_it(file, label):
    wanted = [] if label["diagnosis"] == "healthy" else [label["diagnosis"]]

    said = judge(facts(file.read_text("utf-8")), PASTED)

    assert list(said.root_causes[:1]) == wanted
    assert set(said.root_causes) <= {*wanted, *label.get("also_true", [])}
    assert said.defects == ()


@pytest.fixture
def pasted(tmp_path):
    def write(text):
        file = tmp_path / "report.txt"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


OLD_DRIVER = healthy(available="Is CUDA available: False", driver="Nvidia driver version: 450.80.02")


@pytest.mark.parametrize(
    ("text", "status"),
    [(COLLECT_ENV, 0), (OLD_DRIVER, 1), ("torch 2.5.1\n", 3), ("hello world\n", 2), ("", 2), (b"\x00\xff\xfe" * 99, 2)],
)
def test_the_exit_status_tells_the_verdict(dlcheck, pasted, text, status):
    assert dlcheck("diagnose", pasted(text))[0] == status


def test_a_text_comes_by_stdin(dlcheck, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(OLD_DRIVER.encode())))

    status, out, _ = dlcheck("diagnose", "-")

    assert status == 1
    assert "older than PyTorch's CUDA needs" in out


def test_nothing_recognisable_ends_with_what_can_be_pasted(dlcheck, pasted):
    status, out, err = dlcheck("diagnose", pasted("Lorem ipsum dolor sit amet\nI cannot come today.\n"))

    assert (status, out) == (2, "")
    assert "torch.utils.collect_env" in err


def test_json_holds_the_facts_and_the_cause(dlcheck, pasted):
    _, out, _ = dlcheck("diagnose", pasted(OLD_DRIVER), "--format", "json")

    document = json.loads(out)
    assert document["schema"] == "dlcheck.report/1"
    assert document["root_causes"] == ["driver-too-old-for-torch-cuda"]
    assert document["profile"]["name"] == "pasted"
    assert document["snapshot"]["depth"] == "pasted"
    assert document["snapshot"]["pasted"]["value"]["sources"][0] == "collect_env"


@pytest.mark.parametrize(
    "document", [encode(machine()), encode(report(machine())), b"```json\n" + encode(machine()) + b"\n```\n"]
)
def test_its_own_documents_can_be_pasted_too(dlcheck, pasted, document):
    assert dlcheck("diagnose", pasted(document))[0] in (0, 3)


def test_a_damaged_document_of_its_own_is_refused(dlcheck, pasted):
    status, out, err = dlcheck("diagnose", pasted(encode(machine())[:-200] + b"}"))

    assert (status, out) == (2, "")
    assert "dlcheck" in err


DRESSED = {
    "quoted": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "twice quoted": lambda text: "".join(f"> > {line}\n" for line in text.splitlines()),
    "fenced": lambda text: f"### Versions\n```shell\n{text}```\n",
    "indented": lambda text: "".join(f"    {line}\n" for line in text.splitlines()),
    "Windows' line ends": lambda text: text.replace("\n", "\r\n"),
    "old line ends": lambda text: text.replace("\n", "\r"),
    "noise around": lambda text: f"Thank you for the nice library!\n\n{text}\nCan anybody help?\n" * 2,
    "coloured": lambda text: text.replace("Is CUDA", "\x1b[1;31mIs CUDA\x1b[0m"),
    "no-break spaces": lambda text: text.replace(": ", ":\u00a0"),
    "wide colons": lambda text: text.replace(": ", "\uff1a"),
    "quoted as mails are": lambda text: (
        "Hello,\n\nOn Monday X wrote:\n" + "".join(f">> {line}\n" for line in text.splitlines())
    ),
    "a web page": lambda text: (
        "<p>" + "<br>\n".join(text.replace("<", "&lt;").replace(">", "&gt;").splitlines()) + "</p>"
    ),
    "a log": lambda text: "".join(f"2024-01-02 10:11:12,123 INFO {line}\n" for line in text.splitlines()),
    "a CI's log": lambda text: "".join(f"2024-01-02T10:11:12.1234567Z {line}\n" for line in text.splitlines()),
    "a service's log": lambda text: "".join(f"worker-1  | {line}\n" for line in text.splitlines()),
    "numbered lines": lambda text: "".join(f"{number:4}  {line}\n" for number, line in enumerate(text.splitlines(), 8)),
    "a list of everything": lambda text: "".join(f"- {line}\n" if line else "\n" for line in text.splitlines()),
    "an empty line after each": lambda text: text.replace("\n", "\n\n"),
    "a report of another machine below": lambda text: f"{text}\nOn another machine it works:\n\n{healthy()}",
    "a byte order mark": lambda text: f"\ufeff{text}",
    "a list": lambda text: "".join(f"- {line}\n" if ":" in line else f"{line}\n" for line in text.splitlines()),
    "bold labels": lambda text: "".join(
        f"**{label}**: {value}\n" for label, _, value in (line.partition(": ") for line in text.splitlines()) if value
    ),
    "a table": lambda text: (
        "| what | value |\n|---|---|\n"
        + "".join(
            f"| {label} | {value} |\n"
            for label, _, value in (line.partition(": ") for line in text.splitlines())
            if value
        )
    ),
}


@pytest.mark.parametrize("dress", DRESSED)
def test_the_dress_of_a_text_does_not_matter(dress):
    assert judge(facts(DRESSED[dress](OLD_DRIVER)), PASTED).root_causes == ("driver-too-old-for-torch-cuda",)


def test_utf_16_as_powershell_writes_it(dlcheck, pasted):
    assert dlcheck("diagnose", pasted(OLD_DRIVER.encode("utf-16")))[0] == 1


def test_the_order_of_several_sources_does_not_matter():
    smi = "| NVIDIA-SMI 450.80.02    Driver Version: 450.80.02    CUDA Version: 11.0     |\n"
    freeze = "torch==2.5.1+cu121\nnumpy==1.26.4\n"
    error = "CUDA initialization: The NVIDIA driver on your system is too old (found version 11000).\n"
    parts = [smi, freeze, error]

    found = {judge(facts("".join(parts[turn:] + parts[:turn])), PASTED).root_causes for turn in range(3)}

    assert found == {("driver-too-old-for-torch-cuda",)}
