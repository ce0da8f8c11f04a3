"""The page: valid, self-contained, to be heard and to be seen."""

import re
from pathlib import Path

import html5lib
import pytest

from dlcheck.tell import html
from dlcheck.tell.style import Style
from tests.tell.golden_formats import MACHINES
from tests.tell.reports import HOSTILE


@pytest.mark.parametrize("name", MACHINES)
def test_html_is_valid_fetches_nothing_and_can_be_heard(name):
    text = html.render(MACHINES[name], Style())
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    tags = [element.tag for element in document.iter() if isinstance(element.tag, str)]
    ids = [element.get("id") for element in document.iter() if element.get("id")]

    assert not set(tags) & {"script", "img", "iframe", "link", "object", "embed", "form", "base"}
    assert not re.search(r"(?i)url\(|@import|javascript:|\son\w+=", text.replace(HOSTILE.summary, ""))
    assert {"header", "main", "footer", "h1", "title"} <= set(tags)
    assert tags.count("h1") == 1
    assert len(ids) == len(set(ids))
    for element in document.iter("section"):
        assert element.get("aria-labelledby") in ids
    for element in document.iter("a"):
        assert element.get("href").startswith(("#", "https://"))
    assert [one for one in document.iter("th") if one.get("scope") not in ("row", "col")] == []
    for mark in document.iter("span"):
        if "mark" in mark.get("class"):
            assert mark.get("aria-hidden") == "true"


def colours():
    css = (Path(html.__file__).parent / "page.css").read_text("utf-8")
    return [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ][:2]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", colours(), ids=["light", "dark"])
def test_every_ink_has_the_contrast_of_wcag_aa_on_every_ground(theme):
    inks = {name: colour for name, colour in theme.items() if name not in ("ground", "raised", "line")}

    assert len(inks) == 9
    for ground in ("ground", "raised"):
        for name, colour in inks.items():
            lighter, darker = sorted((luminance(colour), luminance(theme[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (name, ground)
