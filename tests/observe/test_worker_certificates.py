"""What the judged Python says of OpenSSL and of the certificates it trusts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dlcheck

CODE = "import json; from dlcheck.observe.worker import certificates, interpreter; print(json.dumps([certificates.trust(), interpreter.facts([])]))"
ROOT = str(Path(dlcheck.__file__).parent.parent)
OLD = [path for path in Path.home().glob(".pyenv/versions/3.8*/bin/python3.8") if path.is_file()]


def told(python=sys.executable, **variables):
    environ = {name: value for name, value in os.environ.items() if "CERT" not in name and "CA_BUNDLE" not in name}
    ended = subprocess.run(
        [python, "-c", CODE],
        env={**environ, "PYTHONPATH": ROOT, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ended.returncode == 0, ended.stderr
    trust, facts = json.loads(ended.stdout)
    return trust, facts


def test_openssl_and_the_certificates_are_named(tmp_path):
    pem = tmp_path / "cert.pem"
    pem.write_text("x")

    trust, facts = told(SSL_CERT_FILE=str(pem))

    assert trust["openssl"].startswith(("OpenSSL ", "LibreSSL ", "AWS-LC", "BoringSSL"))
    if sys.platform != "win32":
        assert trust["certificates"] == str(pem)
    assert facts["lost_certificates"] == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a store of certificates")
def test_nothing_to_trust_is_said_with_the_places(tmp_path):
    trust, facts = told(SSL_CERT_FILE=str(tmp_path / "no.pem"), SSL_CERT_DIR=str(tmp_path))

    assert trust["certificates"] == {"gap": "absent", "why": f"neither {tmp_path / 'no.pem'} nor {tmp_path}"}
    assert facts["lost_certificates"] == {"SSL_CERT_FILE": str(tmp_path / "no.pem")}


@pytest.mark.skipif(not OLD, reason="no Python 3.8 here")
def test_python_3_8_tells_it_too():
    trust, _ = told(str(OLD[0]))

    assert "openssl" in trust


def test_a_library_that_cannot_be_loaded_is_told_with_its_words(tmp_path):
    (tmp_path / "_ssl.py").write_text("raise ImportError('libssl.so.1.1: cannot open shared object file')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {CODE}"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    gap = {"gap": "broken", "why": "ImportError: libssl.so.1.1: cannot open shared object file"}
    assert json.loads(ended.stdout)[0] == {"openssl": gap}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such variables")
@pytest.mark.parametrize(
    ("variables", "unknown"),
    [
        ({"LC_ALL": "xx_XX.UTF-8", "LANG": "C"}, "xx_XX.UTF-8"),
        ({"LC_ALL": "C"}, ""),
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": "xx_XX"}, "xx_XX"),
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": ""}, ""),
    ],
)
def test_a_locale_that_the_c_library_does_not_have(variables, unknown):
    assert told(**variables)[1]["unknown_locale"] == unknown
