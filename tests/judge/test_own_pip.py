"""How a person comes to the pip of the environment that is judged."""

import pytest

from dlcheck.model.tools import Tool, Tools
from tests.facts import INTERPRETER, PYTHON, PYTHONS, change, findings, machine

OTHERS = change(PYTHONS, pip="/usr/bin/pip", pip_python="/usr/bin/python3")
UV = Tools(found=(Tool(name="uv", path="/usr/bin/uv"),), looked_for=("uv",))
NO_UV = Tools(looked_for=("uv",))


def ways(**groups):
    (fault,) = findings("pip-of-another-python", machine(pythons=groups.pop("pythons", OTHERS), **groups))
    return [(fix.title, [step.text for step in fix.commands]) for fix in fault.fixes]


def test_an_active_environment_need_not_be_activated():
    assert ways() == [(f"type {PYTHON} -m pip in the place of pip", [])]
    on_path = change(OTHERS, chosen_because="python3 on PATH")
    assert ways(pythons=on_path)[0][0].startswith("activate this environment, or type")


@pytest.mark.parametrize(("tools", "first"), [(UV, "type uv pip"), (NO_UV, "give this environment a pip")])
def test_an_environment_without_pip(tools, first):
    found = ways(interpreter=change(INTERPRETER, has_pip=False, pip_version=""), tools=tools)
    assert found[0][0].startswith(first)
    assert found[-1][1] == [f"{PYTHON} -m ensurepip --upgrade"]
    assert all("activate" not in title for title, _ in found)
