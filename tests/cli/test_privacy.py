"""What leaves and what does not: --share, --no-redact, several documents at once, the job summary, a real run."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from dlcheck.model.documents import decode_report, decode_snapshot, encode
from dlcheck.model.gaps import unseen
from tests.tell.canaries import HOST, KERNEL, MAC, MAIL, UUID, planted

NAMES = ("wwinterbottom", HOST, KERNEL, MAC, MAIL, UUID)
FORMATS = ("markdown", "github", "junit", "html")


@pytest.fixture
def wanda(tmp_path):
    file = tmp_path / "snapshot.json"
    file.write_bytes(encode(planted().snapshot))
    return file


def test_share_is_one_redacted_json_report(dlcheck, wanda, tmp_path):
    _, out, _ = dlcheck("doctor", "--snapshot", wanda, "--share")
    shared = tmp_path / "shared.json"

    assert decode_report(out.encode()).redacted
    assert [one for one in NAMES if one in out] == []
    assert dlcheck("doctor", "--snapshot", wanda, "--share", "--output", shared)[1] == ""
    assert shared.read_text("utf-8") == out


@pytest.mark.parametrize("kind", FORMATS)
def test_documents_that_are_handed_on_are_redacted_unless_told_otherwise(dlcheck, wanda, kind):
    redacted = dlcheck("doctor", "--snapshot", wanda, "--format", kind)[1]
    whole = dlcheck("doctor", "--snapshot", wanda, "--format", kind, "--no-redact")[1]

    assert [one for one in NAMES if one in redacted] == []
    assert "/home/wwinterbottom" in whole


def test_json_and_the_terminal_stay_whole(dlcheck, wanda):
    for kind in ("json", "terminal"):
        assert "/home/wwinterbottom" in dlcheck("doctor", "--snapshot", wanda, "--format", kind)[1]


def test_all_formats_in_one_run_tell_the_same(dlcheck, without_git, tmp_path):
    files = {kind: tmp_path / kind for kind in ("json", *FORMATS)}
    arguments = [word for kind, file in files.items() for word in ("--format", f"{kind}={file}")]
    status, out, _ = dlcheck("doctor", "--snapshot", without_git, "--format", "terminal", *arguments)

    assert status == 1
    assert out.startswith("Not ready: git is not installed.")
    for file in files.values():
        assert "git is not installed" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--share", "--no-redact"], "--share and --no-redact exclude each other"),
        (["--share", "--format", "html"], "only one format can go to stdout, not --share and html"),
        (["--format", "html=same", "--format", "junit=same"], "two documents cannot both go to"),
    ],
)
def test_what_cannot_be_is_refused(dlcheck, wanda, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = dlcheck("doctor", "--snapshot", wanda, *arguments)

    assert (status, out) == (2, "")
    assert words in err


def test_the_job_summary_is_appended_and_redacted(dlcheck, wanda, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    dlcheck("doctor", "--snapshot", wanda, "--format", "github")
    text = summary.read_text("utf-8")

    assert text.startswith("# before\n### ")
    assert [one for one in NAMES if one in text] == []
    dlcheck("doctor", "--snapshot", wanda, "--format", "json")
    assert summary.read_text("utf-8") == text


def test_a_job_summary_that_is_full_gets_nothing_more(dlcheck, wanda, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (2**20 - 10))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    assert dlcheck("doctor", "--snapshot", wanda, "--format", "github")[0] in (0, 1, 3)
    assert summary.stat().st_size == 2**20 - 10


def test_a_secret_in_a_snapshot_from_elsewhere_is_told_in_no_format(dlcheck, recorded):
    token = "hf_abcdefghijklmnopqrstuvwxyz0123"
    snapshot = recorded(git=unseen("broken", f"said {token} and https://wanda:pass1234@git.example/x"))

    for kind in ("json", "terminal", *FORMATS):
        out = dlcheck("doctor", "--snapshot", snapshot, "--format", kind, "--no-redact", "--verbose")[1]
        assert token not in out
        assert "pass1234" not in out


SECRET = "canary-s3cr3t-0123456789"


def test_a_real_run_records_no_secret_and_hands_on_no_name(tmp_path):
    home = tmp_path / "wwinterbottom"
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".config" / "pip" / "pip.conf").write_text(
        f"[global]\nindex-url = https://wanda:{SECRET}@nexus.example/simple\n"
    )
    (home / ".condarc").write_text(f"channels:\n  - https://conda.example/t/{SECRET}/private\n")
    (home / ".gitconfig").write_text(
        f'[url "https://wanda:{SECRET}@git.example/"]\n  insteadOf = https://git.example/\n[user]\n  name = Wanda Winter\n'
        "  email = wanda@uni.example\n"
    )
    environ = {
        **os.environ, "HOME": str(home), "USERPROFILE": str(home), "LOGNAME": "wwinterbottom", "USER": "wwinterbottom",
        "HF_TOKEN": SECRET, "AWS_SECRET_ACCESS_KEY": SECRET, "HTTPS_PROXY": f"http://wanda:{SECRET}@proxy.example:3128",
        "PIP_EXTRA_INDEX_URL": f"https://wanda:{SECRET}@nexus.example/simple", "MY_PASSWORD": SECRET,
    }  # fmt: skip
    arguments = ["doctor", "--quick", "--python", sys.executable, "--format", f"json={tmp_path / 'whole.json'}"]
    arguments += [word for kind in FORMATS for word in ("--format", f"{kind}={tmp_path / kind}")]
    ended = subprocess.run(
        [sys.executable, "-m", "dlcheck", *arguments], env=environ, capture_output=True, text=True, check=False
    )
    whole = (tmp_path / "whole.json").read_text("utf-8")
    leaving = [(tmp_path / kind).read_text("utf-8") for kind in FORMATS]

    assert ended.returncode in (0, 1, 3), ended.stderr
    assert [
        text for text in (whole, ended.stdout, ended.stderr, *leaving) if SECRET in text or "Wanda Winter" in text
    ] == []
    assert decode_snapshot(whole.encode()).os.value.home == str(home)
    assert [text for text in leaving if "wwinterbottom" in text] == []
    assert json.loads(whole)["snapshot"]["os"]["value"]["user"] == "wwinterbottom"


CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_the_page_without_scrolling_sideways(dlcheck, without_git, tmp_path, width):
    page = tmp_path / "report.html"
    dlcheck("doctor", "--snapshot", without_git, "--format", f"html={page}")
    inside = tmp_path / "frame.html"
    inside.write_text(
        f'<iframe id="f" src="report.html" style="width:{width}px;height:2000px"></iframe><p id="o"></p><script>'
        "window.onload = () => { const page = f.contentDocument, top = page.documentElement;"
        " o.textContent = `over ${top.scrollWidth - top.clientWidth} ` + page.querySelector('h1').innerText }</script>"
    )
    ended = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
         f"--user-data-dir={tmp_path / 'profile'}", inside.as_uri()],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "over 0 " in ended.stdout
    assert "Not ready: git is not installed." in ended.stdout
