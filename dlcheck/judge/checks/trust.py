"""Downloads before they begin: OpenSSL, the certificates that are trusted, and a proxy that is gone."""

from __future__ import annotations

from dlcheck.judge.advice.install import run_python
from dlcheck.judge.advice.missing import fresh_environment, missing_requirements
from dlcheck.judge.advice.shell import command
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.model.gaps import Missing
from dlcheck.model.host import Os
from dlcheck.model.profile import Profile
from dlcheck.model.python import Interpreter
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"

CERTIFICATES = SystemPackage(
    apt="ca-certificates", dnf="ca-certificates", pacman="ca-certificates", zypper="ca-certificates",
    apk="ca-certificates",
)  # fmt: skip
_TRUSTED = "import ssl; print(len(ssl.create_default_context().get_ca_certs()), 'certificates')"


@check(FAIL, pillar="python", after=("python-does-not-start",), since="0.1")
def ssl_cannot_be_loaded(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Python's SSL module is there, and its library cannot be loaded.

    pip and conda then say "Can't connect to HTTPS URL because the SSL module is not available". On Windows it happens
    to conda's Python that is started without its environment being active: the folder Library/bin, which holds
    OpenSSL, is not on PATH. Elsewhere an upgrade of the system took the OpenSSL away that Python was built for.

    How it is told: the judged Python loads its module `_ssl`.

    Known false alarms: none; a Python that was built without the module is another fault, standard-library-incomplete.

    Sources: github.com/conda/conda/issues/8273, github.com/conda/conda/issues/11795.
    """
    if not isinstance(interpreter.openssl, Missing) or interpreter.openssl.gap != "broken":
        return ok(interpreter.openssl) if isinstance(interpreter.openssl, str) else skip("not looked at")
    wanted = missing_requirements(snapshot, profile)
    at_most: Grade = FAIL if wanted else WARN
    os = snapshot.os.value
    if interpreter.environment == "conda" and os is not None and os.system == "windows":
        title = f"activate the environment first, in Anaconda Prompt: conda activate {interpreter.prefix}"
        return bad(interpreter.openssl.why, fixes=(Fix(title=title),), at_most=at_most)
    fixes = fresh_environment(snapshot, profile, why=", by a Python whose OpenSSL is there")
    return bad(interpreter.openssl.why, fixes=fixes, at_most=at_most)


@check(WARN, pillar="python", after=("ssl-cannot-be-loaded", "certificate-file-lost"), since="0.1")
def certificates_missing(interpreter: Interpreter, os: Os, snapshot: Snapshot) -> Verdict:
    """Python has no certificates to trust, so its own downloads fail.

    The first data set (MNIST, fetch_openml) then ends with "certificate verify failed: unable to get local issuer
    certificate". Python of python.org for macOS comes without certificates until a command of its own was run once;
    small container images have none. pip works all the same, since it brings its own.

    How it is told: the file and the folder that the interpreter's OpenSSL looks into are not there, or empty.

    Known false alarms: the same words come from a server whose certificate expired and from a proxy that signs anew
    what passes through it; those cannot be told without a network. Windows has a store of its own.

    Sources: github.com/ageron/handson-ml/issues/644, github.com/tensorflow/tensorflow/issues/10779.
    """
    found = interpreter.certificates
    if isinstance(found, str):
        return ok(found)
    if found.gap != "absent":
        return skip(found.words())
    verify = run_python(snapshot, _TRUSTED)
    if os.system == "darwin" and "Python.framework" in interpreter.base_prefix:
        release = ".".join(map(str, numbers(interpreter.version)[:2]))
        script = f"/Applications/Python {release}/Install Certificates.command"
        title = "run the command that python.org's Python brings for it"
        run = command(snapshot, script)
        return bad(found.why, fixes=(Fix(title=title, commands=(run,), needs=("network",), verify=verify),))
    steps = install_program(snapshot, CERTIFICATES)
    words = Fix(title="name a file of certificates in SSL_CERT_FILE: that of the package certifi, or your system's")
    fix = Fix(title="install the certificates", commands=steps, needs=admin_needs(snapshot), verify=verify)
    return bad(found.why, fixes=(fix, words) if steps else (words,))


@check(FAIL, pillar="python", since="0.1")
def certificate_file_lost(interpreter: Interpreter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """A variable names a file of certificates that is not there.

    pip, requests and Hugging Face's libraries then end with "Could not find a suitable TLS CA certificate bundle,
    invalid path". As a rule the file belonged to an environment that was deleted.

    How it is told: REQUESTS_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR, CURL_CA_BUNDLE and PIP_CERT, each tried.

    Known false alarms: a file that this user may not look at is not called lost.

    Sources: conda's own check of REQUESTS_CA_BUNDLE (conda/plugins/subcommands/doctor/health_checks).
    """
    lost = interpreter.lost_certificates
    if not lost:
        return ok("no variable names certificates that are not there")
    evidence = [f"{name} names {path}, which is not there" for name, path in lost.items()]
    fix = without_variables(snapshot, list(lost), _TRUSTED)
    return bad(*evidence, fixes=(fix,), at_most=FAIL if missing_requirements(snapshot, profile) else WARN)


@check(FAIL, pillar="system", since="0.1")
def proxy_does_not_answer(os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Downloads go through a proxy on this machine that is not running.

    A program for proxies (Clash, V2Ray, a debugger) was closed and left its variable behind: every download ends with
    "Cannot connect to proxy" or "Connection refused".

    How it is told: a variable names a proxy on this machine, and its port refuses connections. Nothing is sent, and
    no other machine is asked.

    Known false alarms: a proxy that is started only when it is needed; where nothing is to be installed it is a
    warning.

    Sources: github.com/pypa/pip/issues/9972, github.com/2dust/v2rayN/issues/2383.
    """
    if not os.dead_proxies:
        return ok("no proxy on this machine is named that does not run")
    names = [one.partition("=")[0] for one in os.dead_proxies]
    fix = without_variables(snapshot, names, "import os; print(sorted(name for name in os.environ if 'proxy' in name))")
    words = Fix(title="start the proxy again")
    at_most: Grade = FAIL if missing_requirements(snapshot, profile) else WARN
    return bad(*(f"{one}: connection refused" for one in os.dead_proxies), fixes=(fix, words), at_most=at_most)
