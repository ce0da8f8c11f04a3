"""The action, the hooks and the snippets of the README: well-formed, safe, and of options that there are."""

import itertools
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import dlcheck as package
from dlcheck.judge import profiles

ROOT = Path(package.__file__).parent.parent
pytestmark = [
    pytest.mark.skipif(not (ROOT / "action.yml").exists(), reason="no checkout: these files are not here"),
    pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here"),
]


def action():
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def snippets(language):
    readme = (ROOT / "README.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)


def test_the_action_is_a_composite_one_and_puts_no_input_into_a_script():
    told = action()

    assert told["runs"]["using"] == "composite"
    assert set(told) <= {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    for step in told["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)
    for given in told["inputs"].values():
        assert set(given) <= {"description", "default", "required"}
        assert given["description"]
    used = re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text("utf-8"))
    assert set(used) == set(told["inputs"])
    assert told["inputs"]["profile"]["default"] in profiles.built_in()


@pytest.fixture
def judge(tmp_path):
    """Run the second step of the action with a dlcheck that only writes down how it was called."""

    def run(status=0, **inputs):
        program = tmp_path / "dlcheck"
        program.write_text(
            f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\nsys.exit({status})\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        step = action()["runs"]["steps"][1]
        defaults = {name: given.get("default", "") for name, given in action()["inputs"].items()}
        environ = {
            name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: {**defaults, **inputs}[found[1]], value)
            for name, value in step["env"].items()
        }
        output = tmp_path / "output"
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]], capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "DLCHECK": str(program), "GITHUB_OUTPUT": str(output), **environ}, check=False,
        )  # fmt: skip
        return ended.returncode, json.loads(ended.stdout), output.read_text()

    return run


def test_the_action_hands_its_inputs_on_word_by_word(judge):
    evil = 'x\'; touch pwned; $(id) `id` "$HOME" \n--no-redact'
    status, words, output = judge(require=evil, strict="true", quick="true", junit="a b.xml", requirements="r.txt")

    assert status == 0
    assert output == "status=0\n"
    assert words == [
        "doctor", "--profile", "cpu-ci", "--format", "github", "--python", "python", "--require", evil, "--requirements", "r.txt",
        "--quick", "--strict", "--format", "junit=a b.xml",
    ]  # fmt: skip


def test_the_action_ends_as_dlcheck_did(judge):
    assert judge(status=1)[0] == 1
    assert judge(status=3)[2].endswith("status=3\n")


def test_the_hooks_call_commands_that_there_are():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    assert [hook["id"] for hook in hooks] == ["dlcheck", "dlcheck-profile"]
    for hook in hooks:
        assert hook["language"] == "python"
        assert known(shlex.split(hook["entry"]))


def known(words):
    """Does the command line have every option that these words name?"""
    program, command, *rest = words
    assert Path(program).name == "dlcheck"
    ended = subprocess.run(
        [sys.executable, "-m", "dlcheck", command, "--help"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, command
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in ended.stdout, word
    for option, value in itertools.pairwise(rest):
        if option == "--profile" and not value.endswith(".toml"):
            assert value in profiles.built_in()
    return True


def test_the_snippets_of_the_readme_are_well_formed():
    lines = []
    for text in snippets("yaml"):
        assert yaml.safe_load(text)
        lines += [line for line in text.splitlines() if "dlcheck doctor" in line]
    for text in snippets("dockerfile"):
        instructions = re.sub(r"\\\n", " ", text).splitlines()
        assert all(re.match(r"(FROM|RUN|COPY|HEALTHCHECK|ENV|CMD|#) ?", line) for line in instructions)
        assert instructions[0].startswith("FROM ")
        for line in instructions:
            if line.startswith("RUN "):
                subprocess.run(["bash", "-n"], input=line.removeprefix("RUN "), text=True, check=True)
        lines += [line for line in instructions if "dlcheck doctor" in line]
    for text in snippets("bash"):
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        lines += [line for line in text.splitlines() if "dlcheck doctor" in line]
    assert len(lines) >= 4
    for line in lines:
        assert known(shlex.split(re.search(r"\S*dlcheck doctor.*", line)[0]))


def test_the_profile_of_the_readme_is_one():
    (text,) = snippets("toml")
    profile = profiles.parse(text)

    assert (profile.name, profile.expects, profile.bench[0].percent_of_peak) == ("lab", ("cuda",), 50)


def test_options_of_inputs_in_the_workflow_are_inputs_of_the_action():
    for text in snippets("yaml"):
        for job in (yaml.safe_load(text).get("jobs") or {}).values():
            for step in job["steps"]:
                if "dlcheck" in step.get("uses", ""):
                    assert set(step["with"]) <= set(action()["inputs"])
