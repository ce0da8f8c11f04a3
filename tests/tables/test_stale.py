"""scripts/tables.py: which tables are older than a release they should know, and what refreshing shows and writes."""

import msgspec
import pytest

from scripts import tables
from scripts.refresh import registry
from scripts.refresh.outcome import Look, Refreshed, Source
from scripts.refresh.web import Unreadable
from tests.tables.shelf import Shelf

TABLE = 'source = "x"\nread = 2026-11-22\nnewest = "1"\n'


def looks(*lacks, shown="release 2"):
    return Source(look=lambda sources: Look(knows="release 1", shown=shown, lacks=lacks), by_hand="a page")


def unreadable(*_):
    raise Unreadable("torch on the package index: the server answers 503")


@pytest.fixture
def shelf(monkeypatch, tmp_path):
    """Tables in a folder of their own: `lay(name, source, text)`."""
    monkeypatch.setattr(tables, "TABLES", found := {})
    monkeypatch.setattr(tables, "file_of", lambda name: tmp_path / f"{name}.toml")
    monkeypatch.setattr(tables, "_sources", lambda asked: Shelf().sources(saved=asked.saved, python=asked.python))

    def lay(name, source, text=TABLE):
        found[name] = source
        (tmp_path / f"{name}.toml").write_text(text)
        return tmp_path / f"{name}.toml"

    return lay


def test_a_fresh_table(shelf, capsys):
    shelf("partners", looks(shown="release 1"))

    assert tables.main([]) == 0
    assert "   partners            2026-11-22  knows release 1; source: release 1\n" in capsys.readouterr().out


def test_a_table_older_than_a_release_it_should_know(shelf, capsys):
    shelf("partners", looks("release 2"))
    shelf("xids", looks(shown=""))

    assert tables.main(["stale"]) == 1
    out = capsys.readouterr().out
    assert "!  partners            2026-11-22  knows release 1; source: release 2\n     lacks release 2\n" in out
    assert "   xids                2026-11-22  knows release 1; by hand, from a page\n" in out
    assert "1 of 2 tables are older" in out


def test_what_could_not_be_looked_at_is_not_called_fresh(shelf, capsys):
    shelf("partners", Source(look=unreadable))

    assert tables.main([]) == 2
    assert (
        "?  partners            2026-11-22  not looked at: torch on the package index: the server answers 503"
        in capsys.readouterr().out
    )
    shelf("wheels", looks("release 2"))
    assert tables.main([]) == 1


def test_much_that_is_lacking_is_counted(shelf, capsys):
    shelf("partners", looks(*(f"release {number}" for number in range(40))))

    assert tables.main([]) == 1
    assert "     and 28 more\n" in capsys.readouterr().out


def rewriting(text, *left):
    return Source(look=looks().look, refresh=lambda old, sources: Refreshed(text=text, left=left))


def test_refreshing_shows_what_changes_and_writes_it(shelf, capsys):
    file = shelf("partners", rewriting(TABLE.replace('"1"', '"2"'), "variants: by hand"))

    assert tables.main(["refresh", "partners", "--check"]) == 0
    assert file.read_text() == TABLE
    assert tables.main(["refresh", "partners"]) == 0
    assert file.read_text() == TABLE.replace('"1"', '"2"')
    out = capsys.readouterr().out
    assert '  -newest = "1"\n  +newest = "2"\n' in out
    assert "  left as it is: variants: by hand\n" in out
    assert [one.name for one in file.parent.iterdir()] == ["partners.toml"]


@pytest.mark.parametrize("refresh", [unreadable, lambda old, sources: Refreshed(text="release = [")])
def test_a_table_that_cannot_be_refreshed_stays_as_it_is(shelf, capsys, refresh):
    file = shelf("partners", Source(look=looks().look, refresh=refresh))

    assert tables.main(["refresh", "all"]) == 2
    assert file.read_text() == TABLE
    assert "partners: left as it is: " in capsys.readouterr().out


def test_what_no_program_reads_is_told_from_where_a_person_reads_it(shelf, capsys):
    shelf("gpus", looks())

    assert tables.main(["refresh", "gpus"]) == 1
    assert capsys.readouterr().out == "gpus: by hand, from a page\n"


def test_an_index_that_is_not_configured_is_told(monkeypatch, capsys):
    monkeypatch.setattr(tables.pip_configuration, "configured", unreadable)

    assert tables.main([]) == 2
    assert "The package index cannot be read" in capsys.readouterr().err


def test_every_table_has_a_source_and_a_day():
    found = registry.every_table()

    assert set(found) >= set(registry.BY_PROGRAM)
    assert set(found) == {one.stem for one in registry.FOLDER.glob("*.toml")}
    for name, source in found.items():
        text = registry.file_of(name).read_text()
        assert msgspec.toml.decode(text)["read"] == registry.read_on(text)
        assert source.refresh is not None or source.by_hand, name


def test_a_table_without_a_day_is_a_defect():
    with pytest.raises(ValueError, match="when it was read"):
        registry.read_on("source = 1\n")
