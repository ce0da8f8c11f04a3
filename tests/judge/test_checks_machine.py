import pytest

from dlcheck.model.gaps import ABSENT, Missing, unseen
from dlcheck.model.host import Cloud, Container, Place
from dlcheck.model.python import Packages
from dlcheck.model.tools import Conda, Tool, Tools
from tests.facts import (
    BEGINNER,
    CPU,
    GIB,
    GIT,
    INTERPRETER,
    MEMORY,
    OS,
    PYTHON,
    STORAGE,
    TOOLS,
    change,
    findings,
    gpu_machine,
    machine,
    report,
    roots,
    status,
)  # fmt: skip

MINE = (
    "cgroup-limits-below-host", "ram-below-minimum", "disk-almost-full", "shm-too-small", "cpu-without-avx",
    "git-identity-missing", "conda-base-in-use", "environment-manager-missing", "git-missing",
)  # fmt: skip
DOCKER = Container(engine="docker", evidence="/.dockerenv")
COLAB = Cloud(platform="colab", name="Google Colab", evidence="COLAB_RELEASE_TAG", is_notebook=True)


@pytest.mark.parametrize("identity", MINE)
def test_a_healthy_machine_is_silent(identity):
    assert status(identity, machine()) in ("pass", "skip")
    assert status(identity, gpu_machine()) in ("pass", "skip")


def texts(finding):
    return [one.text for one in finding.fixes[0].commands]


@pytest.mark.parametrize(
    ("total", "expected"),
    [(16, "pass"), (8, "pass"), (7.3, "pass"), (6, "warn"), (4, "warn"), (3, "fail"), (1, "fail")],
)
def test_ram_against_the_profile(total, expected):
    memory = change(MEMORY, total_bytes=int(total * GIB))

    assert status("ram-below-minimum", machine(memory=memory)) == expected


def test_a_limit_is_the_cause_of_too_little_ram():
    memory = change(MEMORY, cgroup_limit_bytes=6 * GIB, cgroup_limit_source="memory.max of /docker/0f1e")
    snapshot = machine(memory=memory, container=DOCKER)

    assert roots(snapshot) == ["cgroup-limits-below-host"]
    finding = findings("cgroup-limits-below-host", snapshot)[0]
    assert finding.evidence == ("6 GB of 16 GB of RAM may be used (memory.max of /docker/0f1e)",)
    assert findings("ram-below-minimum", snapshot)[0].caused_by == ("cgroup-limits-below-host",)


def test_a_limit_that_leaves_enough_is_a_note():
    memory, cpu = change(MEMORY, cgroup_limit_bytes=12 * GIB), change(CPU, usable_cores=4.0)

    assert status("cgroup-limits-below-host", machine(memory=memory, cpu=cpu)) == "note"


def test_one_core_of_eight_is_too_few():
    assert status("cgroup-limits-below-host", machine(cpu=change(CPU, usable_cores=1.0, quota_cores=1.0))) == "warn"


def on_disk(environment, *, temporary=200, home=None):
    """Free gigabytes; each folder on a disk of its own."""
    free = {
        "environment": environment,
        "temporary": temporary,
        "hugging-face": home if home is not None else environment,
    }
    total = {"environment": 500, "temporary": 400, "hugging-face": 500 if home is None else 300}
    return change(
        STORAGE,
        places=tuple(
            change(place, free_bytes=int(free[place.role] * GIB), total_bytes=total[place.role] * GIB) for place in STORAGE.places
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("free", "expected"), [(200, "pass"), (10, "pass"), (9, "warn"), (2.5, "warn"), (1, "fail"), (0, "fail")]
)
def test_free_disk_against_the_profile(free, expected):
    assert status("disk-almost-full", machine(storage=on_disk(free))) == expected


def test_one_full_disk_is_one_finding_and_its_caches_are_emptied():
    fault = findings("disk-almost-full", machine(storage=on_disk(5)))

    assert [(one.status, one.subject) for one in fault] == [("warn", "environment")]
    assert "(environment, hugging-face)" in fault[0].evidence[0]
    assert texts(fault[0]) == [f"{PYTHON} -m pip cache purge"]


def test_a_full_cache_disk_alone_is_a_warning():
    fault = findings("disk-almost-full", machine(storage=on_disk(200, home=1)))

    assert [(one.status, one.subject) for one in fault] == [("warn", "hugging-face")]


def test_caches_of_models_are_moved_to_where_there_is_room():
    (fault,) = findings("disk-almost-full", machine(storage=on_disk(200, home=1)))

    assert texts(fault) == ["export HF_HOME=/home/ada/course/.cache/huggingface"]
    assert "200 GB are free" in fault.fixes[0].title


def test_another_disks_cache_is_not_emptied_for_it():
    pip = change(STORAGE.places[0], role="pip-cache", path="/big/pip", total_bytes=900 * GIB, free_bytes=500 * GIB)
    storage = on_disk(5)
    (fault,) = findings("disk-almost-full", machine(storage=change(storage, places=(*storage.places, pip))))

    assert not any("cache purge" in one.text for fix in fault.fixes for one in fix.commands)


def test_a_small_temporary_folder_matters_while_something_must_be_installed():
    small = on_disk(200, temporary=1)
    assert status("disk-almost-full", machine(storage=small)) == "pass"
    bare = machine(storage=small, packages=Packages(), torch=unseen("absent"))
    assert status("disk-almost-full", bare) == "warn"


@pytest.mark.parametrize(("free", "expected"), [(2**20, "warn"), (200 * 2**20, "pass")])
def test_a_full_temporary_folder_matters_always(free, expected):
    places = tuple(
        change(one, total_bytes=2**30, free_bytes=free) if one.role == "temporary" else one for one in STORAGE.places
    )
    assert status("disk-almost-full", machine(storage=change(STORAGE, places=places))) == expected


def test_a_file_system_without_a_size_is_not_full():
    proc = Place(role="working", path="/proc", filesystem="proc", total_bytes=0, free_bytes=0)
    assert status("disk-almost-full", machine(storage=change(STORAGE, places=(*STORAGE.places, proc)))) == "pass"


def test_a_disk_that_is_written_meanwhile_is_one():
    """The places are looked at one after the other."""
    places = tuple(change(one, free_bytes=3 * 2**30 + number * 4096) for number, one in enumerate(STORAGE.places))
    assert len(findings("disk-almost-full", machine(storage=change(STORAGE, places=places)))) == 1


def test_room_where_the_environment_lives_must_be_known():
    gap = Missing("denied", "not permitted")
    places = tuple(change(one, free_bytes=gap) if one.role == "environment" else one for one in STORAGE.places)
    assert status("disk-almost-full", machine(storage=change(STORAGE, places=places))) == "unknown"


def test_free_space_that_nobody_could_tell_is_not_green():
    places = tuple(change(place, free_bytes=Missing("denied", "not permitted")) for place in STORAGE.places)

    assert status("disk-almost-full", machine(storage=change(STORAGE, places=places))) == "unknown"


@pytest.mark.parametrize(
    ("size", "groups", "expected"),
    [
        (64 * 2**20, {"container": DOCKER}, "warn"),
        (2 * GIB, {"container": DOCKER}, "pass"),
        (64 * 2**20, {}, "skip"),
        (64 * 2**20, {"container": DOCKER, "packages": Packages(), "torch": unseen("absent")}, "note"),
        (64 * 2**20, {"container": DOCKER, "os": change(OS, system="windows")}, "skip"),
    ],
)
def test_shared_memory(size, groups, expected):
    assert status("shm-too-small", machine(memory=change(MEMORY, shm_total_bytes=size), **groups)) == expected


def test_shared_memory_that_the_profile_asks_for_counts_everywhere():
    profile = change(BEGINNER, minimum=change(BEGINNER.minimum, shm_bytes=16 * GIB))

    assert status("shm-too-small", machine(), profile) == "warn"


OLD_CPU = change(CPU, brand="Intel(R) Celeron(R) N4000", instruction_sets=("sse4_2",))


@pytest.mark.parametrize(
    ("cpu", "interpreter", "expected"),
    [
        (OLD_CPU, INTERPRETER, "warn"),
        (change(OLD_CPU, instruction_sets=("avx1.0",)), INTERPRETER, "pass"),
        (change(OLD_CPU, architecture="arm64", instruction_sets=("neon",)), INTERPRETER, "skip"),
        (OLD_CPU, change(INTERPRETER, translated=True), "skip"),
        (change(OLD_CPU, instruction_sets=()), INTERPRETER, "skip"),
    ],
)
def test_a_processor_without_avx(cpu, interpreter, expected):
    assert status("cpu-without-avx", machine(cpu=cpu, interpreter=interpreter)) == expected


def test_tensorflow_by_name_needs_avx():
    assert status("cpu-without-avx", machine(cpu=OLD_CPU), change(BEGINNER, frameworks_any=("tensorflow",))) == "fail"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({}, "warn"),
        ({"container": DOCKER}, "note"),
        ({"cloud": COLAB}, "note"),
        ({"os": change(OS, is_admin=True)}, "note"),
    ],
)
def test_git_that_knows_nobody(groups, expected):
    nobody = change(GIT, identity_name_set=False, identity_email_set=False)
    snapshot = machine(git=nobody, **groups)

    assert status("git-identity-missing", snapshot) == expected
    assert report(snapshot).verdict in ("ready", "ready-with-warnings")


def test_the_identity_is_asked_for_with_an_example():
    fix = findings("git-identity-missing", machine(git=change(GIT, identity_name_set=False)))[0].fixes[0]

    assert fix.ask == ("NAME",)
    assert [one.text for one in fix.commands] == ['/usr/bin/git config --global user.name "Ada Lovelace"']


BASE = change(
    INTERPRETER, executable="/home/ada/miniforge3/bin/python", prefix="/home/ada/miniforge3", base_prefix="/home/ada/miniforge3",
    environment="conda", environment_name="base",
)  # fmt: skip
CONDA = Conda(
    family="Miniforge", executable="/home/ada/miniforge3/bin/conda", root="/home/ada/miniforge3", base_active=True
)


def test_conda_s_base_is_left_for_an_environment_with_everything_in_it():
    finding = findings("conda-base-in-use", machine(interpreter=BASE, conda=CONDA))[0]

    assert finding.status == "warn"
    assert texts(finding) == [
        "/home/ada/miniforge3/bin/conda create -y -n dl python=3.12 pip",
        "/home/ada/miniforge3/bin/conda run -n dl python -m pip install numpy pandas matplotlib scikit-learn jupyter torch",
    ]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"interpreter": BASE, "container": DOCKER}, "note"),
        ({"interpreter": BASE, "cloud": COLAB}, "note"),
        ({}, "pass"),
        ({"interpreter": change(BASE, environment_name="dl", prefix="/home/ada/miniforge3/envs/dl")}, "pass"),
    ],
)
def test_where_base_is_no_fault(groups, expected):
    assert status("conda-base-in-use", machine(conda=CONDA, **groups)) == expected


def test_nothing_to_make_environments_with_is_a_note():
    bare = change(INTERPRETER, missing_stdlib=("ensurepip",))
    snapshot = machine(interpreter=bare)

    assert status("environment-manager-missing", snapshot) == "note"
    assert texts(findings("environment-manager-missing", snapshot)[0])[-1] == "sudo apt-get install -y python3.12-venv"
    uv = Tools(found=(*TOOLS.found, Tool(name="uv", path="/usr/bin/uv")), looked_for=TOOLS.looked_for)
    assert status("environment-manager-missing", machine(interpreter=bare, tools=uv)) == "pass"


MAC = change(OS, system="darwin", name="macOS 15.1", distribution="", glibc=ABSENT, shell="zsh", machine="arm64")
BREW = Tools(found=(Tool(name="brew", path="/opt/homebrew/bin/brew"),), looked_for=("brew",))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({}, ["sudo apt-get update", "sudo apt-get install -y git"]),
        ({"os": MAC, "tools": BREW}, ["brew install git"]),
        ({"os": MAC, "tools": Tools(looked_for=("brew",))}, ["xcode-select --install"]),
        ({"os": change(OS, distribution="gentoo", distribution_like=())}, []),
        ({"tools": Tools(looked_for=("apt-get",))}, []),
    ],
)
def test_git_is_installed_by_what_is_there(groups, expected):
    finding = findings("git-missing", machine(git=unseen("absent"), **groups))[0]

    assert texts(finding) == expected
    assert finding.fixes[0].title
    assert finding.fixes[0].verify is not None


def test_shared_memory_outside_of_containers_is_made_larger_in_place():
    profile = change(BEGINNER, minimum=change(BEGINNER.minimum, shm_bytes=GIB))
    snapshot = machine(memory=change(MEMORY, shm_total_bytes=64 * 2**20))

    finding = findings("shm-too-small", snapshot, profile)[0]

    assert finding.status == "warn"
    assert texts(finding) == ["sudo mount -o remount,size=1024m /dev/shm"]
