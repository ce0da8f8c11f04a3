import pytest

from dlcheck.model.gaps import ABSENT, NOT_LOOKED, Missing
from dlcheck.model.python import ExtraRequirement
from tests.facts import INTERPRETER, OS, change, findings, gpu_machine, machine, status

MINE = ("ssl-cannot-be-loaded", "certificates-missing", "certificate-file-lost", "proxy-does-not-answer")
LACKING = (ExtraRequirement(requirement="pandas", name="pandas"),)
MAC = change(OS, system="darwin", name="macOS 15.1", version="15.1", distribution="", glibc=ABSENT, shell="zsh")
FRAMEWORK = "/Library/Frameworks/Python.framework/Versions/3.12"
NONE = Missing("absent", f"neither {FRAMEWORK}/etc/openssl/cert.pem nor {FRAMEWORK}/etc/openssl/certs")


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) == "pass"
    assert status(identity, gpu_machine()) == "pass"


def texts(finding, which=0):
    return [one.text for one in finding.fixes[which].commands]


def test_openssl_that_cannot_be_loaded_stops_installing():
    broken = change(
        INTERPRETER, openssl=Missing("broken", "ImportError: libssl.so.1.1: cannot open shared object file")
    )

    assert status("ssl-cannot-be-loaded", machine(interpreter=broken)) == "warn"
    assert status("ssl-cannot-be-loaded", machine(interpreter=broken, requirements=LACKING)) == "fail"
    assert status("ssl-cannot-be-loaded", machine(interpreter=change(INTERPRETER, openssl=ABSENT))) == "skip"


def test_condas_openssl_on_windows_needs_its_environment_active():
    windows = change(OS, system="windows", shell="cmd", glibc=ABSENT)
    broken = change(
        INTERPRETER, environment="conda", prefix=r"C:\miniforge3\envs\dl",
        openssl=Missing("broken", "ImportError: DLL load failed while importing _ssl"),
    )  # fmt: skip

    finding = findings("ssl-cannot-be-loaded", machine(os=windows, interpreter=broken))[0]

    assert r"conda activate C:\miniforge3\envs\dl" in finding.fixes[0].title


def test_the_python_of_python_org_brings_a_command_for_certificates():
    bare = change(INTERPRETER, base_prefix=FRAMEWORK, certificates=NONE, environment="venv")

    finding = findings("certificates-missing", machine(os=MAC, interpreter=bare))[0]

    assert finding.status == "warn"
    assert texts(finding) == ['"/Applications/Python 3.12/Install Certificates.command"']


def test_a_container_without_certificates_gets_the_systems():
    finding = findings("certificates-missing", machine(interpreter=change(INTERPRETER, certificates=NONE)))[0]

    assert texts(finding)[-1] == "sudo apt-get install -y ca-certificates"
    assert status("certificates-missing", machine(interpreter=change(INTERPRETER, certificates=NOT_LOOKED))) == "skip"


def test_a_lost_file_of_certificates_is_taken_out_of_the_variables():
    lost = {"REQUESTS_CA_BUNDLE": "/old/env/cacert.pem"}
    snapshot = machine(interpreter=change(INTERPRETER, lost_certificates=lost, certificates=NONE), requirements=LACKING)

    finding = findings("certificate-file-lost", snapshot)[0]

    assert finding.status == "fail"
    assert texts(finding) == ["unset REQUESTS_CA_BUNDLE"]
    assert findings("certificates-missing", snapshot)[0].caused_by == ("certificate-file-lost",)
    assert status("certificate-file-lost", machine(interpreter=change(INTERPRETER, lost_certificates=lost))) == "warn"


def test_a_proxy_that_was_closed():
    os = change(OS, dead_proxies=("https_proxy=127.0.0.1:7890",))

    finding = findings("proxy-does-not-answer", machine(os=os))[0]

    assert finding.status == "warn"
    assert texts(finding) == ["unset https_proxy"]
    assert status("proxy-does-not-answer", machine(os=os, requirements=LACKING)) == "fail"
