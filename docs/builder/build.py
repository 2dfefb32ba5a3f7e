"""The whole site as files in memory, and onto the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from docs.builder.links import find_faults
from docs.builder.markdown import Rendered, render
from docs.builder.pages import DOCS, Page, read_pages
from docs.builder.problems import SiteError
from docs.builder.tree import Tree, address_from

HERE = Path(__file__).parent
STYLE = PurePosixPath("style.css")  # every site has it: only a folder that holds it is ever replaced


def build(docs: Path = DOCS) -> dict[PurePosixPath, bytes]:
    """All files of the site by path.

    SiteError names every fault: links that lead nowhere, things fetched from another host, HTML in a page.
    """
    pages = read_pages(docs)
    tree = Tree(docs, pages)
    rendered = {page.target: _render(page, tree) for page in pages}
    files = tree.files()
    neighbours = zip([None, *pages[:-1]], [*pages[1:], None], strict=True)
    around = dict(zip((page.target for page in pages), neighbours, strict=True))
    titles = {page.target: page.title for page in pages}
    for path, text in tree.listings(files).items():
        rendered[path] = render(text, lambda href: href)
        titles[path] = path.parent.name
    template = _template()
    texts = {STYLE: (HERE / STYLE).read_text(encoding="utf-8")}
    for path, body in rendered.items():
        texts[path] = template.render(
            title=titles[path],
            body=body.html,
            sections=body.sections,
            here=path,
            style=STYLE,
            parts=_parts(pages),
            around=around.get(path, (None, None)),
            to=partial(address_from, path),
        )
    if faults := (*tree.faults, *find_faults(dict.fromkeys(files, "") | texts)):
        raise SiteError(faults)
    return files | {path: text.encode() for path, text in texts.items()}


def write(files: Mapping[PurePosixPath, bytes], out: Path) -> None:
    """Put a site into a folder, in place of an older one; SiteError if the folder holds something else."""
    if out.exists() and any(out.iterdir()):
        if not (out / STYLE).is_file():
            raise SiteError((f"{out} holds something that is no site; nothing was written",))
        shutil.rmtree(out)
    for path, content in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)


def _render(page: Page, tree: Tree) -> Rendered:
    try:
        return render(page.text, partial(tree.link, page))
    except SiteError as error:
        tree.faults += [f"{page.source}: {fault}" for fault in error.faults]
        return Rendered("", ())


def _parts(pages: Iterable[Page]) -> list[tuple[str, list[Page]]]:
    return [(part, list(members)) for part, members in groupby(pages, key=lambda page: page.part)]


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
