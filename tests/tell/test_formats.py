"""Every format of hand-written reports: kept as they were looked at, hostile text included."""

import re
import unicodedata

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from dlcheck.model.report import Command, Fix
from dlcheck.tell import LEAVING, markdown
from dlcheck.tell.redaction import redact
from dlcheck.tell.style import Style
from tests.facts import change
from tests.tell.canaries import HOST, INDEX, KERNEL, MAC, MAIL, MIG, UUID, planted
from tests.tell.golden_formats import COMMAND, FOLDER, FORMATS, MACHINES, SCHEMA, documents, render
from tests.tell.reports import HOSTILE, ONE_OF_EACH, finding, shell, written

DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_the_one_that_was_looked_at_and_kept(name):
    assert DOCUMENTS[name] == (FOLDER / name).read_text("utf-8"), "python -m tests.tell.golden_formats writes them anew"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("person", [("wwinterbottom", "/home/wwinterbottom"), ("root", "/root")])
def test_no_canary_leaves_in_any_format(kind, person):
    document = render(kind, redact(planted(*person)))

    assert kind in LEAVING
    for canary in (
        HOST,
        "zeppelin42",
        MAC,
        MAIL,
        UUID,
        MIG,
        INDEX,
        "mirror.uni",
        KERNEL,
        "wwinterbottom",
        "someoneelse",
        "/root/se",
    ):
        assert canary not in document, canary


EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>", "]]>--><!--", "&amp;&lt;", "```\n# title\n</details>",
    "`` ` ```` x", "[x](javascript:alert(1)) ![y](https://evil.example/p.png)", "@someone #12 https://evil.example www.evil.example",
    "| a | b |\n| --- | --- |", "\x00\x08\x1b[31m\x7f\x85\u2028\u202e\ufffe\uffff\ud800", '"><b onclick="x">', "***bold*** _x_ ~~y~~ $z$",
)  # fmt: skip


def evil(text):
    fix = Fix(
        title=text,
        ask=(text,),
        source=text,
        verify=shell(text),
        commands=(Command(argv=(text,), text=text, shell="powershell"),),
    )
    return change(
        HOSTILE, summary=text, defects=(text,), not_looked_at=(text,), judged=change(HOSTILE.judged, python=text, machine=text),
        measures=(change(HOSTILE.measures[0], name=text, have=text, minimum=text),),
        profile=change(HOSTILE.profile, name=text, title=text), strict=True,
        findings=tuple(finding(text, one, title=text, subject=text, evidence=(text,), fixes=(fix,)) for one in
                       ("fail", "warn", "unknown", "note", "pass", "skip")),
    )  # fmt: skip


def check_all(text):
    judged = evil(text)
    documents = {kind: render(kind, judged) for kind in FORMATS}
    for document in documents.values():
        assert [one for one in document if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") and one != "\n"] == []
    SCHEMA.assertValid(etree.fromstring(documents["junit"].encode()))
    for line in documents["github"].splitlines():
        assert COMMAND.fullmatch(line) or line.startswith("dlcheck: ")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(documents["html"])
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= HTML_TAGS
    check_markdown(documents["markdown"])


HTML_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "main",
    "section",
    "article",
    "footer",
    "h1",
    "h2",
    "h3",
    "p",
    "pre",
    "code",
    "span",
    "small",
    "strong",
    "a",
    "ul",
    "li",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "dl",
    "dt",
    "dd",
    "br",
}
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def check_markdown(text):
    """Only what the format itself writes is markup: no link, no picture, no foreign HTML, no call to a person."""
    folds = 0
    for token in GFM.parse(text):
        if token.type == "html_block":
            assert re.fullmatch(r"(<details>\n<summary>[^<>]*</summary>\n?)|(</details>\n?)", token.content), (
                token.content
            )
            folds += token.content.startswith("<details>")
        for child in token.children or ():
            assert child.type not in ("link_open", "image", "s_open", "em_open"), token.content
            assert child.type != "html_inline" or child.content == "<!-- -->", token.content
            assert child.type != "text" or not re.search(r"@\w|\bhttps?://|\bwww\.", child.content), token.content
    assert folds == text.count("<details>")


@pytest.mark.parametrize("text", EVIL)
def test_hostile_text_stays_text_in_every_format(text):
    check_all(text)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, alphabet=st.one_of(st.characters(), st.sampled_from("`*_[]()<>&|~@#:%\n\r\\\"'$-! "))))
def test_any_text_stays_text_in_every_format(text):
    check_all(text)


@pytest.mark.parametrize("name", MACHINES)
def test_markdown_holds_no_markup_but_its_own(name):
    check_markdown(markdown.render(MACHINES[name], Style()))


def test_a_report_that_is_too_long_is_cut_where_a_job_summary_must_end():
    long = written(findings=tuple(finding(f"x-{number}", "warn", evidence=("é" * 500,)) for number in range(3000)))
    text = markdown.render(long, Style())

    assert 900_000 < len(text.encode()) < markdown.MOST_BYTES
    assert text.endswith("it is too long.\n")
    assert not any(token.type == "fence" and "left out" in token.content for token in GFM.parse(text))
    folded = markdown.bounded(markdown.render(ONE_OF_EACH, Style()) * 20, 9000)
    assert folded.count("<details>") == folded.count("</details>")
    assert markdown.bounded(text, 100) == ""
