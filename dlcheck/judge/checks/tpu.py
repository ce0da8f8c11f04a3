"""Google's TPUs: may this user open them, is another process on them, is there a library to drive them?"""

from __future__ import annotations

from dlcheck.judge.advice.install import install
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, NOTE, WARN, Verdict, bad, check, ok, skip
from dlcheck.model.devices import Tpu
from dlcheck.model.gaps import Probed, known
from dlcheck.model.profile import Profile
from dlcheck.model.python import Jax, Packages, TorchXla
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


@check(FAIL, pillar="system", wanted="tpu", otherwise=NOTE, since="0.1")
def tpu_in_use(tpu: Tpu, jax: Probed[Jax], torch_xla: Probed[TorchXla], snapshot: Snapshot) -> Verdict:
    """Another process seems to hold the TPU.

    One process at a time can use a TPU. A process that crashed may leave its lock file behind.

    How it is told: the file /tmp/libtpu_lockfile is there; it is never opened, so whether its process still lives is
    not known.

    Known false alarms: the lock of your own running program, or one that is left and harms nobody: where a framework
    computed on the TPU, all is well; where no TPU is expected, it is a note.

    Sources: https://github.com/jax-ml/jax/issues/10192, https://github.com/pytorch/xla/issues/3947
    """
    devices = [one for facts in (jax.value, torch_xla.value) if facts for one in facts.devices]
    if any(one.kind in ("tpu", "xla") and one.product_right is True for one in devices):
        return ok("a framework computed on the TPU")
    if known(tpu.lock_file) is not True:
        return ok("there is no lock file") if known(tpu.lock_file) is False else skip("nobody looked for a lock file")
    free = Fix(
        title="end the process that uses the TPU; where there is none, remove the lock file",
        commands=(as_admin(snapshot, "rm", "-f", "/tmp/libtpu_lockfile"),),
        needs=("admin",),
        source="https://github.com/jax-ml/jax/issues/10192",
    )
    return bad("/tmp/libtpu_lockfile is there", fixes=(free,))


@check(FAIL, pillar="python", wanted="tpu", otherwise=WARN, since="0.1")
def libtpu_missing(tpu: Tpu, packages: Packages, profile: Profile, snapshot: Snapshot) -> Verdict:
    """There is a TPU, and no library to drive it.

    JAX and torch_xla reach a TPU through libtpu, which comes with their TPU extras.

    How it is told: a TPU by its chips or device files, and neither a libtpu among the packages nor one in the system.

    Known false alarms: a Colab or Kaggle variable alone is no TPU; TensorFlow's TPU builds bring their own library.

    Sources: https://docs.jax.dev/en/latest/installation.html, https://github.com/jax-ml/jax/issues/22070
    """
    chips: int | None = known(tpu.chips)
    if not (tpu.device_files or chips):
        return skip("there is no chip of a TPU")
    library = packages.find("libtpu") or packages.find("libtpu-nightly")
    if library is not None or isinstance(tpu.library, str) or packages.find("tensorflow-tpu") is not None:
        return ok(f"libtpu {library.version}" if library else "a libtpu is there")
    evidence = f"{', '.join(tpu.evidence[:2])}; no libtpu among the packages or in the system"
    wanted = "torch_xla[tpu]" if packages.find("torch-xla") is not None else "jax[tpu]"
    code = "import jax; assert jax.devices()[0].platform == 'tpu'; print('works')"
    return bad(
        evidence,
        fixes=install(
            snapshot,
            [wanted],
            title="install the framework with its TPU library",
            verify=code if wanted == "jax[tpu]" else "import torch_xla; print(torch_xla.device())",
            source=GUIDE,
        ),
    )
