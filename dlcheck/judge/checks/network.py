"""Downloads that failed, as a pasted text tells them: no network, a proxy, a certificate, a line that breaks off.

Nothing is sent to find out, so on a machine these are told only by what stands in their way beforehand: see trust.py.
"""

from __future__ import annotations

from dlcheck.judge.check import FAIL, Verdict, check
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.pasted import Pasted
from dlcheck.model.snapshot import Snapshot

LAYER = "interpreter"


@check(FAIL, pillar="system", after=("proxy-refuses", "proxy-does-not-answer"), since="0.1")
def network_unreachable(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """The network was not reached: no name was resolved, or no way led there.

    pip then goes on to "No matching distribution found", which looks like a wrong version and is none. In Kaggle the
    notebook's internet is switched off until the account is verified; on a campus the network waits for a sign-in;
    uv brings Pythons from github.com, which may be blocked where the package index is not.

    How it is told: the words of the resolver, of curl, of conda or of uv in the text.

    Known false alarms: a download that was tried again and then came; the words stand in the text all the same.

    Sources: github.com/huggingface/autotrain-advanced/issues/380, github.com/fastai/course-v3/issues/347.
    """
    return told_by_text(snapshot, "network-unreachable")


@check(FAIL, pillar="system", since="0.1")
def proxy_refuses(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """A proxy does not let the download through.

    It asks for name and password ("407"), is not running ("Cannot connect to proxy"), or its address is written with
    https:// where it speaks http ("check_hostname requires server_hostname").

    How it is told: the words of pip, requests, urllib3 or conda in the text.

    Known false alarms: none known; a proxy on this machine that is not running is found beforehand by
    proxy-does-not-answer.

    Sources: github.com/pypa/pip/issues/9972, github.com/pypa/pip/issues/10170, github.com/python/cpython/issues/89408.
    """
    return told_by_text(snapshot, "proxy-refuses")


@check(FAIL, pillar="system", after=("clock-wrong",), since="0.1")
def certificate_expired(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """A server's certificate has expired, or the clock says so.

    The data set's server is at fault, as a rule for a few days, or this machine's clock runs ahead. Switching the
    check off would take whatever somebody else sends.

    How it is told: "certificate has expired" in the text.

    Known false alarms: certificates that signed it and are kept here may have expired too; certifi brings new ones.

    Sources: github.com/pytorch/vision/issues/5681.
    """
    return told_by_text(snapshot, "certificate-expired")


@check(
    FAIL,
    pillar="system",
    after=("clock-wrong", "certificate-expired", "certificates-missing", "certificate-file-lost"),
    since="0.1",
)
def traffic_signed_by_another(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """Something on the way signs all traffic anew, and Python does not know its certificate.

    Proxies of companies and schools (Zscaler) and antivirus programs open what passes and sign it with a certificate
    that the browser knows and Python does not: "self-signed certificate in certificate chain".

    How it is told: the words of Python's ssl, of pip, uv, conda or git in the text.

    Known false alarms: an expired certificate, a wrong clock and a Python without any certificates say something else
    and have checks of their own; a server whose own certificate is self-signed says the same.

    Sources: github.com/sethmlarson/truststore/issues/123, github.com/huggingface/transformers/issues/17611,
    docs.astral.sh/uv/concepts/authentication/certificates.
    """
    return told_by_text(snapshot, "traffic-signed-by-another")


@check(
    FAIL,
    pillar="system",
    after=("network-unreachable", "proxy-refuses", "traffic-signed-by-another", "disk-almost-full"),
    since="0.1",
)
def download_broken_off(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """A download broke off before it was whole.

    Wheels with CUDA are 1 to 3 GB: on a slow line they time out, and what came is kept in the cache ("do not match the
    hashes", "File is not a zip file"). Large repositories of notebooks end with "early EOF".

    How it is told: the words of pip, urllib3 or git in the text; those of pip count where nothing else explains it,
    because pip tries again by itself.

    Known false alarms: "do not match the hashes" also stands where a file of requirements holds an old hash.

    Sources: github.com/open-mmlab/mmdetection/issues/1978, github.com/brain-score/vision/issues/211,
    github.com/desktop/desktop/issues/15333.
    """
    return told_by_text(snapshot, "download-broken-off")
