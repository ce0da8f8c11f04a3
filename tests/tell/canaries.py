"""A machine on which everything private bears a name that can be found again, and its report."""

from __future__ import annotations

from typing import Any

from dlcheck.model.devices import MigInstance, VisibleDevices
from dlcheck.model.gaps import Ending, Probed, unseen
from dlcheck.model.host import Place, Storage
from dlcheck.model.python import PipOption
from dlcheck.model.report import Command, Finding, Fix, Report
from dlcheck.model.tools import Conda, CondaEnvironment, Jupyter, Kernel
from tests.facts import GPU, INTERPRETER, NVIDIA, OS, build, change, distribution, gpu_machine, packages, report

UUID = "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"
MIG = "MIG-41b36db9-7f1a-5e59-9a5c-8a1cba2a1d3e"
MAC = "52:54:00:ab:cd:ef"
MAIL = "wanda.winterbottom@uni.example"
HOST = "zeppelin42.physics.uni.example"
MIRROR = "https://mirror.uni.example:8443/simple"
INDEX = "https://nexus.uni.example/simple"
KERNEL = "secretproject"


def planted(user: str = "wwinterbottom", home: str = "/home/wwinterbottom", **groups: Any) -> Report:
    """The report of a machine whose every private field holds a canary, and whose texts repeat them."""
    python = f"{home}/work/.venv/bin/python"
    words = (
        f"{python}: cannot open {home}/data set/x.csv as {user}@{HOST} ({MAIL}), {UUID}, {MIG}, eth0 {MAC}, "
        f"looking in indexes: {INDEX}, {MIRROR}; zeppelin42 says no to {KERNEL} in {home}/miniforge3/envs/{KERNEL}/bin; /scratch/{user}/cache; /home/someoneelse/y"
    )
    snapshot = gpu_machine(
        os=change(OS, user=user, home=home, hostname=HOST),
        interpreter=change(
            INTERPRETER, executable=python, prefix=f"{home}/work/.venv", environment_name=KERNEL,
            variables={"LD_LIBRARY_PATH": f"/opt/cuda/lib64:{home}/lib:/scratch/{user}/lib"},
        ),
        nvidia=change(NVIDIA, gpus=(change(GPU, uuid=UUID, mig_instances=(MigInstance(name="1g", uuid=MIG),)),)),
        visible_devices=VisibleDevices(variables={"CUDA_VISIBLE_DEVICES": f"{UUID},{MIG}"}),
        storage=Storage(places=(Place(role="home", path=home, free_bytes=200 * 2**30, total_bytes=500 * 2**30),)),
        conda=Conda(
            family="Miniforge", environments=(CondaEnvironment(name=KERNEL, prefix=f"{home}/miniforge3/envs/{KERNEL}"),),
            channels=("conda-forge", "https://conda.uni.example/private"),
        ),
        jupyter=Jupyter(kernels=(Kernel(name=KERNEL, display_name=KERNEL, executable=python, exists=True),)),
        git=Probed(missing=unseen("broken", words).missing, ending=Ending(words=words, stack=words, stderr_tail=words)),
        packages=packages(
            distribution("torch", "2.13.0", location=f"{home}/work/.venv/lib", index_url=INDEX),
            builds=(build("torch", "2.13.0+cu130", cuda="13.0"),), pip_index_url=INDEX,
            pip_options=(PipOption(name="index-url", value=MIRROR, source=f"{home}/.config/pip/pip.conf"),),
        ),
        working_folder=f"{home}/work",
        **groups,
    )  # fmt: skip
    judged = report(snapshot)
    fault = Finding(
        id="git-missing", pillar="system", status="fail", title="git is not installed", evidence=(words,), subject=KERNEL,
        fixes=(
            Fix(title=f"from then on use {python}", commands=commands(home, user),
                verify=Command(argv=(python, "-V"), text=f"{python} -V")),
        ),
    )  # fmt: skip
    return change(judged, findings=(fault, *judged.findings), summary=words, not_looked_at=(words,), defects=(words,))


def commands(home: str, user: str) -> tuple[Command, ...]:
    return tuple(
        Command(argv=(text,), text=text)
        for text in (
            f"ls {home}/a",
            f'ls "{home}/a b"',
            f"ls '{home}/a b'",
            f"ls --width=40 -I{home}/c {home}/a",
            f"PYTHONPATH={home}/a:{home}/b env",
            f"sh -c 'ls {home}/a'",
            f"ls /scratch/{user}/cache",
        )
    )


SECRETS = (
    "hf_abcdefghijklmnopqrstuvwxyz0123", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "glpat-abcdefghijklmnop1234",
    "AKIAIOSFODNN7EXAMPLE", "sk-proj-abcdefghijklmnopqrst0123",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
)  # fmt: skip
