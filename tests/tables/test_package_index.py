"""The package index: its answers, cut, hostile and in another form; metadata and single files of wheels."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.refresh import pip_configuration, web
from scripts.refresh.package_index import JSON, Index, read_project
from scripts.refresh.web import Unreadable
from scripts.refresh.wheel_tags import built_for
from tests.tables.shelf import FILES, INDEX, Shelf, zipped

NUMPY = "numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.whl"


def answer(**changes):
    return {"meta": {"api-version": "1.1"}, "name": "numpy", "files": [{"filename": NUMPY, "url": NUMPY}], **changes}


def test_final_releases_oldest_first_without_what_was_withdrawn():
    shelf = Shelf()
    names = ["2.10.0", "2.9.1", "2.9.1rc1", "2.9.1.dev3", "2.9.1+cpu"]
    files = [shelf.wheel(f"torch-{version}-cp312-cp312-win_amd64.whl") for version in names]
    files += [shelf.wheel("torch-2.11.0-cp312-cp312-win_amd64.whl", yanked=reason) for reason in (True, "", "broken")]
    files += [
        {"filename": name, "url": name} for name in ("torch-2.12.tar.gz", "torch-2.13-what.whl", "../../x.whl", "")
    ]
    shelf.project("torch", *files)

    assert [str(one) for one in shelf.sources().index.project("torch").wheels()] == ["2.9.1", "2.10.0"]


def test_a_page_is_read_once():
    shelf = Shelf()
    shelf.project("numpy")
    index = shelf.sources().index

    assert index.project("numpy") is index.project("numpy")
    assert shelf.asked == [f"{INDEX}numpy/"]


def test_addresses_are_made_whole_and_only_those_of_the_web_are_kept():
    urls = [
        "../../packages/a.whl#sha256=00",
        "https://files.example/b.whl",
        "file:///etc/passwd",
        "ftp://x/y",
        "http://[bad",
    ]
    body = json.dumps(answer(files=[{"filename": NUMPY, "url": url} for url in urls])).encode()

    found = [one.url for one in read_project("numpy", f"{INDEX}numpy/", JSON, body).files]

    assert found == ["https://index.example/packages/a.whl", "https://files.example/b.whl"]


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("text/html", b"<html><a href='x.whl'>x</a></html>", "HTML only"),
        (JSON, b"", "no page of a project"),
        (JSON, json.dumps(answer()).encode()[:-30], "no page of a project"),
        (JSON, b"\xff\xfe\x00", "no page of a project"),
        (JSON, b"[]", "no page of a project"),
        (JSON, json.dumps(answer(files={"a": 1})).encode(), "no page of a project"),
        (JSON, json.dumps(answer(files=[{"filename": 3, "url": "x"}])).encode(), "no page of a project"),
        (JSON, json.dumps(answer(meta={"api-version": "2.0"})).encode(), "version 2.0"),
        (JSON, json.dumps(answer(name="another")).encode(), "is about 'another'"),
        (JSON, b"[" * 100_000, "no page of a project"),
    ],
)
def test_an_answer_in_another_form_is_no_answer(kind, body, words):
    with pytest.raises(Unreadable, match=words):
        read_project("numpy", f"{INDEX}numpy/", kind, body)


def test_a_project_that_is_not_there_is_named():
    with pytest.raises(Unreadable, match="numpy on the package index: the server answers 404"):
        Shelf().sources().index.project("numpy")


def test_metadata_beside_the_wheel_is_what_its_digest_says():
    shelf = Shelf()
    shelf.project("numpy", shelf.wheel(NUMPY, requires=["x==1"]))
    index = shelf.sources().index
    (file,) = index.project("numpy").files

    assert "Requires-Dist: x==1" in index.metadata(file)

    shelf.put(f"{FILES}{NUMPY}.metadata", "Requires-Dist: evil")
    with pytest.raises(Unreadable, match="SHA-256"):
        Index(INDEX, shelf.read).metadata(file)


@pytest.mark.parametrize("ranges", [True, False])
def test_without_metadata_beside_it_the_wheel_itself_is_asked(ranges):
    shelf = Shelf(ranges=ranges)
    members = {"numpy/big.so": os.urandom(1_500_000), "numpy-2.5.5.dist-info/METADATA": "Requires-Dist: y==2"}
    shelf.project("numpy", shelf.wheel(NUMPY, members=members, **{"core-metadata": False}))
    index = shelf.sources().index
    (file,) = index.project("numpy").files

    assert index.metadata(file) == "Requires-Dist: y==2"
    assert any("bytes=0-" in one for one in shelf.asked) is False, "only the end of it is needed"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"", "a part without saying which"),
        (lambda: b"PK\x03\x04 not a zip at all" * 100, "no wheel that can be read"),
        (lambda: zipped({"a": "b" * 5000})[:-40], "no wheel that can be read"),
        (lambda: zipped({"other/file": "b"}), "there is no torch/version.py in it"),
        (lambda: zipped({"torch/version.py": "0" * 10_000_000}), "longer than"),
    ],
    ids=["empty", "garbage", "cut", "without the file", "a bomb"],
)
def test_a_wheel_that_is_cut_or_hostile_is_told(content, words):
    shelf = Shelf()
    shelf.put(f"{FILES}{NUMPY}", content())
    shelf.project("numpy", {"filename": NUMPY, "url": f"{FILES}{NUMPY}"})
    index = shelf.sources().index
    (file,) = index.project("numpy").files

    with pytest.raises(Unreadable, match=words):
        index.member(file, "torch/version.py", 1000)


@pytest.fixture
def server():
    """A real server: /ok, /long, /denied, /busy (twice), /who (what it was told of the person)."""
    seen = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            status = {"/denied": 403, "/busy": 503 if seen.count("/busy") < 3 else 200}.get(self.path, 200)
            body = {"/long": b"x" * 5000, "/who": self.headers.get("Authorization", "").encode()}.get(
                self.path, b"well"
            )
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_reading_over_http(server, monkeypatch):
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    read = web.reader()

    assert read(f"http://{server}/ok", {}, 100).body == b"well"
    assert read(f"http://{server}/busy", {}, 100).kind == "text/plain"
    assert read(f"http://ada:p%40ss@{server}/who", {}, 100).body == b"Basic YWRhOnBAc3M="
    with pytest.raises(Unreadable, match="403"):
        read(f"http://{server}/denied", {}, 100)
    with pytest.raises(Unreadable, match="longer"):
        read(f"http://{server}/long", {}, 100)


def test_a_server_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    with pytest.raises(Unreadable, match="cannot be reached"):
        web.reader()("http://127.0.0.1:9/x", {}, 100)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "index", "", "https://", "http://[::1", "https://x:port/"])
def test_what_is_no_address_of_the_web_is_not_read(address):
    with pytest.raises(Unreadable, match="no address"):
        web.reader()(address, {}, 100)


def test_certificates_that_are_not_there_are_told(tmp_path):
    with pytest.raises(Unreadable, match="certificates"):
        web.reader(str(tmp_path / "none.pem"))


@pytest.mark.parametrize(
    ("told", "environment", "index", "certificates"),
    [
        ("global.index-url='https://a.example/simple/'", {}, "https://a.example/simple/", ""),
        ("global.index-url='https://a.example/simple'\ninstall.index-url='https://b.example/simple'", {}, "https://b.example/simple/", ""),
        ("global.index-url='https://a.example/simple'", {"PIP_INDEX_URL": "https://c.example/s"}, "https://c.example/s/", ""),
        ("global.cert='/etc/ours.pem'", {}, "https://built-in.example/simple/", "/etc/ours.pem"),
        ("nonsense\nglobal.index-url=\n=x\nglobal.index-url=[1", {"PIP_CERT": "/c.pem"}, "https://built-in.example/simple/", "/c.pem"),
    ],
)  # fmt: skip
def test_the_index_is_the_one_that_pip_would_ask(tmp_path, told, environment, index, certificates):
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\nif [ \"$1\" = -m ]; then cat <<'E'\n{told}\nE\nelse echo https://built-in.example/simple; fi\n"
    )
    python.chmod(0o755)

    found = pip_configuration.configured(environment, str(python))

    assert (found.index, found.certificates) == (index, certificates)


def test_without_pip_and_without_a_setting_the_person_is_asked(tmp_path):
    with pytest.raises(Unreadable, match="set PIP_INDEX_URL"):
        pip_configuration.configured({}, str(tmp_path / "no-python"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([JSON, "text/plain", ""]))
def test_any_bytes_are_a_page_or_none(body, kind):
    with pytest.raises(Unreadable):
        read_project("numpy", f"{INDEX}numpy/", kind, body)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60).map(lambda name: f"{name}.whl"), st.text(max_size=12)), max_size=4))
def test_any_name_is_a_wheel_or_none(wheels):
    assert set(built_for(wheels, (3, 15)).pythons) <= {
        "linux_x86_64",
        "linux_aarch64",
        "windows_amd64",
        "musl",
        "win32",
        "win_arm64",
    }
