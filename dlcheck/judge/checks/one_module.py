"""Distributions that do not go together: two that bring one module, and pairs that metadata does not forbid."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.install import import_code, install, run_python
from dlcheck.judge.advice.system import SystemPackage, admin_needs, install_program
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, note, ok, skip
from dlcheck.judge.complaints import told_by_text
from dlcheck.judge.knowledge.versions import numbers
from dlcheck.judge.presence import imported, required_names
from dlcheck.model.host import Os
from dlcheck.model.pasted import Pasted
from dlcheck.model.profile import Profile
from dlcheck.model.python import Distribution, Interpreter, Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "library"

SAME_MODULE: dict[str, tuple[str, ...]] = {
    "cv2": (
        "opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless",
    ),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tf-nightly", "tensorflow-gpu"),
    "keras": ("keras", "keras-nightly"),
    "PIL": ("pillow", "pillow-simd"),
    "onnxruntime": ("onnxruntime-gpu", "onnxruntime"),
}  # fmt: skip
"""Module → distributions that write into its one folder; the one to keep, where none is asked for, comes first."""
KERAS_3 = (2, 16)
"""The TensorFlow that brings Keras 3 (its release notes)."""


@check(WARN, pillar="python", after=("broken-distribution", "duplicate-distribution"), since="0.1")
def module_of_two_distributions(packages: Packages, snapshot: Snapshot, profile: Profile) -> Iterator[Verdict]:
    """Two packages bring the same module, and overwrite each other's files.

    Which of them is imported was decided by who came last, and removing one of them takes files away from the other:
    "No module named 'cv2'" while opencv-python-headless is still listed.

    How it is told: the installed distributions against a list of those that are known to share a folder.

    Known false alarms: Colab and Kaggle ship several builds of OpenCV on purpose; conda's OpenCV is listed under
    several names and is one; tensorflow with tensorflow-intel or tensorflow-macos is one by design.

    Sources: github.com/fastai/fastai/pull/2392, github.com/googlecolab/backend-info.
    """
    cloud = snapshot.cloud.value
    silent = True
    for module, names in SAME_MODULE.items():
        found = [one for name in names if (one := packages.find(name)) and one.installer != "conda"]
        if len(found) < 2:
            continue
        silent = False
        evidence = f"{' and '.join(f'{one.name} {one.version}' for one in found)} both bring {module}"
        if cloud is not None and cloud.is_notebook:
            yield note(evidence, subject=module)
            continue
        keep = _to_keep(found, profile)
        fixes = install(
            snapshot,
            [f"{keep.name}=={keep.version}"],
            title=f"remove them all, then install {keep.name} alone",
            remove_first=[one.name for one in found],
            verify=import_code([keep.name]).replace(keep.name.replace("-", "_"), module),
        )
        yield bad(evidence, fixes=fixes, subject=module)
    if silent:
        yield ok("no module comes from two packages")


def _to_keep(found: list[Distribution], profile: Profile) -> Distribution:
    """The one that is asked for, else the one with the most in it."""
    asked = required_names(profile)
    return next((one for one in found if one.name in asked), found[0])


@check(FAIL, pillar="python", after=("module-of-two-distributions",), since="0.1")
def opencv_without_desktop_libraries(packages: Packages, os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """OpenCV's desktop build is installed, and this machine has no desktop libraries.

    `import cv2` ends with "libGL.so.1: cannot open shared object file": the usual wheel draws windows, and servers
    and containers lack what that takes. The headless build does everything but windows.

    How it is told: opencv-python of pip or uv, and the loader finds no libGL.so.1 or no libgthread-2.0.so.0.

    Known false alarms: conda's OpenCV brings its own; where cv2 was imported it works; a build beside it that is
    headless may be the one that is imported.

    Sources: github.com/opencv/opencv-python/issues/370, github.com/pytorch/ignite/issues/1615.
    """
    found = next((one for name in _DESKTOP if (one := packages.find(name))), None)
    if found is None or os.system != "linux" or found.installer == "conda":
        return skip("no desktop build of OpenCV by pip or uv")
    by_conda = {one.name for one in packages.conda}
    missing = [] if by_conda & {"libgl", "libglvnd", "mesalib"} else list(os.desktop_libraries_missing)
    if not missing or found.name in imported(snapshot):
        return ok(f"{found.name} {found.version}")
    headless = f"{found.name}-headless"
    fixes = install(
        snapshot,
        [headless],
        title=f"install {headless} in its place",
        remove_first=[found.name],
        verify="import cv2; print(cv2.__version__)",
        source="https://github.com/opencv/opencv-python/issues/370",
    )
    steps = install_program(snapshot, _DESKTOP_LIBRARIES)
    if steps:
        verify = run_python(snapshot, "import cv2; print(cv2.__version__)")
        system = Fix(title="install the libraries", commands=steps, needs=admin_needs(snapshot), verify=verify)
        fixes = (*fixes, system)
    at_most: Grade = FAIL if found.name in required_names(profile) else WARN
    return bad(f"{found.name} {found.version}; not found: {', '.join(missing)}", fixes=fixes, at_most=at_most)


_DESKTOP = ("opencv-python", "opencv-contrib-python")
_DESKTOP_LIBRARIES = SystemPackage(
    apt="libgl1 libglib2.0-0", dnf="mesa-libGL glib2", pacman="libglvnd glib2", zypper="Mesa-libGL1 glib2-tools"
)


@check(FAIL, pillar="python", since="0.1")
def opencv_without_windows(pasted: Pasted, snapshot: Snapshot) -> Verdict:
    """OpenCV cannot open windows here.

    The headless build has none, and hosted notebooks forbid them: cv2.imshow ends with "The function is not
    implemented. Rebuild the library with Windows, GTK+ 2.x or Cocoa support".

    How it is told: these words, or Colab's own, in the text.

    Known false alarms: none known; in notebooks and on servers the headless build is right, and pictures are shown by
    Matplotlib.

    Sources: github.com/opencv/opencv-python (frequently asked questions).
    """
    return told_by_text(snapshot, "opencv-without-windows")


@check(FAIL, pillar="python", since="0.1")
def keras_2_code_meets_keras_3(packages: Packages, interpreter: Interpreter, snapshot: Snapshot) -> Verdict:
    """Code for Keras 2 is to run on a TensorFlow that brings Keras 3.

    TensorFlow from 2.16 on brings Keras 3. transformers 4 then ends with "Your currently installed version of Keras is
    Keras 3, but this is not yet supported in Transformers", and with TF_USE_LEGACY_KERAS set `tensorflow.keras` itself
    cannot be imported, as long as tf-keras, which is Keras 2, is not there in the version of this TensorFlow.

    How it is told: the versions of tensorflow, keras, transformers and tf-keras, and the variable
    TF_USE_LEGACY_KERAS.

    Known false alarms: transformers from 5 on has no TensorFlow classes any more; TensorFlow that is only there for
    others does no harm as long as nobody uses it from transformers, so that is a warning.

    Sources: github.com/huggingface/transformers/issues/34761, github.com/huggingface/transformers/pull/28588.
    """
    tensorflow = packages.find("tensorflow") or packages.find("tensorflow-cpu")
    transformers, legacy = packages.find("transformers"), packages.find("tf-keras")
    if tensorflow is None or numbers(tensorflow.version)[:2] < KERAS_3:
        return skip("no TensorFlow with Keras 3")
    line = ".".join(map(str, numbers(tensorflow.version)[:2]))
    switched = interpreter.variables.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true")
    old_code = transformers is not None and numbers(transformers.version) < (5,)
    fits = legacy is not None and numbers(legacy.version)[:2] == numbers(tensorflow.version)[:2]
    if fits or not (switched or old_code or legacy is not None):
        return ok(f"TensorFlow {tensorflow.version}" + (f" with tf-keras {legacy.version}" if legacy else ""))
    evidence = [f"TensorFlow {tensorflow.version}"]
    evidence += [f"transformers {transformers.version}"] if old_code and transformers else []
    evidence += ["TF_USE_LEGACY_KERAS is set"] if switched else []
    evidence.append(f"tf-keras {legacy.version}, not {line}" if legacy else "tf-keras is not installed")
    fixes = install(snapshot, [f"tf-keras~={line}.0"], title="install Keras 2 for this TensorFlow")
    at_most: Grade = FAIL if switched else WARN
    return bad(*evidence, fixes=fixes, at_most=at_most)
