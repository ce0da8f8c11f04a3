import pytest

from dlcheck.model.devices import PciDevice
from dlcheck.model.documents import encode
from dlcheck.model.gaps import Ending, Missing, Probed, unseen
from dlcheck.model.tools import Conda
from dlcheck.observe.secrets import hide, secret_values, without_secrets
from tests.facts import machine
from tests.tell.canaries import SECRETS

ENVIRON = {
    "HF_TOKEN": "correct horse battery", "MY_DB_PASSWORD": 'p"ss/wörd', "WANDB_API_KEY": "0123456789abcdef0123",
    "HTTPS_PROXY": "http://wanda:pr0xypass@proxy:3128", "TOKENIZERS_PARALLELISM": "falsely", "SSH_KEY": "/home/ada/.ssh/id",
    "GIT_PASSWORD": "true", "PIN_SECRET": "1234",
}  # fmt: skip


def test_values_of_secret_variables_are_known_by_their_names():
    assert secret_values(ENVIRON) == ("correct horse battery", "0123456789abcdef0123", 'p"ss/wörd', "pr0xypass")


@pytest.mark.parametrize("secret", [*SECRETS, *secret_values(ENVIRON)])
@pytest.mark.parametrize("sentence", ["{}", "said {}.", '{{"key": "{}"}}', "https://wanda:{}@host/x", "a={} b\n{}\n"])
def test_a_secret_is_in_no_text_that_a_program_said(secret, sentence):
    words = sentence.format(*[secret] * 2)
    snapshot = machine(
        git=Probed(missing=unseen("broken", words).missing, ending=Ending(words=words, stderr_tail=words, stack=words)),
        conda=Conda(family="Miniforge", channels=(words,)),
    )
    hidden = without_secrets(snapshot, ENVIRON)

    assert encode(secret)[1:-1] not in encode(hidden) if isinstance(secret, bytes) else secret not in repr(hidden)
    assert hidden.os == snapshot.os


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("https://wanda:pass@host/simple", "https://host/simple"),
        ("git clone https://x-access-token@github.com/a/b", "git clone https://github.com/a/b"),
        ("index-url = https://h/s?api_key=abcdef&x=1", "index-url = https://h/s?api_key=<secret>&x=1"),
        ("Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer <secret>"),
        ("https://conda.example/t/ab-12345678/private/x", "https://conda.example/t/<secret>/private/x"),
        ("password=hunter2hunter2, next", "password=<secret>, next"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x", "<secret> x"),
    ],
)
def test_secrets_are_told_by_their_shapes(said, hidden):
    assert hide(said) == hidden


@pytest.mark.parametrize(
    "said",
    [
        "torch 2.13.0+cu130", "No module named 'tokenizers'", "libcudart.so.13: cannot open shared object file",
        "https://download.pytorch.org/whl/cu130", "git@github.com:pytorch/pytorch.git", "secret-free", "/t/folder-of-mine/x", "token", "task-1234",
        "numpy.core.multiarray failed to import", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "risk-of-everything",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(said):
    assert hide(said) == said


def test_facts_without_a_secret_are_the_same_object():
    snapshot = machine()

    assert without_secrets(snapshot, {}) is snapshot


def test_a_value_that_is_also_a_version_changes_no_fact():
    snapshot = machine(git=Probed(missing=Missing("broken", "linux-x86_64")))
    hidden = without_secrets(snapshot, {"CACHE_KEY": "linux-x86_64", "SOME_TOKEN": "GeForce RTX 4090"})

    assert hidden.interpreter == snapshot.interpreter
    assert PciDevice(address="0", vendor_id=1, device_id=1, name="GeForce RTX 4090").name == "GeForce RTX 4090"
