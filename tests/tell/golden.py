"""Golden screens: the hand-written reports at several widths. `python -m tests.tell.golden` writes them anew."""

from pathlib import Path

from dlcheck.tell.style import Style
from dlcheck.tell.terminal import render
from tests.tell.reports import REPORTS

FOLDER = Path(__file__).parent.parent / "data" / "screens"
STYLES = {
    **{f"{width}": Style(width=width) for width in (40, 60, 80, 140)},
    "60-ascii": Style(width=60, unicode=False),
    "80-verbose": Style(width=80, verbose=True),
    "80-colour": Style(width=80, colour=True),
}


def screens() -> dict[str, str]:
    return {f"{name}-{style}": render(REPORTS[name], STYLES[style]) for name in REPORTS for style in STYLES}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in screens().items():
        (FOLDER / f"{name}.txt").write_text(text, "utf-8")
