"""The marks of hosted notebooks, cloud machines and clusters: a table, in the order in which they are tried.

Kaggle's image is built from Colab's and carries its marks, hosted notebooks run in containers on cloud machines: the
nearer name comes first. Sources: Kaggle/docker-python (kaggle_module_resolver.py), huggingface_hub (_runtime.py),
GitHub's list of Codespaces' variables, cloud-init (ds-identify, DataSourceAzure), systemd (virt.c); read
2026-11-22. Gitpod, Deepnote, Binder, Vast, Databricks and the smaller firmware vendors are by common usage: no page of
theirs was read, and a mark that is missing only leaves a platform unnamed.
"""

from __future__ import annotations

import msgspec


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """How one platform is recognised: any of its variables or files, or its firmware."""

    id: str
    name: str
    notebook: bool = False
    variables: tuple[str, ...] = ()
    """Any is set; with "=value" only to that value."""
    files: tuple[str, ...] = ()
    """Any is there."""
    home: str = ""
    """The home folder is this."""
    firmware: tuple[tuple[str, str], ...] = ()
    """(DMI field, beginning): all of these."""


HOSTED: tuple[Platform, ...] = (
    Platform(
        id="kaggle", name="Kaggle", notebook=True,
        variables=("KAGGLE_KERNEL_RUN_TYPE", "KAGGLE_DATA_PROXY_TOKEN", "KAGGLE_KERNEL_INTEGRATIONS"),
        files=("/kaggle/working",),
    ),
    Platform(
        id="colab-enterprise", name="Colab Enterprise", notebook=True, variables=("VERTEX_PRODUCT=COLAB_ENTERPRISE",)
    ),
    Platform(id="vertex-workbench", name="Vertex AI Workbench", notebook=True,
             variables=("VERTEX_PRODUCT=WORKBENCH_INSTANCE",)),
    Platform(
        id="colab", name="Google Colab", notebook=True,
        variables=("COLAB_RELEASE_TAG", "COLAB_BACKEND_VERSION", "COLAB_GPU", "COLAB_TPU_ADDR"),
    ),
    Platform(id="sagemaker-studio-lab", name="SageMaker Studio Lab", notebook=True, home="/home/studio-lab-user"),
    Platform(
        id="sagemaker", name="Amazon SageMaker", notebook=True, files=("/opt/ml/metadata/resource-metadata.json",)
    ),
    Platform(id="sagemaker-job", name="Amazon SageMaker training job", variables=("SM_CURRENT_HOST",)),
    Platform(
        id="paperspace", name="Paperspace Gradient", notebook=True,
        variables=("PAPERSPACE_NOTEBOOK_ID", "PAPERSPACE_NOTEBOOK_REPO_ID", "PAPERSPACE_FQDN"),
    ),
    Platform(
        id="lightning", name="Lightning Studio",
        variables=("LIGHTNING_CLOUD_SPACE_ID",),
    ),
    Platform(id="codespaces", name="GitHub Codespaces", variables=("CODESPACES=true",)),
    Platform(id="gitpod", name="Gitpod", variables=("GITPOD_WORKSPACE_ID",)),
    Platform(id="databricks", name="Databricks", notebook=True, variables=("DATABRICKS_RUNTIME_VERSION",)),
    Platform(id="deepnote", name="Deepnote", notebook=True, variables=("DEEPNOTE_PROJECT_ID",)),
    Platform(id="binder", name="Binder", notebook=True, variables=("BINDER_SERVICE_HOST",)),
    Platform(id="runpod", name="RunPod", variables=("RUNPOD_POD_ID",)),
    Platform(id="vast", name="Vast.ai", variables=("VAST_CONTAINERLABEL",)),
    Platform(id="github-actions", name="GitHub Actions", variables=("GITHUB_ACTIONS=true",)),
    Platform(id="gitlab-ci", name="GitLab CI", variables=("GITLAB_CI=true",)),
)  # fmt: skip

HUB = Platform(id="jupyterhub", name="JupyterHub", notebook=True, variables=("JUPYTERHUB_USER", "JUPYTERHUB_API_URL"))
"""After the clusters: a hub may start its servers as their jobs."""

AZURE_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"
"""What Azure writes and plain Hyper-V does not."""

MACHINES: tuple[Platform, ...] = (
    Platform(id="aws", name="Amazon EC2", firmware=(("sys_vendor", "Amazon EC2"),)),
    Platform(id="aws", name="Amazon EC2", firmware=(("board_vendor", "Amazon EC2"),)),
    Platform(id="aws", name="Amazon EC2", firmware=(("product_name", "HVM domU"), ("bios_version", "4.11.amazon"))),
    Platform(id="aws", name="Amazon EC2", firmware=(("product_name", "HVM domU"), ("bios_version", "4.2.amazon"))),
    Platform(id="gcp", name="Google Cloud", firmware=(("product_name", "Google Compute Engine"),)),
    Platform(id="azure", name="Microsoft Azure", firmware=(("chassis_asset_tag", AZURE_ASSET_TAG),)),
    Platform(id="oracle", name="Oracle Cloud", firmware=(("chassis_asset_tag", "OracleCloud.com"),)),
    Platform(id="alibaba", name="Alibaba Cloud", firmware=(("product_name", "Alibaba Cloud ECS"),)),
    Platform(id="digitalocean", name="DigitalOcean", firmware=(("sys_vendor", "DigitalOcean"),)),
    Platform(id="hetzner", name="Hetzner Cloud", firmware=(("sys_vendor", "Hetzner"), ("product_name", "vServer"))),
    Platform(id="vultr", name="Vultr", firmware=(("sys_vendor", "Vultr"),)),
    Platform(id="scaleway", name="Scaleway", firmware=(("sys_vendor", "Scaleway"),)),
    Platform(id="tencent", name="Tencent Cloud", firmware=(("sys_vendor", "Tencent Cloud"),)),
    Platform(id="openstack", name="an OpenStack cloud", firmware=(("product_name", "OpenStack"),)),
)

SCHEDULERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("slurm", "Slurm", "SLURM_JOB_ID", ("sbatch", "srun")),
    ("lsf", "LSF", "LSB_JOBID", ("bsub",)),
    ("pbs", "PBS", "PBS_JOBID", ("qsub",)),
)
"""id, name, the variable set inside a job, programs that a login node has."""
