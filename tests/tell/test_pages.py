import pytest

from dlcheck.model.pages import Line, Page, Row, Section, Table, Task, Typed
from dlcheck.tell.pages import markdown, terminal
from dlcheck.tell.style import Style

HOSTILE = "\x1b[31m <script>`x` @ada"


def task(text="pwd", other="Get-Location", **fields):
    return Task(
        **{"does": "See where you are", "here": Typed(where="Linux", shell="bash", text=text),
           "others": (Typed(where="Windows", shell="powershell", text=other), Typed(where="macOS", shell="zsh", text=text)), **fields}
    )  # fmt: skip


def page(*blocks):
    return Page(
        name="shell", title="The shell", here="Ubuntu", sections=(Section(title="Find your way", blocks=blocks),)
    )


def told(document, width=80, **style):
    return terminal.render(document, Style(width=width, **style))


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_nothing_but_a_command_is_wider_than_the_terminal(width):
    table = Table(heads=("memory", "to do"), rows=(Row(name="a " * 90, cells=("b " * 90, "c"), note="d " * 60),))
    lines = told(page(Line(words="w " * 200), task(), table), width).splitlines()

    assert max(map(len, lines)) <= width


def test_a_command_is_never_cut():
    long = "python -m pip install " + " ".join(f"package-{number}" for number in range(30))

    assert f"$ {long}" in told(page(task(long)), 40)


@pytest.mark.parametrize("width", [40, 100])
def test_systems_that_type_the_same_stand_together(width):
    text = told(page(task()), width)

    assert "Linux, bash; macOS, zsh" in " ".join(text.split())
    assert text.count("pwd") == 1
    assert "> Get-Location" in text


def test_with_room_the_commands_stand_side_by_side():
    assert "$ pwd" in next(line for line in told(page(task()), 100).splitlines() if "Get-Location" in line)


def test_what_is_done_is_marked():
    assert any("✓" in line and "See where" in line for line in told(page(task(done=True)), 100).splitlines())
    assert any("✓" in line and "See where" in line for line in told(page(task("x" * 90, done=True)), 60).splitlines())


def test_sources_are_told_on_request():
    table = page(
        Table(heads=("memory",), rows=(Row(name="Colab", cells=("15 GB",), source="a page", read="2026-08-19"),))
    )

    assert "a page" not in told(table)
    assert "As of 2026-08-19" in told(table)
    assert "a page, 2026-08-19" in told(table, verbose=True)


def test_in_ascii_there_is_nothing_else():
    assert told(page(Line(words="more … – ✓", mark="pass"), task()), unicode=False).isascii()


def test_markdown_holds_the_same_and_nothing_acts_in_it():
    document = page(
        Line(words=HOSTILE, mark="warn"),
        task(HOSTILE, done=True),
        Table(heads=("a",), rows=(Row(name=HOSTILE, cells=(HOSTILE,)),)),
    )
    text = markdown.render(document, Style())

    assert text.startswith("# The shell (Ubuntu)")
    assert "`Get-Location`" in text
    assert "\x1b" not in text
    assert "<script>" not in text.replace("`` ␛[31m <script>`x` @ada ``", "").replace("``␛[31m <script>`x` @ada``", "")
