"""The documentation as a site: every page is reachable, every link leads somewhere, nothing comes from elsewhere."""

from __future__ import annotations

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from docs.builder import typesetting
from docs.builder.build import build, write
from docs.builder.links import find_faults
from docs.builder.problems import SiteError

DOCS = Path(__file__).parents[2] / "docs"
EMPTY_TAGS = {"meta", "link", "br", "hr"}


class Page(HTMLParser):
    """What a page refers to, and how; read apart from the builder's own judge."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.references: list[tuple[str, str, str]] = []  # tag, attribute, address
        self.contents: list[str] = []
        self._in_contents = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self._in_contents |= tag == "nav"
        self.ids += [found["id"] or ""] if "id" in found else []
        self.references += [
            (tag, name, found[name] or "") for name in ("href", "src", "data", "srcset") if name in found
        ]
        if self._in_contents and tag == "a":
            self.contents.append(found["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_contents &= tag != "nav"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write(build(), out)
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def tiny(folder: Path, text: str) -> Path:
    """A documentation of one page."""
    (folder / "README.md").write_text(text, encoding="utf-8")
    return folder


def test_site_fetches_nothing_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert not {"script", "iframe", "img", "style"} & set(page.tags), path
        for tag, name, address in page.references:
            parts = urlsplit(address)
            assert (tag, name) == ("a", "href") or not (parts.scheme or parts.netloc), (path, address)
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(|@import|//", style.read_text(encoding="utf-8")), style


def test_every_link_and_anchor_of_the_site_resolves(pages: dict[Path, Page]) -> None:
    links = 0
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for _, _, address in page.references:
            if urlsplit(address).scheme:
                assert urlsplit(address).scheme == "https", (path, address)
                continue
            file, anchor = urldefrag(address)
            target = (path.parent / unquote(file)).resolve() if file else path
            assert target.is_file(), (path, address)
            assert not anchor or anchor in pages[target].ids, (path, address)
            links += 1
    assert links > 1000


def test_every_page_of_the_documentation_is_in_the_contents_of_every_page(
    site: Path, pages: dict[Path, Page]
) -> None:
    sources = [path.relative_to(DOCS) for path in DOCS.rglob("*.md")]
    expected = {
        (site / path.with_name("index.html" if path.name == "README.md" else f"{path.stem}.html")).resolve()
        for path in sources
    }
    assert len(expected) == len(sources) > 30
    for path, page in pages.items():
        listed = [
            (path.parent / urldefrag(address).url).resolve()
            for address in page.contents
            if not address.startswith("#")
        ]
        assert sorted(listed) == sorted(expected), path


def test_a_new_page_needs_no_entry_anywhere(tmp_path: Path) -> None:
    (tmp_path / "howto").mkdir()
    (tmp_path / "howto" / "something-new.md").write_text("# Something new\n", encoding="utf-8")
    built = build(tiny(tmp_path, "# Front\n"))
    assert b'href="howto/something-new.html">Something new' in built[PurePosixPath("index.html")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# A\n\n[b](b.md)\n", "leads nowhere: b.md"),
        ("# A\n\n[b](#b)\n", "leads nowhere: #b"),
        ("# A\n\n[b](README.md#b)\n", "leads nowhere: index.html#b"),
        ("# A\n\n[b](http://example.org/)\n", "leads nowhere: http://example.org/"),
        ("# A\n\n![b](https://example.org/b.png)\n", "an image"),
        ("# A\n\n<script src='https://example.org/b.js'></script>\n", "HTML in a page"),
        ("# A\n\na <b>b</b>\n", "HTML in a page"),
        ("# A\n\n```math\n\\nosuch{a}\n```\n", "not a formula"),
        ("# A\n\n```math\n\\frac\n```\n", "not a formula"),
        ("A\n", "no heading"),
    ],
)
def test_builder_refuses_a_faulty_page(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(SiteError, match=re.escape(fault)):
        build(tiny(tmp_path, text))


def test_builder_accepts_the_same_page_with_good_links(tmp_path: Path) -> None:
    text = "# A\n\n<!-- note -->\n\n[b](#b), [c](README.md#b), [d](https://example.org/)\n\n## B\n"
    text += "\n```math\n\\frac{a}{b}\n```\n"
    page = build(tiny(tmp_path, text))[PurePosixPath("index.html")].decode()
    assert 'href="#b"' in page
    assert 'href="index.html#b"' in page
    assert "<math" in page
    assert "note" not in page


@pytest.mark.parametrize(
    "body",
    [
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<img src="//example.org/a.png">',
        '<p style="background: url(https://example.org/a.png)">',
        "<script>1</script>",
        '<p id="a"><p id="a">',
    ],
)
def test_judge_finds_what_is_fetched(body: str) -> None:
    assert find_faults({PurePosixPath("a.html"): body})
    assert not find_faults({PurePosixPath("a.html"): '<p id="a"><a href="#a">a</a>'})


def test_writing_replaces_a_site_and_nothing_else(tmp_path: Path) -> None:
    built = build(tiny(tmp_path, "# A\n"))
    out = tmp_path / "out"
    write(built, out)
    (out / "old.html").write_text("old", encoding="utf-8")
    write(built, out)
    assert not (out / "old.html").exists()
    with pytest.raises(SiteError, match="no site"):
        write(built, tmp_path)
    assert (tmp_path / "README.md").is_file()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("m_1, …, m_k", "m<sub>1</sub>, …, m<sub>k</sub>"),
        ("z_j^n", "z<sub>j</sub><sup>n</sup>"),
        ("2^(|n|−1) < n", "2<sup>|n|−1</sup> &lt; n"),
        ("2^|n|", "2<sup>|n|</sup>"),
        ("2^−256", "2<sup>−256</sup>"),
        ("(1+n)^((m_j − m_v)·e_j)", "(1+n)<sup>(m<sub>j</sub> − m<sub>v</sub>)·e<sub>j</sub></sup>"),
        ("λ_(0,j) Π_{j in S} δ_ij", "λ<sub>0,j</sub> Π<sub>j in S</sub> δ<sub>ij</sub>"),
        ("x_i²", "x<sub>i</sub>²"),
        ("e_j'", "e<sub>j</sub>'"),
        ("max_ballots, roll_version, a_b_c, _x, x^, 2^(n", "max_ballots, roll_version, a_b_c, _x, x^, 2^(n"),
    ],
)
def test_running_text_gets_its_indices_and_powers(text: str, html: str) -> None:
    assert typesetting.running(text) == html


def test_displayed_formulas_are_set_without_script_or_font(site: Path) -> None:
    assert (site / "spec/04-membership-proof.html").read_text(encoding="utf-8").count("<math ") >= 4


def test_check_table_is_what_the_catalogue_says() -> None:
    found = importlib.util.spec_from_file_location("docs_check_table", DOCS / "check_table.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert (DOCS / "checks.md").read_text(encoding="utf-8") == module.text(), "run: python docs/check_table.py"
