"""RAM, disk, shared memory, processor and limits, each against the profile's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from dlcheck.judge.advice.memory import more_ram, swap_file
from dlcheck.judge.advice.missing import missing_requirements
from dlcheck.judge.advice.room import make_room
from dlcheck.judge.advice.system import as_admin
from dlcheck.judge.check import FAIL, WARN, Grade, Verdict, bad, check, need, note, ok, skip
from dlcheck.judge.measures import as_sold, enough_ram, gigabytes
from dlcheck.judge.presence import installed, named_frameworks
from dlcheck.judge.said import said
from dlcheck.model.gaps import NOT_LOOKED, Probed, known
from dlcheck.model.host import Cpu, Memory, Os, Place, Storage
from dlcheck.model.profile import Profile
from dlcheck.model.report import Fix
from dlcheck.model.snapshot import Snapshot

LAYER = "hardware"

HARDLY_ANY_DISK = 2 * 2**30
"""Below this not even a CPU build of a framework can be unpacked."""
HARDLY_ANY_ROOM = 100 * 2**20
"""Below this in the folder for temporary files, programs fail that only set something aside for a moment."""
ASKS_FOR_AVX = r"compiled to use (?:AVX|SSE|FMA)[\w.]* instructions, but these aren't available"
ILLEGAL = r"[Ii]llegal (?:hardware )?instruction|SIGILL"
LEAST_SHM = 2**30
"""Docker's default is 64 MB; worker processes of a DataLoader pass their batches through it."""


@check(WARN, pillar="system", since="0.1")
def cgroup_limits_below_host(memory: Memory, cpu: Cpu, snapshot: Snapshot, profile: Profile) -> Verdict:
    """A limit leaves this process less of the machine than the profile asks for.

    Programs see the whole machine, take what they see, and are killed ("Killed", exit status 137) or crawl.

    How it is told: the memory limit of the process's cgroup and of those above it, its CPU quota and its affinity,
    against what the machine has. Where the rest is still enough it is a note.

    Known false alarms: containers, Kubernetes and batch jobs have such limits on purpose.

    Sources: github.com/ubcs3/2017-Fall/issues/4, github.com/python/cpython/issues/80235.
    """
    evidence, too_little = [], False
    if memory.usable_bytes < memory.total_bytes:
        source = f" ({memory.cgroup_limit_source})" if memory.cgroup_limit_source else ""
        used, total = gigabytes(memory.usable_bytes), gigabytes(memory.total_bytes)
        evidence.append(f"{used} of {total} of RAM may be used{source}")
        wanted = profile.minimum.ram_bytes
        too_little |= not enough_ram(memory, wanted) and as_sold(memory.total_bytes) >= wanted
    if 0 < cpu.usable_cores < cpu.logical_cores:
        source = f" ({cpu.quota_source})" if cpu.quota_source else ""
        evidence.append(f"{cpu.usable_cores:g} of {cpu.logical_cores} cores may be used{source}")
        too_little |= cpu.usable_cores < profile.minimum.cores <= cpu.logical_cores
    if not evidence:
        return ok("no container limits the processor or the memory")
    if not too_little:
        return note(*evidence)
    return bad(*evidence, fixes=(Fix(title=_raise_limit(snapshot)),))


def _raise_limit(snapshot: Snapshot) -> str:
    container, cloud, os = snapshot.container.value, snapshot.cloud.value, snapshot.os.value
    if cloud is not None and cloud.platform == "slurm":
        return "ask for more in the job: --mem and --cpus-per-task"
    if container is not None and container.engine == "kubernetes":
        return "raise resources.limits of the pod"
    if container is not None:
        return "start the container with more: docker run --memory=12g --cpus=4, or Docker Desktop's Resources"
    if os is not None and os.wsl:
        return "raise memory and processors in %UserProfile%\\.wslconfig, then wsl --shutdown"
    return "raise the limit of this session, or work where there is none"


@check(FAIL, pillar="system", after=("cgroup-limits-below-host",), since="0.1")
def ram_below_minimum(memory: Memory, profile: Profile, snapshot: Snapshot) -> Verdict:
    """There is less RAM than the profile asks for.

    WSL takes half of the computer's memory unless it is told otherwise; hosted machines come in sizes. Where there is
    no swap either, what does not fit is killed ("Killed") and not slowed down.

    How it is told: what this process may use, a tenth allowed for what firmware and graphics keep. Below the minimum
    it is a warning, below half of it a failure.

    Known false alarms: macOS and Windows make swap as it is needed, and containers have that of their host.

    Sources: the profile's own numbers; github.com/docker/for-win/issues/13939 (WSL's half),
    github.com/orgs/community/discussions/49782 (Codespaces), man7.org/linux/man-pages/man8/swapon.8.html.
    """
    wanted = profile.minimum.ram_bytes
    if not wanted:
        return skip("the profile asks for no RAM")
    seen = f"{gigabytes(memory.usable_bytes)} usable, at least {gigabytes(wanted)} wanted"
    if enough_ram(memory, wanted):
        return ok(seen)
    fix = Fix(title="close what else is running, take small batches, or use a hosted notebook (Google Colab, Kaggle)")
    more, swap = more_ram(snapshot), swap_file(memory, snapshot)
    evidence = (seen, "there is no swap") if swap else (seen,)
    return bad(*evidence, fixes=(*more, *swap, fix), at_most=WARN if enough_ram(memory, wanted // 2) else FAIL)


@check(FAIL, pillar="system", since="0.1")
def disk_almost_full(storage: Storage, snapshot: Snapshot, profile: Profile) -> Iterator[Verdict]:
    """The disk is almost full where the environment or the caches live.

    A CUDA build of a framework takes 3 to 6 GB and is unpacked before that; models and data sets go to the caches.

    How it is told: free space of the file systems of the environment, the home folder, the caches and the temporary
    folder, each file system once, against the profile's number. Below 2 GB at the environment it is a failure.

    Known false alarms: a small temporary folder matters only while packages are still to be installed, or where hardly
    anything is left of it; /proc has no size; a quota does not show here.

    Sources: the profile's own numbers; github.com/hiyouga/LlamaFactory/issues/275.
    """
    wanted = profile.minimum.disk_free_bytes
    if not wanted:
        yield skip("the profile asks for no disk space")
        return
    installing = bool(missing_requirements(snapshot, profile))
    seen, silent = [], True
    for places in _file_systems(storage):
        free = known(places[0].free_bytes)
        roles = [place.role for place in places]
        if free is None or known(places[0].total_bytes) == 0:  # /proc and the like have no size
            continue
        only_temporary = set(roles) == {"temporary"}
        if free >= (HARDLY_ANY_DISK if only_temporary else wanted):
            seen.append(f"{gigabytes(free)} free ({', '.join(roles)})")
            continue
        if only_temporary and not installing and free >= HARDLY_ANY_ROOM:
            continue
        silent = False
        where = f"{places[0].path}: {gigabytes(free)} free, at least {gigabytes(wanted)} wanted ({', '.join(roles)})"
        grave = free < HARDLY_ANY_DISK and bool({"environment", "home"} & set(roles))
        at_most: Grade = FAIL if grave else WARN
        others = [one for one in storage.places if one not in places and (known(one.free_bytes) or 0) >= wanted]
        yield bad(where, fixes=make_room(snapshot, places, others), subject=roles[0], at_most=at_most)
    for place in storage.places if silent else ():
        if place.role in ("environment", "home") or not seen:
            need(place.free_bytes, f"free space at {place.path}")
    if silent:
        yield ok(*seen) if seen else skip("no folder was looked at")


def _file_systems(storage: Storage) -> list[list[Place]]:
    """The places that matter, those of one file system together."""
    together: list[list[Place]] = []
    for place in storage.places:
        if place.role in ("environment", "home", "hugging-face", "torch-hub", "working", "temporary"):
            same = next((places for places in together if _are_one(places[0], place)), None)
            if same is None:
                together.append([place])
            else:
                same.append(place)
    return together


def _are_one(one: Place, other: Place) -> bool:
    """Of one size and as full: others may write while the places are looked at one after the other."""
    total, free, again = known(one.total_bytes), known(one.free_bytes), known(other.free_bytes)
    if one.filesystem != other.filesystem or total != known(other.total_bytes):
        return False
    return free == again or (
        total is not None and free is not None and again is not None and abs(free - again) < total / 100
    )


@check(WARN, pillar="system", since="0.1")
def shm_too_small(memory: Memory, os: Os, snapshot: Snapshot, profile: Profile) -> Verdict:
    """Shared memory is too small for the worker processes of data loading.

    A DataLoader with workers then dies: "Bus error", or "unable to allocate shared memory".

    How it is told: the size of /dev/shm in a container, against 1 GB or the profile's number. Outside of containers it
    is half of the RAM and judged only where the profile names a number.

    Known false alarms: without PyTorch nothing uses it; num_workers=0 does not either.

    Sources: github.com/pytorch/pytorch/issues/5040, github.com/fastai/docker-containers/issues/21.
    """
    if os.system != "linux":
        return skip("only Linux has /dev/shm")
    container = snapshot.container.value
    wanted = profile.minimum.shm_bytes or (LEAST_SHM if container is not None else 0)
    if not wanted:
        return skip("not in a container, and the profile names no number")
    size = need(memory.shm_total_bytes, "/dev/shm")
    seen = f"/dev/shm holds {size // 2**20} MB, at least {wanted // 2**20} MB wanted"
    if size >= wanted:
        return ok(seen)
    if not profile.minimum.shm_bytes and not installed(snapshot, "torch"):
        return note(seen)
    if container is None:
        size_wanted = f"size={wanted // 2**20}m"
        step = as_admin(snapshot, "mount", "-o", f"remount,{size_wanted}", "/dev/shm")
        title = f"make it larger until the next start, and for good by {size_wanted} for /dev/shm in /etc/fstab"
        return bad(seen, fixes=(Fix(title=title, commands=(step,), needs=("admin",)),))
    how = "docker run --shm-size=8g (or --ipc=host)"
    if container is not None and container.engine == "kubernetes":
        how = "an emptyDir volume of medium Memory at /dev/shm"
    return bad(seen, fixes=(Fix(title=f"start the container anew with {how}; until then load with num_workers=0"),))


@check(FAIL, pillar="system", since="0.1")
def cpu_without_avx(cpu: Probed[Cpu], snapshot: Snapshot, profile: Profile) -> Verdict:
    """The processor has no AVX, or the virtual machine hides it.

    TensorFlow's wheels need it and end with "Illegal instruction"; other libraries run slowly.

    How it is told: the processor's instruction sets as the system names them, on x86_64 alone; or TensorFlow's words.

    Known false alarms: ARM processors have no AVX and need none; an Intel Python that Rosetta translates sees none;
    where TensorFlow is not asked for by name it is a warning.

    Sources: github.com/tensorflow/tensorflow/issues/17411, github.com/tensorflow/tensorflow/issues/30114.
    """
    interpreter, os = snapshot.interpreter.value, snapshot.os.value
    refused = said(snapshot, ASKS_FOR_AVX)
    if refused:
        return bad(refused, fixes=(_other_processor(os),))
    facts = need(cpu.missing or cpu.value or NOT_LOOKED, "the processor")
    architecture = (facts.architecture or (os.machine if os else "")).lower()
    if architecture not in ("x86_64", "amd64"):
        return skip(f"{architecture or 'the processor'} is not x86_64")
    if interpreter is not None and interpreter.translated is True:
        return skip("translated by Rosetta")
    sets = need(facts.instruction_sets, "the processor's instruction sets")
    if any(name.startswith("avx") for name in sets):
        return ok(", ".join(name for name in sets if name.startswith(("avx", "fma", "amx"))))
    if not sets:
        return skip("no instruction sets were named")
    seen = f"{known(facts.brand) or 'the processor'}: {', '.join(sets)}"
    died = said(snapshot, ILLEGAL)
    if snapshot.depth == "pasted" and not died:
        return note(seen)
    named = "tensorflow" in named_frameworks(profile) or bool(died)
    return bad(seen, *([died] if died else []), fixes=(_other_processor(os),), at_most=FAIL if named else WARN)


def _other_processor(os: Os | None) -> Fix:
    virtual = os is not None and known(os.virtualization) is not None
    title = (
        "set the virtual machine's CPU model to that of its host"
        if virtual
        else "use a hosted notebook or another machine"
    )
    return Fix(title=f"{title}; reinstalling does not help")
