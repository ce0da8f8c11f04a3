"""Golden texts of the hand-written benchmarks in every format. `python -m tests.tell.bench_golden` writes them anew."""

import importlib
from pathlib import Path

from dlcheck.tell.style import Style
from tests.benches import BENCHES

FOLDER = Path(__file__).parent.parent / "data" / "bench"
AGAIN = "dlcheck bench"
STYLES = {
    **{f"{width}": Style(width=width, again=AGAIN) for width in (40, 60, 80, 140)},
    "60-ascii": Style(width=60, unicode=False, again=AGAIN),
    "80-verbose": Style(width=80, verbose=True, again=AGAIN),
    "80-colour": Style(width=80, colour=True, again=AGAIN),
}
FORMATS = {"csv": "csv", "markdown": "md", "junit": "xml", "github": "txt", "html": "html"}
LOOKED_AT = ("full", "contended", "wrong", "hostile", "empty", "interrupted")


def told(name: str, language: str, style: Style = STYLES["80"]) -> str:
    return importlib.import_module(f"dlcheck.tell.bench.{language}").render(BENCHES[name], style)


def goldens() -> dict[str, str]:
    """File name → text."""
    screens = {f"{name}-{style}.txt": told(name, "terminal", STYLES[style]) for name in LOOKED_AT for style in ("80",)}
    screens |= {
        f"{name}-{style}.txt": told(name, "terminal", STYLES[style]) for name in ("full", "hostile") for style in STYLES
    }
    return screens | {
        f"{name}-{language}.{end}": told(name, language)
        for name in ("wrong", "hostile")
        for language, end in FORMATS.items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in goldens().items():
        (FOLDER / name).write_text(text, "utf-8", newline="")
