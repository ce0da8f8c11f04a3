import json
import os
import re
import shutil
import subprocess

import pytest

from dlcheck.model.documents import decode_report, encode
from dlcheck.model.report import Command, Fix
from dlcheck.tell.redaction import redact
from tests.facts import OS, change, gpu_machine, machine, report
from tests.tell.canaries import HOST, INDEX, KERNEL, MAC, MAIL, MIG, UUID, commands, planted
from tests.tell.reports import REPORTS, finding, written

WANDA = ("wwinterbottom", "/home/wwinterbottom")
PEOPLE = [
    WANDA,
    ("root", "/root"),
    ("a", "/home/a"),
    ("torch", "/home/torch"),
    ("wwinterbottom", "/u/physics/wwinterbottom"),
]


def text_of(document):
    return encode(document).decode()


@pytest.mark.parametrize(("user", "home"), PEOPLE)
def test_no_canary_is_in_a_document_that_leaves(user, home):
    redacted = text_of(redact(planted(user, home))).replace("/scratch/root/", "")

    for canary in (
        HOST,
        "zeppelin42",
        "physics.uni.example",
        MAC,
        MAIL,
        UUID,
        MIG,
        UUID[4:],
        INDEX,
        "nexus.uni",
        "mirror.uni",
        home + "/",
        KERNEL,
    ):
        assert canary not in redacted, canary
    assert "someoneelse" not in redacted
    if user == "wwinterbottom":
        assert user not in redacted


@pytest.mark.parametrize(("user", "home"), PEOPLE)
def test_keys_ids_versions_and_numbers_are_untouched(user, home):
    before, after = json.loads(encode(planted(user, home))), json.loads(encode(redact(planted(user, home))))

    assert shape(before) == shape(after)
    for one, other in zip(before["findings"], after["findings"], strict=True):
        for key in ("id", "pillar", "status", "title", "caused_by"):
            assert one[key] == other[key]
    assert before["root_causes"] == after["root_causes"]
    assert before["snapshot"]["packages"]["value"]["distributions"][0]["version"] == "2.1.3"
    versions = [[one["name"], one["version"]] for one in after["snapshot"]["packages"]["value"]["distributions"]]
    assert versions == [
        [one["name"], one["version"]] for one in before["snapshot"]["packages"]["value"]["distributions"]
    ]
    assert after["snapshot"]["nvidia"]["value"]["gpus"][0]["name"] == "NVIDIA GeForce RTX 4090"


def shape(value):
    """Everything but the texts."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items() if key not in ("redacted", "ask")}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return "" if isinstance(value, str) else value


def test_what_is_redacted_says_so_and_can_be_read_again():
    again = decode_report(encode(redact(planted())))

    assert again.redacted
    assert redact(again) == again


@pytest.mark.parametrize("user", ["root", "a", "the", "torch", "git", "python", "not"])
def test_a_user_who_is_called_like_a_word_corrupts_no_sentence(user):
    home = "/root" if user == "root" else f"/home/{user}"
    sentence = "the root cause: a torch that git does not know, in python, is not a root folder: a/b, /rootfs/x"
    judged = report(machine(os=change(OS, user=user, home=home, hostname="x1")))
    redacted = redact(
        change(judged, summary=sentence, findings=(*judged.findings, finding("a-root", evidence=(sentence,))))
    )

    assert redacted.summary == sentence
    assert redacted.findings[-1] == finding("a-root", evidence=(sentence,))
    assert [one.id for one in redacted.findings[:-1]] == [one.id for one in judged.findings]


@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_any_kind_can_be_redacted(name):
    assert shape(json.loads(encode(redact(REPORTS[name])))) == shape(json.loads(encode(REPORTS[name])))


def test_a_machine_of_which_no_fact_is_known_still_hides_homes():
    judged = written(
        summary=r"/home/wanda/x and C:\Users\Wanda\y and C:\\Users\\Wanda\\z and /Users/wanda, /home/linuxbrew/b"
    )

    assert redact(judged).summary == (
        r"/home/<user>/x and C:\Users\<user>\y and C:\\Users\\<user>\\z and /Users/<user>, /home/linuxbrew/b"
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_advised_commands_still_run(tmp_path):
    home = tmp_path / "home" / "wwinterbottom"
    for folder in ("a", "b", "c", "a b"):
        (home / folder).mkdir(parents=True)
        (home / folder / "here").touch()
    judged = planted(home=str(home))
    fix = redact(judged).findings[0].fixes[0]
    runnable = [one for one in fix.commands if "scratch" not in one.text]
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "USER": "wwinterbottom"}

    assert len(runnable) == 6
    for before, after in zip(commands(str(home), "wwinterbottom"), runnable, strict=False):
        assert str(home) not in after.text
        outputs = [
            subprocess.run(["bash", "-c", text], env=environ, capture_output=True, text=True, check=True).stdout
            for text in (before.text, after.text)
        ]
        assert without_bash(outputs[0]) == without_bash(outputs[1])
    said = subprocess.run(
        ["bash", "-c", f"echo {fix.commands[-1].text}"], env=environ, capture_output=True, text=True, check=True
    ).stdout
    assert said == "ls /scratch/wwinterbottom/cache\n"


def without_bash(text):
    return re.sub(r"(?m)^(_|SHLVL|PWD)=.*\n", "", text)


@pytest.mark.parametrize(
    ("shell", "text", "redacted"),
    [
        ("bash", "/home/ada/v/bin/python -m pip", "~/v/bin/python -m pip"),
        ("zsh", "cd /home/ada && ls", "cd ~ && ls"),
        ("bash", '"/home/ada/my env/bin/python" -V', '"$HOME/my env/bin/python" -V'),
        ("bash", "'/home/ada/it''s $x' -V", "''\"$HOME\"'/it''s $x' -V"),
        ("bash", "cc -I/home/ada/v", 'cc -I"$HOME"/v'),
        ("bash", "x --p=/home/ada/v", 'x --p="$HOME"/v'),
        ("bash", "rm /home/adam/x /home/ada.bak", "rm /home/USER/x /home/USER"),
        ("bash", "ls /data/ada/x", 'ls /data/"$USER"/x'),
        ("fish", "/home/ada/v/bin/python", "~/v/bin/python"),
        ("notebook", "!/home/ada/v/bin/python x", "!~/v/bin/python x"),
        ("notebook", '!ls "/home/ada/a b"', '!ls "$$HOME/a b"'),
        ("powershell", r"C:\Users\ada\v\python.exe -m pip", r'& "$HOME\v\python.exe" -m pip'),
        ("powershell", r"& 'C:\Users\ada\my env\python.exe' -m pip", r'& "$HOME\my env\python.exe" -m pip'),
        ("powershell", r"Remove-Item 'C:\Users\ada\$x'", r'Remove-Item "$HOME\`$x"'),
        ("powershell", r"echo it's C:\Users\ada\x", 'echo it\'s "$HOME\\x"'),
        ("cmd", r'"C:\Users\ada\my env\python.exe" -V', r'"%USERPROFILE%\my env\python.exe" -V'),
        ("cmd", r"c:\users\Ada\v\python.exe -V", r"%USERPROFILE%\v\python.exe -V"),
    ],
)
def test_the_home_folder_in_each_shell(shell, text, redacted):
    windows = shell in ("powershell", "cmd")
    own = change(
        OS, user="ada", home="C:\\Users\\ada" if windows else "/home/ada", system="windows" if windows else "linux"
    )
    fix = Fix(title="do it", commands=(Command(argv=(text,), text=text, shell=shell),))
    judged = written(snapshot=machine(os=own), findings=(finding("x", "fail", fixes=(fix,)),))

    assert redact(judged).findings[0].fixes[0].commands[0].text == redacted


def test_what_no_variable_holds_is_asked_for():
    text = f"CUDA_VISIBLE_DEVICES={UUID} /home/someoneelse/bin/python"
    fix = Fix(title="x", commands=(Command(argv=(text,), text=text),))
    after = redact(change(planted(), findings=(finding("x", "fail", fixes=(fix,)),))).findings[0].fixes[0]

    assert after.commands[0].text == "CUDA_VISIBLE_DEVICES=GPU-UUID /home/USER/bin/python"
    assert set(after.ask) == {"UUID", "USER"}


def test_names_of_environments_stay_in_commands_alone():
    text = f"conda run -n {KERNEL} /home/wwinterbottom/miniforge3/envs/{KERNEL}/bin/python"
    fix = Fix(title=f"activate {KERNEL}", commands=(Command(argv=(text,), text=text),))
    seen = f"{KERNEL} in /opt/conda/envs/{KERNEL}, not /data/{KERNEL}/x"
    after = redact(change(planted(), findings=(finding("x", "fail", fixes=(fix,), evidence=(seen,)),))).findings[0]

    assert after.fixes[0].commands[0].text == f"conda run -n {KERNEL} ~/miniforge3/envs/{KERNEL}/bin/python"
    assert after.fixes[0].title == "activate <name 1>"
    assert after.evidence == (f"<name 1> in /opt/conda/envs/<name 1>, not /data/{KERNEL}/x",)


def test_names_that_tell_nothing_stay():
    judged = redact(report(gpu_machine()))

    assert judged.snapshot.jupyter.value.kernels[0].name == "python3"
    assert judged.snapshot.jupyter.value.kernels[0].display_name == "Python 3 (ipykernel)"
