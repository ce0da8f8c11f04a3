"""Limits of the session: address space, processes, open files, and what was killed for memory."""

from __future__ import annotations

from dlcheck.judge.check import FAIL, NOTE, WARN, Grade, Verdict, bad, check, note, ok, skip
from dlcheck.judge.measures import gigabytes
from dlcheck.judge.presence import enough_works, installed
from dlcheck.model.gaps import Missing
from dlcheck.model.host import Cpu, Memory, Os
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"

FEW_ADDRESSES = 16 * 2**30
"""torch's CUDA build was seen to fail at 2.5 GB and to load at 4 GB (2.15.0); CUDA itself reserves far more."""
LEAST_OPEN_FILES = 1024
THREADS_A_CORE, OTHER_PROCESSES = 2, 128
"""OpenBLAS starts a thread for each core when it is imported, PyTorch again; editors and shells need some too."""


@check(FAIL, pillar="system", since="0.1")
def address_space_limited(memory: Memory, snapshot: Snapshot, profile: Profile) -> Verdict:
    """This session may use so little address space that libraries cannot be loaded.

    A limit on address space (`ulimit -v`, h_vmem) counts what is mapped, not what is used: PyTorch maps several GB
    when it is imported. It then ends with "failed to map segment from shared object", the words of a folder that is
    mounted noexec; NumPy was seen to hang.

    How it is told: the limit of the session, below 16 GB.

    Known false alarms: where a framework was imported and computes, it is a note.

    Sources: github.com/pytorch/pytorch/issues/16558, github.com/trampgeek/jobeinabox/issues/4.
    """
    limit = memory.address_space_limit_bytes
    if isinstance(limit, Missing):
        return skip("there is no limit" if limit.gap == "absent" else limit.words())
    seen = f"{gigabytes(limit)} of address space may be used"
    if limit >= FEW_ADDRESSES:
        return ok(seen)
    ask = Fix(title="lift the limit (`ulimit -v unlimited`), or ask for more memory in a job of the cluster (h_vmem)")
    if enough_works(snapshot, profile):
        return note(seen, fixes=(ask,))
    return bad(seen, fixes=(ask,))


@check(WARN, pillar="system", since="0.1")
def processes_limited(os: Os, cpu: Cpu) -> Verdict:
    """This user may start too few processes and threads.

    NumPy's OpenBLAS starts a thread for each core of the machine as soon as it is imported, whatever part of the
    machine may be used: "blas_thread_init: pthread_create failed", a crash, or a hang.

    How it is told: `ulimit -u` and the control group's limit, against twice the cores and some for the session.

    Known false alarms: the administrator is not counted by the kernel; the limit holds for all processes of the user
    together, which cannot be foreseen.

    Sources: github.com/OpenMathLib/OpenBLAS/issues/4762, github.com/numpy/numpy/issues/21376.
    """
    limit = os.processes_limit
    if isinstance(limit, Missing):
        return skip("there is no limit" if limit.gap == "absent" else limit.words())
    wanted = THREADS_A_CORE * cpu.logical_cores + OTHER_PROCESSES
    seen = f"{limit} processes and threads allowed, {cpu.logical_cores} cores"
    if limit >= wanted:
        return ok(seen)
    title = "set OPENBLAS_NUM_THREADS and OMP_NUM_THREADS to the cores you may use, or work in a job of the cluster"
    return bad(seen, fixes=(Fix(title=title),))


@check(WARN, pillar="system", since="0.1")
def open_files_limit_low(os: Os, snapshot: Snapshot) -> Verdict:
    """Few files may be open at once, so worker processes of data loading fail.

    PyTorch hands batches from its workers by open files: "Too many open files. Communication with the workers is no
    longer possible", or in older releases "received 0 items of ancdata".

    How it is told: `ulimit -n` of this session, below 1024, on Linux.

    Known false alarms: macOS allows 256 and PyTorch does not hand batches by open files there; without PyTorch nothing
    needs many.

    Sources: github.com/pytorch/pytorch/pull/34768, github.com/facebookresearch/detectron2/issues/3953.
    """
    limit = os.open_files_limit
    if os.system != "linux" or isinstance(limit, Missing):
        return skip("only on Linux" if os.system != "linux" else "there is no limit")
    seen = f"{limit} files may be open"
    if limit >= LEAST_OPEN_FILES:
        return ok(seen)
    title = "raise the limit in this shell (`ulimit -n 4096`) or in /etc/security/limits.conf"
    at_most: Grade = WARN if installed(snapshot, "torch") else NOTE
    return bad(seen, fixes=(Fix(title=title),), at_most=at_most)


@check(NOTE, pillar="system", since="0.1")
def killed_for_memory(memory: Memory, snapshot: Snapshot) -> Verdict:
    """A program was killed here because memory ran out.

    The kernel ends a process without a word to it: "Killed", exit status 137, "The kernel appears to have died".

    How it is told: the count of the control group that this session or container runs in, since it began.

    Known false alarms: it may have been long ago, and another program; it is never more than a note.

    Sources: github.com/angelolab/ark-analysis/issues/353, docs.kernel.org (cgroup-v2, memory.events).
    """
    kills = memory.oom_kills
    if isinstance(kills, Missing) or kills == 0:
        return ok("no program was killed for want of memory")
    fix = Fix(title="take smaller batches or less data at once, or give the container or the job more memory")
    return note(f"{kills} so far; {gigabytes(memory.usable_bytes)} may be used", fixes=(fix,))
