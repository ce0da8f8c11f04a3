"""Between the notebook's page, its server and its kernel: the package that answers, and the way to it."""

from __future__ import annotations

from dlcheck.judge.advice.variables import without_variables
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.judge.presence import required_names
from dlcheck.model.gaps import Missing
from dlcheck.model.pasted import Pasted
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot
from dlcheck.model.tools import Jupyter

LAYER = "library"


@check(FAIL, pillar="python", after=("jupyter-kernel-of-another-python",), since="0.1")
def kernel_package_missing(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """The environment that was chosen for the notebook has no ipykernel.

    "Running cells with '.venv' requires the ipykernel package": a fresh environment has none, and without it no
    notebook runs on that Python.

    How it is told: the words of VS Code or of Jupyter in the text.

    Known false alarms: some releases of the editor's extension say so although it is there.

    Sources: github.com/microsoft/vscode-jupyter/issues/17084.
    """
    return told_by_text(snapshot, "kernel-package-missing")


@check(WARN, pillar="system", after=("proxy-does-not-answer",), since="0.1")
def kernel_not_reached(jupyter: Jupyter, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Programs of this machine do not reach each other, so a notebook does not reach its kernel.

    "Timeout waiting for kernel_info reply", a kernel that starts for ever: a firewall, a VPN or an ad blocker stands
    between programs on 127.0.0.1, or a proxy is asked for this machine itself.

    How it is told: a connection from this process to itself on 127.0.0.1, on a port that is free; and the variables of
    proxies against no_proxy.

    Known false alarms: a sandbox without any network has no 127.0.0.1 either, and is meant so; most programs leave
    127.0.0.1 out of proxies by themselves, so the variables alone are a note; without Jupyter nothing speaks there.

    Sources: github.com/microsoft/vscode-jupyter/issues/8182, jupyter-client.readthedocs.io (kernels, ports).
    """
    if isinstance(jupyter.loopback, Missing) and jupyter.loopback.gap in ("not-looked", "absent"):
        return skip(jupyter.loopback.words())
    if jupyter.loopback is not True:
        why = jupyter.loopback.why if isinstance(jupyter.loopback, Missing) else "what was sent did not arrive"
        title = (
            "let programs of this computer speak to each other on 127.0.0.1: try without firewall, VPN and ad blocker"
        )
        return bad(why, fixes=(Fix(title=title),), at_most=WARN if "jupyter" in required_names(profile) else NOTE)
    if jupyter.loopback_proxies:
        names = ", ".join(jupyter.loopback_proxies)
        fix = without_variables(snapshot, jupyter.loopback_proxies, "print('without a proxy')")
        keep = Fix(title="or leave this machine out of it: NO_PROXY=localhost,127.0.0.1")
        return note(f"{names} is set, and no_proxy does not name 127.0.0.1", fixes=(keep, fix))
    return ok("127.0.0.1 answers")


@check(WARN, pillar="python", since="0.1")
def colab_packages_changed(packages: Packages, snapshot: Snapshot) -> Verdict:
    """In Colab, packages that Colab itself is pinned to were replaced.

    The notebook's own parts (ipython, ipykernel, tornado …) have to be of the releases that the package google-colab
    asks for. After `pip install --upgrade ipykernel` the session ends, connects again, and ends.

    How it is told: in Colab, what google-colab requires against what is installed.

    Known false alarms: Colab's image itself misses some requirements of other packages; only google-colab's count,
    and of these only the notebook's own parts.

    Sources: github.com/googlecolab/colabtools/issues/5580, github.com/googlecolab/backend-info.
    """
    cloud = snapshot.cloud.value
    if cloud is None or cloud.platform != "colab" or packages.find("google-colab") is None:
        return skip("this is not Colab")
    changed = [
        f"google-colab requires {one.requirement}; {one.found or 'none'} is installed"
        for one in packages.unsatisfied
        if one.distribution == "google-colab" and one.requirement.lower().startswith(COLABS_OWN)
    ]
    if not changed:
        return ok("Colab's own packages are in place")
    title = "take a fresh machine (Runtime, Disconnect and delete runtime), and install it without these packages"
    return bad(*changed, fixes=(Fix(title=title),))


COLABS_OWN = ("ipython", "ipykernel", "ipyparallel", "tornado", "notebook", "jupyter", "portpicker", "google-auth")
"""The notebook's own parts among what google-colab requires."""
