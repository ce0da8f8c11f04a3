import pytest

from dlcheck.model.gaps import NOT_LOOKED
from dlcheck.observe.host import cloud
from dlcheck.observe.host.platforms import AZURE_ASSET_TAG, HOSTED, MACHINES
from tests.observe.trees import context, lay

EC2 = {"sys_vendor": "Amazon EC2", "product_name": "g5.xlarge", "bios_vendor": "Amazon EC2"}
GCE = {"sys_vendor": "Google", "product_name": "Google Compute Engine", "bios_vendor": "Google"}
HYPERV = {"sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine"}
COLAB = {"COLAB_RELEASE_TAG": "release-colab-external-images_20260819-060146_RC00", "COLAB_GPU": ""}
KAGGLE = {"KAGGLE_KERNEL_RUN_TYPE": "Interactive", **COLAB}


def recognised(tmp_path, environ=None, fields=None, files=None, programs=()):
    def program(name):
        return f"/usr/bin/{name}" if name in programs else None

    return cloud.recognised(lay(tmp_path, files or {}), environ or {}, fields or {}, program)


@pytest.mark.parametrize(
    ("environ", "fields", "files", "platform", "notebook"),
    [
        (KAGGLE, GCE, {"kaggle/working/": ""}, "kaggle", True),
        (COLAB, GCE, {}, "colab", True),
        ({"VERTEX_PRODUCT": "COLAB_ENTERPRISE", **COLAB}, GCE, {}, "colab-enterprise", True),
        ({"HOME": "/home/studio-lab-user/"}, EC2, {"opt/ml/metadata/resource-metadata.json": "{}"},
         "sagemaker-studio-lab", True),
        ({"HOME": "/home/sagemaker-user"}, EC2, {"opt/ml/metadata/resource-metadata.json": "{}"}, "sagemaker", True),
        ({"PAPERSPACE_NOTEBOOK_ID": "nx1"}, {}, {}, "paperspace", True),
        ({"LIGHTNING_CLOUD_SPACE_ID": "01h"}, EC2, {}, "lightning", False),
        ({"CODESPACES": "true"}, HYPERV, {}, "codespaces", False),
        ({"GITPOD_WORKSPACE_ID": "ada-1"}, {}, {}, "gitpod", False),
        ({"DATABRICKS_RUNTIME_VERSION": "15.4"}, EC2, {}, "databricks", True),
        ({"RUNPOD_POD_ID": "x"}, {}, {}, "runpod", False),
        ({"GITHUB_ACTIONS": "true"}, {**HYPERV, "chassis_asset_tag": AZURE_ASSET_TAG}, {}, "github-actions", False),
        ({"JUPYTERHUB_USER": "ada"}, EC2, {}, "jupyterhub", True),
        ({}, EC2, {}, "aws", False),
        ({}, {"product_name": "HVM domU", "bios_version": "4.11.amazon", "sys_vendor": "Xen"}, {}, "aws", False),
        ({}, GCE, {}, "gcp", False),
        ({}, {**HYPERV, "chassis_asset_tag": AZURE_ASSET_TAG}, {}, "azure", False),
        ({}, {"chassis_asset_tag": "OracleCloud.com", "sys_vendor": "QEMU"}, {}, "oracle", False),
    ],
)  # fmt: skip
def test_the_nearest_platform_is_named(tmp_path, environ, fields, files, platform, notebook):
    found = recognised(tmp_path, environ, fields, files)
    assert found is not None
    assert (found.platform, found.is_notebook) == (platform, notebook)


@pytest.mark.parametrize(
    ("environ", "fields"),
    [
        ({}, {}),
        # What a person sets to use Kaggle's own program from a laptop.
        ({"KAGGLE_USERNAME": "ada", "KAGGLE_KEY": "0123456789abcdef"}, {}),
        ({"CODESPACES": "false", "VERTEX_PRODUCT": "OTHER"}, {}),
        ({"HOME": "/home/studio-lab-user-2"}, {}),
        ({}, HYPERV),
        ({}, {"sys_vendor": "Google", "product_name": "Banshee"}),
        ({}, {"product_name": "HVM domU", "sys_vendor": "Xen", "bios_version": "4.13"}),
    ],
)
def test_a_persons_own_machine_is_no_cloud(tmp_path, environ, fields):
    assert recognised(tmp_path, environ, fields) is None


def test_instance_types_are_told_by_ec2_alone(tmp_path):
    on_ec2 = recognised(tmp_path, fields=EC2)
    assert on_ec2 is not None and on_ec2.instance_type == "g5.xlarge"
    assert cloud.instance_type({"sys_vendor": "Amazon EC2", "product_name": "u-12tb1.112xlarge"}) == "u-12tb1.112xlarge"
    assert cloud.instance_type(GCE) == NOT_LOOKED


@pytest.mark.parametrize(
    ("environ", "programs", "platform", "inside"),
    [
        ({"SLURM_JOB_ID": "42"}, ("sbatch", "srun"), "slurm", True),
        ({"SLURM_JOB_ID": "42"}, (), "slurm", True),
        ({}, ("sbatch", "srun"), "slurm", False),
        ({"PBS_JOBID": "42.pbs"}, (), "pbs", True),
        ({}, ("qsub",), "pbs", False),
        ({"LSB_JOBID": "7"}, ("sbatch", "srun"), "lsf", True),
        ({"JUPYTERHUB_USER": "ada", "SLURM_JOB_ID": "42"}, (), "slurm", True),
    ],
)
def test_clusters(tmp_path, environ, programs, platform, inside):
    found = recognised(tmp_path, environ, EC2, programs=programs)
    assert found is not None
    assert (found.platform, found.inside_job) == (platform, inside)


def test_half_of_slurm_is_no_login_node(tmp_path):
    assert recognised(tmp_path, programs=("srun",)) is None


def test_no_value_of_a_variable_is_recorded(tmp_path):
    for platform in HOSTED:
        environ = {name.partition("=")[0]: name.partition("=")[2] or "secret" for name in platform.variables}
        environ |= {"HOME": platform.home} if platform.home else {}
        files = dict.fromkeys(platform.files, "secret")
        found = recognised(tmp_path / platform.id, environ, {}, files)
        assert found is not None and found.platform == platform.id
        assert "secret" not in repr(found)


def test_every_machine_of_the_table_is_reached(tmp_path):
    for machine in MACHINES:
        found = recognised(tmp_path, fields=dict(machine.firmware))
        assert found is not None and found.platform == machine.id


def test_the_probe_reads_the_firmwares_files(tmp_path):
    root = lay(tmp_path, {f"sys/class/dmi/id/{name}": f"{value}\n" for name, value in GCE.items()})
    found = cloud.probe(context(root)).value
    assert found is not None and (found.platform, found.evidence) == ("gcp", "product_name of the firmware")
    absent = cloud.probe(context(tmp_path / "none"))
    assert absent.missing is not None and absent.missing.gap == "absent"
