"""Google's TPUs: may this user open them, is another process on them, is there a library to drive them?"""

from __future__ import annotations

from dlcheck.judge.accelerators import is_expected
from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.jax_wheel import jax_fixes, jax_otherwise, verify_code, why_no_jax
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, ok, skip
from dlcheck.judge.said import complained
from dlcheck.model.devices import Tpu
from dlcheck.model.frameworks import Jax, TorchXla
from dlcheck.model.gaps import Missing, Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Packages
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"
GUIDE = "https://cloud.google.com/tpu/docs/run-calculation-jax"


@check(FAIL, pillar="system", wanted="tpu", otherwise=WARN, since="0.1")
def tpu_access_denied(tpu: Tpu, snapshot: Snapshot) -> Verdict:
    """This user may not open the TPU's device files.

    How it is told: /dev/accel* or /dev/vfio/* may not be opened for reading and writing; they are not opened.

    Sources: https://cloud.google.com/tpu/docs/troubleshooting/trouble-tf
    """
    if not tpu.device_files:
        return skip("there are no device files of a TPU")
    if not tpu.unreadable_files:
        return ok(f"{', '.join(tpu.device_files[:4])} may be opened")
    open_up = Fix(
        title="let this user open them until the next restart",
        commands=(as_admin(snapshot, "chmod", "a+rw", *tpu.unreadable_files),),
        needs=("admin",),
        source=GUIDE,
    )
    return bad(f"may not be opened: {', '.join(tpu.unreadable_files)}", fixes=(open_up,))


@check(FAIL, pillar="system", wanted="tpu", otherwise=WARN, since="0.1")
def tpu_in_use(
    tpu: Probed[Tpu], jax: Probed[Jax], torch_xla: Probed[TorchXla], profile: Profile, snapshot: Snapshot
) -> Verdict:
    """Another process seems to hold the TPU.

    One process at a time can use a TPU. A process that crashed may leave its lock file behind.

    How it is told: the file /tmp/libtpu_lockfile is there; it is never opened, so whether its process still lives is
    not known. Or libtpu's own words, which name the process.

    Known false alarms: the lock of your own running program, or one that is left and harms nobody: where a framework
    computed on the TPU, all is well; where no TPU is expected, it is a note.

    Sources: https://github.com/jax-ml/jax/issues/10192, https://github.com/pytorch/xla/issues/3947
    """
    devices = [one for facts in (jax.value, torch_xla.value) if facts for one in facts.devices]
    if any(one.kind in ("tpu", "xla") and one.product_right is True for one in devices):
        return ok("a framework computed on the TPU")
    complaint = complained(snapshot, "tpu-in-use")
    locked: bool | None = known(tpu.value.lock_file) if tpu.value else None
    if locked is not True and not complaint:
        return ok("there is no lock file") if locked is False else skip("nobody looked for a lock file")
    free = Fix(
        title="end the process that uses the TPU; where there is none, remove the lock file",
        commands=(as_admin(snapshot, "rm", "-f", "/tmp/libtpu_lockfile"),),
        needs=("admin",),
        source="https://github.com/jax-ml/jax/issues/10192",
    )
    at_most: Grade = FAIL if complaint or is_expected("tpu", profile, snapshot) else NOTE
    return bad(complaint or "/tmp/libtpu_lockfile is there", fixes=(free,), at_most=at_most)


@check(FAIL, pillar="system", wanted="tpu", otherwise=WARN, after=("container-without-gpu",), since="0.1")
def tpu_device_files_missing(tpu: Tpu, snapshot: Snapshot) -> Verdict:
    """There is a TPU on the bus, and no device file to reach it by.

    The kernel's driver gives /dev/accel0 (v2 to v4) or /dev/vfio/0 (v5 and newer). A machine image of another TPU, or a
    TPU virtual machine that was stopped and started again, may lack them.

    How it is told: a TPU by its PCI id, and none of these files.

    Known false alarms: a container has them only where they were handed in.

    Sources: https://github.com/jax-ml/jax/issues/13260
    """
    if not any(words.startswith("PCI device") for words in tpu.evidence):
        return skip("there is no TPU on the bus")
    if tpu.device_files:
        return ok(", ".join(tpu.device_files[:4]))
    if snapshot.container.value is not None:
        again = "start the container anew with --privileged, or with --device for each /dev/accel* or /dev/vfio/*"
        return bad(tpu.evidence[0], fixes=(Fix(title=again, source=GUIDE),))
    title = "make the TPU virtual machine anew, with the image of its own TPU version"
    return bad(tpu.evidence[0], "neither /dev/accel0 nor /dev/vfio/0 is there", fixes=(Fix(title=title, source=GUIDE),))


@check(WARN, pillar="python", since="0.1")
def colab_tpu_of_the_old_kind(tpu: Probed[Tpu], snapshot: Snapshot) -> Verdict:
    """This notebook looks for Colab's TPU in the way of the past.

    Colab once gave a TPU over the network, at the address in COLAB_TPU_ADDR. Today the TPU is in the machine itself,
    and cells that read that variable, or set XRT_TPU_CONFIG, end in a KeyError or find nothing.

    How it is told: a text in which COLAB_TPU_ADDR is asked for; or XRT_TPU_CONFIG is set.

    Known false alarms: none; no current framework reads either.

    Sources: https://docs.jax.dev/en/latest/installation.html, https://github.com/pytorch/xla/issues/3215
    """
    complaint = complained(snapshot, "colab-tpu-of-the-old-kind")
    variables = tpu.value.variables if tpu.value else {}
    old = "XRT_TPU_CONFIG" in variables
    if not complaint and not old:
        return skip("nothing asks for it")
    title = "choose Runtime, Change runtime type, a TPU of today (v5e), and take the cells out that read COLAB_TPU_ADDR"
    fix = Fix(title=f"{title}; JAX and torch_xla find the TPU by themselves", source=GUIDE)
    return bad(complaint or "XRT_TPU_CONFIG is set", fixes=(fix,))


@check(WARN, pillar="python", wanted="tpu", otherwise=NOTE, since="0.1")
def pjrt_device_not_tpu(tpu: Tpu, packages: Packages) -> Verdict:
    """A variable sends torch_xla, or JAX, to the CPU although there is a TPU.

    PJRT_DEVICE chooses torch_xla's device, JAX_PLATFORMS that of JAX.

    How it is told: a TPU by its chips or device files, the package, and a variable that leaves the TPU out.

    Known false alarms: a run on the CPU on purpose, as for a test; TPU_LIBRARY_PATH that names no file is told too.

    Sources: https://docs.pytorch.org/xla/master/learn/pjrt.html, jax/_src/cloud_tpu_init.py
    """
    chips: int | None = known(tpu.chips)
    if not (tpu.device_files or chips):
        return skip("there is no chip of a TPU")
    device, platforms = tpu.variables.get("PJRT_DEVICE", ""), tpu.variables.get("JAX_PLATFORMS", "")
    wrong = []
    if packages.find("torch-xla") is not None and device and device.upper() != "TPU":
        wrong.append(f"PJRT_DEVICE={device}")
    if packages.find("jax") is not None and platforms and "tpu" not in platforms.lower():
        wrong.append(f"JAX_PLATFORMS={platforms}")
    if isinstance(tpu.library, Missing) and tpu.library.gap == "broken":
        wrong.append(tpu.library.why)
    if not wrong:
        return ok("no variable leaves the TPU out")
    return bad(*wrong, fixes=(Fix(title="set PJRT_DEVICE=TPU, and take the others away, before the program starts"),))


@check(FAIL, pillar="python", wanted="tpu", otherwise=WARN, after=("tpu-in-use",), since="0.1")
def libtpu_missing(tpu: Probed[Tpu], packages: Probed[Packages], profile: Profile, snapshot: Snapshot) -> Verdict:
    """There is a TPU, and no library to drive it.

    JAX and torch_xla reach a TPU through libtpu, which comes with their TPU extras.

    How it is told: a TPU by its chips or device files, and neither a libtpu among the packages nor one in the system;
    or JAX's own words.

    Known false alarms: a Colab or Kaggle variable alone is no TPU; TensorFlow's TPU builds bring their own library. JAX
    says the same where another process holds the TPU (`tpu-in-use`).

    Sources: https://docs.jax.dev/en/latest/installation.html, https://github.com/jax-ml/jax/issues/22070
    """
    complaint, facts, listed = complained(snapshot, "libtpu-missing"), tpu.value, packages.value
    chips: int | None = known(facts.chips) if facts else None
    if not complaint and (facts is None or listed is None or not (facts.device_files or chips)):
        return skip("there is no chip of a TPU")
    library = (listed.find("libtpu") or listed.find("libtpu-nightly")) if listed else None
    other = (facts is not None and isinstance(facts.library, str)) or bool(listed and listed.find("tensorflow-tpu"))
    if (library is not None or other) and not complaint:
        return ok(f"libtpu {library.version}" if library else "a libtpu is there")
    told = f"{', '.join(facts.evidence[:2])}; no libtpu among the packages or in the system" if facts else ""
    evidence = complaint or told
    if listed is not None and listed.find("torch-xla") is not None:
        title, verify = "install torch_xla with its TPU library", "import torch_xla; print(torch_xla.device())"
        return bad(evidence, fixes=install(snapshot, ["torch_xla[tpu]"], title=title, verify=verify, source=GUIDE))
    if fixes := jax_fixes(snapshot, "tpu"):
        return bad(evidence, fixes=fixes)
    if snapshot.depth == "pasted":
        verify = verify_code("tpu")
        title = "install JAX with its TPU library"
        return bad(evidence, fixes=install(snapshot, ["jax[tpu]"], title=title, verify=verify, source=GUIDE))
    return bad(evidence, why_no_jax(snapshot, "tpu"), fixes=jax_otherwise(snapshot, "tpu"))
