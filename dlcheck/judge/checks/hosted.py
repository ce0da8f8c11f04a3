"""Hosted notebooks: what the provider does not allow."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, NOTE, Verdict, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.model.host import Cloud, Storage
from dlcheck.model.pasted import Pasted
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hygiene"

KAGGLES_INPUT = "/kaggle/input"


@check(NOTE, pillar="system", since="0.1")
def input_folder_read_only(cloud: Cloud, storage: Storage) -> Verdict:
    """You work in Kaggle's folder of data, where nothing can be written.

    "Read-only file system: '/kaggle/input/…'": what a notebook writes belongs into /kaggle/working, which is kept, or
    into /kaggle/temp.

    How it is told: in Kaggle, the working folder.

    Known false alarms: whoever only reads there is not in its way.

    Sources: github.com/lisphilar/covid19-sir/issues/51.
    """
    if cloud.platform != "kaggle":
        return skip("this is not Kaggle")
    here = next((one.path for one in storage.places if one.role == "working"), "")
    if not (here + "/").startswith(KAGGLES_INPUT + "/"):
        return ok(here or "/kaggle/working")
    title = "write to /kaggle/working: %cd /kaggle/working"
    return note(f"the working folder is {here}", fixes=(Fix(title=title),))


@check(FAIL, pillar="python", since="0.1")
def conda_create_refused(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """This provider allows one conda environment, the one that is there.

    A Lightning Studio has one environment; `conda create` ends with "Conda create is not allowed".

    How it is told: these words in the text.

    Known false alarms: none known.

    Sources: github.com/ogx-ai/llama-stack-apps/issues/44.
    """
    return told_by_text(snapshot, "conda-create-refused")
